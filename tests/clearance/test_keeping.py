"""What is kept though its date has passed: only on a ground, and then whatever else is so."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap64
from tests.clearance.conftest import ANNA, BEN

from rightful import moments
from rightful.clearance.keeping import OBLIGED, RESTRICTED, Keeping, Kept
from rightful.grants import NewGrant
from rightful.policy import load
from rightful.policy.expression import evaluate, parse
from rightful.records.retention import Retained, Retention
from rightful.records.sources import Source
from rightful.records.subjects import Person
from rightful.registry.tables import sources, subjects

if TYPE_CHECKING:
    from tests.clearance.conftest import House

#: When all that `over` makes is long past.
LATER = moments.parse("2026-06-15T12:00:00Z")
GDPR = "EU.GDPR.17.3b"


@pytest.fixture
def over(house: "House") -> "House":
    """Records 1 (Anna), 2 (Ben), 3 (both), 4 (nobody) of the source `form`, past their date."""
    house.change(sources, 1, retention_until="2026-01-01")
    for record, people in enumerate([(1,), (2,), (1, 2), ()], 1):
        house.add(record, people)
    return house


def found(house: "House", at: datetime = LATER) -> Retained:
    return Retention(house.registry, house.store).look(at)


def kept(house: "House", at: datetime = LATER, packs: list[str] | None = None) -> dict[str, Any]:
    obeyed = list(load(["eu.gdpr"] if packs is None else packs))
    keeping = Keeping(house.registry, house.purposes, obeyed, house.clearances(obeyed))
    answer = keeping.of(found(house, at), at)
    assert all(isinstance(each, Kept) for each in answer)
    return {each.ground: set(each.records) for each in answer}


def oblige(house: "House", kind: str = "legal_obligation", **more: Any) -> int:
    given: dict[str, Any] = {"purpose": "model-training", "evidence": "law 1"}
    valid_from = moments.parse("2020-01-01")
    return house.grants.record(NewGrant(kind, **{**given, "valid_from": valid_from, **more}))


def test_past_is_what_rules_read_as_a_negative_number_of_days(over: "House") -> None:
    days = [None, "2026-06-14", "2026-06-15", "2026-06-16", "someday", ""]
    for record, until in enumerate(days, 10):
        over.add(record, (1,), retention_until=until)
    over.add(20, (1,), source=77)
    rows = over.facts([1], LATER)
    days_left = {row["record"]: row["retention_days"] for row in rows}
    past = {record for record, left in days_left.items() if isinstance(left, int) and left < 0}
    assert past == set(found(over).past)
    unknown = {record for record, left in days_left.items() if left is None}
    assert unknown == set(found(over).unreadable) | {20}
    assert {10, 11} < set(found(over).past)


def test_without_an_obligation_nothing_is_kept(over: "House") -> None:
    over.consent(ANNA)
    assert kept(over) == {}


def test_what_somebody_is_obliged_to_keep_is_kept_with_the_article(over: "House") -> None:
    oblige(over, subject=ANNA)
    ((ground, records),) = kept(over).items()
    assert ground.startswith(GDPR)
    assert "Art. 17(3)" in ground
    assert records == {1, 3}, "one of the people of a record is enough"


@pytest.mark.parametrize("purpose", ["model-training", "pretraining", "model-evaluation"])
def test_for_whatever_purpose_the_obligation_is(over: "House", purpose: str) -> None:
    oblige(over, subject=BEN, purpose=purpose)
    ((ground, records),) = kept(over).items()
    assert ground.startswith(GDPR)
    assert records == {2, 3}


def test_obligations_for_several_purposes_add_up(over: "House") -> None:
    oblige(over, subject=ANNA, purpose="pretraining")
    oblige(over, subject=BEN, purpose="model-evaluation")
    assert list(kept(over).values()) == [{1, 2, 3}]


def test_an_obligation_that_has_ended_or_not_begun_keeps_nothing(over: "House") -> None:
    oblige(over, subject=ANNA, valid_to=LATER - timedelta(days=1))
    oblige(over, subject=BEN, valid_from=LATER + timedelta(days=1))
    assert kept(over) == {}
    assert list(kept(over, LATER + timedelta(days=2)).values()) == [{2, 3}]


def test_an_obligation_about_one_source_keeps_nothing_of_another(over: "House") -> None:
    over.sources.declare(Source("other", retention_until="2026-01-01"))
    over.add(5, (1,), source=2)
    oblige(over, subject=ANNA, source="other")
    assert list(kept(over).values()) == [{5}]


def test_an_obligation_for_a_whole_source_keeps_what_is_about_nobody_too(over: "House") -> None:
    oblige(over, source="form")
    grounds = kept(over)
    assert grounds.pop(OBLIGED) == {4}
    ((ground, records),) = grounds.items()
    assert ground.startswith(GDPR)
    assert records == {1, 2, 3}


@pytest.mark.parametrize("kind", ["contract", "public_task", "legitimate_interests"])
def test_no_other_ground_moves_the_date(over: "House", kind: str) -> None:
    oblige(over, kind, subject=ANNA)
    assert kept(over, packs=["eu.gdpr", "us.ca.ccpa"]) == {}


def test_an_obligation_keeps_where_no_pack_certainly_applies(over: "House") -> None:
    over.change(subjects, 1, residence=None)
    oblige(over, subject=ANNA)
    assert kept(over, packs=["us.ca.ccpa"]) == {OBLIGED: {1, 3}}
    assert kept(over, packs=[]) == {OBLIGED: {1, 3}}


def test_what_is_restricted_may_only_be_stored_and_is_kept(over: "House") -> None:
    over.change(subjects, 2, restricted_at="2026-02-01T00:00:00.000000Z")
    assert kept(over) == {RESTRICTED: {2, 3}}
    oblige(over, subject=ANNA)
    both = kept(over)
    assert both.pop(RESTRICTED) == {2}, "each record is under its first ground"
    assert list(both.values()) == [{1, 3}]


def test_what_is_not_past_its_date_is_not_asked_about(over: "House") -> None:
    over.add(6, (1,), retention_until="2999-01-01")
    oblige(over, subject=ANNA)
    assert list(kept(over).values()) == [{1, 3}]


CONDITIONS = [
    "legal_obligation = 'active'",
    "residence = 'DE' AND age >= 30",
    "NOT legal_obligation = 'active' OR residence IN ('US', 'FR')",
    "below_consent_age OR restricted",
    "retention_days < 0 AND NOT restricted",
]


@settings(max_examples=30)
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from(["DE", "US", None]), st.sampled_from([1990, None]), st.booleans()
        ),
        max_size=3,
    ),
    records=st.lists(st.sets(st.integers(1, 4), max_size=3), max_size=6),
)
def test_conditions_are_true_of_the_same_records_as_in_a_plain_reading(
    blank: "House", people: list[tuple[Any, Any, bool]], records: list[set[int]]
) -> None:
    with blank.registry.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM grants")
        connection.exec_driver_sql("DELETE FROM subjects")
        connection.exec_driver_sql("DELETE FROM sources")
        connection.exec_driver_sql("DELETE FROM wrapped_keys")
    blank.store.delete(BitMap64(blank.store.metadata().column("record").to_pylist()))
    blank.row(sources, id=1, name="form", created_at="", retention_until="2026-01-01")
    for number, (residence, born, obliged) in enumerate(people, 1):
        reference = f"person {number}"
        blank.row(
            subjects, id=number, residence=residence, birth_year=born, created_at="",
            lookup=blank.subjects.hashed(reference),
        )  # fmt: skip
        if obliged:
            oblige_row(blank, number)
    for record, about in enumerate(records, 1):
        blank.add(record, tuple(sorted(about)))
    conditions = [parse(text) for text in CONDITIONS]
    clearances = blank.clearances([])
    wanted = BitMap64(range(1, len(records) + 1, 2))
    answer = clearances.where(conditions, "pretraining", wanted, at=LATER)
    rows = clearances.facts(wanted, "pretraining", at=LATER)
    for condition, true in zip(conditions, answer, strict=True):
        assert set(true) == {row["record"] for row in rows if evaluate(condition, row) is True}


def oblige_row(house: "House", subject: int) -> None:
    from rightful.registry.tables import grants

    house.row(
        grants, kind="legal_obligation", subject=subject, purpose=1, created_at="",
        valid_from="2020-01-01T00:00:00.000000Z",
    )  # fmt: skip


def test_of_nothing_nothing_is_true(house: "House") -> None:
    house.subjects.ensure({"cem": Person("TR", 1980)})
    assert house.clearances([]).where([parse("restricted")], "pretraining", BitMap64([7])) == [
        BitMap64()
    ]
