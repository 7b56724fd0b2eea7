"""From the text of a condition to a checked tree."""

import difflib
from collections.abc import Mapping
from typing import Any
from typing import Literal as Choice

from sqlglot import expressions as sql
from sqlglot.dialects import Dialect
from sqlglot.errors import SqlglotError

from rightful.errors import InvalidInput
from rightful.policy.countries import GROUPS
from rightful.policy.expression.tree import (
    Among,
    Both,
    Column,
    Comparison,
    Expression,
    Literal,
    Node,
    Not,
    Sum,
    Unknown,
    parts,
    render,
)
from rightful.policy.facts import COLUMNS, Type, Value

#: Longer ones are refused, and those that become larger or deeper by the terms that they use, so
#: that every tree can be walked.
LONGEST = 4000
_MOST_PARTS = 4000
_DEEPEST = 400
_BIGGEST = 2**31 - 1

_DIALECT = Dialect.get_or_raise("duckdb")

_COMPARISONS: dict[type[Any], str] = {
    sql.EQ: "=",
    sql.NEQ: "<>",
    sql.LT: "<",
    sql.LTE: "<=",
    sql.GT: ">",
    sql.GTE: ">=",
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


def parse(text: str, terms: Mapping[str, Expression] | None = None) -> Expression:
    """The condition that `text` states; a name among `terms` stands for that condition.

    Raises:
        InvalidInput: it is no condition, reads something else than the facts, compares values of
            different types or with a value that the fact can't have, or uses anything but AND, OR,
            NOT, comparisons, IN with a list, BETWEEN, + and -.
    """
    if len(text) > LONGEST:
        raise InvalidInput(f"a condition of {len(text)} characters is too long; {LONGEST} may be")
    try:
        # As a condition, so that no statement is ever tried.
        trees = _DIALECT.parse_into(sql.Condition, text)
        if len(trees) != 1 or trees[0] is None:
            raise InvalidInput("it must be exactly one expression")
        root = _Builder(terms or {}).build(trees[0])
        _check_measure(root)
        found = _type(root)
    except SqlglotError:
        raise InvalidInput(f"{_short(text)} is not an expression") from None
    except RecursionError:
        raise InvalidInput("its parentheses are nested too deeply") from None
    if found != "BOOLEAN":
        raise InvalidInput(f"{_short(text)} is a {_SPOKEN[found]}, not a condition")
    return Expression(root)


def _check_measure(root: Node) -> None:
    """Refuse what became too large or too deep by its terms.

    A term that is used twice is one object, so each is measured once: a chain of terms that doubles
    at every link is refused before anybody walks it.
    """
    known: dict[int, tuple[int, int]] = {}

    def measure(node: Node) -> tuple[int, int]:
        if id(node) not in known:
            inner = [measure(part) for part in parts(node)]
            listed = len(node.values) if isinstance(node, Among) else 0
            size = 1 + listed + sum(size for size, _ in inner)
            known[id(node)] = size, 1 + max((depth for _, depth in inner), default=0)
        return known[id(node)]

    size, depth = measure(root)
    if size > _MOST_PARTS:
        raise InvalidInput(f"with its terms it has {size} parts, too many; {_MOST_PARTS} may be")
    if depth > _DEEPEST:
        raise InvalidInput("its parentheses, or its terms, are nested too deeply")


# From sqlglot's tree to ours


class _Builder:
    """Builds what it knows by name, and refuses everything else."""

    def __init__(self, terms: Mapping[str, Expression]) -> None:
        self._terms = terms

    def build(self, tree: Any) -> Node:
        match tree:
            case sql.Paren():
                return self.build(tree.this)
            case sql.And() | sql.Or():
                word: Choice["AND", "OR"] = "AND" if isinstance(tree, sql.And) else "OR"
                return Both(word, self.build(tree.this), self.build(tree.expression))
            case sql.Not():
                return Not(self.build(tree.this))
            case sql.Add() | sql.Sub():
                sign: Choice["+", "-"] = "+" if isinstance(tree, sql.Add) else "-"
                return Sum(sign, self.build(tree.this), self.build(tree.expression))
            case sql.Between():
                return self._between(tree)
            case sql.In():
                return self._among(tree)
            case sql.Column():
                return self._column(tree)
            case sql.Boolean():
                return Literal(bool(tree.this))
            case sql.Literal():
                value = str(tree.this)
                return Literal(value if tree.is_string else _number(value))
            case sql.Neg() if isinstance(tree.this, sql.Literal) and not tree.this.is_string:
                return Literal(-_number(str(tree.this.this)))
        compared = _COMPARISONS.get(type(tree))
        if compared is not None:
            return Comparison(compared, self.build(tree.this), self.build(tree.expression))
        raise InvalidInput(_refusal(tree))

    def _between(self, tree: sql.Between) -> Node:
        part, low, high = (self.build(tree.args[key]) for key in ("this", "low", "high"))
        if tree.args.get("symmetric"):
            raise InvalidInput("SYMMETRIC is not allowed")
        return Both("AND", Comparison(">=", part, low), Comparison("<=", part, high))

    def _among(self, tree: sql.In) -> Among:
        listed = tree.expressions
        others = {key for key, value in tree.args.items() if value} - {"this", "expressions"}
        if others or not listed:
            raise InvalidInput("IN needs a list of values in parentheses; queries are not allowed")
        values: list[Literal] = []
        for item in listed:
            if isinstance(item, sql.Column) and item.name in GROUPS and len(item.parts) == 1:
                values += [Literal(code) for code in sorted(GROUPS[item.name])]
                continue
            value = self.build(item)
            if not isinstance(value, Literal):
                raise InvalidInput(
                    "IN needs a list of values; columns and sums are not allowed there"
                )
            values.append(value)
        return Among(self.build(tree.this), tuple(values))

    def _column(self, tree: sql.Column) -> Node:
        name = tree.name
        known = len([part for part in tree.parts if part]) == 1
        if not known or not isinstance(tree.this, sql.Identifier):
            raise InvalidInput(f"{_short(tree.sql('duckdb'))} is not a column of the facts")
        if name in self._terms:
            return self._terms[name].root
        if name not in COLUMNS:
            close = difflib.get_close_matches(name, [*COLUMNS, *self._terms], n=1)
            hint = f"; did you mean {close[0]}?" if close else "; docs/facts.md lists them"
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
        shown = _short(render(node))
        raise InvalidInput(f"{word} needs a {_SPOKEN[kind]}; {shown} is a {_SPOKEN[found]}")


def _constant(part: Node, other: Node) -> None:
    """Refuse a comparison of two values: a column in quotes would silently never be asked."""
    if isinstance(part, Literal) and isinstance(other, Literal):
        shown = _short(f"{render(part)} and {render(other)}")
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
        hint = f"; did you mean {close[0]!r}?" if close else "; docs/facts.md lists its values"
        raise InvalidInput(f"{name} is never {value!r}{hint}")
