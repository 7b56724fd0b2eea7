import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.validators.secrets import (
    VALIDATORS,
    entropy,
    json_web_token,
    password,
    random_text,
)


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=60))
def test_entropy_is_at_most_that_of_as_many_different_characters(text: str) -> None:
    assert -1e-9 <= entropy(text) <= math.log2(len(set(text))) + 1e-9


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_validators_answer_to_anything(text: str) -> None:
    for validator in VALIDATORS.values():
        assert validator(text) in (True, False)


@pytest.mark.parametrize("text", ["EXAMPLE-p4ss", "hunter2!x", "Tr0ub4dor&3"])
def test_what_somebody_would_type_is_a_password(text: str) -> None:
    assert password(text)


@pytest.mark.parametrize(
    "text",
    [
        *("required", "********", "xxxx1111", "${PASSWORD}", "<your password>", "your_password1"),
        *("get_password(1)", "os.environ['X1']", "settings.password", "/etc/secrets/p4ss"),
    ],
)
def test_a_placeholder_code_or_path_is_no_password(text: str) -> None:
    assert not password(text)


def test_random_characters_are_told_from_words() -> None:
    assert random_text("EXAMPLE0123456789EXAMPLE")
    assert not random_text("configuration_of_tokens")
    assert not random_text("xxxxxxxxxxxxxxxx11")
    assert not random_text("12345678901234567890")


def test_a_token_names_its_algorithm() -> None:
    assert json_web_token("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJFWEFNUExFIn0.EXAMPLE")
    assert not json_web_token("eyJFWEFNUExFIjogMX0.e.EXAMPLE")
    assert not json_web_token("eyJhbGc")
