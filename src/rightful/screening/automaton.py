"""One pass over many texts for all patterns at once, which says where each may match.

Hyperscan compiles them into one automaton. Where it isn't to be had (it is built for x86-64), `re`
looks for each by itself, finds the same, and takes twenty times as long.
"""

import functools
import itertools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rightful.errors import InvalidInput
from rightful.screening.detector import Detector
from rightful.screening.expressions import Sought, simpler, sought
from rightful.screening.spans import Stretch, merged

#: The number of a text, that of a detector, and where the detector's pattern may match in it.
Spot = tuple[int, int, list[Stretch]]

#: Bytes that hyperscan is handed at once, unless one text is larger.
_BATCH = 4_000_000
#: It counts in 32 bits.
_LARGEST = 2**31 - 1

_Numbers = npt.NDArray[np.int64]


class Automaton(Protocol):
    """Says where in texts the patterns of detectors may match, and leaves out no place."""

    name: str

    def compiled(self) -> "Compiled | None":
        """What another process may `take`, to have the same without the work of building it."""
        ...

    def spots(self, texts: Sequence[str]) -> Iterator[Spot]:
        """By text; its stretches are in order and don't overlap."""
        ...


def automaton(detectors: Sequence[Detector], *, plain: bool = False) -> Automaton:
    """The fastest there is; `plain`: without hyperscan.

    Raises:
        InvalidInput: hyperscan can't read a pattern, which is named.
    """
    if not plain:
        try:
            return Vectorised(detectors)
        except ImportError:
            pass
    return OneByOne(detectors)


class OneByOne:
    """Every text, for every pattern."""

    name = "re"

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = range(len(detectors))

    def compiled(self) -> None:
        """None: there is no work in it."""

    def spots(self, texts: Sequence[str]) -> Iterator[Spot]:
        """All there are: what matches is found by those who look."""
        for number, text in enumerate(texts):
            if text:
                for detector in self._detectors:
                    yield number, detector, [(0, len(text))]


class Vectorised:
    """Hyperscan: texts are joined, with a line break between them, and scanned in batches."""

    name = "hyperscan"

    def __init__(self, detectors: Sequence[Detector]) -> None:
        """
        Raises:
            ImportError: hyperscan isn't installed.
            InvalidInput: it can't read a pattern.
        """
        self._named = tuple((each.id, each.pattern, each.ignore_case) for each in detectors)
        built = _built(self._named)
        self._database, self._lock = built.database, built.lock
        expressions = built.expressions
        self._longest = np.array([each.longest for each in detectors], np.int64)
        self._before = np.array([each.before for each in expressions], np.int64)

    def compiled(self) -> "Compiled | None":
        """The database, as bytes that this machine's hyperscan reads."""
        import hyperscan

        if self._database is None:
            return None
        return Compiled(
            self._named, _built(self._named).expressions, hyperscan.dumpb(self._database)
        )

    def spots(self, texts: Sequence[str]) -> Iterator[Spot]:
        """Where hyperscan saw a pattern end, and where that may have begun."""
        if self._database is None:
            return
        first = 0
        while first < len(texts):
            encoded: list[bytes] = []
            size = 0
            for text in itertools.islice(texts, first, None):
                encoded.append(text.encode())
                size += len(encoded[-1]) + 1
                if size > _BATCH:
                    break
            yield from self._batch(first, encoded)
            first += len(encoded)

    def _batch(self, first: int, encoded: list[bytes]) -> Iterator[Spot]:
        data = b"\n".join(encoded)
        if len(data) > _LARGEST:
            raise InvalidInput("a text of more than two gigabytes can't be screened; split it")
        hits = self._hits(data)
        sizes = np.fromiter(map(len, encoded), np.int64, len(encoded))
        begins = np.zeros(len(sizes), np.int64)
        np.cumsum(sizes[:-1] + 1, out=begins[1:])
        detector, start, end = hits.T
        text = np.searchsorted(begins, end - 1, side="right") - 1
        # What reaches over the end of a text is no match in it.
        inside = end <= begins[text] + sizes[text]
        detector, start, end, text = detector[inside], start[inside], end[inside], text[inside]
        start = np.maximum(start, begins[text])
        start, end = self._characters(data, begins, text, (start, end))
        start = np.maximum(start - self._before[detector], end - self._longest[detector])
        yield from _grouped(text + first, detector, np.maximum(start, 0), end)

    def _hits(self, data: bytes) -> _Numbers:
        """Rows of detector, start and end, in bytes; the start is 0 where it isn't told."""
        found: list[int] = []
        add = found.extend

        def hit(detector: int, start: int, end: int, _flags: int, _context: None) -> None:
            add((detector, start, end))

        with self._lock:
            self._database.scan(data, hit)
        return np.array(found, np.int64).reshape(-1, 3)

    @staticmethod
    def _characters(
        data: bytes, begins: _Numbers, text: _Numbers, places: Sequence[_Numbers]
    ) -> list[_Numbers]:
        """Places in bytes as places in characters, counted from the beginning of their texts."""
        if data.isascii():
            return [place - begins[text] for place in places]
        wanted = np.unique(np.concatenate([begins, *places]))
        # All bytes but those that go on with a character, which begin with the bits 10.
        heads = (np.frombuffer(data, np.int8) >= -64).view(np.uint8)
        counted = np.zeros(len(wanted), np.int64)
        between = wanted[: np.searchsorted(wanted, len(data))]
        sums = np.add.reduceat(heads, between, dtype=np.int64)
        counted[1:] = np.cumsum(sums)[: len(wanted) - 1]
        base = counted[np.searchsorted(wanted, begins)]
        return [counted[np.searchsorted(wanted, place)] - base[text] for place in places]


