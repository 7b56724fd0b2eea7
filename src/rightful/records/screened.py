"""What screening found in the records of a store, and which of them it has yet to look at.

It stands in columns of the records' own rows, so it goes where they go: erased, purged and restored
with them. Of each finding there is its kind, where it stands, and how sure it is; never the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap64

from rightful.errors import Damaged
from rightful.records.store import SCHEMA, Numbers, RecordStore

_COLUMNS = ("findings", "found", "verdict", "screened_with", "spans")
_WRITTEN = pa.schema([SCHEMA.field(name) for name in ("record", *_COLUMNS)])
_DUPLICATE = pa.schema([SCHEMA.field(name) for name in ("record", "duplicate")])


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a record's text something was found."""

    kind: str
    start: int
    end: int
    confidence: float
    detector: str
    digest: bytes | None = field(default=None, repr=False)
    """The keyed hash of the identifier that it is, where it is one."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found in one record."""

    record: int
    spans: tuple[Span, ...]
    groups: frozenset[str]
    """The groups of what was found, which are facts that rules ask about."""
    verdict: str
    """`pass`, `hold` or `drop`, as the screening policy says of these findings."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some records that lie together, and have yet to be screened."""

    fragment: int
    records: Numbers

    def __len__(self) -> int:
        return len(self.records)


class ScreenedRecords:
    """The findings of a store. Who writes holds the registry's lock "records"."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    def pending(
        self, version: str, source: int | None = None, *, again: bool = False
    ) -> list[Part]:
        """What this version of the detectors has yet to look at, by fragment of the store.

        With `again`, what it has looked at, too; with a `source`, its records alone.
        """
        table = self._store.placed(["record", "source", "screened_with"])
        if source is not None:
            table = table.filter(pc.equal(table.column("source"), source))
        if not again:
            done = pc.equal(table.column("screened_with"), version).fill_null(False)
            table = table.filter(pc.invert(done))
        fragments = table.column("fragment").to_numpy()
        records = table.column("record").to_numpy()
        order = np.lexsort((records, fragments))
        fragments, records = fragments[order], records[order]
        numbers, starts = np.unique(fragments, return_index=True)
        parts = np.split(records, starts[1:]) if len(numbers) else []
        return [Part(int(number), some) for number, some in zip(numbers, parts, strict=True)]

    def write(
        self, found: Sequence[Screened], version: str, unreadable: Sequence[int] = ()
    ) -> None:
        """Keep what was found in some records, all of it or nothing.

        Of those that are `unreadable`, it is kept that this version could not look into them; what
        is inside stays unknown.
        """
        looked = [{"record": record, "screened_with": version} for record in unreadable]
        said = pa.concat_tables(
            [self.table(found, version), pa.Table.from_pylist(looked, _WRITTEN)]
        )
        if len(said):
            self._store.update_columns(said)

    @staticmethod
    def table(found: Sequence[Screened], version: str) -> pa.Table:
        """The columns of the store that say what was found in some records."""
        rows = [
            {
                "record": each.record,
                "findings": sorted({span.kind for span in each.spans}),
                "found": ",".join(sorted(each.groups)),
                "verdict": each.verdict,
                "screened_with": version,
                "spans": _packed(each.spans),
            }
            for each in found
        ]
        return pa.Table.from_pylist(rows, _WRITTEN)

    def mark_duplicates(self, records: BitMap64, duplicate: BitMap64) -> None:
        """Keep which of `records` are `duplicate`: a copy of them stays in their place."""
        rows = [{"record": n, "duplicate": n in duplicate} for n in records]
        if rows:
            self._store.update_columns(pa.Table.from_pylist(rows, _DUPLICATE))

    def of(self, records: BitMap64) -> dict[int, tuple[Span, ...]]:
        """Where things stand in those of a few `records` that were screened.

        Raises `Damaged` where that can't be read.
        """
        table = self._store.find(records, ["record", "spans"])
        return {
            row["record"]: unpacked(row["spans"])
            for row in table.to_pylist()
            if row["spans"] is not None
        }

    def all(self) -> Iterator[pa.RecordBatch]:
        """Of every record, whence, about whom, and what was found, part by part, in no order."""
        columns = ["record", "source", "subjects", "findings", "verdict", "screened_with", "spans"]
        _, parts = self._store.scan(columns)
        return parts


def _packed(spans: Sequence[Span]) -> bytes:
    rows = [[s.kind, s.start, s.end, s.confidence, s.detector, s.digest] for s in spans]
    packed: bytes = msgpack.packb(rows)
    return packed


def unpacked(data: bytes) -> tuple[Span, ...]:
    """The spans in a value of the column `spans`. Raises `Damaged` where it can't be read."""
    try:
        rows: list[list[Any]] = msgpack.unpackb(data)
        return tuple(Span(*row) for row in rows)
    except (ValueError, TypeError, msgpack.UnpackException):
        raise Damaged("the findings in a record can't be read; screen it again") from None
