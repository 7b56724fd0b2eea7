"""The conditions of rules: parsed, checked, and never run as they were written.

A condition is a boolean expression in DuckDB's dialect over the columns of `rightful.policy.facts`.
sqlglot parses it; what this file knows by name is built anew from the tree, and everything else is
refused. The SQL that runs is rendered from what was built, so nothing that was written in a pack
ever reaches the database as text.

Truth has three values (Kleene). `evaluate` is a second, plain reading of the same tree, against
which the database is held in tests.

>>> condition = parse("age < 14 AND NOT consent_by_guardian")
>>> condition.sql
'((age < (14)) AND (NOT consent_by_guardian))'
>>> evaluate(condition, {"age": 30, "consent_by_guardian": None})
False
>>> evaluate(condition, {"age": None, "consent_by_guardian": False}) is None
True
"""

import difflib
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from typing import Literal as Choice

import sqlglot
from sqlglot import expressions as sql
from sqlglot.errors import SqlglotError

from rightful.errors import InvalidInput
from rightful.policy.facts import COLUMNS, Type, Value

#: Longer ones are refused, so that no tree is too deep to walk.
LONGEST = 4000
_BIGGEST = 2**31 - 1

_COMPARISONS: dict[type[Any], str] = {
    sql.EQ: "=",
    sql.NEQ: "<>",
    sql.LT: "<",
    sql.LTE: "<=",
    sql.GT: ">",
    sql.GTE: ">=",
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CERTAIN = (
    "asks whether a fact is known, which would turn an unknown into a yes or a no; "
    "an unknown must stay one, and holds the record"
)
#: What is refused with a reason of its own.
_REASONS: dict[type[Any], str] = {
    sql.Is: f"IS {_CERTAIN}",
    sql.NullSafeEQ: f"IS NOT DISTINCT FROM {_CERTAIN}",
    sql.NullSafeNEQ: f"IS DISTINCT FROM {_CERTAIN}",
    sql.Null: "NULL is not a value to compare with: the answer would always be unknown",
    sql.Query: "queries are not allowed",
    sql.Cast: "casts are not allowed",
    sql.Placeholder: "parameters are not allowed",
    sql.Parameter: "parameters are not allowed",
    sql.Alias: "names for results are not allowed",
    sql.Func: "functions are not allowed",  # last, for casts and others are functions to sqlglot
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
        return _render(self.root)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The facts it reads."""
        return frozenset(_columns(self.root))


def parse(text: str) -> Expression:
    """The condition that `text` states.

    Raises:
        InvalidInput: it is no condition, reads something else than the facts, compares values of
            different types or with a value that the fact can't have, or uses anything but AND, OR,
            NOT, comparisons, IN with a list, BETWEEN, + and -.
    """
    if len(text) > LONGEST:
        raise InvalidInput(f"a condition of {len(text)} characters is too long; {LONGEST} may be")
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
        if len(trees) != 1 or trees[0] is None:
            raise InvalidInput("it must be exactly one expression")
        root = _build(trees[0])
        found = _type(root)
    except SqlglotError:
        raise InvalidInput(f"{_short(text)} is not an expression") from None
    except RecursionError:
        raise InvalidInput("its parentheses are nested too deeply") from None
    if found != "BOOLEAN":
        raise InvalidInput(f"{_short(text)} is a {_SPOKEN[found]}, not a condition")
    return Expression(root)


def evaluate(expression: Expression, row: Mapping[str, Value]) -> bool | None:
    """The answer for one row of facts, None where it is unknown. A missing column is unknown."""
    value = _evaluate(expression.root, row)
    assert value is None or isinstance(value, bool)
    return value


# From sqlglot's tree to ours


def _build(tree: Any) -> Node:
    match tree:
        case sql.Paren():
            return _build(tree.this)
        case sql.And() | sql.Or():
            word: Choice["AND", "OR"] = "AND" if isinstance(tree, sql.And) else "OR"
            return Both(word, _build(tree.this), _build(tree.expression))
        case sql.Not():
            return Not(_build(tree.this))
        case sql.Add() | sql.Sub():
            sign: Choice["+", "-"] = "+" if isinstance(tree, sql.Add) else "-"
            return Sum(sign, _build(tree.this), _build(tree.expression))
        case sql.Between():
            part, low, high = (_build(tree.args[key]) for key in ("this", "low", "high"))
            if tree.args.get("symmetric"):
                raise InvalidInput("SYMMETRIC is not allowed")
            return Both("AND", Comparison(">=", part, low), Comparison("<=", part, high))
        case sql.In():
            return _build_among(tree)
        case sql.Column():
            return _build_column(tree)
        case sql.Boolean():
            return Literal(bool(tree.this))
        case sql.Literal():
            return Literal(str(tree.this)) if tree.is_string else Literal(_number(str(tree.this)))
        case sql.Neg() if isinstance(tree.this, sql.Literal) and not tree.this.is_string:
            return Literal(-_number(str(tree.this.this)))
    word_ = _COMPARISONS.get(type(tree))
    if word_ is not None:
        return Comparison(word_, _build(tree.this), _build(tree.expression))
    raise InvalidInput(_refusal(tree))


def _build_among(tree: sql.In) -> Among:
    listed = tree.expressions
    others = {key for key, value in tree.args.items() if value} - {"this", "expressions"}
    if others or not listed:
        raise InvalidInput("IN needs a list of values in parentheses; queries are not allowed")
    values = [_build(item) for item in listed]
    if not all(isinstance(value, Literal) for value in values):
        raise InvalidInput("IN needs a list of values; columns and sums are not allowed there")
    return Among(_build(tree.this), tuple(v for v in values if isinstance(v, Literal)))


def _build_column(tree: sql.Column) -> Column:
    name = tree.name
    if len([part for part in tree.parts if part]) != 1 or not isinstance(tree.this, sql.Identifier):
        raise InvalidInput(f"{_short(tree.sql('duckdb'))} is not a column of the facts")
    if name not in COLUMNS:
        close = difflib.get_close_matches(name, COLUMNS, n=1)
        hint = f"; did you mean {close[0]}?" if close else "; docs/policy.md lists them"
        raise InvalidInput(f"{_short(name)} is not a column of the facts{hint}")
    return Column(name)


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.isdigit()) or int(digits) > _BIGGEST:
        raise InvalidInput(f"{_short(digits)}: only whole numbers up to {_BIGGEST} are allowed")
    return int(digits)


def _refusal(tree: Any) -> str:
    shown = _short(tree.sql("duckdb", comments=False))
    for kind, reason in _REASONS.items():
        if isinstance(tree, kind):
            return f"{shown}: {reason}"
    return f"{shown}: {type(tree).__name__.upper()} is not allowed"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


# Types

_SPOKEN: dict[Type, str] = {"BOOLEAN": "condition", "VARCHAR": "text", "INTEGER": "number"}


def _type(node: Node) -> Type:
    """The type of a part; raises `InvalidInput` where parts don't fit each other."""
    match node:
        case Column(name):
            return COLUMNS[name].type
        case Unknown():
            return "BOOLEAN"
        case Literal(value):
            return _type_of(value)
        case Not(part):
            _need(part, "BOOLEAN", "NOT")
            return "BOOLEAN"
        case Both(word, left, right):
            _need(left, "BOOLEAN", word)
            _need(right, "BOOLEAN", word)
            return "BOOLEAN"
        case Sum(word, left, right):
            _need(left, "INTEGER", word)
            _need(right, "INTEGER", word)
            return "INTEGER"
        case Comparison(word, left, right):
            kind = _type(left)
            _need(right, kind, word)
            if kind != "INTEGER" and word not in ("=", "<>"):
                raise InvalidInput(f"{word} compares numbers; a {_SPOKEN[kind]} takes = or <>")
            _constant(left, right)
            _possible(left, right)
            _possible(right, left)
            return "BOOLEAN"
        case Among(part, values):
            for item in values:
                _constant(part, item)
                _need(item, _type(part), "IN")
                _possible(part, item)
            return "BOOLEAN"


def _type_of(value: bool | str | int) -> Type:
    if isinstance(value, bool):
        return "BOOLEAN"
    return "VARCHAR" if isinstance(value, str) else "INTEGER"


def _need(node: Node, kind: Type, word: str) -> None:
    found = _type(node)
    if found != kind:
        shown = _short(_render(node))
        raise InvalidInput(f"{word} needs a {_SPOKEN[kind]}; {shown} is a {_SPOKEN[found]}")


def _constant(part: Node, other: Node) -> None:
    """Refuse a comparison of two values: a column in quotes would silently never be asked."""
    if isinstance(part, Literal) and isinstance(other, Literal):
        shown = _short(f"{_render(part)} and {_render(other)}")
        raise InvalidInput(f"{shown} are both values; a column is written without quotes")


def _possible(part: Node, other: Node) -> None:
    """Refuse a text that the fact can never be: the rule would silently never speak."""
    if isinstance(part, Column) and isinstance(other, Literal):
        check_value(part.name, other.value)


def check_value(name: str, value: Value) -> None:
    """Raises `InvalidInput` for a value that the fact `name` can't have; None is always fine."""
    fact = COLUMNS[name]
    if value is None:
        return
    if _type_of(value) != fact.type:
        raise InvalidInput(f"{name} takes a {_SPOKEN[fact.type]}, not {value!r}")
    if fact.type == "INTEGER" and abs(int(value)) > _BIGGEST:
        raise InvalidInput(f"{name} takes whole numbers up to {_BIGGEST}")
    if fact.values is not None and value not in fact.values:
        close = difflib.get_close_matches(str(value), fact.values, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "; docs/policy.md lists its values"
        raise InvalidInput(f"{name} is never {value!r}{hint}")


# The two readings


def _render(node: Node) -> str:
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
            return f"(NOT {_render(part)})"
        case Sum(word, left, right):
            # Facts are 32 bits wide: a sum of them must not overflow, which would be an error.
            return f"(CAST({_render(left)} AS BIGINT) {word} CAST({_render(right)} AS BIGINT))"
        case Both(word, left, right) | Comparison(word, left, right):
            return f"({_render(left)} {word} {_render(right)})"
        case Among(part, values):
            return f"({_render(part)} IN ({', '.join(_render(value) for value in values)}))"


def _columns(node: Node) -> list[str]:
    match node:
        case Column(name) | Unknown(name):
            return [name]
        case Literal():
            return []
        case Not(part) | Among(part):
            return _columns(part)
        case Both(_, left, right) | Comparison(_, left, right) | Sum(_, left, right):
            return _columns(left) + _columns(right)


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
            return None if first is None or second is None else _COMPARE[word](first, second)
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
