"""Facts say what is known: which grants speak, which of several counts, and what is not known."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from sqlalchemy import Table

from rightful import moments
from rightful.clearance.facts import _COLUMNS, RECORDS, facts, valid_until, view
from rightful.grants import NewGrant
from rightful.policy import Pack
from rightful.policy.facts import SCHEMA, Value
from rightful.policy.reading import read
from rightful.records.sources import Source
from rightful.registry.tables import grants, sources, subjects

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
    table = facts(house.store.metadata(), view(house.registry, at), covering, "DE")
    (row,) = (row for row in table.to_pylist() if row["record"] == record)
    return {str(name): value for name, value in row.items()}


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
        changed = records.set_column(2, "subjects", column)
        table = facts(changed, view(of_anna.registry, NOW), [3], "DE")
        (row,) = table.to_pylist()
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


# NULL in each column

_HAPPENED = {"restricted_at", "objected_at", "erased_at", "valid_to", "withdrawn_at"}
_NAMES = {"id", "subject", "source", "purpose"}
_NEVER_NULL = {(grants, "kind"), (grants, "valid_from")}
_FEEDING = [
    (table, column)
    for table, columns in _COLUMNS.items()
    for column in columns
    if column not in _HAPPENED | _NAMES and (table, column) not in _NEVER_NULL
]

_RULE = """
  - id: TEST.{number}
    article: "{number}"
    title: {{en: Needs, zh: 需要}}
    kind: gate
    confidence: found
    source: us
    when: {when}
    decision: deny
    examples: [{{facts: {{{fires}}}, expect: fires}}, {{facts: {{{passes}}}, expect: passes}}]
"""


def _demanding() -> Pack:
    """A law that wants to know all of it, so that nothing missing can be of no matter."""
    wanted: list[tuple[str, str, str]] = [
        ("NOT residence = 'DE'", "residence: FR", "residence: DE"),
        ("age < 18", "age: 17", "age: 18"),
        ("NOT source_kind = 'user_data'", "source_kind: crawl", "source_kind: user_data"),
        ("NOT method = 'form'", "method: crawl", "method: form"),
        ("retention_days < 0", "retention_days: -1", "retention_days: 0"),
    ]
    for name in ("public_source", "special_category", "criminal_offence", "consent_by_guardian"):
        wanted.append((name, f"{name}: true", f"{name}: false"))
    for name in ("consent_explicit", "consent_evidence", "consent_notice", "informed"):
        wanted.append((f"NOT {name}", f"{name}: false", f"{name}: true"))
    rules = [
        _RULE.format(number=n, when=when, fires=fires, passes=passes)
        for n, (when, fires, passes) in enumerate(wanted)
    ]
    head = """
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
    return read(head + "".join(rules), "law.yaml")


@pytest.mark.parametrize(
    ("table", "column"), _FEEDING, ids=[f"{table.name}.{column}" for table, column in _FEEDING]
)
def test_a_null_in_any_column_that_feeds_a_fact_never_clears_a_record(
    of_anna: "House", table: Table, column: str
) -> None:
    number = of_anna.consent(ANNA)
    clearances = of_anna.clearances([_demanding()])
    if (table, column) == (sources, "notice"):  # the consent's own notice would do as well
        of_anna.change(grants, number, notice=None)
        assert about(of_anna, at=moments.now())["informed"] is True
        of_anna.change(sources, 1, notice=None)
        assert about(of_anna, at=moments.now())["informed"] is False
        return
    assert 0 in clearances.compute("fine-tuning").cleared
    of_anna.change(table, 1 if table is not grants else number, **{column: None})
    assert 0 not in clearances.compute("fine-tuning").cleared


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
    assert valid_until(seen, of_anna.purposes.covering("fine-tuning")) == until


def test_nothing_changes_before_an_answer_stops_being_valid(of_anna: "House") -> None:
    of_anna.change(sources, 1, retention_until="2026-11-25")
    grant(of_anna, 1, valid_from=NOW + HOUR, valid_to=NOW + 5 * HOUR)
    grant(of_anna, 2, kind="contract", withdrawn_at=NOW + 3 * HOUR)
    covering = of_anna.purposes.covering("fine-tuning")
    at, end, seen = NOW, NOW + timedelta(days=3), []
    while at < end:
        until = valid_until(view(of_anna.registry, at), covering)
        assert until > at
        assert about(of_anna, at=at) == about(of_anna, at=until - timedelta(microseconds=1))
        seen.append(about(of_anna, at=at))
        at = until
    assert [row["consent"] for row in seen[:4]] == ["pending", "active", "active", "expired"]
    assert [row["retention_days"] for row in seen] == [1, 1, 1, 1, 0, -1, -2]


def test_the_last_day_of_the_calendar_ends_too(of_anna: "House") -> None:
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert valid_until(view(of_anna.registry, last), [3]) > last


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
    assert len(read_at) == len(_COLUMNS)
    assert seen.at > max(read_at)


def test_the_table_has_the_columns_that_rules_read_even_when_nothing_is_held(
    empty: "House",
) -> None:
    found = facts(empty.store.metadata(), view(empty.registry, NOW), [3], None)
    assert found.schema == SCHEMA
    assert found.num_rows == 0
