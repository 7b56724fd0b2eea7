"""Which texts are nearly the same: by how many of their five-character pieces they share.

The measure is Jaccard's: of all different pieces that two texts have, the share that both have. It
needs no words, so it is the same for Chinese. Comparing all with all takes too long, so each text
gets a signature, in which two texts agree in about as many places as they share pieces (MinHash).
Those whose signatures agree in one band of places at least are compared piece by piece; so what is
told is always true, and what is missed is what agrees in no band.

One hash of each piece is enough: its first byte says in which of 256 places it competes to be the
smallest (Li, Owen and Zhang 2012), and a place where nobody competed takes over another's
(Shrivastava 2017).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rightful.records.likeness import normalised

#: Characters of a piece.
PIECE = 5

#: Places of a signature.
PLACES = 256

#: The chance to miss two texts that are just as alike as the threshold says.
_MISSED = 0.002

#: In a band in which more than these agree, each is compared with so many of them.
_CROWD = 64

#: Characters that are signed at once, and texts that are opened at once to be compared.
_BATCH, _OPEN = 1_000_000, 4_000

#: Pairs whose signatures are compared at once.
_SHARES = 50_000

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIXERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_NOBODY = np.uint32(0xFFFFFFFF)

Hashes = npt.NDArray[np.uint64]
Signatures = npt.NDArray[np.uint16]
Taken = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.int64]
Pair = tuple[int, int, float]
Read = Callable[[Sequence[int]], Sequence[str]]


class Near:
    """Finds the texts that are at least as alike as `threshold`, between 0.5 and 1."""

    def __init__(self, threshold: float = 0.8) -> None:
        """Raises `ValueError` for another threshold."""
        if not 0.5 <= threshold <= 1:
            raise ValueError("the threshold of near copies must be from 0.5 to 1")
        self.threshold = threshold
        self.rows = _rows(threshold)

    def pairs(self, texts: Iterable[tuple[int, str]], read: Read | None = None) -> list[Pair]:
        """Of numbered texts, those that are nearly the same, the smaller number first, sorted.

        With `read`, which gives the texts of some numbers anew, 0.5 KB are kept of each text;
        without it, the texts are. A text of fewer than five characters is like no other.
        """
        if read is None:
            kept = dict(texts)
            texts = kept.items()

            def read(numbers: Sequence[int]) -> list[str]:
                return [kept[number] for number in numbers]

        numbers, signatures, taken = signed(texts)
        alike = self._alike(signatures, taken)
        found = self._compared(numbers, alike, read)
        return sorted((min(a, b), max(a, b), s) for a, b, s in found)

    def _alike(self, signatures: Signatures, taken: Taken) -> Numbers:
        """Pairs of places in the list whose signatures agree so much that they may be near."""
        count = len(signatures)
        kept = np.empty(0, np.int64)  # a pair (a, b) is the number a * count + b
        for start in range(0, PLACES - self.rows + 1, self.rows):
            band = _folded(signatures[:, start : start + self.rows])
            new = np.setdiff1d(_together(band), kept)
            kept = np.union1d(kept, self._likely(new, signatures, taken))
        return np.stack(np.divmod(kept, max(count, 1)), axis=1)

    def _likely(self, pairs: Numbers, signatures: Signatures, taken: Taken) -> Numbers:
        """Without those whose signatures differ too much to be near but by a rare chance."""
        kept = [np.empty(0, np.int64)]
        for start in range(0, len(pairs), _SHARES):
            some = pairs[start : start + _SHARES]
            a, b = np.divmod(some, len(signatures))
            share = (signatures[a] == signatures[b]).mean(axis=1)
            # Four standard deviations of a share of so many places.
            spread = np.sqrt(self.threshold * (1 - self.threshold) / np.minimum(taken[a], taken[b]))
            kept.append(some[share >= self.threshold - 4 * spread])
        return np.concatenate(kept)

    def _compared(self, numbers: Sequence[int], pairs: Numbers, read: Read) -> Iterator[Pair]:
        """The pairs that are near, piece by piece."""
        known: dict[int, Hashes] = {}
        for start in range(0, len(pairs), _OPEN // 2):
            some = pairs[start : start + _OPEN // 2]
            wanted = np.unique(some).tolist()
            known = {place: known[place] for place in wanted if place in known}
            new = [place for place in wanted if place not in known]
            for place, text in zip(new, read([numbers[p] for p in new]), strict=True):
                known[place] = pieces(text)
            for a, b in some.tolist():
                similarity = jaccard(known[a], known[b])
                if similarity >= self.threshold:
                    yield numbers[a], numbers[b], similarity


def pieces(text: str) -> Hashes:
    """The hashes of the different five-character pieces of a text once normalised, sorted."""
    points = _points(normalised(text))
    if len(points) < PIECE:
        return np.empty(0, np.uint64)
    hashes = np.sort(_hashed(points))  # np.unique takes several times as long
    new = np.ones(len(hashes), bool)
    np.not_equal(hashes[1:], hashes[:-1], out=new[1:])
    different: Hashes = hashes[new]
    return different


def jaccard(one: Hashes, other: Hashes) -> float:
    """Of all pieces of two texts, the share that both have; nothing is like nothing."""
    if not len(one) or not len(other):
        return 0.0
    if len(one) > len(other):
        one, other = other, one
    places = np.minimum(np.searchsorted(other, one), len(other) - 1)
    common = int(np.count_nonzero(other[places] == one))
    return common / (len(one) + len(other) - common)


def signed(
    texts: Iterable[tuple[int, str]],
) -> tuple[list[int], Signatures, npt.NDArray[np.uint16]]:
    """The numbers of the texts that have pieces, their signatures, and the places they took."""
    numbers: list[int] = []
    signatures, taken = [np.empty((0, PLACES), np.uint16)], [np.empty(0, np.uint16)]
    for some in _batches(texts):
        numbers.extend(number for number, _ in some)
        one, two = _signatures([points for _, points in some])
        signatures.append(one)
        taken.append(two)
    return numbers, np.concatenate(signatures), np.concatenate(taken)


def _batches(
    texts: Iterable[tuple[int, str]],
) -> Iterator[list[tuple[int, npt.NDArray[np.uint32]]]]:
    """Texts as code points, so many together as are signed at once."""
    some, size = [], 0
    for number, text in texts:
        points = _points(normalised(text))
        if len(points) >= PIECE:
            some.append((number, points))
            size += len(points)
        if size >= _BATCH:
            yield some
            some, size = [], 0
    if some:
        yield some


def _signatures(
    texts: Sequence[npt.NDArray[np.uint32]],
) -> tuple[Signatures, npt.NDArray[np.uint16]]:
    lengths = np.array([len(points) for points in texts])
    whose = np.repeat(np.arange(len(texts)), lengths)
    hashes = _hashed(np.concatenate(texts))
    # A piece that begins in one text and ends in the next is none.
    inside = whose[: len(hashes)] == whose[PIECE - 1 :]
    hashes, whose = hashes[inside], whose[: len(hashes)][inside]
    place = whose * PLACES + (hashes & np.uint64(PLACES - 1)).astype(np.int64)
    smallest = np.full(len(texts) * PLACES, _NOBODY, np.uint32)
    np.minimum.at(smallest, place, (hashes >> np.uint64(33)).astype(np.uint32))
    table = smallest.reshape(-1, PLACES)
    empty = table == _NOBODY
    taken = PLACES - empty.sum(axis=1)
    # The smallest of many begin with the same bits, and differ in the last.
    return _filled(table, empty).astype(np.uint16), taken.astype(np.uint16)


def _filled(table: npt.NDArray[np.uint32], empty: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint32]:
    """Each empty place takes over another's, in all texts from the same ones in the same order."""
    filled = table.copy()
    rows, columns = np.nonzero(empty)
    draw = np.random.default_rng(PLACES)
    while len(rows):
        others = draw.integers(0, PLACES, PLACES)[columns]
        filled[rows, columns] = table[rows, others]
        left = empty[rows, others]
        rows, columns = rows[left], columns[left]
    return filled


