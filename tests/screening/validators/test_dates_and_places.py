import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.validators.dates_and_places import (
    VALIDATORS,
    birth_day,
    coordinates,
    degrees,
)


@settings(max_examples=60)
@given(st.text(alphabet="0123456789.,°-/年N \u0661", max_size=30))
def test_validators_answer_to_anything(text: str) -> None:
    for validator in VALIDATORS.values():
        assert validator(text) in (True, False)


@pytest.mark.parametrize("text", ["10/23/1951", "1980-07-28", "3.5.60", "May 3, 1970", "1990年3月"])
def test_a_day_of_the_calendar_can_be_one_of_birth(text: str) -> None:
    assert birth_day(text)


@pytest.mark.parametrize("text", ["45/23/1951", "13/13/1951", "1980-13-28", "3.5.1060", "1.2.3.4"])
def test_other_numbers_are_no_day_of_birth(text: str) -> None:
    assert not birth_day(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("40.7128, -74.0060", True),
        ("95.7128, -74.0060", False),
        ("40.7128, 274.0060", False),
        ("0.1234, 0.5678", False),
        ("40.7128", False),
    ],
)
def test_coordinates_are_on_the_earth(text: str, answer: bool) -> None:
    assert coordinates(text) is answer


def test_degrees_are_on_the_earth_in_either_order() -> None:
    assert degrees("40°42′N 174°00′W")
    assert degrees("东经116度，北纬39度")
    assert not degrees("95°N 200°E")
