"""Facts say what is known: which grants speak, which of several counts, and what is not known."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyroaring import BitMap64
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError
from tests.clearance.registries import table as written

from rightful import moments
from rightful.clearance import Clearances, Controller
from rightful.clearance.judging import judge
from rightful.clearance.situations.corpus import RECORDS, Corpus, corpus
from rightful.clearance.situations.inquiry import Inquiry
from rightful.clearance.situations.view import COLUMNS, view
from rightful.grants import NewGrant
from rightful.grants.permissions import Permissions
from rightful.policy import Decision, Gates, Pack
from rightful.policy.facts import COLUMNS as FACTS
from rightful.policy.facts import FOUND, SCHEMA, USES, Value, table
from rightful.policy.reading import read
from rightful.records.reservations import Reservations
from rightful.records.screened import Screened, ScreenedRecords, Span
from rightful.records.sources import Source
from rightful.registry.tables import (
    ASSESSMENT_KINDS,
    assessments,
    grants,
    purposes,
    sources,
    subjects,
)

if TYPE_CHECKING:
    from tests.clearance.conftest import House

ANNA, BEN = "anna.example.reference", "ben.example.reference"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def about(
    house: "House", *, at: datetime = NOW, purpose: str = "fine-tuning", record: int = 0
) -> dict[str, Value]:
    """The facts about the one row of a record."""
    covering = house.purposes.covering(purpose)
    (row,) = (row for row in house.facts(covering, at) if row["record"] == record)
    return row


def grant(house: "House", number: int, **values: Any) -> None:
    """A consent by Anna to fine-tuning, an hour old, unless `values` say otherwise."""
    row = {
        "id": number,
        "kind": "consent",
        "subject": 1,
        "purpose": house.purposes.number("fine-tuning"),
        "valid_from": NOW - HOUR,
        **values,
    }
    written = {
        name: moments.text(value) if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    house.row(grants, **written, created_at=moments.text(NOW))


@pytest.fixture
def of_anna(house: "House") -> "House":
    house.add(0, (1,))
    return house


# Which grants speak, and when


@pytest.mark.parametrize(
    ("times", "status"),
    [
        ({}, "active"),
        ({"valid_from": NOW}, "active"),
        ({"valid_from": NOW + HOUR}, "pending"),
        ({"valid_to": NOW}, "expired"),
        ({"valid_to": NOW + HOUR}, "active"),
        ({"withdrawn_at": NOW}, "withdrawn"),
        ({"withdrawn_at": NOW + HOUR}, "active"),
        ({"valid_to": NOW - HOUR / 2, "withdrawn_at": NOW}, "withdrawn"),
        ({"valid_from": NOW, "valid_to": NOW}, "expired"),
    ],
)
@pytest.mark.parametrize("kind", ["consent", "contract"])
def test_a_tie_in_time_goes_to_the_end_of_a_grant(
    of_anna: "House", kind: str, times: dict[str, datetime], status: str
) -> None:
    grant(of_anna, 1, kind=kind, **times)
    assert about(of_anna)[kind] == status


def test_without_a_grant_a_ground_is_none_which_is_known(of_anna: "House") -> None:
    found = about(of_anna)
    assert (found["consent"], found["contract"], found["assessment"]) == ("none", "none", False)


@pytest.mark.parametrize(
    ("given", "asked", "status"),
    [
        ("model-training", "fine-tuning", "active"),
        ("fine-tuning", "model-training", "none"),
        ("pretraining", "fine-tuning", "none"),
        ("model-evaluation", "fine-tuning", "none"),
    ],
)
def test_a_consent_covers_its_purpose_and_those_under_it(
    of_anna: "House", given: str, asked: str, status: str
) -> None:
    grant(of_anna, 1, purpose=of_anna.purposes.number(given))
    found = about(of_anna, purpose=asked)
    assert (found["consent"], found["consent_other_purpose"]) == (status, status == "none")


def test_a_grant_speaks_for_its_own_person_and_source_only(of_anna: "House") -> None:
    of_anna.sources.declare(Source("crawl"))
    of_anna.add(1, (2,))
    of_anna.add(2, (1,), source=2)
    grant(of_anna, 1, source=1)
    assert [about(of_anna, record=n)["consent"] for n in range(3)] == ["active", "none", "none"]
    grant(of_anna, 2, source=None)
    assert [about(of_anna, record=n)["consent"] for n in range(3)] == ["active", "none", "active"]
    grant(of_anna, 3, subject=None, source=1)
    assert [about(of_anna, record=n)["consent"] for n in range(3)] == ["active", "active", "active"]


# Several consents


@pytest.mark.parametrize(
    ("again", "status"),
    [(-HOUR, "withdrawn"), (timedelta(0), "withdrawn"), (timedelta(microseconds=1), "active")],
)
@pytest.mark.parametrize("whose", [{"subject": 1}, {"subject": None, "source": 1}])
def test_a_withdrawal_ends_every_consent_that_is_not_given_later(
    of_anna: "House", whose: dict[str, Any], again: timedelta, status: str
) -> None:
    left = NOW - 2 * HOUR
    wide = of_anna.purposes.number("model-training")
    grant(of_anna, 1, purpose=wide, valid_from=left - 3 * HOUR, withdrawn_at=left, **whose)
    grant(of_anna, 2, valid_from=left + again, **whose)
    assert about(of_anna)["consent"] == status


def test_a_consent_recorded_for_a_source_does_not_undo_what_a_person_withdrew(
    of_anna: "House",
) -> None:
    of_anna.add(1, (2,))
    grant(of_anna, 1, valid_from=NOW - 3 * HOUR, withdrawn_at=NOW - 2 * HOUR)
    grant(of_anna, 2, subject=None, source=1, valid_from=NOW - HOUR)
    assert about(of_anna)["consent"] == "withdrawn"
    assert about(of_anna, record=1)["consent"] == "active"
    grant(of_anna, 3, valid_from=NOW - HOUR)  # as only the person can
    assert about(of_anna)["consent"] == "active"


def test_somebody_who_withdraws_is_out_of_a_consent_for_the_whole_source(house: "House") -> None:
    house.add(0, (1,))
    house.add(1, (2,))
    house.consent(None)
    now = moments.now()
    assert about(house, at=now)["consent"] == "active"
    house.grants.withdraw(ANNA)
    now = moments.now()
    assert about(house, at=now)["consent"] == "withdrawn"
    assert about(house, at=now, record=1)["consent"] == "active"


def test_what_is_said_of_a_consent_is_said_of_the_last_one_and_never_pieced_together(
    of_anna: "House",
) -> None:
    grant(of_anna, 1, valid_from=NOW - 2 * HOUR, explicit=True, evidence="file", notice=1)
    grant(of_anna, 2, given_by="guardian", explicit=False)
    grant(of_anna, 3, subject=None, source=1, valid_from=NOW, explicit=True, evidence="file")
    of_anna.change(sources, 1, notice=None)
    found = about(of_anna)
    assert found["consent_by_guardian"] is True
    assert not any(found[f"consent_{name}"] for name in ("explicit", "evidence", "notice"))
    assert found["informed"] is False


# People and places


def test_an_erased_person_is_restricted_and_nothing_else_is_known(of_anna: "House") -> None:
    with of_anna.registry.transaction() as connection:
        of_anna.subjects.erase(connection, 1)
    found = about(of_anna)
    assert (found["restricted"], found["residence"], found["age"]) == (True, None, None)


def test_of_a_person_who_is_not_in_the_registry_nothing_is_known(house: "House") -> None:
    house.add(0, (9,))
    grant(house, 1, subject=None, source=1)
    found = about(house)
    unknown = {name for name, value in found.items() if value is None}
    assert found["personal"] is True
    assert unknown >= {"consent", "contract", "restricted", "objected", "consent_other_purpose"}


def test_a_record_without_people_is_impersonal_only_if_its_source_is_declared_so(
    house: "House",
) -> None:
    house.add(0, ())
    found = about(house)
    # Whoever it is about may have withdrawn: `none` would be more than is known.
    assert (found["personal"], found["restricted"], found["consent"]) == (None, None, None)
    house.grants.record(NewGrant(kind="no_personal_data", purpose="pretraining", source="form"))
    later = moments.now()
    assert about(house, at=later)["personal"] is None
    house.grants.record(NewGrant(kind="no_personal_data", purpose="model-training", source="form"))
    found = about(house, at=moments.now())
    assert (found["personal"], found["restricted"], found["objected"]) == (False, False, False)


def test_a_record_about_people_is_personal_whatever_is_declared(of_anna: "House") -> None:
    grant(of_anna, 1, kind="no_personal_data", subject=None, source=1)
    assert about(of_anna)["personal"] is True


def test_a_list_of_people_that_is_not_known_is_not_an_empty_one(of_anna: "House") -> None:
    grant(of_anna, 1, kind="no_personal_data", subject=None, source=1)
    records = of_anna.store.metadata().select(list(RECORDS))
    people = pa.array([None], records.schema.field("subjects").type)
    for column in (people, pa.array([[None]], people.type)):
        changed = records.set_column(RECORDS.index("subjects"), "subjects", column)
        (row,) = of_anna.facts([3], NOW, records=changed)
        assert row["personal"] is not False
        assert (row["consent"], row["restricted"]) == (None, None)


@pytest.mark.parametrize(
    ("of_record", "of_source", "days"),
    [
        ("2026-11-23", "2030-01-01", -1),
        ("2026-11-24", None, 0),
        (None, "2026-11-25", 1),
        (None, None, None),
        ("soon", "2030-01-01", None),
        ("2026-02-30", "2030-01-01", None),
        ("infinity", "2030-01-01", None),
    ],
)
def test_days_of_retention_are_the_records_own_else_the_sources_and_never_guessed(
    house: "House", of_record: str | None, of_source: str | None, days: int | None
) -> None:
    house.add(0, (1,), retention_until=of_record)
    house.change(sources, 1, retention_until=of_source)
    assert about(house)["retention_days"] == days


@pytest.mark.parametrize(("born", "age"), [(2010, 15), (2026, -1), (2027, None), (1800, None)])
def test_an_age_is_the_least_that_a_year_of_birth_allows(
    of_anna: "House", born: int, age: int | None
) -> None:
    of_anna.change(subjects, 1, birth_year=born)
    assert about(of_anna)["age"] == age


# NULL in each column of the registry

_NOT_HAPPENED = "NULL says that it has not happened, or does not end"
_WHOLE = "NULL says that it is for everyone, or everywhere"
_NUMBER = "the number of the row itself"
_NEVER = "the registry takes no NULL there"
#: What a NULL can't make unknown, and why.
_KNOWN: dict[tuple[str, str], str] = {
    **{(table.name, "id"): _NUMBER for table in COLUMNS},
    **{
        ("subjects", f"{what}_at"): _NOT_HAPPENED
        for what in ("restricted", "objected", "opted_out", "erased")
    },
    **{("grants", name): _NOT_HAPPENED for name in ("valid_to", "withdrawn_at")},
    ("assessments", "valid_until"): _NOT_HAPPENED,
    **{("grants", name): _WHOLE for name in ("subject", "source")},
    **{("assessments", name): _WHOLE for name in ("source", "purpose")},
    ("reservations", "location"): _WHOLE,
    **{
        (table.name, name): _NEVER
        for table, columns in COLUMNS.items()
        for name in columns
        if name != "id" and not table.c[name].nullable
    },
}
#: The kinds of grant whose column feeds a fact; of others it says nothing.
_OF_KINDS = {
    "notice": ("consent",),
    "explicit": ("consent",),
    "given_by": ("consent", "separate_consent"),
    "evidence": ("consent", "legitimate_interests", "special_condition"),
    "licence": ("licence",),
    "condition": ("special_condition",),
}
_SAMPLINGS = ("source_sampling", "corpus_sampling", "corpus_screening")
_FEEDING = [
    (table, name, kind)
    for table, columns in COLUMNS.items()
    for name in columns
    if (table.name, name) not in _KNOWN
    for kind in (
        _OF_KINDS[name] if table is grants else _SAMPLINGS if table is assessments else (None,)
    )
    if (name, kind) not in {("total", "source_sampling"), ("total", "corpus_sampling")}
]
#: What is said where nothing is stated: that is known, and nothing that a rule asks for.
_STATED_NOT = {
    *(("consent_notice", False), ("consent_evidence", False), ("special_evidence", False)),
    *(("informed", False), ("assessment", False), ("origin_stated", False)),
    *(("source_evidence", False), ("licence_training", "unclear"), ("licence_negotiated", False)),
    *(("licence_commercial", "unclear"), ("licence_derivatives", "unclear")),
    # Of a purpose that stands alone, none for another one covers it.
    *(("consent", "none"), ("contract", "none"), ("consent_other_purpose", True)),
    *(("collected_for", False),),
}
_OURS = {"LicenseRef-ours": Permissions("permitted", "permitted", "permitted", False, False, True)}
_RULE = """
  - id: TEST.{number}
    article: "{number}"
    title: {{en: Needs, zh: 需要}}
    kind: gate
    confidence: found
    source: us
    when: NOT ({fine})
    decision: deny
    examples: [{{facts: {{}}, expect: unknown}}, {{facts: {{{name}: {passes}}}, expect: passes}},
               {{facts: {{{name}: {fires}}}, expect: fires}}]
