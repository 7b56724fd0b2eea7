"""A comparison of clearances names every record that moved, and the rules that moved it."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap64

from rightful.clearance import Clearance, Counts
from rightful.clearance.clearance import Detail
from rightful.clearance.compare import compare
from rightful.clearance.compared import compared
from rightful.policy import Decision, Pack
from rightful.policy.reading import read
from rightful.registry.tables import subjects

if TYPE_CHECKING:
    from tests.clearance.conftest import House

_LAW = """
id: law
kind: law
covers: personal_data
title: {en: A law, zh: 某法}
authority: Somebody
version: "%s"
as_of: 2026-01-01
review_by: 2027-01-01
applies: "TRUE"
sources: {LAW: the law}
rules:
  - id: LAW.1
    article: Art. 1
    title: {en: No consent, zh: 没有同意}
    kind: gate
    confidence: found
    source: LAW
    when: consent <> 'active'
    decision: deny
    examples:
      - {facts: {consent: none}, expect: fires}
      - {facts: {consent: active}, expect: passes}
  - id: LAW.2
    article: Art. 2
    title: {en: A child, zh: 儿童}
    kind: gate
    confidence: found
    source: LAW
    when: age < 16
    decision: deny
    examples:
      - {facts: {age: 15}, expect: fires}
      - {facts: {age: 16}, expect: passes}
