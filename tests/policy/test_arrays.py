"""Conditions asked of many rows at once answer as they do for each row by itself."""

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.conditions import CONDITION, NAMES, ROW

from rightful.policy import Decision
from rightful.policy.arrays import Coded, certain, decided, read
from rightful.policy.expression import Expression, evaluate, parse

if TYPE_CHECKING:
    from rightful.policy.facts import Value

_ROWS = st.lists(ROW, min_size=1, max_size=8)
_DECISION = st.sampled_from([decision for decision in Decision if decision is not Decision.ALLOW])
_NUMBERS = {False: 0, None: 1, True: 2}


def _coded(rows: "list[dict[str, Value]]", names: tuple[str, ...] = NAMES) -> dict[str, Coded]:
    columns = {}
    for name in names:
        distinct = list(dict.fromkeys(row[name] for row in rows))
        columns[name] = Coded(np.array([distinct.index(row[name]) for row in rows]), distinct)
    return columns


@settings(max_examples=200)
@given(st.lists(CONDITION, min_size=1, max_size=4), _ROWS)
def test_conditions_read_on_numbers_answer_as_the_plain_reading_does(
    conditions: list[Expression], rows: "list[dict[str, Value]]"
) -> None:
    columns = _coded(rows)
    known: dict[int, np.ndarray] = {}
    for condition in conditions:
        wanted = [evaluate(condition, row) for row in rows]
        found = read(condition.root, columns, known)
        assert found.tolist() == [_NUMBERS[answer] for answer in wanted]
        assert certain(condition, columns).tolist() == [answer is True for answer in wanted]


@settings(max_examples=100)
@given(st.lists(st.tuples(CONDITION, CONDITION, _DECISION), max_size=11), _ROWS)
def test_gates_decide_on_numbers_as_they_do_row_by_row(
    questions: list[tuple[Expression, Expression, Decision]], rows: "list[dict[str, Value]]"
) -> None:
    decision, fired, unanswered = decided(questions, _coded(rows))
    for place, row in enumerate(rows):
        wanted, against, open_ = Decision.ALLOW, [], []
        for applies, when, brings in questions:
            spoken, answer = evaluate(applies, row) is not False, evaluate(when, row)
            against.append(spoken and answer is True)
            open_.append(spoken and answer is None)
            if against[-1]:
                wanted = max(wanted, brings)
            elif open_[-1]:
                wanted = max(wanted, Decision.HOLD)
        assert decision[place] == wanted
        for bits, said in ((fired, against), (unanswered, open_)):
            unpacked = np.unpackbits(bits[:, place], count=len(said), bitorder="little")
            assert unpacked.tolist() == said


def test_facts_that_are_compared_with_each_other_are_read_together() -> None:
    pairs = [(1, 2), (2, 1), (None, 1), (1, None), (2, 2)]
    rows: list[dict[str, Value]] = [
        {"retention_days": first, "collected_days": second} for first, second in pairs
    ]
    condition = parse("retention_days < collected_days")
    columns = _coded(rows, ("retention_days", "collected_days"))
    assert read(condition.root, columns, {}).tolist() == [2, 0, 1, 1, 0]
