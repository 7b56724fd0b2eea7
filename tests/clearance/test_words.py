"""A clearance in words says by whom and from where, and how sure anybody was of its rules."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from rightful.clearance import summarised
from rightful.policy import Pack, load
from rightful.records.sources import Source

if TYPE_CHECKING:
    from tests.clearance.conftest import House

ANNA = "anna.example.reference"


def gdpr(**changes: object) -> Pack:
    (pack,) = load(["eu.gdpr"])
    return replace(pack, **changes)  # type: ignore[arg-type]


def sure(pack: Pack, rule: str, confidence: str) -> Pack:
    """The same pack, with a rule that is known otherwise; it is asked all the same."""
    rules = tuple(
        replace(each, confidence=confidence, advisory=False) if each.id == rule else each  # type: ignore[arg-type]
        for each in pack.rules
    )
    return replace(pack, rules=rules)


def test_sources_and_packs_are_counted_in_both_languages(house: "House") -> None:
    house.add(0, (1,))
    house.add(1, (2,))
    house.consent(ANNA)
    clearance = house.clearances().compute("fine-tuning")
    text = summarised(clearance, sources={1: "form"})
    assert "          2  form: 1 denied, 1 allowed" in text
    assert "eu.gdpr, General Data Protection Regulation: 1 denied" in text
    assert "cn.pipl, Personal Information Protection Law" in text
    assert "nothing against any record" in text
    chinese = summarised(clearance, "zh", sources={1: "form"})
    assert "form：拒绝 1、允许 1" in chinese
    assert "对任何记录均无异议" in chinese


def test_a_source_without_a_name_goes_by_its_number(house: "House") -> None:
    house.add(0, (1,))
    assert "source 1: 1 denied" in summarised(house.clearances().compute("fine-tuning"))


def test_sources_that_do_not_fit_a_screen_are_counted(house: "House") -> None:
    for number in range(2, 14):
        house.sources.declare(Source(name=f"forum {number}", kind="crawl"))
        house.add(number, (1,), number)
    house.add(1, (1,))
    text = summarised(house.clearances().compute("fine-tuning"), sources=house.sources.names())
    assert "          3  from 3 more sources, which are not shown" in text


@pytest.mark.parametrize(
    ("confidence", "english", "chinese"),
    [
        ("found", "No legal basis for this purpose\n", "就该目的没有合法性基础\n"),
        ("secondary", "for this purpose (from a secondary source)", "基础（据二手资料）"),
        ("memory", "for this purpose (written from memory)", "基础（凭记忆撰写）"),
    ],
)
def test_a_rule_says_how_it_is_known_unless_somebody_read_it(
    house: "House", confidence: str, english: str, chinese: str
) -> None:
    house.add(0, (1,))
    packs = [sure(gdpr(), "EU.GDPR.6", confidence)]
    clearance = house.clearances(packs).compute("fine-tuning")
    assert english in summarised(clearance)
    assert chinese in summarised(clearance, "zh")


def test_rules_that_were_not_asked_are_counted_with_how_to_turn_them_on(house: "House") -> None:
    house.add(0, (1,))
    pack = gdpr()
    rules = tuple(
        replace(each, confidence="memory", advisory=True) if each.id == "EU.GDPR.6" else each
        for each in pack.rules
        if each.id == "EU.GDPR.6" or not each.advisory
    )
    clearance = house.clearances([replace(pack, rules=rules)]).compute("fine-tuning")
    assert (
        "advisory, not asked: 1 rule written from memory in eu.gdpr "
        "(turn them on in rightful.toml)" in summarised(clearance)
    )
    assert "eu.gdpr 中凭记忆撰写的 1 条规则" in summarised(clearance, "zh")
    turned_on = house.clearances([replace(pack, rules=rules)], turned_on=["EU.GDPR.6"])
    assert "not asked" not in summarised(turned_on.compute("fine-tuning"))


def test_a_pack_that_nobody_reviewed_in_time_is_named(house: "House") -> None:
    house.add(0, (1,))
    late = house.clearances([gdpr(review_by=date(2020, 1, 2))]).compute("fine-tuning")
    text = summarised(late)
    assert "overdue: eu.gdpr" in text
    assert "should have been reviewed by 2020-01-02" in text
    assert "逾期未复核：eu.gdpr" in summarised(late, "zh")
    in_time = house.clearances([gdpr(review_by=date(2999, 1, 2))]).compute("fine-tuning")
    assert "overdue" not in summarised(in_time)


def test_a_clearance_that_was_loaded_claims_nothing_about_sources(house: "House") -> None:
    house.add(0, (1,))
    clearances = house.clearances()
    number = clearances.save(clearances.compute("fine-tuning")).number
    assert number is not None
    text = summarised(clearances.load(number), sources={1: "form"})
    assert "By source" not in text
    assert "1  denied" in text
