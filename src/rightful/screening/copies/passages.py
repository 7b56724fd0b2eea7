"""Long passages that come again, word for word, in other records: a notice, a poem, a form.

Of every text some windows are noted by their hash, chosen so that of any passage long enough, the
same ones are chosen wherever it stands (winnowing: Schleimer, Wilkerson and Aiken 2003). Where two
records noted the same, the texts themselves are compared, and what they have in common there is
followed to both its ends. So every passage that is told is one, to the character; between two
records none of the length asked for is missed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.screening.copies.clusters import Clusters

#: The fewest characters of a passage, where nothing else is asked for.
LEAST = 100

#: With how many different ones that begin alike a passage is compared.
_LEADERS = 32

_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Points = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Passage:
    """Where in a record something stands that stands elsewhere, too; offsets in characters."""

    record: int
    start: int
    end: int
    cluster: int
    """The same for all that have it in common, and for what overlaps with it in one record."""


@dataclass(frozen=True, slots=True)
class _Place:
    record: int
    start: int
    end: int


def passages(texts: Iterable[tuple[int, str]], least: int = LEAST) -> list[Passage]:
    """The passages of at least so many characters that two records or more have in common.

    All texts are kept in memory meanwhile, which serves one source or a sample of it. Raises
    `ValueError` where `least` is under 16: everything would be a passage.
    """
    if least < 16:
        raise ValueError("a passage must have 16 characters or more")
    points = {
        number: np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        for number, text in texts
    }
    pairs = _pairs(points, least)
    return _told(pairs)


def _pairs(points: Mapping[int, Points], least: int) -> list[tuple[_Place, _Place]]:
    """What two records have in common, where the same window of theirs was noted."""
    noted: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for record, text in points.items():
        for value, place in _noted(text, least):
            noted[value].append((record, place))
    pairs = []
    followed: dict[tuple[int, int, int], int] = {}
    for group in noted.values():
        leaders = group[:1]
        for record, place in group[1:]:
            alone = True
            for other, there in leaders:
                if record == other:
                    continue
                # What two have in common is found by each window in it, and followed once.
                line = (other, record, place - there)
                if place < followed.get(line, 0):
                    alone = False
                    continue
                before, after = _common(points[other], there, points[record], place)
                if before + after >= least:
                    alone = False
                    followed[line] = place + after
                    pairs.append(
                        (
                            _Place(other, there - before, there + after),
                            _Place(record, place - before, place + after),
                        )
                    )
            if alone and len(leaders) < _LEADERS:
                leaders.append((record, place))
    return pairs


def _noted(text: Points, least: int) -> list[tuple[int, int]]:
    """The hashes and places of the windows that are noted of a text."""
    width = least // 2
    span = least - width + 1  # of so many windows in a row one is noted at least
    if len(text) < least:
        return []
    hashes = _hashed(text, width)
    runs = np.lib.stride_tricks.sliding_window_view(hashes, span)
    places = np.unique(np.arange(len(runs)) + runs.argmin(axis=1))
    return list(zip(hashes[places].tolist(), places.tolist(), strict=True))


def _hashed(text: Points, width: int) -> npt.NDArray[np.uint64]:
    """A hash of every window of `width` characters, each made of two of half the width."""
    wide = text.astype(np.uint64)
    hashes, size = _mixed(wide), 1
    while size < width:
        step = min(size, width - size)
        hashes = _mixed(hashes[: len(hashes) - step] * _FACTOR + hashes[step:])
        size += step
    return hashes


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    values = values * _FACTOR
    return values ^ (values >> np.uint64(29))


def _common(one: Points, here: int, other: Points, there: int) -> tuple[int, int]:
    """How many characters two texts have in common before these places, and from them on."""
    before = min(here, there)
    after = min(len(one) - here, len(other) - there)
    behind = one[here - before : here] == other[there - before : there]
    ahead = one[here : here + after] == other[there : there + after]
    unlike = np.flatnonzero(~behind)
    back = before - int(unlike[-1]) - 1 if len(unlike) else before
    unlike = np.flatnonzero(~ahead)
    return back, int(unlike[0]) if len(unlike) else after


def _told(pairs: list[tuple[_Place, _Place]]) -> list[Passage]:
    """The places of all pairs, those that overlap in a record as one, with their clusters."""
    places = sorted({each for pair in pairs for each in pair}, key=lambda p: (p.record, p.start))
    merged: list[_Place] = []
    part: dict[_Place, int] = {}
    for place in places:
        last = merged[-1] if merged else None
        if last is not None and last.record == place.record and place.start < last.end:
            merged[-1] = _Place(last.record, last.start, max(last.end, place.end))
        else:
            merged.append(place)
        part[place] = len(merged) - 1
    clusters = Clusters()
    for one, other in pairs:
        clusters.join(part[one], part[other])
    return [
        Passage(place.record, place.start, place.end, clusters.of(number))
        for number, place in enumerate(merged)
    ]
