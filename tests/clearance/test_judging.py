"""Judging all records at once, one after the other, and remembering all give the same answer."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.clearance import judging
from rightful.clearance.judging import Cases, Judge, Judged, as_cases
from rightful.policy import Decision, Gates, load
from rightful.policy.facts import COLUMNS, Fact, Value

GATES = Gates(load(["eu.gdpr", "cn.pipl"]))

#: The facts that these gates read; all others matter to none.
READ = sorted(GATES.distinctions.columns)


def _values(fact: Fact) -> st.SearchStrategy[Value]:
    if fact.type == "BOOLEAN":
        return st.sampled_from([None, True, False])
    if fact.type == "INTEGER":
        return st.sampled_from([None, -1, 0, 1, 13, 14, 16, 18, 40])
    return st.sampled_from([None, *sorted(fact.values or ("DE", "CN", "US"))])


ROWS = st.lists(
    st.fixed_dictionaries({name: _values(COLUMNS[name]) for name in READ}), min_size=1, max_size=3
)


def row(**facts: Value) -> Mapping[str, Value]:
    return {**dict.fromkeys(COLUMNS), **facts}


@given(records=st.lists(ROWS, min_size=1, max_size=4))
@settings(max_examples=40)
@pytest.mark.parametrize("remembered", [10_000, 1])
def test_what_is_remembered_is_what_the_plain_reading_says(
    remembered: int, records: list[list[dict[str, Value]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "_REMEMBERED", remembered)
        judge = Judge(GATES)
        for rows in [*records, *records]:
            assert judge.judge(rows) == GATES.judge(rows)


def test_no_and_not_known_are_remembered_apart() -> None:
    judge = Judge(GATES)
    for value in (None, False, True, None):
        rows = [row(personal=True, residence="DE", restricted=value)]
        assert judge.judge(rows) == GATES.judge(rows)


def test_judgements_become_cases_with_a_bit_for_each_gate() -> None:
    judgements = [GATES.judge([row()]), GATES.judge([row(personal=True, restricted=True)])]
    cases = as_cases(GATES, judgements)
    assert len(cases) == 2
    assert cases.decision.tolist() == [int(each.decision) for each in judgements]
    for masks, ints in (
        (cases.fired, [each.fired for each in judgements]),
        (cases.open, [each.open for each in judgements]),
    ):
        assert [int.from_bytes(masks[:, n].tobytes(), "little") for n in range(2)] == ints


def test_of_no_judgement_there_is_no_case() -> None:
    cases = as_cases(GATES, [])
    assert len(cases) == 0
    assert cases.fired.shape == cases.open.shape == (-(-len(GATES.gates) // 8), 0)


@pytest.fixture
def judged() -> Judged:
    """Three records in two cases: the first gate fires against one, the second is open for it."""
    width = -(-len(GATES.gates) // 8)
    fired, open_ = np.zeros((width, 3), np.uint8), np.zeros((width, 3), np.uint8)
    fired[0, 1], open_[0, 1] = 1, 2
    decision = np.array([Decision.ALLOW, Decision.DENY, Decision.HOLD], np.int8)
    case = np.array([0, 1, 0], np.int32)
    records, source = np.array([4, 7, 9]), np.ones(3, np.int32)
    return Judged(GATES, records, source, case, Cases(decision, fired, open_))


def test_records_are_found_by_decision_and_by_gate(judged: Judged) -> None:
    assert list(judged.decided(Decision.ALLOW)) == [4, 9]
    assert list(judged.decided(Decision.ALLOW, Decision.DENY)) == [4, 7, 9]
    assert list(judged.fired(0)) == list(judged.unanswered(1)) == [7]
    assert not judged.fired(1)
    assert not judged.unanswered(0)


def test_a_case_that_no_record_is_in_counts_nowhere(judged: Judged) -> None:
    counts = judged.decision_counts()
    assert {d.word: int(counts[d]) for d in Decision if counts[d]} == {"allow": 2, "deny": 1}
    assert not judged.decided(Decision.HOLD)
    fired, open_ = judged.gate_counts()
    assert (fired[0], fired[1], open_[0], open_[1]) == (1, 0, 0, 1)
    assert fired.sum() == open_.sum() == 1


def test_of_two_cases_the_more_restrictive_decision_wins_and_all_gates_speak(
    judged: Judged,
) -> None:
    joined = judged.cases.joined(np.array([0, 1]), np.array([2, 2]))
    assert joined.decision.tolist() == [Decision.HOLD, Decision.DENY]
    assert joined.fired[0].tolist() == [0, 1]
    assert joined.open[0].tolist() == [0, 2]
