"""Gates asked of many rows at once, each column being given as numbers of its different values.

Where rows are few but rules are many, making ready a query takes longer than the answer. So what
can be told apart is asked here: a test of a column is read plainly, once for each of its values,
and AND, OR and NOT are the smaller, the larger and the opposite of numbers (Kleene).

`Gates.decide` is the query for facts in a table and `Gates.judge` the plain reading; tests hold the
three against each other.

>>> from rightful.policy.expression import Column
>>> column = Coded(np.array([0, 1, 2]), [True, None, False])
>>> read(Not(Column("restricted")), {"restricted": column}, {}).tolist()
[0, 1, 2]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.policy.decision import Decision
from rightful.policy.expression import (
    Both,
    Expression,
    Literal,
    Node,
    Not,
    evaluate,
)
from rightful.policy.facts import Value

#: What a condition says of each row: 0 it is false, 1 it is unknown, 2 it is true.
Answers = npt.NDArray[np.uint8]

#: What was said of nodes, by their identity: comparing trees takes longer than asking them.
Known = dict[int, Answers]

_FALSE, _UNKNOWN, _TRUE = range(3)
_NUMBERS = {False: _FALSE, None: _UNKNOWN, True: _TRUE}


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as the indices of its values among the different ones."""

    indices: npt.NDArray[np.integer[Any]]
    values: Sequence[Any]


def read(node: Node, columns: Mapping[str, Coded], known: Known) -> Answers:
    """What a condition says of each row; `known` keeps what was said already."""
    if id(node) not in known:
        known[id(node)] = _read(node, columns, known)
    return known[id(node)]


def certain(condition: Expression, columns: Mapping[str, Coded]) -> npt.NDArray[np.bool_]:
    """The rows of which a condition is true; of those where it is unknown it is not."""
    found: npt.NDArray[np.bool_] = read(condition.root, columns, {}) == _TRUE
    return found


def _read(node: Node, columns: Mapping[str, Coded], known: Known) -> Answers:
    match node:
        case Both("AND", left, right):
            return np.minimum(read(left, columns, known), read(right, columns, known))
        case Both(_, left, right):
            return np.maximum(read(left, columns, known), read(right, columns, known))
        case Not(part):
            opposite: Answers = _TRUE - read(part, columns, known)
            return opposite
        case Literal():
            length = len(next(iter(columns.values())).indices)
            return np.full(length, _NUMBERS[bool(node.value)], np.uint8)
    return _tested(Expression(node), columns)


def _tested(test: Expression, columns: Mapping[str, Coded]) -> Answers:
    """A test, of one column mostly, by the plain reading of each combination of values."""
    names = sorted(test.columns)
    if len(names) == 1:
        column = columns[names[0]]
        rows: list[dict[str, Value]] = [{names[0]: value} for value in column.values]
        places: npt.NDArray[np.integer[Any]] = column.indices
    else:
        stacked = np.stack([columns[name].indices for name in names], axis=1)
        distinct, places = np.unique(stacked, axis=0, return_inverse=True)
        rows = [
            {name: columns[name].values[index] for name, index in zip(names, row, strict=True)}
            for row in distinct.tolist()
        ]
    table = np.array([_NUMBERS[evaluate(test, row)] for row in rows], np.uint8)
    found: Answers = table[places]
    return found


def decided(
    questions: Sequence[tuple[Expression, Expression, Decision]], columns: Mapping[str, Coded]
) -> tuple[npt.NDArray[np.int8], Answers, Answers]:
    """What gates decide of each row, given by when they apply, what stands against, and what then.

    The second and third are bits, of shape (gates / 8, rows): which gates fired, which have no
    answer. Those of a pack that certainly does not apply do neither.
    """
    known: Known = {}
    length = len(next(iter(columns.values())).indices)
    decision = np.full(length, int(Decision.ALLOW), np.int8)
    fired = np.zeros((-(-len(questions) // 8), length), np.uint8)
    open_ = np.zeros_like(fired)
    for number, (applies, when, brings) in enumerate(questions):
        spoken = read(applies.root, columns, known) != _FALSE
        if not spoken.any():  # nothing in these rows is any of this pack's business
            continue
        answer = read(when.root, columns, known)
        for masks, wanted, then in ((fired, _TRUE, brings), (open_, _UNKNOWN, Decision.HOLD)):
            found = ((answer == wanted) & spoken).view(np.uint8)
            masks[number >> 3] |= found << np.uint8(number & 7)
            np.maximum(decision, found.view(np.int8) * np.int8(then), out=decision)
    return decision, fired, open_
