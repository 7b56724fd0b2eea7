"""The last day for an answer, counted as Regulation 1182/71 does, and the grounds to refuse."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.policy import Pack, deadline, load, refusal_grounds
from rightful.policy.deadlines import due
from rightful.policy.expression import evaluate
from rightful.policy.pack import REQUESTS, Clock

MONTH = Clock(1, "calendar_month", rolls=True, extend=2)


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00Z")


@pytest.mark.parametrize(
    ("received", "last", "extended"),
    [
        ("2026-01-31", "2026-03-02", "2026-04-30"),  # 28 February 2026 is a Saturday
        ("2028-01-31", "2028-02-29", "2028-05-01"),  # a leap year; 30 April 2028 is a Sunday
        ("2026-08-31", "2026-09-30", "2026-11-30"),
        ("2026-12-15", "2027-01-15", "2027-03-15"),
        ("2026-03-16", "2026-04-16", "2026-06-16"),
        ("2026-07-01", "2026-08-03", "2026-10-01"),  # 1 August 2026 is a Saturday
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_last_and_roll_to_a_working_day(
    received: str, last: str, extended: str
) -> None:
    day = date.fromisoformat(received)
    assert str(due(MONTH, day)) == last
    assert str(due(MONTH, day, extended=True)) == extended


@pytest.mark.parametrize(
    ("clock", "received", "last"),
    [
        (Clock(45, "calendar_day"), "2026-03-02", "2026-04-16"),
        (Clock(10, "working_day"), "2026-03-02", "2026-03-16"),
        (Clock(15, "working_day"), "2026-03-02", "2026-03-23"),
        (Clock(1, "working_day"), "2026-03-06", "2026-03-09"),  # from a Friday
        (Clock(1, "working_day"), "2026-03-07", "2026-03-09"),  # from a Saturday
        (Clock(5, "calendar_day"), "2026-03-02", "2026-03-07"),
        (Clock(5, "calendar_day", rolls=True), "2026-03-02", "2026-03-09"),
    ],
)
def test_the_day_of_receipt_is_not_counted(clock: Clock, received: str, last: str) -> None:
    assert str(due(clock, date.fromisoformat(received))) == last


@settings(max_examples=200)
@given(
    st.builds(
        Clock,
        st.integers(1, 60),
        st.sampled_from(["calendar_month", "calendar_day", "working_day"]),
        st.booleans(),
        st.none() | st.integers(1, 60),
    ),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_a_last_day_comes_after_receipt_and_an_extension_is_never_shorter(
    clock: Clock, received: date
) -> None:
    last = due(clock, received)
    assert received < last <= due(clock, received, extended=True)
    assert due(clock, received + timedelta(days=1)) >= last
    if clock.rolls or clock.unit == "working_day":
        assert last.weekday() < 5


@pytest.mark.parametrize("request_kind", REQUESTS)
def test_the_gdpr_gives_a_month_for_every_kind_of_request(request_kind: str) -> None:
    found = deadline(load(["eu.gdpr"]), request_kind, _noon("2026-01-31"))
    assert found is not None
    assert (found.due, found.extended) == (date(2026, 3, 2), date(2026, 4, 30))
    assert (found.rule, found.advisory) == ("EU.GDPR.12.3", False)


def test_an_advisory_term_counts_only_where_no_other_speaks() -> None:
    both = deadline(load(["eu.gdpr", "cn.pipl"]), "erase", _noon("2026-03-02"))
    assert both is not None
    assert both.rule == "EU.GDPR.12.3"
    alone = deadline(load(["cn.pipl"]), "erase", _noon("2026-03-02"))
    assert alone is not None
    assert (alone.due, alone.extended, alone.advisory) == (date(2026, 3, 23), None, True)


def test_the_earliest_of_several_terms_counts(
    make_pack: Callable[..., Pack], rule_fields: Callable[..., dict[str, Any]]
) -> None:
    def term(name: str, amount: int, requests: list[str]) -> dict[str, Any]:
        day = date(2026, 1, 1) + timedelta(days=amount)
        return rule_fields(
            id=name,
            kind="deadline",
            when=...,
            decision=...,
            trigger="request.received",
            requests=requests,
            clock={"amount": amount, "unit": "calendar_day"},
            examples=[{"received": "2026-01-01", "expect": str(day)}],
        )

    rules = [term("A", 20, ["erase"]), term("B", 10, ["erase", "know"]), term("C", 5, ["port"])]
    packs = [make_pack(rules=rules)]
    for request_kind, rule in (("erase", "B"), ("know", "B"), ("port", "C")):
        found = deadline(packs, request_kind, _noon("2026-01-01"))
        assert found is not None
        assert found.rule == rule
    assert deadline(packs, "access", _noon("2026-01-01")) is None


def test_a_clock_that_something_else_starts_does_not_count_for_requests(
    make_pack: Callable[..., Pack], rule_fields: Callable[..., dict[str, Any]]
) -> None:
    rule = rule_fields(
        kind="deadline",
        when=...,
        decision=...,
        trigger="breach.known",
        requests=["erase"],
        clock={"amount": 3, "unit": "calendar_day"},
        examples=[{"received": "2026-01-01", "expect": "2026-01-04"}],
    )
    assert deadline([make_pack(rules=[rule])], "erase", _noon("2026-01-01")) is None


def test_days_count_in_the_zone_of_the_moment_that_is_given() -> None:
    beijing = timezone(timedelta(hours=8))
    moment = datetime(2026, 3, 16, 20, tzinfo=UTC)
    packs = load(["eu.gdpr"])
    for zone, last in ((UTC, date(2026, 4, 16)), (beijing, date(2026, 4, 17))):
        found = deadline(packs, "erase", moment.astimezone(zone))
        assert found is not None
        assert found.due == last


def test_an_unknown_kind_of_request_is_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidInput, match="known: know, access, rectify, erase"):
        deadline(load(["eu.gdpr"]), "forget", _noon("2026-01-01"))
    with pytest.raises(InvalidInput, match="'forget' is no kind of request"):
        refusal_grounds(load(["eu.gdpr"]), "forget")


def test_an_erasure_can_be_refused_where_the_law_requires_keeping() -> None:
    grounds = refusal_grounds(load(["eu.gdpr"]), "erase")
    assert [(ground.rule, ground.code) for ground in grounds] == [
        ("EU.GDPR.17.3b", "A17LegallyRequired"),
        ("EU.GDPR.17.3b.task", "A17PublicInterest"),
    ]
    ground = grounds[0]
    assert evaluate(ground.when, {"legal_obligation": "active"}) is True
    assert evaluate(ground.when, {}) is None
    assert refusal_grounds(load(["eu.gdpr"]), "withdraw") == []
    assert refusal_grounds(load(["eu.gdpr"])) == grounds


def test_an_advisory_ground_refuses_nothing(
    make_pack: Callable[..., Pack], rule_fields: Callable[..., dict[str, Any]]
) -> None:
    rule = rule_fields(kind="refusal", decision=..., requests=["erase"], ground="X", advisory=True)
    assert refusal_grounds([make_pack(rules=[rule])]) == []