@dataclass(frozen=True, slots=True)
class _Built:
    expressions: tuple[Sought, ...]
    database: Any
    lock: threading.Lock
    """The database has one scratch space, which one scan at a time may use."""


#: The id of a detector, its pattern, and whether case is ignored.
_Named = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A database for another process of this machine, which trusts the bytes: they are handed over
    in memory, and never come from a file."""

    named: tuple[_Named, ...]
    expressions: tuple[Sought, ...]
    database: bytes


_taken: dict[tuple[_Named, ...], Compiled] = {}


def take(compiled: Compiled) -> None:
    """Build nothing for those detectors in this process: it is done already."""
    _taken[compiled.named] = compiled


@functools.lru_cache(maxsize=8)
def _built(named: tuple[_Named, ...]) -> _Built:
    """The database of all patterns: it takes seconds to build, so it is kept for the next.

    Raises:
        ImportError: hyperscan isn't installed.
        InvalidInput: it can't read a pattern, which is named.
    """
    import hyperscan

    if (taken := _taken.pop(named, None)) is not None:
        database = hyperscan.loadb(taken.database, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        return _Built(taken.expressions, database, threading.Lock())
    expressions = [sought(pattern, ignore_case) for _, pattern, ignore_case in named]
    if not expressions:
        return _Built((), None, threading.Lock())
    try:
        database = _database(expressions)
    except hyperscan.error:
        expressions = [_accepted(expressions[n], each) for n, each in enumerate(named)]
        database = _database(expressions)
    return _Built(tuple(expressions), database, threading.Lock())


def _accepted(first: Sought, named: _Named) -> Sought:
    """The closest to a pattern that hyperscan takes by itself."""
    import hyperscan

    name, pattern, ignore_case = named
    why: object = None
    for attempt in itertools.chain([first], simpler(pattern, ignore_case)):
        try:
            _database([attempt])
        except hyperscan.error as error:
            why = error
        else:
            return attempt
    raise InvalidInput(f"detector {name}: pattern: hyperscan can't read it ({why})")


def _database(expressions: Sequence[Sought]) -> Any:
    import hyperscan

    database = hyperscan.Database()
    database.compile(
        expressions=[each.expression.encode() for each in expressions],
        ids=list(range(len(expressions))),
        flags=[
            hyperscan.HS_FLAG_UTF8 | (hyperscan.HS_FLAG_SOM_LEFTMOST if each.tells_start else 0)
            for each in expressions
        ],
    )
    return database


def _grouped(text: _Numbers, detector: _Numbers, start: _Numbers, end: _Numbers) -> Iterator[Spot]:
    """One spot for each text and detector."""
    order = np.lexsort((start, detector, text))
    group: tuple[int, int] | None = None
    hits: list[Stretch] = []
    columns = (column[order].tolist() for column in (text, detector, start, end))
    for number, which, first, last in zip(*columns, strict=True):
        if group != (number, which):
            if group is not None:
                yield *group, merged(hits)
            group, hits = (number, which), []
        hits.append((first, last))
    if group is not None:
        yield *group, merged(hits)
