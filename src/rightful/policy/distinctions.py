"""Which values of a fact some rules can tell apart.

Two ages that every rule treats alike are one as far as these rules go. So ten million records are
far fewer different cases, and each of those is judged once.

>>> from rightful.policy.expression import parse
>>> ages = Distinctions([parse("age < 14"), parse("age >= 18 OR restricted")])
>>> ages.of("age", 20) == ages.of("age", 90), ages.of("age", 13) == ages.of("age", 14)
(True, False)
>>> ages.of("method", "crawl") == ages.of("method", None)  # nobody asks
True
"""

from collections.abc import Hashable, Iterable

from rightful.policy.expression import (
    Among,
    Both,
    Column,
    Comparison,
    Expression,
    Node,
    Not,
    Unknown,
    evaluate,
)
from rightful.policy.facts import Value


class Distinctions:
    """What some conditions can tell apart, column by column."""

    def __init__(self, conditions: Iterable[Expression]) -> None:
        self._tests: dict[str, dict[Node, Expression]] = {}
        self._whole: set[str] = set()
        self._known: dict[tuple[str, Value], Hashable] = {}
        for condition in conditions:
            self._read(condition.root)

    @property
    def columns(self) -> frozenset[str]:
        """The facts that are asked for at all."""
        return frozenset(self._tests) | self._whole

    def of(self, column: str, value: Value) -> Hashable:
        """The same for two values if, and only if, no test of the column alone differs on them."""
        key = (column, value)
        if key not in self._known:
            self._known[key] = self._of(column, value)
        return self._known[key]

    def _of(self, column: str, value: Value) -> Hashable:
        if column in self._whole:
            return value
        tests = self._tests.get(column, {}).values()
        return tuple(evaluate(test, {column: value}) for test in tests)

    def _read(self, node: Node) -> None:
        match node:
            case Both(_, left, right):
                self._read(left)
                self._read(right)
            case Not(part):
                self._read(part)
            case Column(name):
                self._whole.add(name)
            case Comparison() | Among() | Unknown():
                test = Expression(node)
                if len(test.columns) == 1:
                    (column,) = test.columns
                    self._tests.setdefault(column, {})[node] = test
                else:  # compared with each other, so that every value may matter
                    self._whole |= test.columns
