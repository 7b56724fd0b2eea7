"""Claims of identifiers from a file: which addresses and numbers are whose, as a controller knows.

    reference,kind,value,region
    4711,email,ann@mail.example,
    4711,phone,030 23125123,DE

The same file again adds nothing. People must be held already: nobody becomes known here only
because a list of customers has their address.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from rightful.errors import InvalidInput
from rightful.grants.quarantine import Quarantine
from rightful.policy.countries import COUNTRIES
from rightful.records.readers import Read, Unreadable, open_reader
from rightful.screening.identifiers import Claim, Identifiers, check

#: The columns of such a file; `region` may be left out.
COLUMNS = ("reference", "kind", "value", "region")

_FORMATS = ("csv", "jsonl", "parquet")
_BATCH = 5_000
_KIND = re.compile("[a-z][a-z0-9_]{0,59}")
_LONGEST = 1000


class Reason(StrEnum):
    """Why a row can't be taken. They never hold what stood in it."""

    FIELD = "row has a field that is not a column of claims"
    REFERENCE = "reference is not text or a whole number"
    KIND = "kind is not the name of a kind"
    VALUE = "value is missing, or is not text"
    REGION = "region is not a country of two letters"
    TELLS_NOBODY = "value tells nobody apart: it is a word, a place or a day, or too short"
    NOT_HELD = "nobody with that reference is held"


@dataclass(frozen=True, slots=True)
class ImportedClaims:
    """What became of the rows. `quarantine` is the file that says which were not taken, and why."""

    added: int
    held: int
    quarantined: int
    quarantine: Path | None
    reasons: dict[str, int]


def import_claims(
    identifiers: Identifiers, path: Path, *, folder: Path | None = None
) -> ImportedClaims:
    """Record the claims in a CSV, JSON Lines or Parquet file, batch by batch.

    After a crash, import the same file again. `folder` is the workspace's.

    Raises:
        InvalidInput: the file can't be read, has no rows, or has other columns.
        Damaged: the rows that could not be taken can't be written down.
    """
    reader = None if path.is_dir() else open_reader(path)
    if reader is None or reader.format not in _FORMATS:
        raise InvalidInput(f"{path}: claims are read from CSV, JSON Lines or Parquet alone")
    _check_columns(path, reader.columns)
    where = (folder or identifiers.registry.folder) / "quarantine"
    added = taken = total = 0
    with Quarantine(where / f"claims-{reader.file_digest[:16]}.jsonl") as quarantine:
        rows = reader.rows()
        while batch := list(islice(rows, _BATCH)):
            total += len(batch)
            claims, bad = _claims(batch)
            new, strangers = identifiers.claim_all([claim for _, claim in claims])
            bad += [(claims[place][0], str(Reason.NOT_HELD)) for place in strangers]
            quarantine.add(sorted(bad))
            added += new
            taken += len(claims) - len(strangers)
    if not total:
        raise InvalidInput(f"{path} has no rows; there is nothing to import")
    reasons = dict(quarantine.reasons.most_common())
    return ImportedClaims(added, taken - added, total - taken, quarantine.kept, reasons)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    listed = ", ".join(COLUMNS)
    if unknown := [column for column in columns if column not in COLUMNS]:
        raise InvalidInput(f"{path}: {unknown[0][:60]!r} is no column of claims; known: {listed}")
    if missing := [column for column in COLUMNS[:3] if column not in columns]:
        raise InvalidInput(f"{path}: the column {missing[0]} is missing; known: {listed}")


def _claims(batch: Sequence[tuple[int, Read]]) -> tuple[list[tuple[int, Claim]], list[Any]]:
    claims: list[tuple[int, Claim]] = []
    bad: list[tuple[int, str]] = []
    for number, row in batch:
        found = row.reason if isinstance(row, Unreadable) else _claim(row)
        if isinstance(found, Claim):
            claims.append((number, found))
        else:
            bad.append((number, str(found)))
    return claims, bad


def _claim(row: dict[str, Any]) -> Claim | Reason:
    if not row.keys() <= set(COLUMNS):
        return Reason.FIELD
    reference, kind, value, region = (_text(row.get(column)) for column in COLUMNS)
    if not reference:
        return Reason.REFERENCE
    if not kind or not _KIND.fullmatch(kind):
        return Reason.KIND
    if not value:
        return Reason.VALUE
    if region and region not in COUNTRIES:
        return Reason.REGION
    claim = Claim(reference, kind, value, region or None)
    try:
        check(claim)
    except InvalidInput:
        return Reason.TELLS_NOBODY
    return claim


def _text(value: object) -> str | None:
    """Text as it stands, a whole number as text, and None for nothing or anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # half a character, which JSON can write
        return None
    return value.strip()
