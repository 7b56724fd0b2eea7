"""A pack's examples are its own tests: each that does not hold is told, and none is skipped."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rightful.policy import Pack, check
from rightful.policy.reading import read

ROOT = Path(__file__).parents[2]

MakePack = Callable[..., Pack]
Fields = Callable[..., dict[str, Any]]

FIRES = {"facts": {"objected": True}, "expect": "fires"}
PASSES = {"facts": {"objected": False}, "expect": "passes"}


def test_examples_that_hold_are_silent(make_pack: MakePack, rule_fields: Fields) -> None:
    unknown = {"facts": {}, "expect": "unknown"}
    rule = rule_fields(examples=[FIRES, PASSES, unknown])
    assert check(make_pack(rules=[rule])) == []


@pytest.mark.parametrize(
    ("example", "sentence"),
    [
        ({**PASSES, "expect": "fires"}, "expected fires, found passes"),
        ({**FIRES, "expect": "passes"}, "expected passes, found fires"),
        ({"facts": {}, "expect": "passes"}, "expected passes, found unknown"),
        ({"facts": {"objected": None}, "expect": "fires"}, "expected fires, found unknown"),
    ],
)
def test_an_example_that_does_not_hold_is_told_with_its_rule_and_number(
    make_pack: MakePack, rule_fields: Fields, example: Any, sentence: str
) -> None:
    rule = rule_fields(examples=[FIRES, PASSES, example])
    assert check(make_pack(rules=[rule])) == [f"HOUSE.1, example 3: {sentence}"]


def _deadline(rule_fields: Fields, *examples: dict[str, str], **clock: Any) -> dict[str, Any]:
    return rule_fields(
        kind="deadline",
        when=...,
        decision=...,
        trigger="request.received",
        requests=["erase"],
        clock={"amount": 1, "unit": "calendar_month", **clock},
        examples=list(examples),
    )


def test_examples_of_a_deadline_are_days(make_pack: MakePack, rule_fields: Fields) -> None:
    right = {"received": "2026-01-15", "expect": "2026-02-15", "extended": "2026-04-15"}
    wrong = {"received": "2026-01-15", "expect": "2026-02-16"}
    late = {**right, "extended": "2026-04-16"}
    rule = _deadline(rule_fields, right, wrong, late, extend=2)
    assert check(make_pack(rules=[rule])) == [
        "HOUSE.1, example 2: expected 2026-02-16, found 2026-02-15",
        "HOUSE.1, example 3: expected 2026-02-15 and 2026-04-16, found 2026-02-15 and 2026-04-15",
    ]


def test_an_example_beyond_the_calendar_is_told(make_pack: MakePack, rule_fields: Fields) -> None:
    far = {"received": "9990-01-01", "expect": "9999-01-01"}
    for unit in ("calendar_month", "calendar_day", "working_day"):
        rule = _deadline(rule_fields, far, amount=10_000, unit=unit)
        [sentence] = check(make_pack(rules=[rule]))
        assert sentence.endswith("found no day before the year 10000")


def test_the_pack_in_the_documentation_is_a_pack_and_its_examples_hold() -> None:
    page = (ROOT / "docs" / "policy.md").read_text("utf-8")
    found = re.search(r"```yaml\n(id: .*?)```", page, re.DOTALL)
    assert found is not None
    pack = read(found[1], "docs/policy.md")
    assert len(pack.rules[0].examples) == 3
    assert check(pack) == []
