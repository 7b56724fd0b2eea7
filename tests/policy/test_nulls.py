"""A fact that is not known never lets a rule pass that one of its values would not let pass."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rightful.policy import Answer, Decision, Gates, Pack, Rule, built_in, load
from rightful.policy.arrays import Coded, decided
from rightful.policy.expression import Expression, Literal, evaluate, walk
from rightful.policy.facts import COLUMNS, Value, table

Row = dict[str, Value]

_PACKS = load(built_in())

#: As the built-in rules ask about it.
_UNSCREENED: Row = {"screening_verdict": "none", "duplicate": "none"}


def _alone(pack: Pack, *rules: Rule) -> Pack:
    """A law of nothing but these rules, that speaks to everything, be it personal or not."""
    always = Expression(Literal(True))
    return replace(pack, kind="law", covers="other", applies=always, rules=rules)


def _possible(when: Expression, name: str) -> list[Value]:
    """Every value of a fact; of numbers, those at which the condition can change its mind."""
    fact = COLUMNS[name]
    if fact.type == "BOOLEAN":
        return [True, False]
    if fact.values is not None:
        return [*sorted(fact.values)]
    named = [node.value for node in walk(when.root) if isinstance(node, Literal)]
    numbers = {value for value in named if isinstance(value, int) and not isinstance(value, bool)}
    spread = {
        one + other + step
        for one in (0, *numbers)
        for other in (0, *numbers)
        for step in (-1, 0, 1)
    }
    return [*sorted(spread), -(2**31), 2**31 - 1]


def _passing(rule: Rule) -> Iterator[Row]:
    """Rows of facts that are all known, which a rule lets pass for certain."""
    assert rule.when is not None
    for example in rule.examples:
        if example.expect != "passes" or example.facts is None:
            continue
        row = dict(example.facts)
        assert evaluate(rule.when, row) is False
        for name in sorted(rule.when.columns - set(row)):
            # What an example leaves out is of no matter to its answer, whatever it is.
            answers = {evaluate(rule.when, {**row, name: v}) for v in _possible(rule.when, name)}
            assert answers == {False}, (rule.id, name)
            row[name] = _possible(rule.when, name)[0]
        yield {**_UNSCREENED, **row, "personal": row.get("personal", False)}


_GATES = [(pack, rule) for pack in _PACKS for rule in pack.rules_of("gate")]


@pytest.mark.parametrize(("pack", "rule"), _GATES, ids=[rule.id for _, rule in _GATES])
def test_a_null_in_any_column_is_allowed_only_where_every_value_of_it_passes(
    pack: Pack, rule: Rule
) -> None:
    when = rule.when
    assert when is not None
    gates = Gates([_alone(pack, rule)], advisory=True)
    # What is not personal is of no concern to the built-in rules; where the rule reads that, too,
    # only its own answer is looked at.
    gate = gates.gates[-1]
    assert gate.rule is rule
    rows = list(_passing(rule))
    assert rows
    for row in rows:
        assert gate.answer(row) is Answer.PASSED
        if "personal" not in when.columns:
            assert gates.judge([row]).decision is Decision.ALLOW
        for name in when.columns:
            without = {**row, name: None}
            certain = all(
                evaluate(when, {**row, name: value}) is False for value in _possible(when, name)
            )
            found = gates.judge([without])
            (by_arrays,), _, _ = decided(
                [(gate.applies, gate.when, gate.decision) for gate in gates.gates], _coded(without)
            )
            if gate.answer(without) is Answer.PASSED:
                assert certain
            if Decision.ALLOW in (found.decision, by_arrays):
                assert certain
            assert found.decision == by_arrays


@pytest.mark.parametrize("pack", _PACKS, ids=[pack.id for pack in _PACKS])
def test_the_query_says_the_same_of_a_null_in_any_column(pack: Pack) -> None:
    rules = pack.rules_of("gate")
    gates = Gates([_alone(pack, *rules)], advisory=True)
    cases = [
        (number, {**row, name: None})
        for number, gate in enumerate(gates.gates)
        if gate.pack is not None
        for row in _passing(gate.rule)
        for name in gate.when.columns
    ]
    places = list(gates.places())
    facts = table([{"record": record, **row} for record, (_, row) in enumerate(cases)])
    answers = gates.decide(facts).to_pylist()
    assert len(answers) == len(cases) >= len(rules)
    for said in answers:
        number, row = cases[said["record"]]
        gate, chunk, bit = places[number]
        open_, fired = bool(said[f"open_{chunk}"] & bit), bool(said[f"fired_{chunk}"] & bit)
        answer = gate.answer(row)
        assert (fired, open_) == (answer is Answer.FIRED, answer is Answer.UNANSWERED)
        if said["decision"] == Decision.ALLOW:
            assert answer is Answer.PASSED


def _coded(row: Row) -> dict[str, Coded]:
    return {name: Coded(np.zeros(1, np.int64), [row.get(name)]) for name in COLUMNS}
