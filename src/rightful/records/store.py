"""The records themselves: a Lance dataset whose content is sealed.

Lance gives versions, deletion and random access, in a folder or an object store. What stands in the
clear are facts that rules ask for and numbers; content, the name of a record and its people's
references do not. `open_cleared` is the way in for training, and takes a clearance.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import lance
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap64

from rightful.errors import Damaged, NotFound, Refused
from rightful.keys import Holder, Keyring, Sealer
from rightful.records.names import KEY_BYTES, NameCipher, RecordKeys

SCHEMA = pa.schema(
    [
        pa.field("record", pa.int64(), nullable=False),
        pa.field("source", pa.int64(), nullable=False),
        pa.field("subjects", pa.list_(pa.int64()), nullable=False),
        pa.field("key", pa.binary(KEY_BYTES), nullable=False),
        pa.field("collected_at", pa.string()),
        pa.field("retention_until", pa.string()),
        pa.field("languages", pa.list_(pa.string())),
        pa.field("special_category", pa.bool_()),
        # What screening found (see `rightful.records.screened`). NULL: not screened, or not known.
        pa.field("findings", pa.list_(pa.string())),  # kinds, sorted
        pa.field("found", pa.string()),  # groups of kinds, sorted and joined by commas
        pa.field("verdict", pa.string()),  # pass, hold or drop
        pa.field("screened_with", pa.string()),  # the version of what screened it
        pa.field("duplicate", pa.bool_()),  # a copy of it stays in its place
        pa.field("spans", pa.binary()),  # where each finding stands
        pa.field("content_hash", pa.binary(32), nullable=False),
        # Ciphertext can't be compressed; stored as it is, it can be searched for and found gone.
        pa.field(
            "sealed", pa.binary(), nullable=False, metadata={"lance-encoding:compression": "none"}
        ),
    ]
)

_CLEAR = [name for name in SCHEMA.names if name not in ("sealed", "spans")]

#: What screening says of a content; another content is not screened yet.
SCREENED = ("findings", "found", "verdict", "screened_with", "duplicate", "spans")

Numbers = npt.NDArray[np.int64]
_T = TypeVar("_T")


class Cleared(Protocol):
    """What a clearance shows the store: the records that may be opened."""

    @property
    def cleared(self) -> BitMap64: ...


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record about to be stored; `content` is in the canonical form of `records.content`."""

    record: int
    source: int
    subjects: tuple[int, ...]
    key: bytes
    content: bytes
    collected_at: str | None = None
    retention_until: str | None = None
    languages: tuple[str, ...] | None = None
    special_category: bool | None = None

    def holders(self) -> list[Holder]:
        return holders(self.source, self.subjects)


