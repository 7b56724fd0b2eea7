"""A clearance is what a plain loop over records, people, grants and rules finds, if slowly."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap64
from sqlalchemy import delete, insert

from rightful import moments
from rightful.clearance.facts import facts, view
from rightful.policy import Decision, Gates, load
from rightful.policy.countries import COUNTRIES
from rightful.policy.facts import GROUNDS, METHODS, SOURCE_KINDS
from rightful.policy.reading import read
from rightful.registry.tables import GRANT_KINDS, grants, notices, sources, subjects

if TYPE_CHECKING:
    from tests.clearance.conftest import House

Row = dict[str, Any]

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
#: Few moments, so that many of them are the same.
MOMENTS = [moments.text(NOW + timedelta(hours=hours)) for hours in (-2, -1, 0, 1)]

#: Whom the records are about: nobody, Anna, Ben, both, an erased person, one who is not there.
PEOPLE: tuple[tuple[int, ...], ...] = ((), (1,), (2,), (1, 2), (3,), (2, 9))

HOUSE = """
id: house.test
kind: house
covers: other
title: {en: House, zh: 内规}
authority: us
version: "1"
as_of: 2026-11-24
review_by: 2027-11-24
applies: "TRUE"
sources: {us: us}
rules:
  - id: HOUSE.1
    article: "1"
    title: {en: Licence, zh: 许可}
    kind: gate
    confidence: found
    source: us
    when: NOT (licence = 'active') AND NOT method = 'form'
    decision: deny
    examples: [{facts: {licence: none, method: crawl}, expect: fires},
               {facts: {licence: active}, expect: passes}]
  - id: HOUSE.2
    article: "2"
    title: {en: Synthetic, zh: 合成}
    kind: gate
    confidence: found
    source: us
    when: source_kind = 'synthetic' OR licence = 'pending' OR contract = 'expired'
    decision: allow_with_conditions
    conditions: {en: say so, zh: 须说明}
    examples: [{facts: {source_kind: synthetic}, expect: fires},
               {facts: {source_kind: crawl, licence: none, contract: none}, expect: passes}]
