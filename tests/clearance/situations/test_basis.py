"""What patterns of grants mean is worked out at once as it is one by one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.clearance.situations import standing
from rightful.clearance.situations.basis import DEPENDS, Basis, Meant
from rightful.clearance.situations.pattern import (
    BITS_PART,
    CONSENT_PART,
    CONSENT_STANDS,
    SEPARATE_PART,
    SEPARATE_STANDS,
    Pattern,
)
from rightful.clearance.situations.places import Place
from rightful.clearance.situations.standing import Told
from rightful.policy.distinctions import Distinctions
from rightful.policy.expression import Column, Expression, parse
from rightful.policy.facts import COLUMNS

_FACTS = (*standing.FACTS, *standing.TOLD)
_LAST = BITS_PART | CONSENT_PART | SEPARATE_PART


def _effective(number: int) -> int:
    """As patterns are: nothing is said of a consent that does not count."""
    if not number & CONSENT_STANDS:
        number &= ~CONSENT_PART
    return number if number & SEPARATE_STANDS else number & ~SEPARATE_PART


_PATTERNS = st.lists(
    st.tuples(st.integers(0, _LAST).map(_effective), st.booleans()), min_size=1, max_size=12
)
_PLACES = st.builds(
    Place,
    st.just({}),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none(),
    st.none(),
    st.none(),
)


def _condition(name: str) -> st.SearchStrategy[Expression]:
    fact = COLUMNS[name]
    if fact.values is None:
        return st.just(Expression(Column(name)))
    return st.sampled_from(sorted(fact.values)).map(lambda value: parse(f"{name} = '{value}'"))


_CONDITIONS = st.lists(st.sampled_from(_FACTS).flatmap(_condition), min_size=1, max_size=6)


@settings(max_examples=150)
@given(_CONDITIONS, st.lists(st.tuples(_PATTERNS, _PLACES), min_size=1, max_size=3))
def test_patterns_mean_together_what_each_means_alone_as_far_as_conditions_can_tell(
    conditions: list[Expression], given_: list[tuple[list[tuple[int, bool]], Place]]
) -> None:
    telling = Distinctions(conditions)
    meant = [
        Meant(np.array([n for n, _ in rows]), np.array([known for _, known in rows]), place)
        for rows, place in given_
    ]
    basis = Basis(telling, meant)
    for (rows, place), codes in zip(given_, basis.codes, strict=True):
        columns = basis.columns(codes.astype(np.int64))
        assert set(columns) == telling.columns
        for row, (number, known) in enumerate(rows):
            pattern = Pattern.of(number)
            wanted = standing.facts(pattern, known=known)
            wanted |= Told.of(pattern, known=known).facts(place)
            for name, column in columns.items():
                value = column.values[int(column.indices[row])]
                assert telling.of(name, value) == telling.of(name, wanted[name])


@settings(max_examples=300)
@given(st.integers(0, _LAST).map(_effective), st.sampled_from(sorted(DEPENDS)))
def test_a_fact_depends_on_no_other_bits_than_are_said(number: int, fact: str) -> None:
    kept = number & DEPENDS[fact]
    wanted = standing.facts(Pattern.of(number), known=True)[fact]
    assert standing.facts(Pattern.of(kept), known=True)[fact] == wanted
