"""Taking in the rows of a file, so that each is a record exactly once, whatever happens meanwhile.

An import goes through its file in batches. A batch is stored whole or not at all, but the record
store and the registry can't change in one transaction. So the registry first notes the record
numbers of the batch and the counts that will be true once they are stored; then the store gets
them; then the registry makes the counts true. After a crash, the store tells whether the noted
numbers came to be. A record's key is looked up before it is added, too, so a row of another file,
or of this one again, is not taken twice.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from sqlalchemy import Connection, delete, insert, select, update

from rightful import canonical, moments
from rightful.errors import Busy, InvalidInput
from rightful.keys import Holder, Keyring
from rightful.ledger import Ledger
from rightful.records.arrivals import Arrivals, Judge
from rightful.records.held import HeldRecords
from rightful.records.mapping import Mapping, Row
from rightful.records.names import NameCipher
from rightful.records.quarantine import Quarantine
from rightful.records.readers import BadRow, Reader, Reason, Unreadable
from rightful.records.sources import Sources
from rightful.records.store import NewRecord, RecordStore
from rightful.records.subjects import Subjects
from rightful.records.suppressions import Suppressions
from rightful.registry import Registry
from rightful.registry.tables import imports

#: A batch ends with this many bytes of content, though it has fewer rows than it may.
BATCH_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a file, those of a run that was interrupted included."""

    number: int
    source: str
    added: int
    held: int  # were held already
    suppressed: int  # were erased, and stay so
    quarantined: int  # could not be taken; `reasons` says why
    quarantine: Path | None  # the file that names them, where there are any
    resumed: bool
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far an import is: the columns of its row in the registry."""

    next_row: int = 0
    added: int = 0
    held: int = 0
    suppressed: int = 0
    quarantined: int = 0

    @property
    def taken(self) -> int:
        return self.added + self.held + self.suppressed + self.quarantined

    def columns(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class _Batch:
    """Some rows of a file, as read and mapped."""

    rows: list[tuple[int, Row]] = field(default_factory=list, repr=False)
    bad: list[tuple[int, Reason]] = field(default_factory=list)
    size: int = 0
    next_row: int = 0


@dataclass(frozen=True, slots=True)
class _Job:
    """An import under way."""

    number: int
    source: int
    judge: Judge
    held: HeldRecords
    quarantine: Quarantine


class Importer:
    """Imports into one workspace, whose folder is `folder`."""

    def __init__(
        self,
        registry: Registry,
        keyring: Keyring,
        sources: Sources,
        subjects: Subjects,
        names: NameCipher,
        store: RecordStore,
        ledger: Ledger,
        folder: Path,
    ) -> None:
        self._registry = registry
        self._keyring = keyring
        self._sources = sources
        self._subjects = subjects
        self._names = names
        self._store = store
        self._ledger = ledger
        self._folder = folder

    def run(
        self,
        reader: Reader,
        mapping: Mapping,
        source: str,
        *,
        batch: int = 1024,
        on_progress: Callable[[int], None] | None = None,
    ) -> Imported:
        """Take in the rows of a file as records of `source`, or go on where that was interrupted.

        An import that has finished is read again from the start: its records are held, so only
        rows that could not be taken before are added now. `on_progress` is called after each batch
        with the number of rows read. The registry's lock "records" is held while a batch is
        written, not in between, so that an erasure need not wait for a long import.

        Raises:
            InvalidInput: a mapped field is not in the file, no row is taken, or it is damaged.
            NotFound: no source is called so.
            Busy: another import, or another writer of records, did not end in time.
        """
        if batch < 1:
            raise InvalidInput("batch must be 1 row or more")
        mapping.check(reader.columns)
        source_number = self._sources.number(source)
        with self._registry.lock("import"):
            number, progress, resumed = self._begin(reader, mapping, source_number)
            held = HeldRecords(self._store, self._names)
            listed = Suppressions(self._registry, self._names)
            judge = Judge(source, self._names, listed, held, self._subjects)
            job = _Job(number, source_number, judge, held, Quarantine(self._folder, number))
            job.quarantine.cut(progress.next_row)
            appended = 0
            for some in _batches(reader, mapping, progress.next_row, batch):
                before, progress = progress, self._take(job, progress, some)
                appended += progress.added > before.added
                if on_progress is not None:
                    on_progress(progress.next_row)
            if not progress.taken:
                self._abandon(job)
                raise _nothing_taken(reader, mapping)
            self._finish(job, progress, reader, joining=appended > 1)
        return Imported(
            number,
            source,
            progress.added,
            progress.held,
            progress.suppressed,
            progress.quarantined,
            job.quarantine.path if progress.quarantined else None,
            resumed,
            job.quarantine.reasons(),
        )

    # Beginning and ending

    def _begin(self, reader: Reader, mapping: Mapping, source: int) -> tuple[int, _Progress, bool]:
        """The number of the import, how far it is, and whether it was interrupted."""
        same = {
            "source": source,
            "file_sha256": reader.file_digest,
            "mapping_sha256": mapping.digest,
        }
        with self._registry.lock("records"), self._registry.transaction() as connection:
            fresh = {
                **same,
                **_Progress().columns(),
                "pending": None,
                "finished_at": None,
                "started_at": moments.text(moments.now()),
            }
            row = connection.execute(select(imports).filter_by(**same)).one_or_none()
            if row is None:
                done = connection.execute(insert(imports).values(**fresh))
                assert done.inserted_primary_key is not None
                return int(done.inserted_primary_key[0]), _Progress(), False
            progress = _Progress()
            if row.finished_at is None:
                progress = self._settled(row)
                fresh = {**progress.columns(), "pending": None}
            connection.execute(update(imports).where(imports.c.id == row.id).values(**fresh))
            return row.id, progress, row.finished_at is None and progress.next_row > 0

    def _settled(self, row: Any) -> _Progress:
        """How far an interrupted import is, told by whether its last batch came to be stored."""
        if row.pending is not None:
            pending = json.loads(row.pending)
            records = self._store.metadata().column("record")
            after_first = pc.greater_equal(records, pending.pop("first"))
            if pc.any(pc.and_(after_first, pc.less(records, pending.pop("end")))).as_py():
                return _Progress(**pending)
        return _Progress(**{name: getattr(row, name) for name in _Progress.__slots__})

    def _finish(self, job: _Job, progress: _Progress, reader: Reader, *, joining: bool) -> None:
        if joining:
            with self._registry.lock("records"):
                self._store.compact()
        counts = {n: v for n, v in progress.columns().items() if n != "next_row"}
        facts = {
            "import": job.number,
            "source": job.source,
            "file_sha256": reader.file_digest,
            **counts,
        }
        with self._registry.transaction() as connection:
            connection.execute(
                update(imports)
                .where(imports.c.id == job.number)
                .values(finished_at=moments.text(moments.now()))
            )
            self._ledger.append(connection, "import_finished", facts)

    def _abandon(self, job: _Job) -> None:
        with self._registry.transaction() as connection:
            connection.execute(delete(imports).where(imports.c.id == job.number))

    # One batch

    def _take(self, job: _Job, before: _Progress, batch: _Batch) -> _Progress:
        """Bring a batch in; returns how far the import is then."""
        with self._registry.lock("records"):
            # Who was erased since the batch before must not be taken for somebody with a key.
            self._keyring.drop_cache()
            arrivals = job.judge.sort(batch.rows)
            bad = sorted([*batch.bad, *arrivals.quarantined])
            after = replace(
                before,
                next_row=batch.next_row,
                added=before.added + len(arrivals.new),
                held=before.held + arrivals.held,
                suppressed=before.suppressed + arrivals.suppressed,
                quarantined=before.quarantined + len(bad),
            )
            job.quarantine.write(bad)
            numbers = self._ensure(arrivals)
            if arrivals.new:
                first = self._note(job, arrivals, after)
                job.held.append(_records(arrivals, job.source, numbers, first))
            with self._registry.transaction() as connection:
                _update(connection, job, {**after.columns(), "pending": None})
                if arrivals.new:
                    self._registry.bump(connection)
        return after

    def _ensure(self, arrivals: Arrivals) -> dict[str, int]:
        if not arrivals.people:
            return {}
        numbers, contradicted = self._subjects.ensure(arrivals.people)
        if contradicted:
            raise Busy(
                "another process has changed facts about the same people meanwhile; "
                "run the import again, and it goes on from here"
            )
        return numbers

    def _note(self, job: _Job, arrivals: Arrivals, after: _Progress) -> int:
        """Take record numbers, and note what will be true once they are stored."""
        amount = len(arrivals.new)
        holder = Holder("source", job.source)
        keyless = any(not row.subjects for _, row in arrivals.new) and not self._keyring.load(
            [holder]
        )
        with self._registry.transaction() as connection:
            if keyless:
                self._keyring.create(connection, [holder])
            first = self._registry.take(connection, "record", amount)
            pending = {"first": first, "end": first + amount, **after.columns()}
            _update(connection, job, {"pending": canonical.encode(pending).decode()})
        return first


def _update(connection: Connection, job: _Job, values: dict[str, Any]) -> None:
    connection.execute(update(imports).where(imports.c.id == job.number).values(**values))


def _records(
    arrivals: Arrivals, source: int, numbers: dict[str, int], first: int
) -> list[NewRecord]:
    return [
        NewRecord(
            record,
            source,
            tuple(sorted(numbers[reference] for reference in row.subjects)),
            key,
            row.content,
            row.collected,
            row.retention,
            row.languages,
            row.special_category,
        )
        for record, (key, row) in enumerate(arrivals.new, first)
    ]


def _batches(reader: Reader, mapping: Mapping, start: int, most: int) -> Iterator[_Batch]:
    """The rows from number `start` on that `where` takes, `most` to a batch or fewer."""
    batch = _Batch()
    for number, read in reader.rows(start):
        batch.next_row = number + 1
        if isinstance(read, Unreadable):
            batch.bad.append((number, read.reason))
        else:
            try:
                row = mapping.apply(read)
            except BadRow as bad:
                batch.bad.append((number, bad.reason))
            else:
                if row is None:
                    continue
                batch.rows.append((number, row))
                batch.size += len(row.content)
        if len(batch.rows) + len(batch.bad) >= most or batch.size >= BATCH_BYTES:
            yield batch
            batch = _Batch()
    if batch.rows or batch.bad:
        yield batch


def _nothing_taken(reader: Reader, mapping: Mapping) -> InvalidInput:
    why = "no row fits `where`; check the mapping" if mapping.where else "it has no rows"
    return InvalidInput(f"{reader.path}: {why}. Nothing was imported")
