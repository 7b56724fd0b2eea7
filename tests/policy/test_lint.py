"""What is wrong or weak in a pack is told, and nothing else is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from rightful.policy import Pack, built_in, load
from rightful.policy.lint import Finding, lint, references

Fields = Callable[..., dict[str, Any]]
MakePack = Callable[..., Pack]

TODAY = date(2026, 6, 1)
WORDS = {"en": "the proof, from the person", "zh": "由本人提供证明"}
UNKNOWN = {"facts": {}, "expect": "unknown"}
EXAMPLES = [
    {"facts": {"objected": True}, "expect": "fires"},
    {"facts": {"objected": False}, "expect": "passes"},
    UNKNOWN,
]


@pytest.fixture
def told(make_pack: MakePack, rule_fields: Fields) -> Callable[..., list[Finding]]:
    """What is told of a sound pack with one rule, whose fields are changed."""

    def telling(*, pack: dict[str, Any] | None = None, **changes: Any) -> list[Finding]:
        rule = rule_fields(**{"examples": EXAMPLES, **changes})
        return lint(make_pack(**{"rules": [rule], **(pack or {})}), TODAY)

    return telling


def test_of_a_sound_pack_nothing_is_told(told: Callable[..., list[Finding]]) -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("changes", "weight", "sentence"),
    [
        ({"pack": {"review_by": "2026-05-31"}}, "error", "it was to be reviewed by 2026-05-31"),
        ({"pack": {"as_of": "2026-06-02"}}, "error", "its as_of, 2026-06-02, lies ahead"),
        ({"review_by": "2026-05-31"}, "error", "was to be reviewed by 2026-05-31"),
        ({"as_of": "2026-06-02"}, "error", "its as_of, 2026-06-02, lies ahead"),
        (
            {"decision": "hold", "asks": {"en": "...", "zh": "。"}},
            "error",
            "asks says nothing",
        ),
        (
            {"when": "objected AND NOT objected"},
            "error",
            "can never fire where the pack applies",
        ),
        (
            {"pack": {"applies": "NOT objected"}},
            "error",
            "can never fire where the pack applies",
        ),
        ({"when": "objected OR NOT objected"}, "error", "always fires, whatever the facts are"),
        ({"reference": ["HOUSE.9"]}, "error", "there is no HOUSE.9 to refer to"),
        (
            {"note": {"en": "See HOUSE.7.", "zh": "见 HOUSE.7。"}},
            "error",
            "its note names HOUSE.7, which is no rule",
        ),
        (
            {"when": "objected AND age < 18"},
            "note",
            "no example gives age, which it reads",
        ),
        ({"examples": EXAMPLES[:2]}, "note", "no example shows what is unknown to it"),
        (
            {"confidence": "memory"},
            "note",
            "was written from memory, and decides nothing until it is turned on",
        ),
        (
            {"title": {"en": "Objected", "zh": "Objected"}},
            "note",
            "title: the Chinese text has no Chinese in it",
        ),
        (
            {"title": {"en": "反对", "zh": "反对"}},
            "note",
            "title: the English text has Chinese in it",
        ),
        (
            {"pack": {"sources": {"BOOK": "a", "PAPER": "b"}}},
            "note",
            "no rule cites the source PAPER",
        ),
        ({"pack": {"terms": {"child": "age < 14"}}}, "note", "the term child is not used"),
        (
            {"pack": {"kind": "law"}},
            "note",
            "rules were read in the source BOOK, which gives no address",
        ),
    ],
)
def test_what_is_wrong_or_weak_is_told(
    told: Callable[..., list[Finding]], changes: dict[str, Any], weight: str, sentence: str
) -> None:
    found = {(each.weight, each.text.en) for each in told(**changes)}
    assert (weight, sentence) in found
    assert all(each.text.zh and each.text.zh != each.text.en for each in told(**changes))


def test_an_example_that_does_not_hold_is_an_error(told: Callable[..., list[Finding]]) -> None:
    finding, _ = [each for each in told(when="NOT objected") if each.weight == "error"]
    assert "HOUSE.1, example 1: expected fires, found passes" in finding.text.en


def test_errors_come_first(told: Callable[..., list[Finding]]) -> None:
    weights = [each.weight for each in told(confidence="memory", reference=["X"])]
    assert weights == ["error", "note"]


def test_two_rules_of_one_title_are_told_once(make_pack: MakePack, rule_fields: Fields) -> None:
    rules = [rule_fields(id=f"HOUSE.{n}", examples=EXAMPLES) for n in (1, 2)]
    [finding] = lint(make_pack(rules=rules), TODAY)
    assert (finding.rule, finding.text.en) == ("HOUSE.2", "has the same title as HOUSE.1")


def test_a_term_counts_as_used_by_a_rule_or_by_a_term_that_is(
    make_pack: MakePack, rule_fields: Fields
) -> None:
    rule = rule_fields(when="both", examples=EXAMPLES)
    terms = {"a_no": "objected", "both": "a_no OR objected", "idle": "NOT a_no"}
    [finding] = lint(make_pack(rules=[rule], terms=terms), TODAY)
    assert finding.text.en == "the term idle is not used"


def test_a_source_of_which_an_address_is_given_is_fine(told: Callable[..., list[Finding]]) -> None:
    for address in ("read at https://eur-lex.europa.eu/x", "www.gov.cn/zhengce/1.htm"):
        assert told(pack={"kind": "law", "sources": {"BOOK": address}}) == []


def test_a_rule_that_reads_only_what_this_version_never_knows_is_an_error(
    make_pack: MakePack, rule_fields: Fields
) -> None:
    rule = rule_fields(
        when="objected OR restricted",
        examples=[
            {"facts": {"objected": True, "restricted": False}, "expect": "fires"},
            {"facts": {"objected": False, "restricted": False}, "expect": "passes"},
            UNKNOWN,
        ],
    )
    pack = make_pack(rules=[rule])
    [finding] = lint(pack, TODAY, filled=["age"])
    assert finding.weight == "error"
    assert "can't be answered by this version" in finding.text.en
    [finding] = lint(pack, TODAY, filled=["objected"])
    assert (finding.weight, finding.text.en) == ("note", "this version never knows restricted")
    assert lint(pack, TODAY, filled=["objected", "restricted"]) == []


def test_a_reference_is_to_a_row_that_is_known_with_a_hyphen_or_a_dash(
    make_pack: MakePack, rule_fields: Fields
) -> None:
    rule = rule_fields(examples=EXAMPLES, reference=["EU.GDPR.44-49"])
    assert lint(make_pack(rules=[rule]), TODAY, known=references()) == []
    assert "EU.GDPR.44–49" in references()


@pytest.mark.parametrize(
    "when",
    [
        "age < 14",
        "age + 1 > collected_days",
        "consent = contract",
        "residence IN (EEA) AND establishment <> 'CN'",
        "NOT (retention_days BETWEEN 0 AND 10)",
        "licence_training <> 'permitted'",
    ],
)
def test_a_condition_that_can_go_both_ways_is_left_alone(
    told: Callable[..., list[Finding]], when: str
) -> None:
    said = " ".join(each.text.en for each in told(when=when))
    assert "never fire" not in said
    assert "no facts were found" not in said
    assert "always fires" not in said


@pytest.mark.parametrize("name", built_in())
def test_nothing_is_wrong_in_a_pack_that_comes_with_rightful(name: str) -> None:
    [pack] = load([name])
    found = lint(pack, pack.as_of + timedelta(days=1), known=references())
    assert [each for each in found if each.weight == "error"] == []