def _points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _hashed(points: npt.NDArray[np.uint32]) -> Hashes:
    """A hash of every piece, from the first to the last character it can begin at."""
    count = len(points) - PIECE + 1
    wide = points.astype(np.uint64)
    hashes = wide[:count].copy()
    for step in range(1, PIECE):
        hashes *= _FACTOR
        hashes += wide[step : step + count]
    for shift, mixer in zip((30, 27), _MIXERS, strict=True):
        hashes ^= hashes >> np.uint64(shift)
        hashes *= mixer
    hashes ^= hashes >> np.uint64(31)
    return hashes


def _rows(threshold: float) -> int:
    """The most places of a band with which hardly any pair at the threshold is missed."""
    for rows in range(32, 1, -1):
        if (1 - threshold**rows) ** (PLACES // rows) <= _MISSED:
            return rows
    return 1


def _folded(band: Signatures) -> Hashes:
    """One number for each row of a band."""
    folded = np.zeros(len(band), np.uint64)
    for column in band.T:
        folded = (folded ^ column) * _FACTOR
        folded ^= folded >> np.uint64(29)
    return folded


def _together(values: Hashes) -> Numbers:
    """Pairs of places that have the same value, as numbers; of a crowd, each with some of it."""
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    pairs = [np.empty(0, np.int64)]
    # Neighbours at every distance up to the crowd's: all pairs of a group that is no larger.
    for distance in range(1, min(_CROWD, len(values))):
        same = np.nonzero(in_order[distance:] == in_order[:-distance])[0]
        if not len(same):
            break
        pairs.append(order[same] * len(values) + order[same + distance])
    return np.concatenate(pairs)