"""

ANNA, BEN = "anna.example.reference", "ben.example.reference"


def _law(version: str = "1") -> Pack:
    return read(_LAW % version, "law.yaml")


@pytest.fixture
def three(house: "House") -> "House":
    """0: Anna, 1: Ben, 2: both; only Anna consented."""
    for record, people in enumerate([(1,), (2,), (1, 2)]):
        house.add(record, people)
    house.consent(ANNA)
    return house


def test_a_clearance_is_the_same_as_itself(three: "House") -> None:
    found = three.clearances([_law()]).compute("fine-tuning")
    comparison = compare(found, found)
    assert comparison.same
    assert comparison.moves == {}
    assert comparison.lifted == comparison.brought == ()
    assert "The same is decided about every record" in compared(comparison)
    assert "对每条记录的决定均相同" in compared(comparison, "zh")


def test_who_consents_enters_and_who_withdraws_leaves(three: "House") -> None:
    clearances = three.clearances([_law()])
    before = clearances.compute("fine-tuning")
    three.consent(BEN)
    three.grants.withdraw(ANNA)
    after = clearances.compute("fine-tuning")
    found = compare(before, after)
    assert (found.entered, found.left) == (BitMap64([1]), BitMap64([0]))
    assert found.moves == {
        (Decision.ALLOW, Decision.DENY): BitMap64([0]),
        (Decision.DENY, Decision.ALLOW): BitMap64([1]),
    }
    assert found.counts == dict.fromkeys(found.moves, 1)
    assert found.lifted is not None
    assert found.brought is not None
    assert all(cause.fired | cause.unanswered == BitMap64([1]) for cause in found.lifted)
    assert "LAW.1" in {cause.rule.id for cause in found.brought}
    assert (found.added, found.removed) == (BitMap64(), BitMap64())
    said = compared(found)
    assert "1 record entered: 1" in said
    assert "1 record left: 0" in said
    assert "LAW.1, Art. 1: No consent" in said
    assert "denied -> allowed" in said
    assert "拒绝 -> 允许" in compared(found, "zh")


def test_what_was_added_or_erased_is_told_apart(three: "House") -> None:
    clearances = three.clearances([_law()])
    before = clearances.compute("fine-tuning")
    three.add(7, (1,))
    three.store.delete(BitMap64([0]))
    found = compare(before, clearances.compute("fine-tuning"))
    assert (found.entered, found.added) == (BitMap64([7]), BitMap64([7]))
    assert (found.left, found.removed) == (BitMap64([0]), BitMap64([0]))
    assert found.moves == {
        (None, Decision.ALLOW): BitMap64([7]),
        (Decision.ALLOW, None): BitMap64([0]),
    }
    assert found.brought == ()
    assert "1 of them not held any more" in compared(found)
    assert "not held -> allowed" in compared(found)


def test_an_unknown_fact_is_told_as_such(three: "House") -> None:
    clearances = three.clearances([_law()])
    before = clearances.compute("fine-tuning")
    three.change(subjects, 1, birth_year=None)
    found = compare(before, clearances.compute("fine-tuning"))
    assert found.left == BitMap64([0])
    assert found.brought is not None
    [cause] = [each for each in found.brought if each.rule.id == "LAW.2"]
    assert (cause.fired, cause.unanswered) == (BitMap64(), BitMap64([0]))
    assert "(not known)" in compared(found)
    assert "(未知)" in compared(found, "zh")


def test_of_a_loaded_clearance_what_is_not_kept_is_not_known(three: "House") -> None:
    clearances = three.clearances([_law()])
    number = clearances.save(clearances.compute("fine-tuning")).number
    assert number is not None
    before = clearances.load(number)
    assert compare(before, clearances.compute("fine-tuning")).same
    assert "only what was cleared is kept" in compared(
        compare(before, clearances.compute("fine-tuning"))
    )
    three.grants.withdraw(ANNA)
    three.consent(BEN)
    after = clearances.compute("fine-tuning")
    found = compare(before, after)
    assert (found.entered, found.left) == (BitMap64([1]), BitMap64([0]))
    assert (found.moves, found.counts, found.added, found.lifted) == (None,) * 4
    assert found.brought
    assert found.removed == BitMap64()
    assert f"why is not known: clearance {number} keeps what it cleared" in compared(found)
    assert f"原因未知:许可 {number}" in compared(found, "zh")
    kept = replace(before, number=None)
    assert "why is not known: the clearance as of 20" in compared(compare(kept, after))
    back = compare(after, before)
    assert (back.brought, back.removed) == (None, None)
    assert back.lifted


def test_packs_that_changed_are_named(three: "House") -> None:
    one = three.clearances([_law()]).compute("fine-tuning")
    two = three.clearances([_law("2")]).compute("fine-tuning")
    none = three.clearances([]).compute("fine-tuning")
    assert "Pack law: 1 -> 2\n" in compared(compare(one, two))
    assert "Pack law: 1 -> not asked" in compared(compare(one, none))
    assert "规则包 law: 未询问 -> 1" in compared(compare(none, one), "zh")
    assert "Pack" not in compared(compare(one, one))
    changed = replace(two, packs={"law": {"version": "1", "sha256": "other"}})
    assert "Pack law: 1 -> 1 (changed all the same)" in compared(compare(one, changed))


def test_only_some_of_many_records_are_named() -> None:
    before, after = _clearance({}), _clearance(dict.fromkeys(range(2000), Decision.ALLOW))
    said = compared(compare(before, after), limit=3)
    assert "2,000 records entered: 0, 1, 2, ..." in said


def _clearance(decided: dict[int, Decision]) -> Clearance:
    decisions = {
        decision: BitMap64([record for record, found in decided.items() if found is decision])
        for decision in Decision
    }
    now = datetime(2026, 11, 25, tzinfo=UTC)
    cleared = decisions[Decision.ALLOW] | decisions[Decision.ALLOW_WITH_CONDITIONS]
    counts = Counts({decision: len(found) for decision, found in decisions.items()}, ())
    detail = cast(Detail, SimpleNamespace(decisions=decisions, reasons=()))
    return Clearance(None, "training", now, now, 1, {}, cleared, counts, detail)


_DECIDED = st.dictionaries(st.integers(0, 30), st.sampled_from(list(Decision)))


@given(_DECIDED, _DECIDED)
def test_the_moves_are_every_record_whose_decision_is_unlike(
    old: dict[int, Decision], new: dict[int, Decision]
) -> None:
    found = compare(_clearance(old), _clearance(new))
    assert found.moves is not None
    moved = {record: move for move, records in found.moves.items() for record in records}
    assert moved == {
        record: (old.get(record), new.get(record))
        for record in {*old, *new}
        if old.get(record) != new.get(record)
    }
    usable = (Decision.ALLOW, Decision.ALLOW_WITH_CONDITIONS)
    assert set(found.entered) == {
        r for r, (first, last) in moved.items() if last in usable and first not in usable
    }
    assert set(found.left) == {
        r for r, (first, last) in moved.items() if first in usable and last not in usable
    }
    assert found.added == BitMap64([record for record in found.entered if record not in old])
    back = compare(_clearance(new), _clearance(old))
    assert (back.entered, back.left) == (found.left, found.entered)
