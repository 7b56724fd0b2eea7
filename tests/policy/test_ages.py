"""Whoever may be a child where they live counts as one; where no age is known, nobody is grown."""

import pytest

from rightful.policy.ages import CONSENT_AGES, below_consent_age
from rightful.policy.countries import COUNTRIES, EEA


@pytest.mark.parametrize(
    ("country", "age", "below"),
    [
        ("DE", 15, True),
        ("DE", 16, False),
        ("AT", 14, False),
        ("GB", 12, True),
        ("IN", 17, True),
        ("CN", 13, True),
        ("RE", 15, True),  # of the Union, without an entry of its own
        ("AQ", 17, None),
        (None, 17, None),
        ("DE", None, None),
        (None, None, None),
        ("AQ", 18, False),
        (None, 18, False),
        ("DE", -1, True),
    ],
)
def test_unknown_is_no_age_of_consent(
    country: str | None, age: int | None, below: bool | None
) -> None:
    assert below_consent_age(country, age) is below


def test_every_country_of_the_union_has_an_age_that_it_allows() -> None:
    assert CONSENT_AGES.keys() <= COUNTRIES
    for country in EEA:
        assert below_consent_age(country, 12) is True
        assert below_consent_age(country, 16) is False
