"""Which answers a condition can give at all, over facts that are all known.

Only what a condition compares with can make a difference: of a text, the values that it names and
one more; of a number, those at its bounds and beside them. Values that it treats alike count once.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from rightful.policy.expression import (
    Among,
    Column,
    Comparison,
    Expression,
    Literal,
    Node,
    Sum,
    evaluate,
    walk,
)
from rightful.policy.facts import COLUMNS, Value

#: Rows of facts that are tried; where there are more, that many of them, chosen without bias.
_MOST_ROWS = 4096
#: And of those that agree with one start.
_NEAR = 256
_OTHER = "another value"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a condition can answer."""

    fires: bool
    passes: bool
    certain: bool
    """All facts that make a difference were tried, so an answer that is missing can't be given."""


def answers(condition: Expression, starts: Sequence[Mapping[str, Value]] = ()) -> Answers:
    """What it answers over all rows of facts. Where these are too many: over some, and over some
    that agree with each of `starts`.
    """
    values = {name: _values(condition, name) for name in sorted(condition.columns)}
    rows, certain = _rows(values)
    if not certain:
        near = rows[:_NEAR]
        rows = [{**row, **start} for start in starts for row in near] + rows
    fires = passes = False
    for row in rows:
        answer = evaluate(condition, row)
        fires, passes = fires or answer is True, passes or answer is False
        if fires and passes:
            break
    all_tried = not any(_is_open(node) for node in walk(condition.root))
    return Answers(fires, passes, certain and all_tried)


def _is_open(node: Node) -> bool:
    """Whether it compares facts with each other, for which no few values stand for all."""
    if isinstance(node, Comparison):
        return not isinstance(node.left, Literal) and not isinstance(node.right, Literal)
    return isinstance(node, Sum)


def _rows(values: Mapping[str, list[Value]]) -> tuple[list[dict[str, Value]], bool]:
    number = math.prod(len(each) for each in values.values())
    if number <= _MOST_ROWS:
        return [dict(zip(values, row, strict=True)) for row in product(*values.values())], True
    chance = random.Random(0)  # noqa: S311 (the same rows every time)
    return [
        {name: chance.choice(each) for name, each in values.items()} for _ in range(_MOST_ROWS)
    ], False


def _values(condition: Expression, name: str) -> list[Value]:
    """Values of a fact that between them answer every comparison of the condition in every way."""
    kind = COLUMNS[name].type
    if kind == "BOOLEAN":
        return [True, False]
    tests = [set(named) for named in _named(condition, name)]
    listed = sorted({value for test in tests for value in test}, key=str)
    if kind == "INTEGER":
        near = {int(str(value)) + step for value in listed for step in (-1, 0, 1)}
        return [*sorted(near | {-1, 0, 1})]
    known = COLUMNS[name].values
    if any(_is_open(node) and Column(name) in walk(node) for node in walk(condition.root)):
        return sorted({*listed, *sorted(known or ())[:3], _OTHER}, key=str)
    other = [value for value in sorted(known) if value not in listed][:1] if known else [_OTHER]
    alike = {tuple(value in test for test in tests): value for value in (*listed, *other)}
    return list(alike.values())


def _named(condition: Expression, name: str) -> Iterator[list[Value]]:
    """For each comparison of the fact, the values that it is compared with."""
    for node in walk(condition.root):
        match node:
            case Among(Column(found), literals) if found == name:
                yield [each.value for each in literals]
            case Comparison(_, Column(found), Literal(value)) if found == name:
                yield [value]
            case Comparison(_, Literal(value), Column(found)) if found == name:
                yield [value]
            case Comparison(_, left, right) if COLUMNS[name].type == "INTEGER":
                both = (*walk(left), *walk(right))
                if Column(name) in both:
                    yield [each.value for each in both if isinstance(each, Literal)]
