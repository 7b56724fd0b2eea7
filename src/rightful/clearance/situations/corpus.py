"""The records of a store as arrays: whom each is about, from where, and what it says of itself.

A record about several people has a row for each. Rows are what rules are asked about; what they say
of the rows of one record is put together again in `rightful.clearance.judging`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.clearance.situations.coding import Codes, Ints, coded, combined

#: What is read of the record store.
RECORDS = (
    *("record", "source", "subjects", "collected_at", "retention_until", "special_category"),
    *("found", "verdict", "duplicate"),
)

#: In place of a source's number that the registry can't have given out.
NO_SOURCE = -1

#: In place of a subject's number. They are negative, so as to index from the end of an array.
NOBODY = -1
"""The record names nobody."""
UNLISTED = -2
"""Whether the record names anybody is not known."""
NAMELESS = -3
"""The record names somebody, but not whom."""
SPECIAL = 3
"""How many of these there are."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a record says of itself; None where it says nothing."""

    retention_until: str | None
    special_category: bool | None
    collected_at: str | None
    found: str | None = None
    """The groups of what screening found in it, joined by commas; None: it was not screened."""
    verdict: str | None = None
    duplicate: bool | None = None


@dataclass(frozen=True)
class Corpus:
    """Records, sorted by number, with their rows in the same order."""

    records: Ints
    source: Codes
    own: Codes
    """Of each record, the index of what it says of itself in `owns`."""
    owns: tuple[Own, ...]
    subject: Codes
    """Of each row, the number of the person, or NOBODY, UNLISTED or NAMELESS."""
    starts: Ints | None
    """Where each record's rows start, and the last ones end; None where each record has one row."""

    def __len__(self) -> int:
        return len(self.records)

    @property
    def rows(self) -> int:
        return len(self.subject)

    @cached_property
    def record_of_row(self) -> Ints | None:
        """Of each row, the position of its record; None where it is the row's own."""
        if self.starts is None:
            return None
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @cached_property
    def sources(self) -> Ints:
        """The numbers of those they are from, sorted."""
        return np.unique(self.source).astype(np.int64)

    @cached_property
    def _by_subject(self) -> tuple[Ints, Codes]:
        """The rows sorted by the person they are about, and those people."""
        order = np.argsort(self.subject, kind="stable")
        return order, self.subject[order]

    def about(self, subjects: Iterable[int]) -> Ints:
        """The positions of the records about some people, sorted."""
        order, people = self._by_subject
        # Of the same type: the whole column would be made over for a number of another one.
        wanted = np.unique(np.fromiter((n for n in subjects if n < _MOST), people.dtype))
        first, last = (np.searchsorted(people, wanted, side) for side in ("left", "right"))
        rows = order[_ranges(first, last)]
        of_row = self.record_of_row
        return np.unique(rows if of_row is None else of_row[rows])

    def positions(self, records: Ints) -> Ints:
        """Where those of some sorted numbers of records stand that are here."""
        places = np.searchsorted(self.records, records)
        inside = places < len(self)
        places, records = places[inside], records[inside]
        found: Ints = places[self.records[places] == records]
        return found

    def index(self) -> None:
        """Prepare for looking up the rows of single people, which takes a moment."""
        assert self._by_subject is not None

    def rows_of(self, positions: Ints) -> Ints:
        """The rows of the records at some positions."""
        if self.starts is None:
            return positions
        return _ranges(self.starts[positions], self.starts[positions + 1])

    def part(self, positions: Ints) -> "Corpus":
        """Those records alone."""
        starts = None
        if self.starts is not None:
            counts = self.starts[positions + 1] - self.starts[positions]
            starts = np.concatenate([[0], np.cumsum(counts)])
        return Corpus(
            self.records[positions],
            self.source[positions],
            self.own[positions],
            self.owns,
            self.subject[self.rows_of(positions)],
            starts,
        )

    def people(self) -> Ints:
        """The numbers of those it is about, sorted."""
        return np.unique(self.subject[self.subject >= 0]).astype(np.int64)

    def renumbered(self, numbers: Ints) -> "Corpus":
        """The same, everybody in it called by their place among sorted `numbers`."""
        place = np.searchsorted(numbers, self.subject)
        subject = np.where(self.subject < 0, self.subject, place).astype(np.int32)
        return replace(self, subject=subject)