def holders(source: int, subjects: Sequence[int]) -> list[Holder]:
    """Whose keys a record is sealed under: its people's, or its source's if it is about nobody."""
    return [Holder("subject", n) for n in subjects] or [Holder("source", source)]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One version of the dataset, with where in it each record stands."""

    dataset: Any
    metadata: pa.Table  # sorted by record
    records: Numbers  # sorted
    offsets: Numbers  # of those records, in the dataset


class RecordStore:
    """The records of one workspace. Several processes may read; one that writes holds a lock."""

    def __init__(
        self, uri: str, keyring: Keyring, names: NameCipher, storage: dict[str, str] | None = None
    ) -> None:
        self._uri = uri
        self._keyring = keyring
        self._names = names
        self._storage = storage or None
        self._snapshot: _Snapshot | None = None

    def create(self) -> None:
        """Make the empty dataset; one that is there is left as it is."""
        with suppress(NotFound), _damage_told():
            self._dataset()
            return
        with _damage_told():
            lance.write_dataset(
                SCHEMA.empty_table(),
                self._uri,
                storage_options=self._storage,
                enable_stable_row_ids=True,
            )

    # Reading

    @property
    def version(self) -> int:
        """A number that every change to the store makes another one."""
        with _damage_told():
            return int(self._dataset().version)

    def metadata(self) -> pa.Table:
        """All columns but the sealed content, of the newest version, sorted by record.

        `key` is as stored; `keys()` gives the names that it stands for.
        """
        return self._fresh().metadata

    def rows(self, records: BitMap64) -> pa.Table:
        """The metadata of those of `records` that are held, sorted by record."""
        snapshot = self._fresh()
        wanted = np.fromiter(records, np.int64, len(records))
        return snapshot.metadata.filter(pa.array(np.isin(snapshot.records, wanted)))

    def scan(self, columns: Sequence[str]) -> tuple[int, Iterator[pa.RecordBatch]]:
        """The newest version, and some of its columns, part by part and in no order.

        Nothing is kept in memory. Once the parts are taken, they are of that version.
        """
        with _damage_told():
            dataset = self._dataset()
            return int(dataset.version), self._parts(dataset, columns)

    def _parts(self, dataset: Any, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with _damage_told():
            yield from dataset.to_batches(columns=list(columns))

    def find(self, records: BitMap64, columns: Sequence[str]) -> pa.Table:
        """Some columns of those of a few `records` that are held, without reading all others."""
        with _damage_told():
            wanted = ", ".join(str(number) for number in records if number < 2**63) or "-1"
            return self._widened().to_table(columns=list(columns), filter=f"record IN ({wanted})")

    def placed(self, columns: Sequence[str]) -> pa.Table:
        """Some columns of every record, and `fragment`: which of the store's parts it lies in."""
        with _damage_told():
            table = self._widened().to_table(columns=list(columns), with_row_address=True)
        place = pa.array((table.column("_rowaddr").to_numpy() >> np.uint64(32)).astype(np.int64))
        return table.drop_columns("_rowaddr").append_column("fragment", place)

    def keys(self, table: pa.Table) -> RecordKeys:
        """The record keys of the rows of `table`, uint8 of shape (rows, 16)."""
        stored = b"".join(table.column("key").to_pylist())
        return self._names.decipher(stored)

    def about(self, subject: int) -> pa.Table:
        """The metadata of the records about one subject."""
        table = self.metadata()
        flat = pc.list_flatten(table.column("subjects"))
        parents = pc.list_parent_indices(table.column("subjects"))
        return table.take(parents.filter(pc.equal(flat, subject)).unique())

    def sealed(self, records: Numbers) -> list[bytes]:
        """The sealed content of `records`, in their order. Raises `NotFound` if one is not held."""

        def take(snapshot: _Snapshot) -> list[bytes]:
            offsets = snapshot.offsets[_places(snapshot.records, records)]
            order = np.argsort(offsets)  # in file order, reading is several times faster
            column = snapshot.dataset.take(offsets[order], columns=["sealed"]).column("sealed")
            back = np.empty_like(order)
            back[order] = np.arange(len(order))
            values: list[bytes] = column.take(pa.array(back)).to_pylist()
            return values

        return self._on_snapshot(take) if len(records) else []

    def open_cleared(self, clearance: Cleared, records: Numbers) -> Iterator[bytes]:
        """The content of `records`, in their order; all must be in `clearance`.

        Raises:
            Refused: a record is not cleared; none is opened then.
        """
        if not BitMap64(records.tolist()) <= clearance.cleared:
            raise Refused("a record outside the clearance was asked for; none was opened")
        return self._open(records)

    def open_about(self, subject: int) -> dict[int, bytes]:
        """The content of every record about one subject, for that person's own package."""
        records = self.about(subject).column("record").to_numpy()
        return dict(zip(records.tolist(), self._open(records), strict=True))

    def open_to_correct(self, record: int) -> bytes:
        """The content of one record, to be put right. Raises `NotFound` if it is not held."""
        return next(self._open(np.array([record], np.int64)))

    def open_to_screen(self, records: Numbers) -> Iterator[bytes]:
        """The content of `records`, in their order, to find what is inside; never to train on.

        Raises `NotFound` if one is not held.
        """
        return self._open(records)

    def holders(self, records: Numbers) -> list[list[Holder]]:
        """Under whose keys each of `records` is sealed."""
        snapshot = self._fresh()
        places = _places(snapshot.records, records)
        table = snapshot.metadata.select(["source", "subjects"]).take(pa.array(places))
        subjects = table.column("subjects").combine_chunks()
        ends = np.asarray(subjects.offsets).tolist()
        people = subjects.values.to_numpy().tolist()
        # One list for all records of the same people: as many as records keep Python's garbage
        # collector busier than opening them keeps everything else.
        known: dict[tuple[int, ...], list[Holder]] = {}
        found = []
        for place, source in enumerate(table.column("source").to_pylist()):
            name = (source, *people[ends[place] : ends[place + 1]])
            if name not in known:
                known[name] = holders(source, name[1:])
            found.append(known[name])
        return found

    def _open(self, records: Numbers) -> Iterator[bytes]:
        whose = self.holders(records)
        sealer = Sealer(self._keyring.load({holder for group in whose for holder in group}))
        for sealed, record, group in zip(
            self.sealed(records), records.tolist(), whose, strict=True
        ):
            yield sealer.open(sealed, record, group)

    # Writing; callers hold the registry's lock "records"

    def append(self, new: Sequence[NewRecord]) -> None:
        """Seal and store records, all of them or none."""
        keys = self._keyring.load({holder for record in new for holder in record.holders()})
        sealer = Sealer(keys)
        stored = self._names.encipher(b"".join(record.key for record in new))
        rows = [
            {
                "record": r.record,
                "source": r.source,
                "subjects": list(r.subjects),
                "key": stored[i * KEY_BYTES : (i + 1) * KEY_BYTES],
                "collected_at": r.collected_at,
                "retention_until": r.retention_until,
                "languages": r.languages,
                "special_category": r.special_category,
                "findings": None,
                "content_hash": self._names.content_hash(r.content),
                "sealed": sealer.seal(r.content, r.record, r.holders()),
            }
            for i, r in enumerate(new)
        ]
        if rows:
            self._write(pa.Table.from_pylist(rows, SCHEMA))

    def seal_corrected(self, old: int, new: int, content: bytes) -> tuple[bytes, bytes]:
        """`content` sealed as that of record `new`, under the keys of `old`; and its hash."""
        (whose,) = self.holders(np.array([old], np.int64))
        sealer = Sealer(self._keyring.load(whose))
        return sealer.seal(content, new, whose), self._names.content_hash(content)

    def append_corrected(self, old: int, new: int, sealed: bytes, content_hash: bytes) -> None:
        """Store what `seal_corrected` gave, with the name and facts of `old`; once, if repeated."""
        if self.rows(BitMap64([new])).num_rows:
            return
        row = self.rows(BitMap64([old])).to_pylist()[0]
        row.update(dict.fromkeys(SCREENED), record=new, sealed=sealed, content_hash=content_hash)
        self._write(pa.Table.from_pylist([row], SCHEMA))

    def link(self, about: Mapping[int, Iterable[int]]) -> BitMap64:
        """Make records about more people: of each record, the numbers of those to add.

        A record is sealed anew, under the keys of all its people, so that erasing any one of them
        closes it. Callers `purge` what it was sealed as before. Gives the records that changed; one
        that is not held, or about them already, does not.

        Raises `NotFound` where somebody's key was destroyed; nothing is changed then.
        """
        table = self.find(BitMap64(about), SCHEMA.names)
        rows = [
            {**row, "subjects": sorted({*row["subjects"], *about[row["record"]]})}
            for row in table.to_pylist()
            if not set(about[row["record"]]) <= set(row["subjects"])
        ]
        if not rows:
            return BitMap64()
        changed = np.array([row["record"] for row in rows], np.int64)
        self._seal_anew(rows, self._open(changed))
        return BitMap64(changed.tolist())

    def replace_contents(self, new: Mapping[int, tuple[int, bytes]], said: pa.Table) -> None:
        """Put other contents in the place of records', all of them or none.

        Of each record, the number of the one that takes its place, and its content. That has the
        key, the people and the content hash of the one before, so what is imported again is held,
        and what is erased stays away. `said` has the columns of SCREENED that there are about the
        new ones. Callers `purge` what was there before; a record that is not held is left out.
        """
        about = {row["record"]: row for row in said.to_pylist()}
        rows = self.find(BitMap64(new), SCHEMA.names).to_pylist()
        contents = []
        for row in rows:
            number, content = new[row["record"]]
            row.update(dict.fromkeys(SCREENED), **about[number])
            contents.append(content)
        self._seal_anew(rows, contents)

    def _seal_anew(self, rows: list[dict[str, Any]], contents: Iterable[bytes]) -> None:
        """Write rows in the place of those with the same keys, sealed for whom they name now."""
        whose = [holders(row["source"], row["subjects"]) for row in rows]
        sealer = Sealer(self._keyring.load({holder for group in whose for holder in group}))
        for row, content, group in zip(rows, contents, whose, strict=True):
            row["sealed"] = sealer.seal(content, row["record"], group)
        with _damage_told():
            # The row is written anew and the old one deleted, which `purge` makes good: an updated
            # column would leave its old bytes in the file.
            merge = self._widened().merge_insert("key").when_matched_update_all()
            merge.execute(pa.Table.from_pylist(rows, SCHEMA))

    def update_columns(self, table: pa.Table) -> None:
        """Give records other values in some columns, all of them or none.

        `table` has the column `record` and those to change; a record that is not held is left out.
        No row moves, and no other column is written anew. The bytes of before stay in the store
        until their record goes, so this is not for content.
        """
        with _damage_told():
            dataset = self._widened()
            place = dataset.to_table(columns=["record"], with_row_address=True)
            inside = pc.is_in(place.column("record"), value_set=table.column("record"))
            addresses = place.filter(inside).column("_rowaddr").to_numpy()
            updated, offsets, fields = [], {}, set[int]()
            for number in np.unique(addresses >> np.uint64(32)).tolist():
                fragment = dataset.get_fragment(number)
                changed, modified, rows = fragment.update_columns(
                    table, left_on="record", right_on="record", with_offsets=True
                )
                updated.append(changed)
                offsets[number] = rows
                fields.update(modified)
            if updated:
                operation = lance.LanceOperation.Update(
                    updated_fragments=updated,
                    fields_modified=sorted(fields),
                    update_mode="rewrite_columns",
                    updated_fragment_offsets=offsets,
                )
                lance.LanceDataset.commit(
                    self._uri,
                    operation,
                    read_version=dataset.version,
                    storage_options=self._storage,
                )

    def _write(self, table: pa.Table) -> None:
        with _damage_told():
            self._widened()
            lance.write_dataset(table, self._uri, mode="append", storage_options=self._storage)

    def _widened(self) -> Any:
        """The dataset, with the columns that one of an older version lacks."""
        dataset = self._dataset()
        missing = [field for field in SCHEMA if field.name not in dataset.schema.names]
        if not missing:
            return dataset
        dataset.add_columns(pa.schema(missing))
        return self._dataset()

    def delete(self, records: BitMap64) -> None:
        """Take records out of the newest version; `purge` then removes their bytes."""
        with _damage_told():
            dataset = self._dataset()
            wanted = list(records)
            for start in range(0, len(wanted), 1000):
                listed = ", ".join(str(n) for n in wanted[start : start + 1000])
                dataset.delete(f"record IN ({listed})")

    def purge(self) -> None:
        """Leave no old version, no deleted row and no file of an unfinished write in the store."""
        with _damage_told():
            dataset = self._dataset()
            dataset.optimize.compact_files(
                materialize_deletions=True, materialize_deletions_threshold=0.0
            )
            self._dataset().cleanup_old_versions(
                older_than=timedelta(0), delete_unverified=True, error_if_tagged_old_versions=False
            )
        self._snapshot = None

    def compact(self) -> None:
        """Join the many small files that an import of many batches leaves."""
        with _damage_told():
            self._dataset().optimize.compact_files()

    # Versions

    def _dataset(self) -> Any:
        return lance.dataset(self._uri, storage_options=self._storage)

    def _fresh(self) -> _Snapshot:
        """The newest version; reads nothing where it is the one already at hand."""
        with _damage_told():
            dataset = self._dataset()
            if self._snapshot is None or self._snapshot.dataset.version != dataset.version:
                try:
                    self._snapshot = _read(dataset)
                except (OSError, ValueError):  # another process may just have purged it
                    self._snapshot = _read(self._dataset())
        return self._snapshot

    def _on_snapshot(self, read: Callable[[_Snapshot], _T]) -> _T:
        """`read` on the version at hand, or on the newest if that one was purged meanwhile."""
        try:
            return read(self._snapshot or self._fresh())
        except (OSError, ValueError, NotFound):
            self._snapshot = None
            with _damage_told():
                return read(self._fresh())


