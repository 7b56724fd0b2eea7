"""Looks at a source: what is kept, which of them count, and what they say together."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.ledger import Ledger
from rightful.policy.facts import RESERVATIONS
from rightful.records import Source, Sources
from rightful.records.reservations import EVERYTHING, FACTS, PROTOCOLS, Reservations, combined
from rightful.records.reservations.protocols import fact_of, possible, state, together
from rightful.registry import Registry
from rightful.registry.tables import reservations as table

ROBOTS = "User-agent: GPTBot\nDisallow: /\nContent-Usage: train-ai=n\nContent-Signal: ai-train=no"


@pytest.fixture
def reservations(registry: Registry, ledger: Ledger, sources: Sources) -> Reservations:
    sources.declare(Source("crawl", kind="crawl"))
    return Reservations(registry, ledger)


def _said(reservations: Reservations) -> dict[str, str | None]:
    return {fact: seen.value for fact, seen in reservations.about(1).items()}


def test_one_file_can_say_several_things(reservations: Reservations) -> None:
    looks = reservations.observe("crawl", "robots", ROBOTS)
    assert {look.form: look.value for look in looks} == {
        "robots": "disallowed",
        "aipref.robots": "n",
        "content_signal": "no",
    }
    assert {look.sha256 for look in looks} == {hashlib.sha256(ROBOTS.encode()).hexdigest()}
    assert _said(reservations) == {"robots": "disallowed", "aipref": "n", "content_signal": "no"}
    assert reservations.looks(1) == list(looks)


def test_the_facts_are_those_that_rules_ask_for() -> None:
    assert set(FACTS) == set(RESERVATIONS)
    for fact, values in RESERVATIONS.items():
        assert set(values) == set(FACTS[fact]) - ({"unknown"} if fact != "aipref" else set())
    assert {fact_of(form) for each in PROTOCOLS.values() for form in each.forms} == set(FACTS)


# The vectors of the fact sheet


def test_t17_any_n_wins(reservations: Reservations) -> None:
    reservations.observe("crawl", "aipref", "Content-Usage: train-ai=n")
    reservations.observe("crawl", "robots", "User-agent: *\nContent-Usage: train-ai=y")
    assert _said(reservations)["aipref"] == "n"


def test_t18_what_is_neither_y_nor_n_is_unknown(reservations: Reservations) -> None:
    for statement in ("train-ai", "train-ai=maybe"):
        reservations.observe("crawl", "aipref", statement)
        assert _said(reservations)["aipref"] == "unknown"


def test_t19_the_last_of_a_key_wins(reservations: Reservations) -> None:
    reservations.observe("crawl", "aipref", "train-ai=n, train-ai=y")
    assert _said(reservations)["aipref"] == "y"


def test_t20_what_is_more_specific_overrides(reservations: Reservations) -> None:
    reservations.observe("crawl", "tdmrep", '[{"location": "/", "tdm-reservation": 1}]')
    reservations.observe("crawl", "tdmrep.header", "tdm-reservation: 0")
    assert _said(reservations)["tdmrep"] == "free"


def test_t21_a_value_that_is_none_leaves_what_was_said(reservations: Reservations) -> None:
    reservations.observe("crawl", "tdmrep", '[{"location": "/", "tdm-reservation": 1}]')
    reservations.observe("crawl", "tdmrep.header", "tdm-reservation: yes")
    assert _said(reservations)["tdmrep"] == "reserved"


def test_t21_alone_it_can_t_be_told(reservations: Reservations) -> None:
    reservations.observe("crawl", "tdmrep.header", "tdm-reservation: yes")
    assert _said(reservations)["tdmrep"] is None


# Which looks count


def test_the_newest_look_at_a_place_counts(reservations: Reservations) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    reservations.observe("crawl", "noai", "noai", seen_at=day)
    reservations.observe("crawl", "noai", "", seen_at=day + timedelta(days=1))
    assert _said(reservations)["noai"] == "no"
    reservations.observe("crawl", "noai", "noai", seen_at=day - timedelta(days=1))
    assert _said(reservations)["noai"] == "no"
    assert reservations.about(1)["noai"].seen_at == day + timedelta(days=1)
    reservations.observe("crawl", "noai", "noai", seen_at=day + timedelta(days=1))
    assert _said(reservations)["noai"] == "yes"


def test_what_one_place_says_is_not_undone_by_another(reservations: Reservations) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    reservations.observe("crawl", "ai_txt", "Disallow: /", location="a.example", seen_at=day)
    reservations.observe("crawl", "ai_txt", "User-Agent: *\nDisallow: /", location="a.example")
    reservations.observe("crawl", "ai_txt", value="none", location="b.example")
    assert _said(reservations)["ai_txt"] == "disallowed"


def test_a_header_frees_its_own_page_alone(reservations: Reservations) -> None:
    reservations.observe("crawl", "tdmrep", '[{"location": "/", "tdm-reservation": 1}]')
    header = "tdm-reservation: 0"
    reservations.observe("crawl", "tdmrep.header", header, location="https://a.example/one")
    assert _said(reservations)["tdmrep"] == "reserved"
    reservations.observe("crawl", "tdmrep.header", header)
    assert _said(reservations)["tdmrep"] == "free"


def test_while_nobody_looked_at_everything_only_a_no_is_known(reservations: Reservations) -> None:
    reservations.observe("crawl", "content_signal", value="yes", location="a.example")
    reservations.observe("crawl", "ai_txt", value="none", location="a.example")
    reservations.observe("crawl", "aipref", "train-ai=y", location="a.example")
    reservations.observe("crawl", "noai", "noai", location="a.example")
    assert _said(reservations) == {
        "content_signal": None,
        "ai_txt": None,
        "aipref": "unknown",
        "noai": "yes",
    }
    reservations.observe("crawl", "content_signal", value="none")
    assert _said(reservations)["content_signal"] == "yes"


def test_the_oldest_of_the_looks_that_count_dates_a_fact(reservations: Reservations) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    reservations.observe("crawl", "aipref", "train-ai=y", seen_at=day + timedelta(days=9))
    reservations.observe("crawl", "aipref", "train-ai=n", location="x", seen_at=day)
    assert reservations.about(1)["aipref"].seen_at == day


def test_looks_after_the_moment_that_is_asked_about_do_not_count(
    registry: Registry, reservations: Reservations
) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    reservations.observe("crawl", "noai", "noai", seen_at=day)
    rows = [row._asdict() for row in registry.rows(select(table))]
    assert combined(rows, day - timedelta(seconds=1)) == {}
    assert combined(rows, day)[1]["noai"].value == "yes"


# Stating what was seen


def test_somebody_who_looked_everywhere_says_so_at_once(reservations: Reservations) -> None:
    reservations.observe("crawl", EVERYTHING, value="none")
    silent = {fact: "none" if "none" in values else "no" for fact, values in FACTS.items()}
    assert _said(reservations) == silent
    assert {look.sha256 for look in reservations.looks(1)} == {None}


@pytest.mark.parametrize("protocol", [*PROTOCOLS, *FACTS])
def test_every_value_of_a_protocol_can_be_stated(protocol: str) -> None:
    for value in possible(protocol):
        forms = state(protocol, value)
        assert forms
        for form, stored in forms.items():
            assert stored in FACTS[fact_of(form)]


def test_that_robots_txt_can_t_be_reached_says_nothing_of_its_lines() -> None:
    assert state("robots", "unreachable") == {"robots": "unreachable"}
    assert set(state("robots", "none")) == {"robots", "aipref.robots", "content_signal"}


@pytest.mark.parametrize(
    ("protocol", "given_"),
    [
        ("robots", {}),
        ("robots", {"statement": "", "value": "none"}),
        ("robots", {"value": "maybe"}),
        ("all", {"value": "allowed"}),
        ("all", {"statement": "x"}),
        ("smoke", {"value": "none"}),
        ("smoke", {"statement": "x"}),
        ("terms_reservation", {"statement": "You may not."}),
        ("aipref", {"statement": "x" * 1_000_001}),
        ("robots", {"statement": "", "paths": ["articles"]}),
        ("robots", {"statement": "", "seen_at": datetime.max.replace(tzinfo=UTC)}),
    ],
)
def test_a_look_that_makes_no_sense_is_refused_and_nothing_is_kept(
    reservations: Reservations, protocol: str, given_: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput):
        reservations.observe("crawl", protocol, **given_)  # type: ignore[arg-type]
    assert reservations.about(1) == {}


def test_a_source_has_to_be_there(reservations: Reservations) -> None:
    with pytest.raises(NotFound, match="nobody"):
        reservations.observe("nobody", "noai", "")


def test_sources_are_kept_apart(reservations: Reservations, sources: Sources) -> None:
    number = sources.declare(Source("other"))
    reservations.observe("crawl", "noai", "noai")
    reservations.observe("other", "noai", "")
    found = reservations.all()
    assert {n: seen["noai"].value for n, seen in found.items()} == {1: "yes", number: "no"}


def test_a_look_is_in_the_ledger_without_the_place(
    registry: Registry, ledger: Ledger, reservations: Reservations
) -> None:
    before = registry.revision
    reservations.observe("crawl", "aipref", "train-ai=n", location="https://anna.example/")
    entry = list(ledger.entries())[-1]
    assert entry.kind == "reservation_observed"
    assert entry.facts["said"] == {"aipref": "n"}
    assert b"anna" not in entry.data
    assert registry.revision > before


_FORMS = sorted({form for each in PROTOCOLS.values() for form in each.forms})
_LOOKS = st.lists(
    st.sampled_from(_FORMS).flatmap(
        lambda form: st.tuples(
            st.just(form),
            st.sampled_from([None, "a", "b"]),
            st.sampled_from(FACTS[fact_of(form)]),
        )
    ),
    min_size=1,
)


@given(_LOOKS)
def test_another_look_elsewhere_never_makes_it_freer(
    looks: list[tuple[str, str | None, str]],
) -> None:
    fact = fact_of(looks[0][0])
    mine = [look for look in looks if fact_of(look[0]) == fact]
    order = FACTS[fact].index
    whole = together(fact, mine)
    assert whole in {value for _, _, value in mine} | {"none", "unknown"}
    if fact != "tdmrep":
        assert all(order(whole) <= order(value) for _, _, value in mine)
    if None not in {place for _, place, _ in mine}:
        assert order(whole) <= order("unknown")
    for form, value in {(form, value) for form, _, value in mine}:
        elsewhere = together(fact, [*mine, (form, "elsewhere", value)])
        assert order(elsewhere) <= order(whole)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["yes", "no"])), min_size=1))
def test_rows_may_come_in_any_order(found: list[tuple[int, str]]) -> None:
    rows = [
        {
            "id": number,
            "source": 1,
            "protocol": "noai",
            "value": value,
            "location": None,
            "seen_at": moments.text(datetime(2026, 1, 1 + day, tzinfo=UTC)),
        }
        for number, (day, value) in enumerate(found)
    ]
    newest = max(rows, key=lambda row: (str(row["seen_at"]), row["id"]))
    assert combined(rows)[1]["noai"].value == newest["value"]
    assert combined(rows[::-1]) == combined(rows)