_NO = np.empty(0, np.int64)
#: No subject's number is greater; see `_numbers`.
_MOST = 2**31


def _ranges(first: Ints, last: Ints) -> Ints:
    """The numbers from each first one up to each last one, which is not among them."""
    lengths = last - first
    ends = np.cumsum(lengths)
    found: Ints = np.repeat(first - (ends - lengths), lengths) + np.arange(lengths.sum())
    return found


def corpus(batches: Iterable[pa.RecordBatch | pa.Table]) -> Corpus:
    """The corpus that some tables with the columns RECORDS hold together."""
    parts = [_Part.of(batch) for batch in batches if batch.num_rows]
    if not parts:
        empty = np.empty(0, np.int32)
        return Corpus(_NO, empty, empty, (), empty, None)
    owns: dict[Own, int] = {}
    for part in parts:
        for own in part.owns:
            owns.setdefault(own, len(owns))
    codes = [np.array([owns[own] for own in p.owns], np.int32)[p.own] for p in parts]
    several = any(part.counts is not None for part in parts)
    starts = None
    if several:
        counts = [p.counts if p.counts is not None else np.ones(len(p.records), int) for p in parts]
        starts = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    whole = Corpus(
        np.concatenate([part.records for part in parts]),
        np.concatenate([part.source for part in parts]),
        np.concatenate(codes),
        tuple(owns),
        np.concatenate([part.subject for part in parts]),
        starts,
    )
    if bool(np.all(whole.records[1:] > whole.records[:-1])):
        return whole
    return whole.part(np.argsort(whole.records, kind="stable"))


@dataclass(frozen=True, slots=True)
class _Part:
    """The same for one table."""

    records: Ints
    source: Codes
    own: Codes
    owns: tuple[Own, ...]
    subject: Codes
    counts: Ints | None

    @classmethod
    def of(cls, table: pa.RecordBatch | pa.Table) -> "_Part":
        table = pa.table(table) if isinstance(table, pa.RecordBatch) else table
        own, owns = _owns(table)
        subject, counts = _people(table.column("subjects").combine_chunks())
        return cls(
            table.column("record").to_numpy(),
            _numbers(table.column("source").to_numpy(), NO_SOURCE),
            own,
            owns,
            subject,
            counts,
        )


def _people(subjects: pa.ListArray) -> tuple[Codes, Ints | None]:
    """The rows' people, and how many rows each record has; None for one each."""
    if isinstance(subjects, pa.ChunkedArray):
        subjects = pa.concat_arrays(subjects.chunks) if subjects.num_chunks else pa.array([])
    counts = pc.list_value_length(subjects).fill_null(0).to_numpy().astype(np.int64)
    named = _numbers(pc.list_flatten(subjects).fill_null(NAMELESS).to_numpy(), NAMELESS)
    if len(named) == len(counts) and bool((counts == 1).all()):
        return named, None
    rows = np.maximum(counts, 1)
    people = np.full(int(rows.sum()), NOBODY, np.int32)
    start = np.concatenate([[0], np.cumsum(rows)])[:-1]
    people[start[subjects.is_null().to_numpy(zero_copy_only=False)]] = UNLISTED
    people[np.repeat(counts > 0, rows)] = named
    return people, None if bool((rows == 1).all()) else rows


def _numbers(column: Ints, otherwise: int) -> Codes:
    """Numbers that the registry may have given out; what it can't have is `otherwise`."""
    possible = (column >= 0) & (column < _MOST)
    return np.where(possible, column, otherwise).astype(np.int32)


def _owns(table: pa.Table) -> tuple[Codes, tuple[Own, ...]]:
    """What each record says of itself, each different saying once."""
    names = (
        *("retention_until", "special_category", "collected_at"),
        *("found", "verdict", "duplicate"),
    )
    codes, found = combined([coded(table.column(name)) for name in names])
    return codes, tuple(Own(*values) for values in found)
