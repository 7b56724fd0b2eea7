"""Check digits are computed as the issuers say, and what can't be read is refused."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.validators import VALIDATORS
from rightful.screening.validators.numbers import born, card, cn_id, luhn, mod97, not_repeated


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "378282246310005",
        "30569309025904",
        "6011111111111117",
        "3530111333300000",
        "6212020212345671",
        "501802021235",
    ],
)
def test_test_numbers_of_card_networks_are_cards(number: str) -> None:
    assert card(number)


@pytest.mark.parametrize(
    "number", ["4111111111111112", "411111111111111", "0000000000000000", "9999999999999995", "x"]
)
def test_a_wrong_check_digit_length_or_prefix_is_no_card(number: str) -> None:
    assert not card(number)


@given(st.text("0123456789", min_size=8, max_size=19).filter(lambda text: bool(text.strip("0"))))
@settings(max_examples=60)
def test_exactly_one_last_digit_passes_luhn(start: str) -> None:
    assert sum(luhn(start + last) for last in "0123456789") == 1


@given(
    st.sampled_from(["110105", "310101", "440306"]),
    st.dates(min_value=datetime.date(1930, 1, 1), max_value=datetime.date(2010, 1, 1)),
    st.integers(0, 999),
)
@settings(max_examples=60)
def test_exactly_one_check_character_makes_a_resident_identity_number(
    region: str, day: object, order: int
) -> None:
    start = f"{region}{str(day).replace('-', '')}{order:03d}"

    assert sum(cn_id(start + last) for last in "0123456789X") == 1


def test_a_small_x_is_a_check_character_too() -> None:
    assert cn_id("11010519491231002x")


@pytest.mark.parametrize(
    "number", ["990105199003072354", "110105199013072354", "11010519900307235", "", "身份证"]
)
def test_no_province_no_date_or_no_digits_is_no_identity_number(number: str) -> None:
    assert not cn_id(number)


def test_mod97_holds_for_example_ibans_and_for_no_neighbour() -> None:
    for number in ("GB29NWBK60161331926819", "DE89 3704 0044 0532 0130 00"):
        assert mod97(number)
        assert mod97(number.lower())
        assert not mod97(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_nobody_was_born_on_a_day_that_is_none_or_that_is_to_come() -> None:
    assert born("19900307")
    assert not born("19900230")
    assert not born("29900307")
    assert not born("18500307")


def test_counts_and_repetitions_are_no_numbers_of_people() -> None:
    assert not any(map(not_repeated, ["0000000", "12345678", "87654321", "1212121212"]))
    assert not_repeated("4111111111111111")


@given(st.sampled_from(sorted(VALIDATORS)), st.text(max_size=40))
@settings(max_examples=200)
def test_a_validator_answers_whatever_it_is_given(name: str, text: str) -> None:
    assert VALIDATORS[name](text) in {True, False}


@given(
    st.sampled_from(["stdnum:cn.uscc", "stdnum:es.dni", "stdnum:mx.curp", "phone:CN"]), st.text()
)
@settings(max_examples=60)
def test_a_validator_of_a_library_answers_whatever_it_is_given(name: str, text: str) -> None:
    assert VALIDATORS[name](text) in {True, False}
