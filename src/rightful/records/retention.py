"""Which records are past their retention date: their own, or else that of their source.

The date is the last day of use, and days are those of UTC. A date that can't be read is not past:
nobody knows when it was meant to end, so the record is held by the packs until it is mended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from pyroaring import BitMap64
from sqlalchemy import select

from rightful import moments
from rightful.errors import InvalidInput
from rightful.records.store import Numbers, RecordStore
from rightful.registry import Registry
from rightful.registry.tables import sources

_COLUMNS = ("record", "source", "retention_until")


@dataclass(frozen=True, slots=True)
class OfSource:
    """What there is of one source; `name` is None where the registry does not know it."""

    source: int
    name: str | None
    past: BitMap64
    oldest: date | None
    """The earliest date that has passed."""
    unreadable: BitMap64
    undated: int
    """How many records have no date at all, neither of their own nor of the source."""


@dataclass(frozen=True, slots=True)
class Retained:
    """The records of a store by their dates, at a moment, without sources where all is well."""

    at: datetime
    sources: tuple[OfSource, ...]

    @property
    def past(self) -> BitMap64:
        """The records whose date has passed."""
        return BitMap64().union(*(each.past for each in self.sources))

    @property
    def unreadable(self) -> BitMap64:
        """The records whose date can't be read."""
        return BitMap64().union(*(each.unreadable for each in self.sources))

    @property
    def undated(self) -> int:
        """How many records have no date."""
        return sum(each.undated for each in self.sources)


class Retention:
    """Looks at the dates of one workspace."""

    def __init__(self, registry: Registry, store: RecordStore) -> None:
        self._registry = registry
        self._store = store

    def look(self, at: datetime) -> Retained:
        """What is past its date at a moment. Raises `ValueError` where that has no time zone."""
        if at.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        today = at.astimezone(UTC).date()
        query = select(sources.c.id, sources.c.name, sources.c.retention_until)
        known = {row.id: row for row in self._registry.rows(query)}
        _, batches = self._store.scan(_COLUMNS)
        found: dict[int, _Found] = {}
        for source, own, records in _alike(batches):
            row = known.get(source)
            until = own if own is not None or row is None else row.retention_until
            found.setdefault(source, _Found()).add(until, records, today)
        return Retained(
            at,
            tuple(
                each.told(source, known[source].name if source in known else None)
                for source, each in sorted(found.items())
                if each.past or each.unreadable or each.undated
            ),
        )


class _Found:
    """What was found of one source so far."""

    def __init__(self) -> None:
        self.past = BitMap64()
        self.unreadable = BitMap64()
        self.undated = 0
        self.oldest: date | None = None

    def add(self, until: str | None, records: Numbers, today: date) -> None:
        """Take in records that all have this date."""
        if until is None:
            self.undated += len(records)
            return
        try:
            day = moments.day(until)
        except InvalidInput:
            self.unreadable |= _set(records)
            return
        if day < today:
            self.past |= _set(records)
            self.oldest = min(self.oldest or day, day)

    def told(self, source: int, name: str | None) -> OfSource:
        return OfSource(source, name, self.past, self.oldest, self.unreadable, self.undated)


def _alike(batches: Iterable[pa.RecordBatch]) -> Iterable[tuple[int, str | None, Numbers]]:
    """Source, own date, and the records of a batch that have both in common."""
    for batch in batches:
        if not batch.num_rows:
            continue
        dates = batch.column("retention_until").dictionary_encode()
        codes = dates.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        pairs = np.stack([batch.column("source").to_numpy(), codes], axis=1)
        kinds, which = np.unique(pairs, axis=0, return_inverse=True)
        order = np.argsort(which, kind="stable")
        records = batch.column("record").to_numpy()[order]
        ends = np.cumsum(np.bincount(which.reshape(-1), minlength=len(kinds)))
        for (source, code), part in zip(kinds.tolist(), np.split(records, ends[:-1]), strict=True):
            yield source, None if code < 0 else dates.dictionary[code].as_py(), part


def _set(records: Numbers) -> BitMap64:
    return BitMap64(records.astype(np.uint64))
