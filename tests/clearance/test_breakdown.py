"""By source and by pack, every record is counted once, by the most restrictive answer."""

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from rightful.clearance.breakdown import breakdown
from rightful.errors import NotFound
from rightful.policy import Decision
from rightful.records.sources import Source

if TYPE_CHECKING:
    from tests.clearance.conftest import House

ANNA, BEN = "anna.example.reference", "ben.example.reference"


@pytest.fixture
def mixed(house: "House") -> "House":
    """Five records of two sources: about Anna, who consented, about Ben, both, and nobody."""
    house.sources.declare(Source(name="forum", kind="crawl", method="crawl", public=True))
    for record, (who, source) in enumerate([((1,), 1), ((2,), 1), ((1, 2), 1), ((), 2), ((1,), 2)]):
        house.add(record, who, source)
    house.consent(ANNA, source="form")
    return house


def test_each_record_is_counted_once_under_its_source(mixed: "House") -> None:
    clearance = mixed.clearances().compute("fine-tuning")
    found = breakdown(clearance).sources
    assert [(tally.source, tally.records) for tally in found] == [(1, 3), (2, 2)]
    for tally, records in zip(found, ({0, 1, 2}, {3, 4}), strict=True):
        for decision, held in clearance.decisions.items():
            assert tally.decisions[decision] == len(records & set(held))
        assert tally.usable == len(records & set(clearance.cleared))


def test_a_pack_counts_a_record_by_its_most_restrictive_answer(mixed: "House") -> None:
    clearances = mixed.clearances()
    expected: dict[str | None, Counter[Decision]] = {}
    for record in range(5):
        worst: dict[str | None, Decision] = {}
        for judged in clearances.explain(record, "fine-tuning").judged:
            for found in judged.findings:
                worst[found.pack] = max(worst.get(found.pack, Decision.ALLOW), found.decision)
        for pack in (None, "cn.pipl", "eu.gdpr"):
            expected.setdefault(pack, Counter())[worst.get(pack, Decision.ALLOW)] += 1
    tallies = breakdown(clearances.compute("fine-tuning")).packs
    assert [tally.pack and tally.pack.id for tally in tallies] == [None, "cn.pipl", "eu.gdpr"]
    for tally in tallies:
        assert Counter(dict(tally.decisions)) == expected[tally.pack.id if tally.pack else None]
    assert sum(expected["eu.gdpr"].values()) == 5
    assert expected["eu.gdpr"][Decision.DENY]


def test_advisory_rules_that_nobody_turned_on_are_named(mixed: "House") -> None:
    left = breakdown(mixed.clearances().compute("fine-tuning")).unasked
    assert {"eu.gdpr", "cn.pipl"} >= {each.pack.id for each in left} != set()
    for each in left:
        assert each.rules
        assert {rule.confidence for rule in each.rules} == {each.confidence}
        assert all(rule.advisory for rule in each.rules)
    asked = mixed.clearances(advisory=True).compute("fine-tuning")
    assert breakdown(asked).unasked == ()


def test_a_pack_is_overdue_after_the_day_by_which_to_review_it(mixed: "House") -> None:
    clearances = mixed.clearances()
    clearance = clearances.compute("fine-tuning")
    last = max(pack.review_by for pack in clearances.gates.packs)
    first = min(pack.review_by for pack in clearances.gates.packs)
    assert breakdown(clearance, today=first).overdue == ()
    assert breakdown(clearance, today=date(last.year + 1, 1, 1)).overdue == clearances.gates.packs


def test_nothing_held_is_a_breakdown_of_nothing(empty: "House") -> None:
    found = breakdown(empty.clearances().compute("fine-tuning"))
    assert found.sources == ()
    assert {sum(tally.decisions.values()) for tally in found.packs} == {0}


def test_a_pack_of_which_nothing_was_asked_says_so(house: "House") -> None:
    house.add(0, (1,))
    (builtin,) = breakdown(house.clearances([]).compute("fine-tuning")).packs
    assert builtin.pack is None
    assert builtin.asked > 0
    assert builtin.decisions[Decision.HOLD] + builtin.decisions[Decision.DENY] == 1


def test_of_a_clearance_that_was_loaded_only_numbers_are_known(mixed: "House") -> None:
    clearances = mixed.clearances()
    number = clearances.save(clearances.compute("fine-tuning")).number
    assert number is not None
    with pytest.raises(NotFound, match="compute it anew"):
        breakdown(clearances.load(number))