"""
_LAW = """
id: law.test
kind: law
covers: personal_data
title: {en: Law, zh: 法}
authority: us
version: "1"
as_of: 2026-11-24
review_by: 2027-11-24
applies: "TRUE"
sources: {us: us}
rules:
"""


def _demanding(row: dict[str, Value]) -> Pack:
    """A law that wants every fact to be what it is, so that each that is missing matters."""
    rules = []
    for number, (name, value) in enumerate(row.items()):
        fact = FACTS.get(name)
        if fact is None:
            continue
        assert value is not None, name
        if isinstance(value, bool):
            fine, passes = (name if value else f"NOT {name}"), str(value).lower()
            fires = str(not value).lower()
        elif isinstance(value, int):
            fine, passes, fires = f"{name} = {value}", str(value), str(value + 1)
        else:
            assert fact.values is not None
            fine, passes = f"{name} = '{value}'", f"'{value}'"
            fires = f"'{min(fact.values - {value})}'"
        written = {"name": name, "fine": fine, "passes": passes, "fires": fires}
        rules.append(_RULE.format(number=number, **written))
    return read(_LAW + "".join(rules), "law.yaml")


@pytest.fixture
def known(house: "House") -> "House":
    """Of Anna and the source, everything is known, and the record says nothing of itself.

    It was screened, and nothing was found in it.
    """
    house.add(0, (1,))
    ScreenedRecords(house.store).write([Screened(0, (), frozenset(), "pass")], "now")
    house.change(subjects, 1, residence="US-CA")
    marks = ("lawfully_accessed", "infringing_site", "faces", "companion", "child_directed")
    house.change(
        sources,
        1,
        purpose=house.purposes.number("model-training"),
        collected_from="2026-01-01",
        collected_to="2026-02-01",
        evidence="cupboard 3",
        **dict.fromkeys((*marks, "broker", "important_data"), True),
    )
    house.change(purposes, house.purposes.number("fine-tuning"), **dict.fromkeys(USES, True))
    wide = {"purpose": house.purposes.number("model-training"), "notice": 1}
    said = {"explicit": False, "given_by": "self", "evidence": "cupboard 4"}
    grant(house, 1, **wide, **said)
    grant(house, 2, kind="separate_consent", valid_from=NOW - 2 * HOUR, given_by="guardian")
    grant(house, 3, kind="legitimate_interests", evidence="cupboard 5")
    grant(house, 4, kind="special_condition", condition="research", evidence="cupboard 6")
    grant(house, 5, kind="licence", subject=None, source=1, licence="LicenseRef-ours")
    grant(house, 6, kind="contract", purpose=wide["purpose"])
    when = moments.text(NOW - HOUR)
    for kind in ASSESSMENT_KINDS:
        made: dict[str, Any] = {"outcome": "passed", "made_at": when, "created_at": when}
        if kind in _SAMPLINGS:
            made |= {"sampled": 400, "failed": 1, "total": 1000}
        if kind != "legitimate_interests":
            house.row(assessments, kind=kind, **made)
    looks = Reservations(house.registry, house.ledger)
    looks.observe("form", "all", value="none", seen_at=NOW - HOUR)
    return house


def _clearances(house: "House", *packs: Pack) -> Clearances:
    controller = Controller("DE", ("EEA", "CN", "US-CA"))
    return house.clearances(list(packs), controller, licences=_OURS)


def _row(house: "House") -> dict[str, Value]:
    (row,) = _clearances(house).facts(BitMap64([0]), "fine-tuning", at=NOW)
    return row


def _cleared(house: "House", law: Pack) -> bool:
    return 0 in _clearances(house, law).compute("fine-tuning", at=NOW).cleared


def _number(house: "House", table: Table, kind: str) -> int:
    (row,) = house.registry.rows(select(table.c.id).where(table.c.kind == kind))
    return int(row.id)


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    _FEEDING,
    ids=[f"{table.name}.{column}-{kind or 'row'}" for table, column, kind in _FEEDING],
)
def test_a_null_in_any_column_that_feeds_a_fact_never_clears_a_record(
    known: "House", table: Table, column: str, kind: str | None
) -> None:
    number = 1
    if table is purposes:
        number = known.purposes.number("fine-tuning")
    elif kind is not None:
        number = _number(known, table, kind)
    if (table, column) == (sources, "notice"):  # the grants' own would do as well
        for other in (1, 2, 3, 4, 5, 6):
            known.change(grants, other, notice=None)
    before = _row(known)
    law = _demanding(before)
    assert _cleared(known, law)
    known.change(table, number, **{column: None})
    assert not _cleared(known, law)
    changed = {name: value for name, value in _row(known).items() if value != before[name]}
    assert changed
    if (table, column) == (purposes, "parent"):
        return  # what was granted for the purpose above is another matter now
    assert {(name, value) for name, value in changed.items() if value is not None} <= _STATED_NOT


def test_findings_are_facts(known: "House") -> None:
    spans = (Span("email", 3, 20, 0.99, "email"), Span("us_ssn", 30, 41, 0.9, "us_ssn"))
    screened = ScreenedRecords(known.store)
    screened.write([Screened(0, spans, frozenset({"contact", "government_id"}), "hold")], "now")
    screened.mark_duplicates(BitMap64([0]), BitMap64())
    row = _row(known)
    assert {name for name in FOUND if row[f"found_{name}"]} == {"contact", "government_id"}
    assert row["found_health"] is False
    assert (row["screening_verdict"], row["duplicate"]) == ("hold", "no")


def test_what_is_inside_a_record_that_was_not_screened_is_not_known(house: "House") -> None:
    house.add(0, (1,))
    row = _row(house)
    assert {row[f"found_{name}"] for name in FOUND} == {None}
    assert (row["screening_verdict"], row["duplicate"]) == ("none", "none")


@pytest.mark.parametrize(
    ("verdict", "duplicate", "rule"),
    [
        ("pass", False, None),
        ("drop", False, "RIGHTFUL.SCREENED_OUT"),
        ("hold", False, "RIGHTFUL.SCREENING_HOLDS"),
        ("pass", True, "RIGHTFUL.COPY"),
    ],
)
def test_what_screening_says_of_a_record_decides_whether_it_is_cleared(
    known: "House", verdict: str, duplicate: bool, rule: str | None
) -> None:
    screened = ScreenedRecords(known.store)
    screened.write([Screened(0, (), frozenset(), verdict)], "now")
    screened.mark_duplicates(BitMap64([0]), BitMap64([0] if duplicate else []))
    law = _demanding({"residence": _row(known)["residence"]})
    clearance = _clearances(known, law).compute("fine-tuning", at=NOW)
    assert (0 in clearance.cleared) == (rule is None)
    against = [each.rule.id for each in clearance.reasons if each.fired]
    assert against == ([] if rule is None else [rule])


@pytest.mark.parametrize(("name", "column"), [key for key, why in _KNOWN.items() if why == _NEVER])
def test_where_null_would_be_of_no_meaning_the_registry_takes_none(
    known: "House", name: str, column: str
) -> None:
    (table,) = (table for table in COLUMNS if table.name == name)
    with pytest.raises(IntegrityError):
        known.change(table, 1, **{column: None})


@pytest.mark.parametrize("column", [name for name in RECORDS if name != "record"])
def test_a_null_in_any_column_of_the_store_never_clears_a_record(
    known: "House", column: str
) -> None:
    # What the record leaves out, the source would say.
    known.change(sources, 1, special_category=None, retention_until=None)
    if column == "collected_at":
        known.change(sources, 1, collected_to=None)
    record: dict[str, Any] = {
        "record": 0,
        "source": 1,
        "subjects": [1],
        "collected_at": "2026-02-01T00:00:00.000000Z",
        "retention_until": "2999-01-01",
        "special_category": False,
        "found": "contact",
        "verdict": "pass",
        "duplicate": False,
    }
    seen, covering = view(known.registry, NOW), known.purposes.covering("fine-tuning")

    def asked(held: dict[str, Any]) -> tuple[Corpus, Inquiry]:
        records = corpus([written([held])])
        return records, _clearances(known).inquiry(seen, records, covering)

    records, inquiry = asked(record)
    gates = Gates([_demanding(next(inquiry.rows()))])
    assert judge(gates, records, inquiry).decided(Decision.ALLOW)
    assert gates.judge(inquiry.rows()).decision is Decision.ALLOW
    records, inquiry = asked({**record, column: None})
    assert not judge(gates, records, inquiry).decided(Decision.ALLOW)
    assert gates.judge(inquiry.rows()).decision is not Decision.ALLOW


@pytest.mark.parametrize("condition", [None, "hearsay"])
def test_a_special_condition_of_which_it_is_not_said_which_may_be_that_it_was_made_public(
    known: "House", condition: str | None
) -> None:
    number = _number(known, grants, "special_condition")
    known.change(grants, number, condition="made_public")
    assert _row(known)["special_made_public"] is True
    known.change(grants, number, condition=condition)
    assert _row(known)["special_made_public"] is None
    grant(known, 7, kind="special_condition", condition="research")
    assert _row(known)["special_made_public"] is False


# Time and views


@pytest.mark.parametrize(
    ("times", "until"),
    [
        ({}, NOW + 12 * HOUR),
        ({"valid_from": NOW + HOUR}, NOW + HOUR),
        ({"valid_to": NOW + 2 * HOUR}, NOW + 2 * HOUR),
        ({"withdrawn_at": NOW + 3 * HOUR}, NOW + 3 * HOUR),
        ({"valid_to": NOW}, NOW + 12 * HOUR),
        ({"valid_to": NOW + HOUR, "purpose": 4}, NOW + HOUR),  # a consent for another purpose
        ({"valid_to": NOW + HOUR, "purpose": 4, "kind": "contract"}, NOW + 12 * HOUR),
    ],
)
def test_an_answer_is_valid_until_a_grant_or_the_day_changes(
    of_anna: "House", times: dict[str, Any], until: datetime
) -> None:
    grant(of_anna, 1, **times)
    seen = view(of_anna.registry, NOW)
    assert seen.valid_until(of_anna.purposes.covering("fine-tuning")) == until


def test_nothing_changes_before_an_answer_stops_being_valid(of_anna: "House") -> None:
    of_anna.change(sources, 1, retention_until="2026-11-25")
    grant(of_anna, 1, valid_from=NOW + HOUR, valid_to=NOW + 5 * HOUR)
    grant(of_anna, 2, kind="contract", withdrawn_at=NOW + 3 * HOUR)
    covering = of_anna.purposes.covering("fine-tuning")
    at, end, seen = NOW, NOW + timedelta(days=3), []
    while at < end:
        until = view(of_anna.registry, at).valid_until(covering)
        assert until > at
        assert about(of_anna, at=at) == about(of_anna, at=until - timedelta(microseconds=1))
        seen.append(about(of_anna, at=at))
        at = until
    assert [row["consent"] for row in seen[:4]] == ["pending", "active", "active", "expired"]
    assert [row["retention_days"] for row in seen] == [1, 1, 1, 1, 0, -1, -2]


def test_the_last_day_of_the_calendar_ends_too(of_anna: "House") -> None:
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert view(of_anna.registry, last).valid_until([3]) > last


def test_a_withdrawal_that_a_view_holds_is_heeded_by_it(
    of_anna: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The present is looked up after the view is taken, so no withdrawal in it is yet to come."""
    of_anna.consent(ANNA)
    original: Callable[..., pa.Table] = of_anna.registry.arrow
    read_at: list[datetime] = []

    def arrow(*arguments: Any) -> pa.Table:
        read_at.append(moments.now())
        return original(*arguments)

    monkeypatch.setattr(of_anna.registry, "arrow", arrow)
    seen = view(of_anna.registry)
    assert len(read_at) == len(COLUMNS)
    assert seen.at > max(read_at)


def test_a_row_of_facts_has_everything_that_rules_read_even_where_nothing_is_known(
    house: "House",
) -> None:
    house.add(0, (), source=77)
    (row,) = house.facts([3], NOW, establishment=None)
    assert set(row) == set(SCHEMA.names)
    screening = {"screening_verdict": "none", "duplicate": "none"}
    assert {name: row[name] for name in screening} == screening
    assert {value for name, value in row.items() if name not in {"record", *screening}} == {None}
    assert table([row]).schema == SCHEMA