"""


# The plain reading, against which the query is held


def plain(record: Row, tables: dict[str, list[Row]], covering: set[int], at: datetime) -> list[Row]:
    """The rows of facts about a record, person by person and grant by grant."""
    return [_row(record, who, tables, covering, at) for who in record["subjects"] or [None]]


def _row(
    record: Row, who: int | None, tables: dict[str, list[Row]], covering: set[int], at: datetime
) -> Row:
    person = next((row for row in tables["subjects"] if row["id"] == who), None)
    source = next((row for row in tables["sources"] if row["id"] == record["source"]), None)
    spoken = [
        grant
        for grant in tables["grants"]
        if (grant["subject"] is None or grant["subject"] == who)
        and (grant["source"] is None or grant["source"] == record["source"])
    ]
    covered = [grant for grant in spoken if grant["purpose"] in covering]
    active = {kind: _active(covered, kind, at) for kind in GRANT_KINDS}
    row: Row = {"record": record["record"], "subject": who, "establishment": "DE"}
    impersonal = who is None and any(g["subject"] is None for g in active["no_personal_data"])
    known = person is not None or impersonal
    row["personal"] = True if who is not None else (False if impersonal else None)
    row |= _of_person(person, at)
    if who is None and impersonal:
        row |= {"restricted": False, "objected": False}
    for kind in GROUNDS:
        row[kind] = _status(covered, active[kind], kind, at) if known else None
    row |= _of_consent(active["consent"], spoken, covering, at) if known else _UNKNOWN_CONSENT
    row["assessment"] = (
        any(_said(grant["evidence"]) for grant in active["legitimate_interests"]) if known else None
    )
    row |= _of_source(record, source, at)
    told = known and any(
        grant["notice"] is not None
        for kind in GRANT_KINDS
        for grant in (active[kind][:1] if kind == "consent" else active[kind])
    )
    if told or (source is not None and source["notice"] is not None):
        row["informed"] = True
    else:
        row["informed"] = False if source is not None and known else None
    return row


def _state(grant: Row, at: datetime) -> str:
    def come(name: str) -> bool:
        return grant[name] is not None and moments.parse(grant[name]) <= at

    if come("withdrawn_at"):
        return "withdrawn"
    if come("valid_to"):
        return "expired"
    return "active" if come("valid_from") else "pending"


def _active(covered: list[Row], kind: str, at: datetime) -> list[Row]:
    """The grants of a kind in force; of consents the one that counts comes first."""
    of_kind = [grant for grant in covered if grant["kind"] == kind]
    active = [grant for grant in of_kind if _state(grant, at) == "active"]
    if kind != "consent":
        return active
    left = [grant for grant in of_kind if _state(grant, at) == "withdrawn"]
    standing = [
        grant
        for grant in active
        if all(
            moments.parse(other["withdrawn_at"]) < moments.parse(grant["valid_from"])
            and (grant["subject"] is not None or other["subject"] is None)
            for other in left
        )
    ]
    return sorted(
        standing, key=lambda g: (g["subject"] is not None, g["valid_from"], g["id"]), reverse=True
    )


def _status(covered: list[Row], active: list[Row], kind: str, at: datetime) -> str:
    if active:
        return "active"
    states = {_state(grant, at) for grant in covered if grant["kind"] == kind}
    return next((word for word in ("withdrawn", "expired", "pending") if word in states), "none")


def _said(evidence: str | None) -> bool:
    return evidence is not None and evidence.strip() != ""


_UNKNOWN_CONSENT = dict.fromkeys(
    (
        "consent_other_purpose",
        "consent_notice",
        "consent_explicit",
        "consent_evidence",
        "consent_by_guardian",
    )
)


def _of_consent(active: list[Row], spoken: list[Row], covering: set[int], at: datetime) -> Row:
    other = any(
        grant["kind"] == "consent"
        and grant["purpose"] not in covering
        and _state(grant, at) == "active"
        for grant in spoken
    )
    if not active:
        return {**dict.fromkeys(_UNKNOWN_CONSENT, False), "consent_other_purpose": other}
    chosen = active[0]
    return {
        "consent_other_purpose": other,
        "consent_notice": chosen["notice"] is not None,
        "consent_explicit": chosen["explicit"],
        "consent_evidence": _said(chosen["evidence"]),
        "consent_by_guardian": {"guardian": True, "self": False}.get(chosen["given_by"]),
    }


def _of_person(person: Row | None, at: datetime) -> Row:
    names = ("residence", "age", "restricted", "objected")
    if person is None:
        return dict.fromkeys(names)
    born = person["birth_year"]
    return {
        "residence": person["residence"] if person["residence"] in COUNTRIES else None,
        "age": at.year - born - 1 if born is not None and 1890 <= born <= at.year else None,
        "restricted": person["restricted_at"] is not None or person["erased_at"] is not None,
        "objected": person["objected_at"] is not None,
    }


def _of_source(record: Row, source: Row | None, at: datetime) -> Row:
    said = source or dict.fromkeys(sources.c.keys())
    special, until = record["special_category"], record["retention_until"]
    until = said["retention_until"] if until is None else until
    try:
        days = None if until is None else (date.fromisoformat(until) - at.date()).days
    except ValueError:
        days = None
    return {
        "special_category": said["special_category"] if special is None else special,
        "criminal_offence": said["criminal_offence"],
        "public_source": said["public"],
        "method": said["method"] if said["method"] in METHODS else None,
        "source_kind": said["kind"] if said["kind"] in SOURCE_KINDS else None,
        "retention_days": days,
    }


# Registries to hold them against


def _maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


_SUBJECT = st.fixed_dictionaries(
    {
        "residence": _maybe("DE", "CN", "US", "UK"),
        "birth_year": _maybe(1980, 2015, 2026, 2030, 1700),
        "restricted_at": _maybe(MOMENTS[0]),
        "objected_at": _maybe(MOMENTS[3]),
        "created_at": st.just(MOMENTS[0]),
    }
)
_SOURCE = st.fixed_dictionaries(
    {
        "kind": _maybe("user_data", "synthetic", "gossip"),
        "method": _maybe("form", "public_place_camera", "found"),
        "public": _maybe(True, False),
        "special_category": _maybe(True, False),
        "criminal_offence": _maybe(True, False),
        "notice": _maybe(1),
        "retention_until": _maybe("2026-11-24", "2026-11-23", "2030-02-28"),
        "created_at": st.just(MOMENTS[0]),
    }
)
#: Consents more often than others, and mostly for what is asked (3) or what is above it (1).
_GRANT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([*GRANT_KINDS, "consent", "consent", "consent", "consent"]),
        "about": st.sampled_from([(1, None), (1, 1), (None, 1), (2, None), (None, 2), (3, None)]),
        "purpose": st.sampled_from([1, 3, 3, 4]),
        "valid_from": st.sampled_from(MOMENTS),
        "valid_to": st.sampled_from([None, None, *MOMENTS]),
        "withdrawn_at": st.sampled_from([None, None, *MOMENTS]),
        "notice": _maybe(1),
        "explicit": _maybe(True, False),
        "given_by": _maybe("self", "guardian", "neighbour"),
        "evidence": _maybe("file 7", "  "),
        "created_at": st.just(MOMENTS[0]),
    }
)


@pytest.fixture(scope="module")
def stored(blank: "House") -> "House":
    """Records of every kind of people in three sources, of which the last is not declared."""
    number = 0
    marks: Sequence[Row] = (
        {},
        {"retention_until": "2026-11-22", "special_category": False},
        {"retention_until": "one day", "special_category": True},
    )
    for source in (1, 2, 7):
        for people in PEOPLE:
            blank.add(number, people, source, **marks[number % len(marks)])
            number += 1
    blank.row(
        notices,
        name="privacy",
        version=1,
        language="en",
        text="We train.",
        sha256="",
        created_at=MOMENTS[0],
    )
    return blank


@settings(max_examples=20)
@given(
    people=st.tuples(_SUBJECT, _SUBJECT),
    places=st.tuples(_SOURCE, _SOURCE),
    grounds=st.lists(_GRANT, max_size=12),
)
def test_a_clearance_equals_a_plain_loop_over_records_rules_and_grants(
    stored: "House", people: tuple[Row, Row], places: tuple[Row, Row], grounds: list[Row]
) -> None:
    tables: dict[str, list[Row]] = {
        "subjects": [{"id": n, **row, "erased_at": None} for n, row in enumerate(people, 1)],
        "sources": [{"id": n, "name": f"{n}", **row} for n, row in enumerate(places, 1)],
        "grants": [
            {
                "id": number,
                **{name: value for name, value in grant.items() if name != "about"},
                "subject": grant["about"][0],
                "source": grant["about"][1],
            }
            for number, grant in enumerate(grounds, 1)
        ],
    }
    erased = {**dict.fromkeys(tables["subjects"][0]), "id": 3}
    tables["subjects"].append({**erased, "erased_at": MOMENTS[0], "created_at": MOMENTS[0]})
    with stored.registry.transaction() as connection:
        for table in (grants, sources, subjects):
            connection.execute(delete(table))
        for table in (subjects, sources, grants):
            if rows := tables[table.name]:
                connection.execute(insert(table), rows)
    covering = stored.purposes.covering("fine-tuning")
    records = stored.store.metadata()

    wanted = {row["record"]: plain(row, tables, set(covering), NOW) for row in records.to_pylist()}
    found = facts(records, view(stored.registry, NOW), covering, "DE")
    by_whom = sorted(found.to_pylist(), key=lambda row: (row["record"], row["subject"] or 0))
    assert by_whom == [
        {name: row[name] for name in found.column_names} for rows in wanted.values() for row in rows
    ]

    packs = [*load(["eu.gdpr", "cn.pipl"]), read(HOUSE, "house.yaml")]
    gates = Gates(packs)
    clearance = stored.clearances(packs).compute("fine-tuning", at=NOW)
    judged = {number: gates.judge(rows) for number, rows in wanted.items()}
    for decision in Decision:
        those = [number for number, found in judged.items() if found.decision is decision]
        assert clearance.decisions[decision] == BitMap64(those)
    assert clearance.cleared == BitMap64(
        [n for n, found in judged.items() if found.decision <= Decision.ALLOW_WITH_CONDITIONS]
    )
    for bit, gate in enumerate(gates.gates):
        fired = BitMap64([n for n, found in judged.items() if found.fired >> bit & 1])
        unanswered = BitMap64([n for n, found in judged.items() if found.open >> bit & 1])
        why = [reason for reason in clearance.reasons if reason.rule is gate.rule]
        assert [(w.fired, w.unanswered) for w in why] == (
            [(fired, unanswered)] * bool(fired | unanswered)
        )
