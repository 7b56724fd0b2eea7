"""Grants from a file: the consents that another system has collected, or the licences of sources.

Consents often come before records, so people who are not held yet are added, unless they were
erased. The same file again, a longer one, or one that was cut short by a crash adds nothing twice:
a row that is held already changes nothing but what it says about a withdrawal.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from rightful.errors import InvalidInput
from rightful.grants.grants import Grants, stated
from rightful.grants.held import Held
from rightful.grants.new_grant import BadGrant, NewGrant, Reason
from rightful.grants.numbers import Numbers
from rightful.grants.quarantine import Quarantine
from rightful.grants.rows import check_columns, read_row
from rightful.records.readers import Read, Reader, Unreadable, open_reader

_FORMATS = ("csv", "jsonl", "parquet")
_BATCH = 20_000


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
    on_progress: Callable[[int, int], None] | None = None,
) -> ImportedGrants:
    """Record the grants in a CSV, JSON Lines or Parquet file.

    Rows are kept in batches, each all or nothing; after a crash, import the same file again. A row
    is the same grant as one that is held if both agree in all but `valid_to` and `withdrawn_at`.
    The file can end a grant earlier than was known, and never brings one back. `folder` is the
    workspace's; `on_progress` is told how many rows are done, and about how many there are.

    Raises:
        InvalidInput: the file can't be read, has no rows, or has a column that is none of grants'.
        Damaged: the rows that could not be taken can't be written down.
    """
    reader = None if path.is_dir() else open_reader(path)
    if reader is None or reader.format not in _FORMATS:
        raise InvalidInput(f"{path}: grants are read from CSV, JSON Lines or Parquet alone")
    check_columns(path, reader.columns)
    where = (folder or grants.registry.folder) / "quarantine"
    done, expected = 0, _expected(reader) if on_progress is not None else 0
    kept = Quarantine(where / f"grants-{reader.file_digest[:16]}.jsonl")
    with _without_collecting(), kept as quarantine:
        batches = _Batches(grants)
        rows = reader.rows()
        while batch := list(islice(rows, _BATCH)):
            quarantine.add(sorted(batches.take(batch)))
            done += len(batch)
            gc.collect(1)  # what the batch left, and no more
            if on_progress is not None:
                on_progress(done, max(done, expected))
    if not done:
        raise InvalidInput(f"{path} has no rows; there is nothing to import")
    reasons = dict(quarantine.reasons.most_common())
    bad = quarantine.reasons.total()
    return ImportedGrants(
        batches.added, batches.held, batches.withdrawn, bad, quarantine.kept, reasons
    )


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave out the search for circles among rows that are being read: there are none.

    It takes a fifth of the time; once a batch is done is soon enough.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _expected(reader: Reader) -> int:
    """How many rows there may be: for a text, how many lines."""
    if reader.format == "parquet":
        return int(pq.read_metadata(reader.path).num_rows)
    with reader.path.open("rb") as file:
        lines = sum(piece.count(b"\n") for piece in iter(lambda: file.read(2**20), b""))
    return lines - (reader.format == "csv")


class _Batches:
    """Rows that are turned into grants batch by batch, and what came of them so far."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants
        self._numbers = Numbers(grants)
        self.added = self.held = self.withdrawn = 0

    def take(self, batch: Sequence[tuple[int, Read]]) -> list[tuple[int, str]]:
        """Keep a batch in one transaction; returns the rows that can't be used, and why."""
        bad: list[tuple[int, str]] = []
        read: list[tuple[int, NewGrant]] = []
        for number, row in batch:
            if isinstance(row, Unreadable):
                bad.append((number, str(row.reason)))
                continue
            try:
                read.append((number, read_row(row)))
            except BadGrant as error:
                bad.append((number, str(error.reason)))
        resolved, new = self._resolve(read, bad)
        if resolved:
            self._keep(resolved, new, bad)
        return bad

    def _resolve(
        self, read: Sequence[tuple[int, NewGrant]], bad: list[tuple[int, str]]
    ) -> tuple[list[tuple[int, dict[str, Any]]], frozenset[int]]:
        """The rows with numbers for names, and who of the people is new by them."""
        found: list[tuple[int, str | None, dict[str, Any]]] = []
        for number, grant in read:
            try:
                row = stated(grant)
                row.update(self._numbers.of(grant))
                found.append((number, grant.subject, row))
            except BadGrant as error:
                bad.append((number, str(error.reason)))
        people = self._grants.subjects.settle({who for _, who, _ in found if who is not None})
        rows = []
        for number, who, row in found:
            if who in people.erased:
                bad.append((number, str(Reason.ERASED)))
                continue
            row["subject"] = None if who is None else people.numbers[who]
            rows.append((number, row))
        return rows, people.new

    def _keep(
        self,
        rows: Sequence[tuple[int, dict[str, Any]]],
        newcomers: frozenset[int],
        bad: list[tuple[int, str]],
    ) -> None:
        """Add what is new and end what is held, where the row says so."""
        new: list[dict[str, Any]] = []
        ended: list[dict[str, Any]] = []
        same = withdrawn = 0
        # Ends are entered by pseudonyms, which need keys: loaded together, and let go of again.
        self._grants.warm(
            row["subject"]
            for _, row in rows
            if (row["withdrawn_at"] or row["valid_to"]) and row["subject"] not in newcomers
        )
        with self._grants.registry.transaction() as connection:
            people = {row["subject"] for _, row in rows if row["subject"] is not None}
            gone = people - self._grants.subjects.still_held(connection, people)
            held = Held(connection, [row for _, row in rows], newcomers)
            often = Counter(row["subject"] for _, row in rows)
            for number, row in rows:
                if row["subject"] in gone:  # since the file was looked at
                    bad.append((number, str(Reason.ERASED)))
                elif row["subject"] in newcomers and often[row["subject"]] == 1:
                    new.append(row)  # nothing that it could be the same as
                elif (other := held.find(row)) is None:
                    held.add(row)
                    new.append(row)
                else:
                    same += 1
                    if changed := held.end(self._grants, connection, other, row):
                        ended.append(row)
                        withdrawn += "withdrawn_at" in changed
            if new:
                self._grants.add_all(connection, new)
            if new or ended:
                self._grants.bump(connection, [*new, *ended])
        self._grants.cool()
        self.added += len(new)
        self.held += same
        self.withdrawn += withdrawn
