"""Records of which the same is said stand together, and one of them is explained for all."""

from typing import TYPE_CHECKING

import pytest
from pyroaring import BitMap64

from rightful.clearance import explained_groups
from rightful.policy import Decision
from rightful.records.sources import Source

if TYPE_CHECKING:
    from tests.clearance.conftest import House

ANNA, BEN = "anna.example.reference", "ben.example.reference"


@pytest.fixture
def mixed(house: "House") -> "House":
    """Anna has three pages of her own, one with Ben, and one of another source."""
    house.sources.declare(Source(name="forum", kind="crawl", method="crawl", public=True))
    for record, (who, source) in enumerate(
        [((1,), 1), ((1, 2), 1), ((1,), 1), ((1,), 2), ((2,), 1), ((1,), 1)]
    ):
        house.add(record, who, source)
    house.consent(ANNA, source="form")
    return house


def test_all_records_of_a_person_are_in_one_group_and_no_others(mixed: "House") -> None:
    clearances = mixed.clearances()
    about = clearances.among(subject=1)
    assert set(about) == {0, 1, 2, 3, 5}
    found = clearances.explain_among(about, "fine-tuning")
    assert [set(group.records) for group in found.shown] == [{0, 2, 5}, {1}, {3}]
    assert (found.records, found.usable, found.hidden, found.unshown) == (5, 3, 0, 0)


def test_each_record_has_the_decision_and_the_rules_of_the_one_that_is_explained(
    mixed: "House",
) -> None:
    clearances = mixed.clearances()
    for group in clearances.explain_among(BitMap64(range(6)), "fine-tuning").shown:
        assert group.example.record == group.records[0]
        said = {f.rule.id for judged in group.example.judged for f in judged.findings}
        for record in group.records:
            alone = clearances.explain(record, "fine-tuning")
            assert alone.decision is group.decision
            assert {f.rule.id for judged in alone.judged for f in judged.findings} == said


def test_the_numbers_are_those_of_a_clearance_among_the_same_records(mixed: "House") -> None:
    clearances = mixed.clearances()
    about = clearances.among(subject=2)
    found = clearances.explain_among(about, "fine-tuning")
    assert found.decisions == clearances.compute("fine-tuning", among=about).about_all
    assert found.decisions[Decision.DENY] == 2


def test_a_source_and_a_person_of_it_can_be_asked_about(mixed: "House") -> None:
    clearances = mixed.clearances()
    assert set(clearances.among(source=2)) == {3}
    assert set(clearances.among(subject=2, source=1)) == {1, 4}
    assert set(clearances.among(subject=2, source=2)) == set()
    assert set(clearances.among(subject=9)) == set()


def test_groups_over_the_limit_are_counted_and_not_shown(mixed: "House") -> None:
    clearances = mixed.clearances()
    found = clearances.explain_among(clearances.among(subject=1), "fine-tuning", limit=1)
    assert [set(group.records) for group in found.shown] == [{0, 2, 5}]
    assert (found.hidden, found.unshown, found.records) == (2, 2, 5)
    assert explained_groups(found).endswith(
        "2 more groups, of 2 records, not shown; --limit shows more"
    )
    assert "另有 2 组" in explained_groups(found, "zh")


def test_no_record_makes_no_group(mixed: "House") -> None:
    found = mixed.clearances().explain_among(BitMap64(), "fine-tuning")
    assert (found.records, found.usable, found.shown, found.hidden) == (0, 0, (), 0)


def test_the_words_name_rules_and_what_is_missing_and_no_person(mixed: "House") -> None:
    clearances = mixed.clearances()
    found = clearances.explain_among(clearances.among(subject=1), "fine-tuning")
    text, chinese = explained_groups(found), explained_groups(found, "zh")
    assert text.startswith("3 of these 5 records may be used for fine-tuning")
    assert "3 records: allowed. Such as record 0:" in text
    assert "1 record: denied. Such as record 1:" in text
    assert "EU.GDPR.6, Art. 6(1)" in text
    assert "missing: " in text
    assert "3 条记录：允许。以记录 0 为例：" in chinese
    assert "缺少 " in chinese
    assert "example.reference" not in text + chinese + repr(found)
