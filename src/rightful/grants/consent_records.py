"""Consent records after ISO/IEC TS 27560:2023: written for others, and read back.

A file `.jsonl` holds a record a line; any other is one JSON-LD document. A record names a person,
so giving the file to somebody is a disclosure: `rightful.rights.give_consent_records` writes that
down.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, bindparam, select, update

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.files import UNFINISHED, sync_folder
from rightful.grants import consent_document
from rightful.grants.consent_document import Controller, Known, Record
from rightful.grants.grant import held, read
from rightful.grants.grants import Grants, identity, stated
from rightful.grants.held import Held
from rightful.grants.numbers import Numbers
from rightful.registry.tables import grants as table

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class ExportedRecords:
    """How many records were written, and about whom, by number."""

    records: int
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class ImportedRecords:
    """What became of the records of a file; `ended` of those `held` were ended by it."""

    added: int
    held: int
    ended: int
    erased: int


def export_records(
    grants: Grants,
    path: Path,
    controller: Controller,
    *,
    subject: str | None = None,
    at: datetime | None = None,
    before_naming: Callable[[ExportedRecords], None] | None = None,
) -> ExportedRecords:
    """Write the records of what a person granted, or all people did, to a new file.

    Grants for everyone in a source name nobody, and are not in it. `before_naming` is called when
    all is written, before the file gets its name; if it raises, there is no file.

    Raises:
        NotFound: nobody of that reference is held, or nobody granted anything.
        InvalidInput: the file is there already, or can't be made there.
    """
    number = None if subject is None else grants.subjects.find(subject)
    if path.exists() or not path.parent.is_dir():
        raise InvalidInput(f"{path}: records go to a new file, in a folder that is there")
    _name(grants, number)
    unfinished = path.with_name(f"{UNFINISHED}{path.name}")
    try:
        unfinished.touch(mode=0o600)
        people: set[int] = set()
        with unfinished.open("wb") as file:
            documents = _documents(grants, controller, number, at or moments.now(), people)
            records = _write(file, documents, lines=path.suffix == ".jsonl")
            file.flush()
            os.fsync(file.fileno())
        if not records:
            raise NotFound("there is no grant about a person; nothing was written")
        done = ExportedRecords(records, frozenset(people))
        if before_naming is not None:
            before_naming(done)
        unfinished.replace(path)
        sync_folder(path.parent)
    except PermissionError:
        raise InvalidInput(f"{path} can't be written there; choose another folder") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return done


def import_records(grants: Grants, path: Path) -> ImportedRecords:
    """Record what the records in a file say, all of them or none.

    A record that is held already, by its identifier, adds nothing; it can end the grant earlier
    than was known. People who are not held are added, unless they were erased.

    Raises `InvalidInput` where the file can't be read, a record is malformed, or it names a
    purpose, a source or a notice that is not here, or a notice of another text. Nothing is
    imported then.
    """
    numbers = Numbers(grants)
    shas = {str(notice): notice.sha256 for notice in grants.notices.all()}
    count = sum(1 for _ in _records(path, numbers, shas))  # to the end, before anything is changed
    if not count:
        raise InvalidInput(f"{path} holds no record; there is nothing to import")
    records = _records(path, numbers, shas)
    while batch := list(islice(records, _BATCH)):
        grants.subjects.settle({record.grant.subject or "" for _, record in batch})
    bringing = _Bringing(grants, path, numbers)
    records = _records(path, numbers, shas)
    with grants.registry.transaction() as connection:
        while batch := list(islice(records, _BATCH)):
            bringing.take(connection, batch)
    return ImportedRecords(bringing.added, bringing.held, bringing.ended, bringing.erased)


# Writing


def _name(grants: Grants, subject: int | None) -> None:
    """Give a grant that was in no record yet the identifier that it keeps."""
    query = select(table.c.id).where(table.c.uuid.is_(None), *_about(subject))
    name = update(table).where(table.c.id == bindparam("number")).values(uuid=bindparam("name"))
    with grants.registry.transaction() as connection:
        numbers = iter(connection.scalars(query).all())
        while batch := list(islice(numbers, _BATCH)):
            connection.execute(name, [{"number": n, "name": str(uuid.uuid4())} for n in batch])


def _about(subject: int | None) -> tuple[Any, ...]:
    return (table.c.subject.is_not(None) if subject is None else table.c.subject == subject,)


def _write(file: IO[bytes], documents: Iterator[dict[str, Any]], *, lines: bool) -> int:
    """Write records one after the other; returns how many. One alone is a document of its own."""
    start = list(islice(documents, 2))
    if len(start) < 2 and not lines:
        file.writelines(_bytes(document, indent=2) + b"\n" for document in start)
        return len(start)
    between, count = (b"\n" if lines else b",\n"), 0
    if not lines:
        file.write(b'{"@context": ' + _bytes(start[0]["@context"]) + b', "@graph": [\n')
    for count, document in enumerate(chain(start, documents), 1):
        file.write((between if count > 1 else b"") + _bytes(document))
    file.write(b"" if not count else b"\n" if lines else b"\n]}\n")
    return count


def _documents(
    grants: Grants,
    controller: Controller,
    subject: int | None,
    at: datetime,
    people: set[int],
) -> Iterator[dict[str, Any]]:
    """The records of all grants about people, in the order of their numbers."""
    terms = _terms(grants)
    sources = {source.name: source for source in grants.sources.all().values()}
    notices = {str(notice): notice for notice in grants.notices.all()}
    last = 0
    while True:
        query = held().where(table.c.uuid.is_not(None), *_about(subject), table.c.id > last)
        found = [
            read(row) for row in grants.registry.rows(query.order_by(table.c.id).limit(_BATCH))
        ]
        if not found:
            return
        last = found[-1].number
        names = grants.subjects.references(g.subject for g in found if g.subject is not None)
        for grant in found:
            if grant.subject not in names:  # erased; nobody is named any more
                continue
            people.add(grant.subject)
            known = Known(
                names[grant.subject],
                terms[grant.purpose],
                notices[grant.notice] if grant.notice is not None else None,
                sources[grant.source] if grant.source is not None else None,
            )
            yield consent_document.write(grant, known, controller, at)


def _terms(grants: Grants) -> dict[str, list[str]]:
    """The terms of the DPV for each purpose: its own and those of the purposes above it."""
    found: dict[str, list[str]] = {}
    for branch in grants.purposes.tree():
        above = found[branch.parent] if branch.parent is not None else []
        found[branch.name] = ([branch.dpv] if branch.dpv is not None else []) + above
    return found


def _bytes(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


# Reading


class _Bringing:
    """Records that are turned into grants, and what came of them so far."""

    def __init__(self, grants: Grants, path: Path, numbers: Numbers) -> None:
        self._grants = grants
        self._path = path
        self._numbers = numbers
        self.added = self.held = self.ended = self.erased = 0

    def take(self, connection: Connection, batch: Sequence[tuple[int, Record]]) -> None:
        """Add what is new and end what is held, in the caller's transaction."""
        known = self._grants.subjects.numbers({r.grant.subject or "" for _, r in batch})
        here = self._grants.subjects.still_held(connection, known.values())
        rows = []
        for place, record in batch:
            subject = known.get(record.grant.subject or "")
            if subject not in here:
                self.erased += 1
                continue
            row = stated(record.grant) | self._numbers.of(record.grant)
            row |= {"subject": subject, "uuid": record.uuid}
            rows.append((place, row | {"created_at": moments.text(record.created)}))
        self._keep(connection, rows)

    def _keep(self, connection: Connection, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
        uuids = [row["uuid"] for _, row in rows]
        asked = select(table).where(table.c.uuid.in_(uuids))
        named = {row.uuid: row._asdict() for row in connection.execute(asked)}
        # Two with different identifiers are two, even where they agree in everything.
        unnamed = Held(connection, [row for _, row in rows], only=table.c.uuid.is_(None))
        new, ended = [], []
        for place, row in rows:
            other = named.get(row["uuid"])
            if other is None:
                other = unnamed.take(row)
                if other is not None:
                    self._name(connection, other["id"], row["uuid"])
            elif identity(other) != identity(row):
                raise _wrong(self._path, place, "has the identifier of another grant")
            if other is None:
                named[row["uuid"]] = row
                new.append(row)
                continue
            named[row["uuid"]] = other
            self.held += 1
            if unnamed.end(self._grants, connection, other, row):
                self.ended += 1
                ended.append(row)
        if new:
            self._grants.add_all(connection, new)
        if new or ended:
            self._grants.bump(connection, [*new, *ended])
        self.added += len(new)

    def _name(self, connection: Connection, number: int, name: str) -> None:
        connection.execute(update(table).where(table.c.id == number).values(uuid=name))


def _records(path: Path, numbers: Numbers, shas: dict[str, str]) -> Iterator[tuple[int, Record]]:
    """The records of a file with their places, from 1. Raises `InvalidInput` at a bad one."""
    for place, document in enumerate(_documents_in(path), 1):
        try:
            record = consent_document.read(document)
            named = numbers.of(record.grant)["notice"]
        except InvalidInput as error:
            raise _wrong(path, place, str(error)) from None
        if named is not None and shas.get(record.grant.notice or "") != record.notice_sha256:
            raise _wrong(path, place, "names a notice that has another text here")
        yield place, record


def _documents_in(path: Path) -> Iterator[object]:
    try:
        if path.suffix == ".jsonl":
            with path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield _decoded(path, line, f"line {number}")
            return
        whole = _decoded(path, path.read_bytes(), "it")
    except OSError as error:
        why = (error.strerror or "it is damaged").lower()
        raise InvalidInput(f"{path} can't be read: {why}; check the path") from None
    several = whole.get("@graph") if isinstance(whole, dict) else None
    if not isinstance(several, list):
        yield whole
        return
    context = whole.get("@context") if isinstance(whole, dict) else None
    for each in several:
        yield {"@context": context, **each} if isinstance(each, dict) else each


def _decoded(path: Path, data: bytes, what: str) -> object:
    try:
        found = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_never)
        if b"\\ud" in data.lower():  # half a character, which JSON can write and nobody can keep
            _bytes(found)
        return found
    except (ValueError, RecursionError):
        raise InvalidInput(
            f"{path}: {what} is not JSON in UTF-8, or has a name twice; get the file again"
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _never(_: str) -> None:
    raise ValueError("not a number")


def _wrong(path: Path, place: int, why: str) -> InvalidInput:
    return InvalidInput(
        f"{path}, record {place}: {why}; mend it and import the file again. Nothing was imported"
    )
