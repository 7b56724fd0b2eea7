"""Registries and records to hold readings of them against each other, strange ones included."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from rightful import moments
from rightful.clearance.situations.corpus import RECORDS
from rightful.policy.facts import METHODS, SOURCE_KINDS, USES
from rightful.records.reservations import FACTS
from rightful.records.store import SCHEMA
from rightful.registry import Registry
from rightful.registry.tables import (
    ASSESSMENT_KINDS,
    GRANT_KINDS,
    assessments,
    grants,
    notices,
    purposes,
    reservations,
    sources,
    subjects,
)

if TYPE_CHECKING:
    from tests.clearance.plain_reading import Row

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
#: Few moments, so that many of them are the same.
MOMENTS = [moments.text(NOW + timedelta(hours=hours)) for hours in (-2, -1, 0, 1)]
#: As somebody else may have written them.
_STRANGE = ["2026-11-24T19:00:00+08:00", "soon"]
_DAYS = ["2026-11-24", "2026-11-23", "2030-02-28", "2026-02-30", "infinity", ""]
_WRITTEN = st.just(MOMENTS[0])

#: Whom a record is about: registered people, an erased one (3) and one who is not there (9); None
#: is somebody who is not named, and no list at all says nothing.
PEOPLE: list[list[int | None] | None] = [
    [],
    [1],
    [2],
    [1],
    [2],
    [1, 2],
    [3],
    [2, 9],
    [9],
    [1, 3, 2],
    [None],
    [1, None],
    None,
]

Tables = dict[str, "list[Row]"]


def _maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


_YES_OR_NO = _maybe(True, False)
_MARKS = (
    *("public", "special_category", "criminal_offence", "lawfully_accessed", "infringing_site"),
    *("faces", "companion", "child_directed", "broker", "important_data"),
)

_SUBJECT = st.fixed_dictionaries(
    {
        "residence": _maybe("DE", "AT", "CN", "IN", "AQ", "US", "US-CA", "US-ZZ", "UK", "de", ""),
        "birth_year": _maybe(1980, 2010, 2011, 2012, 2015, 2026, 2030, 1700, -1),
        "restricted_at": _maybe(None, None, *MOMENTS, "soon"),
        "objected_at": _maybe(None, *MOMENTS, "soon"),
        "opted_out_at": _maybe(None, *MOMENTS, "soon"),
        "created_at": _WRITTEN,
    }
)
_SOURCE = st.fixed_dictionaries(
    {
        "kind": _maybe(*SOURCE_KINDS, "gossip"),
        "owner": _maybe("us", "  "),
        "method": _maybe(*METHODS, "found"),
        "notice": _maybe(1),
        "retention_until": _maybe(*_DAYS),
        "purpose": _maybe(1, 3, 4),
        "collected_from": _maybe("2026-01-01", "2026-01-01", "soon"),
        "collected_to": _maybe("2026-11-20", "2026-11-20", "soon"),
        "evidence": _maybe("file 7", "  "),
        **dict.fromkeys(_MARKS, _YES_OR_NO),
        "created_at": _WRITTEN,
    }
)
#: Consents more often than others, and mostly for what is asked (3) or what is above it (1).
_GRANT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([*GRANT_KINDS, *["consent", "separate_consent"] * 3, "licence"]),
        "about": st.sampled_from(
            [(1, None), (1, 1), (None, 1), (2, None), (2, 1), (None, 2), (None, 1), (3, None)]
        ),
        "purpose": st.sampled_from([1, 3, 3, 4]),
        "valid_from": st.sampled_from([*MOMENTS, *MOMENTS[:2], *_STRANGE]),
        "valid_to": st.sampled_from([None, None, None, *MOMENTS, *_STRANGE]),
        "withdrawn_at": st.sampled_from([None, None, None, *MOMENTS, *_STRANGE]),
        "notice": _maybe(1),
        "explicit": _YES_OR_NO,
        "given_by": _maybe("self", "guardian", "neighbour"),
        "evidence": _maybe("file 7", "  "),
        "licence": _maybe("MIT", "CC-BY-NC-4.0", "LicenseRef-ours", "MIT AND", "MIT OR GPL-3.0+"),
        "condition": _maybe("made_public", "made_public", "research", "hearsay"),
        "created_at": _WRITTEN,
    }
)
_ASSESSMENT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([*ASSESSMENT_KINDS, *ASSESSMENT_KINDS[-3:] * 4]),
        "source": _maybe(1, 2),
        "purpose": _maybe(1, 3, 4),
        "outcome": st.sampled_from(["passed", "failed"]),
        "sampled": _maybe(0, 3, 7, 10_001),
        "failed": _maybe(0, 1, 2, 9),
        "total": _maybe(0, 7, 10_000),
        "made_at": st.sampled_from([*MOMENTS, *_STRANGE]),
        "valid_until": st.sampled_from([None, None, *MOMENTS, *_STRANGE]),
        "created_at": _WRITTEN,
    }
)
_LOOK = st.sampled_from(sorted(FACTS)).flatmap(
    lambda fact: st.fixed_dictionaries(
        {
            "source": st.sampled_from([1, 2]),
            "protocol": st.just(fact),
            "value": st.sampled_from(FACTS[fact]),
            "location": _maybe(None, "a.example"),
            "seen_at": st.sampled_from([*MOMENTS, "2026-10-01T13:00:00.000000Z"]),
            "created_at": _WRITTEN,
        }
    )
)
_USED = st.fixed_dictionaries(dict.fromkeys(USES, _YES_OR_NO))

#: What records say of themselves, and whom they are about.
RECORD = st.fixed_dictionaries(
    {
        "source": st.sampled_from([1, 1, 2, 7]),
        "subjects": st.sampled_from(PEOPLE),
        "collected_at": _maybe("2026-11-20T15:00:00.000000Z", "2026-11-24", "soon", ""),
        "retention_until": _maybe(*_DAYS),
        "special_category": _YES_OR_NO,
        "found": _maybe("", "health", "contact,secret", "contact,later"),
        "verdict": _maybe("pass", "pass", "hold", "drop", "?"),
        "duplicate": _YES_OR_NO,
    }
)


@st.composite
def registries(draw: st.DrawFn) -> Tables:
    """The rows of every table that facts come from; purposes as in `Purposes.create_defaults`."""

    def numbered(rows: "list[Row]") -> "list[Row]":
        return [{"id": number, **row} for number, row in enumerate(rows, 1)]

    whom = draw(st.lists(_SUBJECT, min_size=2, max_size=2))
    erased = {**dict.fromkeys(whom[0]), "created_at": MOMENTS[0]}
    people = [{**row, "erased_at": None} for row in whom] + [{**erased, "erased_at": MOMENTS[3]}]
    granted = []
    for grant in draw(st.lists(_GRANT, max_size=14)):
        subject, source = grant.pop("about")
        granted.append({**grant, "subject": subject, "source": source})
    places = draw(st.lists(_SOURCE, min_size=2, max_size=2))
    used = {1: draw(_USED), 3: draw(_USED)}
    return {
        "subjects": numbered(people),
        "sources": [{"name": f"{row['id']}", **row} for row in numbered(places)],
        "grants": numbered(granted),
        "assessments": numbered(draw(st.lists(_ASSESSMENT, max_size=10))),
        "reservations": numbered(draw(st.lists(_LOOK, max_size=8))),
        "purposes": [
            {"id": number, "parent": None if number == 1 else 1, **used.get(number, {})}
            for number in (1, 2, 3, 4)
        ],
    }


def write(registry: Registry, tables: Tables) -> None:
    """Put these rows in the place of those that are there."""
    with registry.transaction() as connection:
        for table in (grants, assessments, reservations, sources, subjects, notices):
            connection.execute(delete(table))
        said = {"name": "privacy", "version": 1, "language": "en", "text": "", "sha256": ""}
        connection.execute(insert(notices), [{"id": 1, **said, "created_at": MOMENTS[0]}])
        for table in (subjects, sources, grants, assessments, reservations):
            if rows := tables[table.name]:
                connection.execute(insert(table), rows)
        for row in tables["purposes"]:
            uses = {name: row.get(name) for name in USES}
            connection.execute(update(purposes).where(purposes.c.id == row["id"]).values(uses))
        registry.bump(connection)


_COLUMNS = [
    field.with_nullable(True) if field.name == "subjects" else field
    for field in SCHEMA
    if field.name in RECORDS
]


def table(records: "list[Row]") -> pa.Table:
    """Records as the store gives them."""
    return pa.Table.from_pylist(records, pa.schema(_COLUMNS))


class Shelf:
    """A store that holds the metadata of some records, and gives it part by part."""

    version = 1

    def __init__(self, records: pa.Table) -> None:
        self._records = records

    def scan(self, wanted: Sequence[str]) -> tuple[int, Iterator[pa.RecordBatch]]:
        found = self._records.select(wanted).to_batches(max_chunksize=3)
        return self.version, iter(found[::-1])