def _read(dataset: Any) -> _Snapshot:
    known = dataset.schema.names
    table = dataset.to_table(columns=[n for n in _CLEAR if n in known], scan_in_order=True)
    for name in _CLEAR:
        if name not in known:  # an older version wrote it
            table = table.append_column(
                SCHEMA.field(name), pa.nulls(len(table), SCHEMA.field(name).type)
            )
    table = table.select(_CLEAR)
    unsorted = table.column("record").to_numpy()
    offsets = np.argsort(unsorted, kind="stable")
    return _Snapshot(dataset, table.take(pa.array(offsets)), unsorted[offsets], offsets)


def _places(held: Numbers, wanted: Numbers) -> npt.NDArray[np.intp]:
    """Where in `held` (sorted) each of `wanted` stands."""
    places = np.searchsorted(held, wanted)
    if len(wanted) and (not len(held) or (held[np.minimum(places, len(held) - 1)] != wanted).any()):
        raise NotFound("a record that was asked for is not held (any more)")
    return places


@contextmanager
def _damage_told() -> Iterator[None]:
    """Turn what Lance raises into one sentence; its own message may quote contents."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        if str(error).startswith("Dataset at path"):
            raise NotFound(
                "the record store is missing; restore it from a backup, or mend `records` in "
                "rightful.toml"
            ) from None
        if "no space left" in str(error).lower() or getattr(error, "errno", None) == 28:
            raise Damaged(
                "the disk is full; free some room and run the command again. "
                "What was stored before is unharmed"
            ) from None
        raise Damaged(
            "the record store can't be read: a file of it is missing or was changed; "
            "restore it from a backup, then run the command again"
        ) from error


def remove(uri: str) -> None:
    """Delete a local record store."""
    shutil.rmtree(Path(uri), ignore_errors=True)
