"""A plan is kept as text and comes back the same, so that what was stopped can go on."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap64

from rightful.errors import Damaged
from rightful.forgetting import Correction, Plan, Replay

numbers = st.integers(0, 2**53)
sets = st.sets(numbers, max_size=8).map(BitMap64)
texts = st.text("0123456789abcdef", max_size=8)
replays = st.builds(Replay, numbers, numbers, numbers, numbers, st.none() | st.floats(0, 1e9), sets)
corrections = st.builds(
    Correction, numbers, numbers, st.binary(max_size=40), st.binary(max_size=32)
)
plans = st.builds(
    Plan,
    kind=st.sampled_from(["erase", "withdraw", "rectify"]),
    records=sets,
    subjects=st.lists(numbers, max_size=3).map(tuple),
    pseudonyms=st.dictionaries(texts, texts, max_size=3),
    counts=st.dictionaries(texts, numbers, max_size=3),
    suppress=st.lists(st.binary(max_size=32), max_size=3).map(tuple),
    people=st.dictionaries(texts, numbers, max_size=3),
    correction=st.none() | corrections,
    replays=st.lists(replays, max_size=3).map(tuple),
    models=st.lists(texts, max_size=3).map(tuple),
    discard=st.lists(numbers, max_size=3).map(tuple),
)


@given(plans)
@settings(max_examples=150)
def test_a_plan_comes_back_from_its_text_as_it_was(plan: Plan) -> None:
    assert Plan.from_json(plan.to_json()) == plan


@given(plans, st.data())
@settings(max_examples=150)
def test_a_plan_that_was_changed_is_said_to_be_damaged(plan: Plan, data: st.DataObject) -> None:
    table = json.loads(plan.to_json())
    name = data.draw(st.sampled_from(sorted(table)))
    del table[name]
    if name == "correction":  # which not every plan has
        table["records"] = "no bitmap"
    text = json.dumps(table, sort_keys=True, separators=(",", ":"))
    with pytest.raises(Damaged, match="restore a backup"):
        Plan.from_json(text)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "{", '{"kind": 1}'])
def test_what_is_no_plan_is_said_to_be_damaged(text: str) -> None:
    with pytest.raises(Damaged, match="restore a backup"):
        Plan.from_json(text)


def test_steps_are_those_of_all_runs_and_seconds_are_known_only_if_all_are() -> None:
    def plan(*seconds: float | None) -> Plan:
        return Plan("erase", BitMap64(), replays=tuple(Replay(1, 0, 0, 5, s) for s in seconds))

    assert plan(1.5, 2.0).steps == 10
    assert plan(1.5, 2.0).seconds == 3.5
    assert plan(1.5, None).seconds is None
    assert plan().seconds == 0


def test_a_plan_does_not_show_who_or_what_it_is_about() -> None:
    plan = Plan(
        "rectify",
        BitMap64([1]),
        suppress=(b"digest of a record",),
        people={"c0ffee": 1},
        correction=Correction(1, 2, b"sealed", b"hash of content"),
    )
    for hidden in ("digest of", "c0ffee", "sealed", "hash of"):
        assert hidden not in repr(plan)
