"""Grants from a file: the consents that another system has collected, or the licences of sources.

Consents often come before records, so people who are not held yet are added, unless they were
erased. The same file again, a longer one, or one that was cut short by a crash adds nothing twice:
a row that is held already changes nothing but what it says about a withdrawal.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from rightful import canonical, moments
from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.files import write_atomic
from rightful.grants.grants import Grants, identity, stated
from rightful.grants.new_grant import BadGrant, NewGrant, Reason
from rightful.records.readers import Read, Unreadable, open_reader
from rightful.records.subjects import Person
from rightful.registry.tables import grants as table

#: The columns that a file of grants may have; `kind` and `purpose` must be there.
COLUMNS = (
    *("subject", "source", "kind", "purpose", "valid_from", "valid_to", "withdrawn_at"),
    *("notice", "explicit", "given_by", "evidence", "licence"),
)

_FORMATS = ("csv", "jsonl", "parquet")
_BATCH = 1000
_LONGEST_REFERENCE = 1000
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class ImportedGrants:
    """What became of the rows of a file.

    `withdrawn` of those that are `held` were ended by the file. `quarantine` is the file that says
    which rows could not be taken and why, None where all could; `reasons` counts them.
    """

    added: int
    held: int
    withdrawn: int
    quarantined: int
    quarantine: Path | None
    reasons: dict[str, int]


def import_grants(
    grants: Grants,
    path: Path,
    *,
    folder: Path | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> ImportedGrants:
    """Record the grants in a CSV, JSON Lines or Parquet file.

    Rows are kept in batches, each all or nothing; after a crash, import the same file again. A row
    is the same grant as one that is held if both agree in all but `valid_to` and `withdrawn_at`.
    The file can end a grant earlier than was known, and never brings one back. `folder` is the
    workspace's; `on_progress` is told how many rows are done.

    Raises:
        InvalidInput: the file can't be read, has no rows, or has a column that is none of grants'.
    """
    reader = None if path.is_dir() else open_reader(path)
    if reader is None or reader.format not in _FORMATS:
        raise InvalidInput(f"{path}: grants are read from CSV, JSON Lines or Parquet alone")
    _check_columns(path, reader.columns)
    batches = _Batches(grants)
    done = 0
    rows = reader.rows()
    while batch := list(islice(rows, _BATCH)):
        batches.take(batch)
        done += len(batch)
        if on_progress is not None:
            on_progress(done)
    if not done:
        raise InvalidInput(f"{path} has no rows; there is nothing to import")
    where = (folder or grants.registry.folder) / "quarantine"
    kept = _keep(where / f"grants-{reader.file_digest[:16]}.jsonl", batches.bad)
    reasons = dict(Counter(reason for _, reason in batches.bad).most_common())
    return ImportedGrants(
        batches.added, batches.held, batches.withdrawn, len(batches.bad), kept, reasons
    )


class _Batches:
    """Rows that are turned into grants batch by batch, and what came of them so far."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self._numbers = _Numbers(grants)
        self.added = self.held = self.withdrawn = 0
        self.bad: list[tuple[int, str]] = []

    def take(self, batch: Sequence[tuple[int, Read]]) -> None:
        """Keep a batch in one transaction. Rows that can't be used go to `bad`."""
        read: list[tuple[int, NewGrant]] = []
        for number, row in batch:
            if isinstance(row, Unreadable):
                self.bad.append((number, str(row.reason)))
                continue
            try:
                read.append((number, _read(row)))
            except BadGrant as error:
                self.bad.append((number, str(error.reason)))
        rows = self._resolve(read)
        if not rows:
            return
        registry = self._grants.registry
        with registry.transaction() as connection:
            held = _Held(connection, rows)
            added, changes = 0, []
            for row in rows:
                same = held.find(row)
                if same is None:
                    held.add(row, self._grants.add(connection, row))
                    added += 1
                else:
                    changes.append(held.end(self._grants, connection, same, row))
            if added or any(changes):
                registry.bump(connection)
        self.added += added
        self.held += len(changes)
        self.withdrawn += sum("withdrawn_at" in changed for changed in changes)

    def _resolve(self, read: Sequence[tuple[int, NewGrant]]) -> list[dict[str, Any]]:
        """The rows with numbers for names; people who are not held yet are added."""
        found = []
        references = {grant.subject for _, grant in read if grant.subject is not None}
        erased = self._grants.subjects.suppressed(references)
        for number, grant in read:
            try:
                if grant.subject in erased:
                    raise BadGrant(Reason.ERASED)
                found.append((grant.subject, {**stated(grant), **self._numbers.of(grant)}))
            except BadGrant as error:
                self.bad.append((number, str(error.reason)))
        people = {subject: Person() for subject, _ in found if subject is not None}
        numbers, _ = self._grants.subjects.ensure(people)
        self._grants.warm(numbers.values())
        return [
            {**row, "subject": None if subject is None else numbers[subject]}
            for subject, row in found
        ]


class _Numbers:
    """The numbers of sources, purposes and notices by the names that rows use, each asked once."""

    def __init__(self, grants: Grants) -> None:
        self._ask: dict[str, tuple[Callable[[str], int], Reason]] = {
            "source": (grants.sources.number, Reason.SOURCE),
            "purpose": (grants.purposes.number, Reason.PURPOSE),
            "notice": (lambda text: grants.notices.named(text).number, Reason.NOTICE),
        }
        self._known: dict[tuple[str, str], int | None] = {}

    def of(self, grant: NewGrant) -> dict[str, int | None]:
        """The three numbers for one grant. Raises `BadGrant` where a name is unknown."""
        found: dict[str, int | None] = {}
        for what, (ask, reason) in self._ask.items():
            name: str | None = getattr(grant, what)
            if name is None:
                found[what] = None
                continue
            if (what, name) not in self._known:
                try:
                    self._known[what, name] = ask(name)
                except (NotFound, InvalidInput):
                    self._known[what, name] = None
            found[what] = self._known[what, name]
            if found[what] is None:
                raise BadGrant(reason)
        return found


