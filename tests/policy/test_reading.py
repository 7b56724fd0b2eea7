"""A malformed pack is refused with one sentence that names the file, the rule and the field."""

from collections.abc import Callable
from typing import Any

import pytest

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.policy import Decision, Pack, Text
from rightful.policy.expression import evaluate
from rightful.policy.reading import read

PackText = Callable[..., str]
Fields = Callable[..., dict[str, Any]]

WORDS = {"en": "a", "zh": "b"}
FIRES = {"facts": {"objected": True}, "expect": "fires"}
PASSES = {"facts": {"objected": False}, "expect": "passes"}


def test_a_pack_is_read_as_it_is_written(
    pack_text: PackText, rule_fields: Fields, make_pack: Callable[..., Pack]
) -> None:
    rule = rule_fields(decision="hold", asks=WORDS, note=WORDS, advisory=True)
    pack = make_pack(rules=[rule], kind="law", covers="personal_data")
    assert (pack.id, pack.kind, pack.covers) == ("house", "law", "personal_data")
    assert pack.title == Text("House rules", "内部规则")
    [read_rule] = pack.rules
    assert (read_rule.decision, read_rule.advisory) == (Decision.HOLD, True)
    assert (read_rule.asks, read_rule.note) == (Text("a", "b"), Text("a", "b"))
    assert read_rule.when is not None
    assert evaluate(read_rule.when, {"objected": True}) is True


def test_the_digest_of_a_pack_is_that_of_what_it_says_not_of_how_it_is_laid_out(
    pack_text: PackText,
) -> None:
    text = pack_text()
    pack = read(text, "a.yaml")
    assert read("# a comment\n" + text.replace("\n", "  \n"), "b.yaml").sha256 == pack.sha256
    assert len(pack.sha256) == len(canonical.digest(0))
    assert read(pack_text(version="2"), "a.yaml").sha256 != pack.sha256


