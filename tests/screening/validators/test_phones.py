"""Two judges of digits: a plan that assigns them, or their shape next to a word for phones."""

import pytest

from rightful.screening.validators.phones import international, of_country, planned, written


@pytest.mark.parametrize(
    "text",
    ["+41 (0)44 668 18 00", "001-202-555-0143x1234", "(+44) 20 7946 0958", "+86 138 0013 8000"],
)
def test_a_number_with_its_country_is_read_however_it_is_written(text: str) -> None:
    assert international(text)


@pytest.mark.parametrize(
    "text", ["+999 123 456 78", "+1 22", "+1000000000", "+44 1234567890123456"]
)
def test_no_country_or_too_few_or_many_digits_is_none(text: str) -> None:
    assert not international(text)


def test_a_plan_knows_what_is_assigned() -> None:
    assert of_country("CN")("13800138000")
    assert not of_country("CN")("12345678901")
    assert planned("020 7946 0958")
    assert not planned("0000 000 000")


@pytest.mark.parametrize("text", ["450 0199", "(99) 555-010", "1234567", "555-0143 ext. 12"])
def test_shape_asks_no_plan(text: str) -> None:
    assert written(text)


@pytest.mark.parametrize(
    "text", ["2021-03-04", "04.05.2021", "1999 2000 2001", "2021-03-04 10", "111 1111", "12 34"]
)
def test_dates_years_and_repetitions_have_not_that_shape(text: str) -> None:
    assert not written(text)
