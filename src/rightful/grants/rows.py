"""One row of a file as a grant, or why it can't be one."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from rightful import moments
from rightful.errors import InvalidInput
from rightful.grants.new_grant import BadGrant, NewGrant, Reason

#: The columns that a file of grants may have; `kind` and `purpose` must be there.
COLUMNS = (
    *("subject", "source", "kind", "purpose", "valid_from", "valid_to", "withdrawn_at"),
    *("notice", "explicit", "given_by", "evidence", "licence", "condition"),
)

_KNOWN = frozenset(COLUMNS)

#: The columns that hold text, and what is wrong where they don't.
_TEXTS = (
    ("kind", Reason.KIND),
    ("purpose", Reason.PURPOSE),
    ("source", Reason.SOURCE),
    ("notice", Reason.NOTICE),
    ("given_by", Reason.GIVEN_BY),
    ("evidence", Reason.EVIDENCE),
    ("licence", Reason.LICENCE),
    ("condition", Reason.CONDITION),
)

_LONGEST_REFERENCE = 1000
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def check_columns(path: Path, columns: Sequence[str]) -> None:
    """Raise `InvalidInput` where a file has a column that is none of grants', or lacks one."""
    listed = ", ".join(COLUMNS)
    if unknown := [column for column in columns if column not in COLUMNS]:
        raise InvalidInput(f"{path}: {unknown[0][:60]!r} is no column of grants; known: {listed}")
    if missing := [column for column in ("kind", "purpose") if column not in columns]:
        raise InvalidInput(f"{path}: the column {missing[0]} is missing; known: {listed}")
    if "subject" not in columns and "source" not in columns:
        raise InvalidInput(f"{path}: a column subject or source is missing; known: {listed}")


def read_row(row: dict[str, Any]) -> NewGrant:
    """The grant that a row states. Raises `BadGrant`."""
    if not row.keys() <= _KNOWN:
        raise BadGrant(Reason.FIELD)
    given: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, str):
            if text := value.strip():
                given[name] = text
        elif value is not None and value == value:  # NaN: a number that a table lacks
            given[name] = value
    stated = given.get
    for name, reason in _TEXTS:
        found = stated(name)
        if found is not None and not (isinstance(found, str) and _is_unicode(found)):
            raise BadGrant(reason)
    return NewGrant(
        kind=stated("kind") or "",
        purpose=stated("purpose") or "",
        subject=_reference(stated("subject")),
        source=stated("source"),
        valid_from=_moment(stated("valid_from"), Reason.FROM),
        valid_to=_moment(stated("valid_to"), Reason.TO),
        withdrawn_at=_moment(stated("withdrawn_at"), Reason.WITHDRAWN_AT),
        notice=stated("notice"),
        explicit=_explicit(stated("explicit")),
        given_by=stated("given_by"),
        evidence=stated("evidence"),
        licence=stated("licence"),
        condition=stated("condition"),
    )


def _reference(value: object) -> str | None:
    """The one text of a reference, as in importing records: `17` in Parquet is `"17"` in CSV."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or len(value) > _LONGEST_REFERENCE or not _is_unicode(value):
        raise BadGrant(Reason.SUBJECT)
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _is_unicode(text: str) -> bool:
    """Not so for lone surrogates, which JSON can write."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _moment(value: object, reason: Reason) -> datetime | None:
    if value is None:
        return None
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str):
        raise BadGrant(reason)
    try:
        return _parsed(text)
    except InvalidInput:  # its sentence holds the value
        raise BadGrant(reason) from None


#: Many rows name the same days.
_parsed = lru_cache(maxsize=4096)(moments.parse)


def _explicit(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    found = _WORDS.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if found is None:
        raise BadGrant(Reason.EXPLICIT)
    return found