def test_any_kind_of_duty_can_be_written_down(make_pack: Callable[..., Pack]) -> None:
    duty = {
        "id": "HOUSE.2",
        "article": "2",
        "title": WORDS,
        "confidence": "memory",
        "source": "BOOK",
        "trigger": "model.released",
        "clock": {"amount": 6, "unit": "calendar_month"},
    }
    for kind in ("threshold", "report", "retention", "notice", "record"):
        [rule] = make_pack(rules=[{**duty, "kind": kind}]).rules
        assert rule.kind == kind


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": ...}, "house.yaml: id is missing"),
        ({"id": "a b"}, "house.yaml: id: must be letters, digits"),
        ({"id": "a\nb"}, "house.yaml: id: must be letters, digits"),
        ({"id": 7}, "house.yaml: id: must be text"),
        ({"kind": "lore"}, "house.yaml: kind: 'lore' is not one of law, standard, house"),
        ({"covers": "people"}, "house.yaml: covers: 'people' is not one of personal_data, other"),
        ({"title": "House"}, "house.yaml: title: must be a mapping of fields"),
        ({"title": {"en": "a"}}, "house.yaml: title: zh is missing"),
        ({"title": {"en": "a", "zh": " "}}, "house.yaml: title: zh: must be text"),
        ({"title": {**WORDS, "de": "c"}}, "title: de is not a field here; known: en, zh"),
        ({"authority": None}, "house.yaml: authority is missing"),
        ({"version": 1}, "house.yaml: version: must be text"),
        ({"as_of": "yesterday"}, "house.yaml: as_of: 'yesterday' is no day"),
        ({"as_of": "2026-02-30"}, "house.yaml: as_of: '2026-02-30' is no day"),
        ({"review_by": "2025-01-01"}, "house.yaml: review_by lies before as_of"),
        ({"applies": True}, "house.yaml: applies: must be text"),
        ({"applies": "country = 'DE'"}, "applies: country is not a column of the facts"),
        ({"sources": ["BOOK"]}, "house.yaml: sources: must be a mapping"),
        ({"sources": {"BOOK": None}}, "house.yaml: sources: must be text"),
        ({"sources": {"TOME": "x"}}, "rule HOUSE.1: source: BOOK is not among the sources"),
        ({"rules": []}, "house.yaml: rules: must be a list with at least one item"),
        ({"rules": {}}, "house.yaml: rules: must be a list"),
        ({"rules": ["deny"]}, "house.yaml: rules: rule 1: must be a mapping"),
        ({"extra": 1}, "house.yaml: extra is not a field here; known: id, kind"),
    ],
)
def test_a_malformed_pack_is_refused(
    pack_text: PackText, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        read(pack_text(**changes), "house.yaml")
    assert sentence in str(error.value)
    assert str(error.value).startswith("house.yaml: ")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": ...}, "rule 1: id is missing"),
        ({"id": "RIGHTFUL.NO_LAW"}, "id: RIGHTFUL. is how the built-in rules are called"),
        ({"article": ""}, "article: must be text"),
        ({"kind": ...}, "kind is missing"),
        ({"kind": "gaet"}, "kind: 'gaet' is not one of gate, deadline"),
        ({"kind": ["gate"]}, "kind: ['gate'] is not one of gate, deadline"),
        ({"confidence": "sure"}, "confidence: 'sure' is not one of found, secondary, memory"),
        ({"source": "TOME"}, "source: TOME is not among the sources"),
        ({"advisory": "yes"}, "advisory: must be true or false"),
        ({"note": "text"}, "note: must be a mapping"),
        ({"when": ...}, "when is missing; a gate needs it"),
        ({"when": True}, "when: must be text"),
        ({"when": "objected IS NULL"}, "when: objected IS NULL: IS asks whether a fact is known"),
        ({"decision": ...}, "decision is missing; a gate needs it"),
        ({"decision": "allow"}, "decision: 'allow' is not one of allow_with_conditions, hold"),
        ({"decision": "forbid"}, "decision: 'forbid' is not one of"),
        ({"decision": "hold"}, "asks is missing; a hold says what evidence is missing"),
        ({"decision": "allow_with_conditions"}, "conditions is missing"),
        ({"examples": ...}, "examples is missing; a gate needs it"),
        ({"examples": []}, "examples: must be a list with at least one item"),
        ({"examples": [FIRES]}, "examples: none of them passes"),
        ({"examples": [PASSES]}, "examples: none of them fires"),
        ({"examples": [{"expect": "fires"}]}, "examples: 1: give either facts or received"),
        ({"examples": [{"facts": {}, "expect": "maybe"}]}, "expect: 'maybe' is not one of fires"),
        ({"examples": [{"facts": {}}]}, "examples: 1: expect is missing"),
        ({"examples": [{"facts": [], "expect": "fires"}]}, "facts: must be a mapping"),
        (
            {"examples": [{"facts": {"objectd": True}, "expect": "fires"}]},
            "examples: 1: facts: objectd is not a field here",
        ),
        (
            {"examples": [{"facts": {"objected": "yes"}, "expect": "fires"}]},
            "objected takes a condition, not 'yes'",
        ),
        (
            {"examples": [{"facts": {"objected": 1}, "expect": "fires"}]},
            "objected takes a condition, not 1",
        ),
        (
            {"examples": [{"facts": {"consent": "actve"}, "expect": "fires"}]},
            "consent is never 'actve'; did you mean 'active'?",
        ),
        (
            {"examples": [{"facts": {"age": 10**12}, "expect": "fires"}]},
            "age takes whole numbers up to 2147483647",
        ),
        (
            {"examples": [{"received": "2026-01-01", "expect": "2026-02-01"}]},
            "examples: an example of a gate needs facts",
        ),
        (
            {"examples": [{"received": "2026-01-01", "facts": {}, "expect": "2026-02-01"}]},
            "give either facts or received",
        ),
        ({"clock": {"amount": 1, "unit": "calendar_day"}}, "clock is not a field here"),
        ({"requests": ["erase"]}, "requests is not a field here"),
        ({"extra": 1}, "extra is not a field here"),
    ],
)
def test_a_malformed_gate_is_refused(
    pack_text: PackText, rule_fields: Fields, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        read(pack_text(rules=[rule_fields(**changes)]), "house.yaml")
    assert sentence in str(error.value)
    assert "rule HOUSE.1" in str(error.value) or "id" in changes


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"trigger": ...}, "trigger is missing; a deadline needs it"),
        ({"trigger": "request.sent"}, "trigger: 'request.sent' is not one of request.received"),
        ({"requests": ...}, "requests is missing; say which requests start this clock"),
        ({"requests": ["forget"]}, "requests: 'forget' is not one of know"),
        ({"requests": "erase"}, "requests: must be a list"),
        ({"clock": ...}, "clock is missing; a deadline needs it"),
        ({"clock": {"unit": "calendar_day"}}, "clock: amount is missing"),
        ({"clock": {"amount": 0, "unit": "calendar_day"}}, "amount: must be a whole number"),
        ({"clock": {"amount": True, "unit": "calendar_day"}}, "amount: must be a whole number"),
        ({"clock": {"amount": 10_001, "unit": "calendar_day"}}, "from 1 to 10000"),
        ({"clock": {"amount": 1, "unit": "day"}}, "unit: 'day' is not one of hour"),
        ({"clock": {"amount": 1, "unit": "calendar_day", "rolls": "no"}}, "rolls: must be true"),
        ({"examples": [{"received": "2026-01-01", "expect": "soon"}]}, "'soon' is no day"),
        ({"examples": [FIRES]}, "an example of a deadline needs received"),
        ({"when": "objected"}, "when is not a field here"),
    ],
)
def test_a_malformed_deadline_is_refused(
    pack_text: PackText, rule_fields: Fields, changes: dict[str, Any], sentence: str
) -> None:
    term = {
        "kind": "deadline",
        "when": ...,
        "decision": ...,
        "trigger": "request.received",
        "requests": ["erase"],
        "clock": {"amount": 1, "unit": "calendar_day"},
        "examples": [{"received": "2026-01-01", "expect": "2026-01-02"}],
    }
    with pytest.raises(InvalidInput) as error:
        read(pack_text(rules=[rule_fields(**{**term, **changes})]), "house.yaml")
    assert sentence in str(error.value)


@pytest.mark.parametrize("field", ["when", "requests", "ground", "examples"])
def test_a_refusal_needs_its_facts_its_requests_and_its_ground(
    pack_text: PackText, rule_fields: Fields, field: str
) -> None:
    refusal = {"kind": "refusal", "decision": ..., "requests": ["erase"], "ground": "X"}
    assert read(pack_text(rules=[rule_fields(**refusal)]), "house.yaml").rules_of("refusal")
    with pytest.raises(InvalidInput, match=f"{field} is missing; a refusal needs it"):
        read(pack_text(rules=[rule_fields(**{**refusal, field: ...})]), "house.yaml")


def test_a_duty_that_nobody_can_test_takes_no_examples(
    pack_text: PackText, rule_fields: Fields
) -> None:
    rule = rule_fields(kind="report", when=..., decision=...)
    with pytest.raises(InvalidInput, match="examples is not a field here"):
        read(pack_text(rules=[rule]), "house.yaml")


def test_two_rules_of_one_id_are_refused(pack_text: PackText, rule_fields: Fields) -> None:
    with pytest.raises(InvalidInput, match="there are two rules of this id"):
        read(pack_text(rules=[rule_fields(), rule_fields()]), "house.yaml")
