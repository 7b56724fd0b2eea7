"""The trees that conditions are read into, and their two readings: as SQL, and plainly.

Truth has three values (Kleene). `evaluate` is the plain reading, against which the database is held
in tests.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from typing import Literal as Choice

from rightful.policy.facts import Value

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A fact."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A truth value, a text or a whole number."""

    value: bool | str | int


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is false."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Both:
    """AND or OR of two conditions."""

    word: Choice["AND", "OR"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of two values of the same type."""

    word: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Sum:
    """Two whole numbers added, or one taken from the other."""

    word: Choice["+", "-"]
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Among:
    """IN a list of literals."""

    part: "Node"
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether a fact is not known. Only the built-in rules use it: no pack can write it."""

    column: str


Node = Column | Literal | Not | Both | Comparison | Sum | Among | Unknown


@dataclass(frozen=True)
class Expression:
    """A condition that passed all checks."""

    root: Node

    @cached_property
    def sql(self) -> str:
        """DuckDB SQL, with every part in parentheses."""
        return render(self.root)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The facts it reads."""
        return frozenset(
            node.name if isinstance(node, Column) else node.column
            for node in walk(self.root)
            if isinstance(node, Column | Unknown)
        )


def parts(node: Node) -> tuple[Node, ...]:
    """What a node is made of."""
    match node:
        case Not(part) | Among(part):
            return (part,)
        case Both(_, left, right) | Comparison(_, left, right) | Sum(_, left, right):
            return (left, right)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything in it."""
    yield node
    for part in parts(node):
        yield from walk(part)


def shared(node: Node, known: dict[Node, Node]) -> Node:
    """The same tree, of which equal parts are one object; `known` holds those met before."""
    if node not in known:
        match node:
            case Not(part):
                node = Not(shared(part, known))
            case Both(word, left, right):
                node = Both(word, shared(left, known), shared(right, known))
        known[node] = node
    return known[node]


def evaluate(expression: Expression, row: Mapping[str, Value]) -> bool | None:
    """The answer for one row of facts, None where it is unknown. A missing column is unknown."""
    value = _evaluate(expression.root, row)
    assert value is None or isinstance(value, bool)
    return value


def render(node: Node) -> str:
    """A node as DuckDB SQL."""
    match node:
        case Column(name):
            return name
        case Unknown(column):
            return f"({column} IS NULL)"
        case Literal(bool(value)):
            return "TRUE" if value else "FALSE"
        case Literal(str(value)):
            return "'" + value.replace("'", "''") + "'"
        case Literal(value):
            return f"({value})"
        case Not(part):
            return f"(NOT {render(part)})"
        case Sum(word, left, right):
            # Facts are 32 bits wide: a sum of them must not overflow, which would be an error.
            return f"(CAST({render(left)} AS BIGINT) {word} CAST({render(right)} AS BIGINT))"
        case Both(word, left, right) | Comparison(word, left, right):
            return f"({render(left)} {word} {render(right)})"
        case Among(part, values):
            return f"({render(part)} IN ({', '.join(render(value) for value in values)}))"


def _evaluate(node: Node, row: Mapping[str, Value]) -> Value:
    match node:
        case Column(name):
            return row.get(name)
        case Unknown(column):
            return row.get(column) is None
        case Literal(value):
            return value
        case Not(part):
            inner = _evaluate(part, row)
            return None if inner is None else not inner
        case Both("AND", left, right):
            sides = (_evaluate(left, row), _evaluate(right, row))
            return False if False in sides else (None if None in sides else True)
        case Both(_, left, right):
            sides = (_evaluate(left, row), _evaluate(right, row))
            return True if True in sides else (None if None in sides else False)
        case Comparison(word, left, right):
            first, second = _evaluate(left, row), _evaluate(right, row)
            return None if first is None or second is None else COMPARE[word](first, second)
        case Sum(word, left, right):
            one, two = _evaluate(left, row), _evaluate(right, row)
            if one is None or two is None:
                return None
            assert isinstance(one, int)
            assert isinstance(two, int)
            return one + two if word == "+" else one - two
        case Among(part, values):
            found = _evaluate(part, row)
            return None if found is None else any(found == value.value for value in values)
