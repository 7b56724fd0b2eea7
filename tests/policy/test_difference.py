"""Two versions of a pack: every change is told, and nothing that is none."""

from collections.abc import Callable
from typing import Any

import pytest

from rightful.policy import Pack, built_in, load
from rightful.policy.difference import FieldChange, difference

Fields = Callable[..., dict[str, Any]]
MakePack = Callable[..., Pack]

WORDS = {"en": "the proof", "zh": "证明"}


@pytest.mark.parametrize("name", built_in())
def test_a_pack_is_like_itself(name: str) -> None:
    [pack] = load([name])
    assert difference(pack, pack).none


def test_rules_that_came_and_went(make_pack: MakePack, rule_fields: Fields) -> None:
    old = make_pack(rules=[rule_fields(id="A"), rule_fields(id="B")])
    new = make_pack(rules=[rule_fields(id="C"), rule_fields(id="B")])
    found = difference(old, new)
    assert [rule.id for rule in found.added] == ["C"]
    assert [rule.id for rule in found.removed] == ["A"]
    assert (found.changed, found.fields) == ((), ())
    back = difference(new, old)
    assert (back.added, back.removed) == (found.removed, found.added)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"article": "2"}, [FieldChange("article", "House rules, 1", "2")]),
        (
            {"title": {"en": "The person objected", "zh": "反对"}},
            [FieldChange("title.zh", "本人已提出反对", "反对")],
        ),
        ({"when": "objected AND TRUE"}, [FieldChange("when", "objected", "objected AND TRUE")]),
        (
            {"decision": "hold", "asks": WORDS},
            [
                FieldChange("decision", "deny", "hold"),
                FieldChange("asks.en", None, "the proof"),
                FieldChange("asks.zh", None, "证明"),
            ],
        ),
        ({"advisory": True}, [FieldChange("advisory", None, "true")]),
        ({"reference": ["X", "Y"]}, [FieldChange("reference", None, "X, Y")]),
        ({"review_by": "2027-02-01"}, [FieldChange("review_by", "2027-01-01", "2027-02-01")]),
    ],
)
def test_what_changed_in_a_rule_is_told_field_by_field(
    make_pack: MakePack,
    rule_fields: Fields,
    changes: dict[str, Any],
    expected: list[FieldChange],
) -> None:
    found = difference(make_pack(), make_pack(rules=[rule_fields(**changes)]))
    [change] = found.changed
    assert change.rule == "HOUSE.1"
    assert list(change.fields) == expected


def test_an_example_that_changed_is_told(make_pack: MakePack, rule_fields: Fields) -> None:
    examples = [*rule_fields()["examples"], {"facts": {}, "expect": "unknown"}]
    [change] = difference(make_pack(), make_pack(rules=[rule_fields(examples=examples)])).changed
    [field] = change.fields
    assert field.name == "examples"
    assert field.before is not None
    assert field.after == f"{field.before}, {{expect: unknown, facts: {{}}}}"


def test_a_clock_that_changed_is_told(make_pack: MakePack, rule_fields: Fields) -> None:
    def made(amount: int) -> Pack:
        return make_pack(
            rules=[
                rule_fields(
                    kind="report",
                    when=...,
                    decision=...,
                    examples=...,
                    clock={"amount": amount, "unit": "calendar_day"},
                )
            ]
        )

    [change] = difference(made(1), made(2)).changed
    [field] = change.fields
    assert field.name == "clock"
    assert field.after == "{amount: 2, unit: calendar_day, rolls: false}"


def test_what_changed_in_the_pack_itself_is_told(make_pack: MakePack) -> None:
    new = make_pack(
        version="2",
        sources={"BOOK": "The new book", "PAPER": "A paper"},
        terms={"child": "age < 14"},
        not_encoded=[{"id": "X.1", "title": WORDS, "why": WORDS}],
    )
    assert {(c.name, c.before, c.after) for c in difference(make_pack(), new).fields} == {
        ("version", "1", "2"),
        ("sources.BOOK", "The book of rules", "The new book"),
        ("sources.PAPER", None, "A paper"),
        ("terms.child", None, "age < 14"),
        ("not_encoded.X.1", None, "the proof: the proof / 证明"),
    }


def test_a_term_that_changed_changes_the_rules_that_use_it(
    make_pack: MakePack, rule_fields: Fields
) -> None:
    rule = rule_fields(when="objected OR child")
    old, new = (make_pack(rules=[rule], terms={"child": f"age < {n}"}) for n in (14, 16))
    found = difference(old, new)
    assert [change.name for change in found.fields] == ["terms.child"]
    [change] = found.changed
    assert [field.name for field in change.fields] == ["when"]


def test_the_order_of_rules_is_no_difference(make_pack: MakePack, rule_fields: Fields) -> None:
    rules = [rule_fields(id="A"), rule_fields(id="B")]
    assert difference(make_pack(rules=rules), make_pack(rules=rules[::-1])).none
