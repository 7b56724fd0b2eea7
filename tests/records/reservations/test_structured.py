"""Dictionaries of RFC 9651: read as a whole, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.records.reservations.structured import read_dictionary

_KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,6}", fullmatch=True)
_ITEMS = st.sampled_from(
    ["y", "*t/x:1", '"a \\" b"', "12", "-1.5", ":YWI=:", "?1", "@1659578233", '%"f%c3%bc"', "(a 1)"]
)
_PARAMETERS = st.sampled_from(["", ";a", '; b="x, y"', ";a=1;b"])


@given(st.lists(st.tuples(_KEYS, _ITEMS, _PARAMETERS), max_size=6))
def test_a_dictionary_is_read_and_the_last_of_a_key_counts(
    members: list[tuple[str, str, str]],
) -> None:
    text = " ,\t".join(f"{key}={value}{more}" for key, value, more in members)
    assert read_dictionary(text) == {key: value for key, value, _ in members}


@pytest.mark.parametrize(
    "text",
    [
        *("a=", "a=,b", ",a", "a,", "a b", "A=1", "a=1.", "a=1.2345", "a=1234567890123456"),
        *('a="x', "a=(1", "a=?2", "a=@", "a;", "a;B", "é=1", "a\nb", "a==1", "a=1 ;b", "a=1;b=="),
        *("a=1.2.3", 'a=%"%C3"', "a=:*:", "(a)", '"a"=1'),
    ],
)
def test_what_is_none_is_not_read_in_part(text: str) -> None:
    assert read_dictionary(text) is None


def test_a_key_alone_is_true_and_nothing_is_an_empty_dictionary() -> None:
    assert read_dictionary("a;x=1, b=?1") == {"a": "?1", "b": "?1"}
    assert read_dictionary("  ") == {}