class _Held:
    """The grants about the same people and sources as some rows, by what makes them the same."""

    def __init__(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        self._by_identity: dict[tuple[Any, ...], dict[str, Any]] = {}
        subjects = sorted({row["subject"] for row in rows if row["subject"] is not None})
        for start in range(0, len(subjects), 500):
            self._load(connection, table.c.subject.in_(subjects[start : start + 500]))
        sources = {row["source"] for row in rows if row["subject"] is None}
        if sources:
            self._load(connection, table.c.subject.is_(None) & table.c.source.in_(sources))

    def find(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The grant that a row is, if it is held. A row without `valid_from` asks for any."""
        return self._by_identity.get(identity(row))

    def add(self, row: dict[str, Any], number: int) -> None:
        """Remember a row that was just recorded, for the rows that follow."""
        self._remember({**row, "id": number})

    def end(
        self, grants: Grants, connection: Connection, held: dict[str, Any], row: dict[str, Any]
    ) -> set[str]:
        """End a held grant where the row knows of an earlier end; returns the columns changed."""
        changed = {c for c in ("valid_to", "withdrawn_at") if _earlier(row[c], held[c])}
        if "valid_to" in changed:
            grants.mark_expired(connection, held, row["valid_to"])
        if "withdrawn_at" in changed:
            grants.mark_withdrawn(connection, held, row["withdrawn_at"])
        held.update({column: row[column] for column in changed})
        return changed

    def _load(self, connection: Connection, which: Any) -> None:
        for row in connection.execute(select(table).where(which).order_by(table.c.id)):
            self._remember(dict(row._mapping))

    def _remember(self, row: dict[str, Any]) -> None:
        # Of two that differ only in their end, rows are held against the first.
        self._by_identity.setdefault(identity(row), row)
        self._by_identity.setdefault(identity({**row, "valid_from": None}), row)


def _earlier(new: str | None, known: str | None) -> bool:
    return new is not None and (known is None or new < known)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    listed = ", ".join(COLUMNS)
    if unknown := [column for column in columns if column not in COLUMNS]:
        raise InvalidInput(f"{path}: {unknown[0][:60]!r} is no column of grants; known: {listed}")
    if missing := [column for column in ("kind", "purpose") if column not in columns]:
        raise InvalidInput(f"{path}: the column {missing[0]} is missing; known: {listed}")
    if "subject" not in columns and "source" not in columns:
        raise InvalidInput(f"{path}: a column subject or source is missing; known: {listed}")


# One row


def _read(row: dict[str, Any]) -> NewGrant:
    """The grant that a row states. Raises `BadGrant`."""
    if not row.keys() <= set(COLUMNS):
        raise BadGrant(Reason.FIELD)
    given = {name: value for name, value in row.items() if not _missing(value)}
    return NewGrant(
        kind=_text(given, "kind", Reason.KIND) or "",
        purpose=_text(given, "purpose", Reason.PURPOSE) or "",
        subject=_reference(given.get("subject")),
        source=_text(given, "source", Reason.SOURCE),
        valid_from=_moment(given, "valid_from", Reason.FROM),
        valid_to=_moment(given, "valid_to", Reason.TO),
        withdrawn_at=_moment(given, "withdrawn_at", Reason.WITHDRAWN_AT),
        notice=_text(given, "notice", Reason.NOTICE),
        explicit=_explicit(given.get("explicit")),
        given_by=_text(given, "given_by", Reason.GIVEN_BY),
        evidence=_text(given, "evidence", Reason.EVIDENCE),
        licence=_text(given, "licence", Reason.LICENCE),
    )


def _missing(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def _text(given: dict[str, Any], name: str, reason: Reason) -> str | None:
    value = given.get(name)
    if value is not None and not (isinstance(value, str) and _is_unicode(value)):
        raise BadGrant(reason)
    return value.strip() if value is not None else None


def _reference(value: object) -> str | None:
    """The one text of a reference, as in importing records: `17` in Parquet is `"17"` in CSV."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_REFERENCE or not _is_unicode(value):
        raise BadGrant(Reason.SUBJECT)
    return unicodedata.normalize("NFC", value).strip()


def _is_unicode(text: str) -> bool:
    """Not so for lone surrogates, which JSON can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _moment(given: dict[str, Any], name: str, reason: Reason) -> datetime | None:
    value = given.get(name)
    text = value.isoformat() if isinstance(value, date) else value
    if text is None:
        return None
    if not isinstance(text, str):
        raise BadGrant(reason)
    try:
        return moments.parse(text.strip())
    except InvalidInput:  # its sentence holds the value
        raise BadGrant(reason) from None


def _explicit(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    found = _WORDS.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if found is None:
        raise BadGrant(Reason.EXPLICIT)
    return found


# The quarantine


def _keep(path: Path, bad: Sequence[tuple[int, str]]) -> Path | None:
    """Write which rows could not be taken and why, and nothing of what they hold.

    The file of an earlier try goes where every row could be taken this time.
    """
    try:
        if not bad:
            path.unlink(missing_ok=True)
            return None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = [canonical.encode({"row": row, "reason": why}) + b"\n" for row, why in sorted(bad)]
        write_atomic(path, b"".join(lines), mode=0o600)
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise Damaged(
            f"{path} can't be written: {why}; mend that and import the file again. "
            "The grants that could be taken are kept"
        ) from None
    return path
