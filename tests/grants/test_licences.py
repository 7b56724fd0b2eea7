"""A licence is an SPDX expression, or it is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.grants import licences

_IDS = st.sampled_from(["MIT", "CC-BY-4.0", "GPL-2.0+", "0BSD", "LicenseRef-our-contract-7"])
_SIMPLE = st.one_of(_IDS, _IDS.map(lambda name: f"{name} WITH Classpath-exception-2.0"))
_EXPRESSIONS = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(" ".join),
        inner.map(lambda part: f"({part})"),
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(_EXPRESSIONS)
def test_every_expression_of_the_grammar_is_taken(expression: str) -> None:
    licences.check(expression)


@settings(max_examples=200)
@given(_EXPRESSIONS, st.sampled_from(["AND", "OR", "WITH", "MIT", "(", ")", "and", "()"]))
def test_an_expression_with_half_another_one_is_refused(expression: str, rest: str) -> None:
    with pytest.raises(InvalidInput):
        licences.check(f"{expression} {rest}")
    with pytest.raises(InvalidInput):
        licences.check(f"({expression}")


@pytest.mark.parametrize(
    "expression",
    [
        *("", " ", "()", ")(", "MIT MIT", "MIT and ISC", "MIT AND", "OR MIT", "AND", "MIT,ISC"),
        *("MIT WITH", "MIT WITH (x)", "MIT WITH a WITH b", "(MIT) WITH a", "MIT WITH AND", "MIT++"),
        *("NONE", "NOASSERTION", "none", "MIT AND NOASSERTION", "the MIT licence", "MIT/ISC"),
        *("LicenseRef-", "LicenseRef-a b", "https://example.org", "-MIT", "MIT\0", "(" * 5000),
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(InvalidInput, match="licence"):
        licences.check(expression)


def test_a_document_can_be_named_with_its_licence() -> None:
    licences.check("DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2 OR MIT")


def test_the_sentence_never_repeats_what_was_given() -> None:
    with pytest.raises(InvalidInput) as error:
        licences.check("Anna wrote it")
    assert "Anna" not in str(error.value)
