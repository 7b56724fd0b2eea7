"""Equal values have equal bytes, and bytes have one reading only."""

import hashlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful import canonical
from rightful.errors import InvalidInput

# Surrogates alone are no Unicode text; UTF-8 can't hold them.
_text = st.text(st.characters(exclude_categories=["Cs"]))
_floats = st.floats(allow_nan=False, allow_infinity=False)
_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | _floats | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=12,
)


@given(_values)
def test_decoding_gives_back_what_was_encoded(value: Any) -> None:
    assert canonical.decode(canonical.encode(value), "it") == value


@given(st.dictionaries(_text, st.integers(), min_size=2))
def test_order_of_keys_does_not_change_the_bytes(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical.encode(backwards) == canonical.encode(value)
    assert canonical.digest(backwards) == canonical.digest(value)


@given(_values)
def test_every_other_spelling_of_the_same_value_is_refused(value: Any) -> None:
    own = canonical.encode(value)
    for other in (
        json.dumps(value, indent=1).encode(),
        json.dumps(value).encode(),
        own + b"\n",
        b" " + own,
    ):
        if other != own:
            with pytest.raises(InvalidInput, match="canonical form"):
                canonical.decode(other, "it")


def test_text_is_utf8_without_escapes_and_nothing_is_spaced() -> None:
    value = {"乙": "é", "b": 1.5, "a": [None, True, -0.0]}
    assert canonical.encode(value) == '{"a":[null,true,-0.0],"b":1.5,"乙":"é"}'.encode()


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b"1.0e0",
        b'"\\u00e9"',
        b"1e400",
        b"NaN",
    ],
)
def test_second_forms_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        canonical.decode(data, "it")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"a":1}}', b"[" * 100_000])
def test_what_is_no_json_is_refused_with_its_name_and_none_of_its_bytes(data: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        canonical.decode(data, "the certificate")
    assert str(caught.value) == "the certificate is not JSON; it may have been cut or changed"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [math.nan]])
def test_numbers_without_a_json_form_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical.encode(value)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical.encode(value)


def test_digest_is_sha256_of_the_bytes() -> None:
    assert canonical.digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
