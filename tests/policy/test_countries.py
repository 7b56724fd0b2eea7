"""A place that is none is not known, and is never taken for a place where a law is silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.policy.countries import COUNTRIES, EEA, MARKETS, PLACES, REGIONS, markets, place
from rightful.policy.facts import COLUMNS, NO_REGION


@pytest.mark.parametrize(
    ("residence", "found"),
    [
        ("DE", ("DE", "none")),
        ("US", ("US", None)),
        ("US-CA", ("US", "US-CA")),
        ("US-ZZ", (None, None)),
        ("DE-BY", (None, None)),
        ("UK", (None, None)),
        ("de", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_residence_is_a_country_and_within_the_us_a_state(
    residence: str | None, found: tuple[str | None, str | None]
) -> None:
    assert place(residence) == found


@given(st.one_of(st.sampled_from(sorted(PLACES)), st.text("ACDEU-S", max_size=6)))
def test_what_comes_of_a_residence_is_a_value_that_the_facts_can_have(residence: str) -> None:
    country, region = place(residence)
    assert country is None or country in (COLUMNS["residence"].values or ())
    assert region in (None, NO_REGION) or region in REGIONS
    if country is None:
        assert region is None


def test_markets_are_not_known_unless_the_controller_says() -> None:
    assert set(markets(None).values()) == {None}
    assert set(markets(()).values()) == {False}
    assert set(markets(None)) == set(MARKETS) == {n for n in COLUMNS if n.startswith("market_")}


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (("FR",), {"market_eea"}),
        (("EEA",), {"market_eea"}),
        (("US-NY",), {"market_us"}),
        (("US",), {"market_us", "market_us_ca"}),  # all of it, California too
        (("US-CA", "CN"), {"market_us", "market_us_ca", "market_cn"}),
        (("JP",), set()),
    ],
)
def test_a_market_is_known_by_the_places_in_it(named: tuple[str, ...], found: set[str]) -> None:
    assert {fact for fact, there in markets(named).items() if there} == found


def test_countries_are_those_of_iso_3166() -> None:
    assert len(COUNTRIES) == 249
    assert EEA <= COUNTRIES
    assert not COUNTRIES & {"UK", "EL", "EU", "XX"}
