"""An explanation names each rule with its article, what it read, what is missing and who has it."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from rightful import moments
from rightful.clearance import Finding, explained, summarised
from rightful.errors import NotFound
from rightful.policy import Answer, Decision, load
from rightful.policy.facts import FACTS
from rightful.registry.tables import subjects

if TYPE_CHECKING:
    from tests.clearance.conftest import House

ANNA, BEN = "anna.example.reference", "ben.example.reference"


def findings(house: "House", record: int = 0) -> dict[str, Finding]:
    explanation = house.clearances().explain(record, "fine-tuning")
    return {f.rule.id: f for judged in explanation.judged for f in judged.findings}


def test_a_cleared_record_has_only_rules_with_nothing_against_it(house: "House") -> None:
    house.add(0, (1,))
    house.consent(ANNA)
    found = house.clearances().explain(0, "fine-tuning")
    assert found.decision is Decision.ALLOW
    (judged,) = found.judged
    assert judged.findings == ()
    assert {"EU.GDPR.6", "EU.GDPR.7.3"} <= set(judged.passed)
    assert judged.silent == ("cn.pipl",)
    assert [known.fact for known in judged.facts] == list(FACTS)


def test_a_rule_that_fired_is_shown_with_its_article_and_what_it_read(house: "House") -> None:
    house.add(0, (1,))
    house.consent(ANNA)
    house.grants.withdraw(ANNA)
    found = findings(house)["EU.GDPR.7.3"]
    assert (found.answer, found.decision) == (Answer.FIRED, Decision.DENY)
    assert found.rule.article == "Art. 7(3)"
    assert {known.name: known.value for known in found.facts} == {
        "consent": "withdrawn",
        "legal_obligation": "none",
    }
    (pack,) = load(["eu.gdpr"])
    assert (found.pack, found.version) == ("eu.gdpr", pack.version)
    assert found.missing == ()


def test_a_rule_without_an_answer_says_what_is_missing_and_who_can_give_it(house: "House") -> None:
    house.add(0, (1,))
    house.consent(ANNA)
    house.change(subjects, 1, birth_year=None)
    grants = house.grants.about(1)
    assert grants[0].given_by == "self"
    found = findings(house)["EU.GDPR.8"]
    assert (found.answer, found.decision) == (Answer.UNANSWERED, Decision.HOLD)
    (missing,) = found.missing
    assert missing.name == "below_consent_age"
    assert missing.fact.ask.en.startswith("the person's year of birth and country of residence")
    text = explained(house.clearances().explain(0, "fine-tuning"))
    assert "missing: below_consent_age (no year of birth or residence recorded" in text
    assert "from the person or a guardian" in text


def test_each_person_of_a_record_is_judged_and_the_strictest_answer_wins(house: "House") -> None:
    house.add(0, (2, 1))
    house.consent(ANNA)
    found = house.clearances().explain(0, "fine-tuning")
    assert [judged.subject for judged in found.judged] == [1, 2]
    assert found.judged[0].findings == ()
    assert {f.rule.id for f in found.judged[1].findings} >= {"EU.GDPR.6"}
    assert found.decision is Decision.DENY


def test_the_most_restrictive_finding_comes_first(house: "House") -> None:
    house.add(0, (1,))
    house.change(subjects, 1, restricted_at="2026-01-01T00:00:00.000000Z", birth_year=None)
    (judged,) = house.clearances().explain(0, "fine-tuning").judged
    decisions = [finding.decision for finding in judged.findings]
    assert decisions == sorted(decisions, reverse=True)
    assert len(set(decisions)) > 1


def test_a_pack_that_may_not_apply_is_named_with_what_would_tell(house: "House") -> None:
    house.add(0, (1,))
    house.consent(ANNA)
    house.change(subjects, 1, residence=None)
    found = house.clearances().explain(0, "fine-tuning")
    (judged,) = found.judged
    assert [(pack, [known.name for known in missing]) for pack, missing in judged.unsure] == [
        ("cn.pipl", ["residence"])
    ]
    assert "cn.pipl is asked since it is not known whether it applies" in explained(found)


def test_a_record_about_nobody_is_explained_too(house: "House") -> None:
    house.add(0, ())
    found = house.clearances().explain(0, "fine-tuning")
    assert found.decision is Decision.HOLD
    assert found.judged[0].subject is None
    assert "RIGHTFUL.UNKNOWN_PERSONAL" in explained(found)


def test_an_explanation_and_a_clearance_agree(house: "House") -> None:
    people = [(), (1,), (2,), (1, 2), (9,)]
    for record, who in enumerate(people):
        house.add(record, who)
    house.consent(ANNA)
    house.consent(BEN, valid_to=moments.now() + timedelta(hours=1))
    clearances = house.clearances()
    for at in (moments.now(), moments.now() + timedelta(hours=2)):
        clearance = clearances.compute("fine-tuning", at=at)
        for record in range(len(people)):
            explanation = clearances.explain(record, "fine-tuning", at=at)
            assert record in clearance.decisions[explanation.decision]
            said = {f.rule.id for judged in explanation.judged for f in judged.findings}
            assert said == {
                why.rule.id for why in clearance.reasons if record in why.fired | why.unanswered
            }


@pytest.mark.parametrize("record", [7, -1, 2**63])
def test_a_record_that_is_not_held_is_not_found(house: "House", record: int) -> None:
    house.add(0, (1,))
    with pytest.raises(NotFound, match="not held"):
        house.clearances().explain(record, "fine-tuning")


# In words


def test_no_reference_and_no_content_is_in_the_words(house: "House") -> None:
    house.add(0, (1, 2))
    house.consent(ANNA)
    found = house.clearances().explain(0, "fine-tuning")
    for text in (explained(found), explained(found, "zh"), repr(found)):
        assert "example.reference" not in text
        assert "cupboard" not in text


def test_words_are_said_in_chinese(house: "House") -> None:
    house.add(0, (1,))
    house.consent(ANNA)
    house.grants.withdraw(ANNA)
    text = explained(house.clearances().explain(0, "fine-tuning"), "zh")
    assert "记录 0，用途 fine-tuning：拒绝" in text
    assert "同意已撤回" in text
    assert "据二手资料" in text
    summary = summarised(house.clearances().compute("fine-tuning"), "zh")
    assert "1 条记录中 0 条可用于 fine-tuning" in summary


def test_a_clearance_in_words_counts_decisions_and_rules_with_their_articles(
    house: "House",
) -> None:
    house.add(0, (1,))
    house.add(1, (2,))
    house.consent(ANNA)
    clearances = house.clearances()
    computed = clearances.compute("fine-tuning")
    text = summarised(computed)
    assert text.startswith("1 of 2 records are cleared for fine-tuning")
    assert "EU.GDPR.6, Art. 6(1): No legal basis for this purpose" in text
    (pack,) = load(["eu.gdpr"])
    assert f"eu.gdpr {pack.version}" in text
    loaded = summarised(clearances.load(clearances.save(computed).number or 0))
    assert "1  denied" in loaded
    assert "EU.GDPR.6" in loaded


def test_an_empty_clearance_says_so_in_words(empty: "House") -> None:
    found = empty.clearances().compute("fine-tuning")
    assert summarised(found) == "No record is held, so nothing is cleared for fine-tuning"
    assert summarised(found, "zh").startswith("未持有任何记录")
