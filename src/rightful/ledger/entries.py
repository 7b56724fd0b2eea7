"""What one entry of the ledger is: canonical JSON with a kind, a moment, and facts about an act."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rightful import canonical, moments
from rightful.errors import Damaged, InvalidInput

#: What an entry can be about.
KINDS = frozenset(
    {
        "source_declared",
        "reservation_observed",
        "import_finished",
        "notice_published",
        "purpose_added",
        "purpose_stated",
        "assessment_recorded",
        "grant_recorded",
        "grants_imported",
        "grant_withdrawn",
        "grant_expired",
        "clearance_computed",
        "run_started",
        "run_finished",
        "departure",
        "model_moved",
        "model_restricted",
        "request_received",
        "request_closed",
        "subject_restricted",
        "subject_objected",
        "subject_opted_out",
        "subject_released",
        "subject_erased",
        "identifier_claimed",
        "identifiers_claimed",
        "forgetting_planned",
        "records_expired",
        "certificate_issued",
        "disclosure",
        "content_shown",
        "screening_finished",
        "records_linked",
    }
)

#: The most bytes of an entry: in a bundle of tlog-tiles, two bytes say how long each one is.
LONGEST = 0xFFFF

_PSEUDONYM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was read; `data` is the very bytes that the tree was hashed from."""

    number: int
    kind: str
    at: datetime
    facts: dict[str, Any]
    data: bytes


def write_entry(kind: str, at: datetime, facts: Mapping[str, Any]) -> bytes:
    """The bytes of an entry.

    Raises:
        ValueError: the kind is unknown, a fact is called `kind` or `at`, a number is not finite,
            or a subject is not given by its pseudonym.
        TypeError: a value is none that JSON has.
        InvalidInput: the entry would be too long.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of ledger entry")
    if not facts.keys().isdisjoint({"kind", "at"}):
        raise ValueError("the facts of an entry can't be called `kind` or `at`")
    _refuse_foreign(facts)
    subject = facts.get("subject")
    # A guard against the worst slip: a person's own reference, in a log that forgets nothing.
    if subject is not None and not (isinstance(subject, str) and _PSEUDONYM.fullmatch(subject)):
        raise ValueError("an entry names a subject by its pseudonym from the keyring only")
    data = canonical.encode({"kind": kind, "at": moments.text(at), **facts})
    if len(data) > LONGEST:
        raise InvalidInput(
            f"the ledger entry about this act ({kind}) would take {len(data)} bytes and may take "
            f"{LONGEST}; shorten its names or texts. Nothing was changed"
        )
    return data


def read_entry(number: int, data: bytes) -> Entry:
    """The entry that `data` holds. Raises `Damaged` for bytes that `write_entry` never made."""
    try:
        facts = canonical.decode(data, "it")
        kind, at = facts.pop("kind"), facts.pop("at")
        moment = moments.parse(at)
        well = isinstance(kind, str) and moments.text(moment) == at
    except (InvalidInput, AttributeError, KeyError, TypeError):
        well = False
    if not well:
        raise Damaged(
            f"ledger entry {number} is not what Rightful writes, so the registry was changed "
            "from outside; restore it from a backup"
        )
    return Entry(number, kind, moment, facts, data)


def _refuse_foreign(value: Any) -> None:
    # `json.dumps` would quietly write the keys 1 and None as text.
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise TypeError("the names of facts are text")
            _refuse_foreign(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_foreign(inner)
    elif not (value is None or isinstance(value, str | int | float)):
        raise TypeError(f"{type(value).__name__} is no value that JSON has")
