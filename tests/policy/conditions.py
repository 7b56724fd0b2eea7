"""Conditions of every form that a pack can have, and facts that make them answer in every way."""

from hypothesis import strategies as st

from rightful.policy.expression import (
    Among,
    Both,
    Column,
    Comparison,
    Expression,
    Literal,
    Node,
    Not,
    Sum,
)
from rightful.policy.facts import COLUMNS, Value

Row = dict[str, Value]

# Facts, as few values as make every comparison go both ways

NAMES = ("personal", "objected", "consent_explicit", "consent", "residence", "age", "method")
VALUES: dict[str, list[Value]] = {
    "BOOLEAN": [None, True, False],
    "INTEGER": [None, -1, 13, 14, 2**31 - 1],
}
_TEXTS: dict[str, list[Value]] = {
    "consent": [None, "active", "withdrawn", "none"],
    "residence": [None, "DE", "CN"],
    "method": [None, "crawl", "form"],
}


def values(name: str) -> list[Value]:
    """As few values of a fact as make every comparison go both ways, and NULL."""
    return _TEXTS.get(name) or VALUES[COLUMNS[name].type]


ROW = st.fixed_dictionaries({name: st.sampled_from(values(name)) for name in NAMES})

# Conditions of every form that a pack can have

_LITERAL = st.sampled_from([-1, 13, 14, 2**31 - 1]).map(Literal)
_NUMBER: st.SearchStrategy[Node] = st.one_of(
    st.just(Column("age")),
    st.builds(Sum, st.sampled_from(["+", "-"]), st.just(Column("age")), _LITERAL),
)
_TEXT_NAME = st.sampled_from(list(_TEXTS))
_LEAF: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(["personal", "objected", "consent_explicit"]).map(Column),
    st.booleans().map(Literal),
    st.builds(Comparison, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), _NUMBER, _LITERAL),
    _TEXT_NAME.flatmap(
        lambda name: st.builds(
            Comparison,
            st.sampled_from(["=", "<>"]),
            st.just(Column(name)),
            st.sampled_from(_TEXTS[name][1:]).map(lambda value: Literal(str(value))),
        )
    ),
    _TEXT_NAME.flatmap(
        lambda name: st.builds(
            Among,
            st.just(Column(name)),
            st.lists(st.sampled_from(_TEXTS[name][1:]), min_size=1, max_size=2).map(
                lambda values: tuple(Literal(str(value)) for value in values)
            ),
        )
    ),
)
CONDITION: st.SearchStrategy[Expression] = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.builds(Not, inner), st.builds(Both, st.sampled_from(["AND", "OR"]), inner, inner)
    ),
    max_leaves=6,
).map(Expression)
