"""A pack that is shown says the same to an engineer and to a lawyer, in either language."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rightful.policy import Pack, built_in, load
from rightful.policy.pack import Clock
from rightful.policy.words import shown

Fields = Callable[..., dict[str, Any]]
MakePack = Callable[..., Pack]

TODAY = date(2026, 6, 1)
WORDS = {"en": "the proof", "zh": "证明"}


@pytest.mark.parametrize("name", built_in())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_of_every_pack_is_shown_whole(name: str, language: Any) -> None:
    [pack] = load([name])
    said = shown(pack, TODAY, (), language)
    assert pack.sha256 in said
    for rule in pack.rules:
        assert f"{rule.id}, {rule.article}: {rule.title.within(language)}" in said
        assert pack.sources[rule.source] in said
        for text in (rule.asks, rule.conditions, rule.note):
            assert text is None or text.within(language) in said
    for row in pack.not_encoded:
        assert row.why.within(language) in said
    for term in pack.terms:
        assert f"\n  {term}: " in said


def test_an_advisory_rule_is_marked_and_says_whether_it_is_turned_on(
    make_pack: MakePack, rule_fields: Fields
) -> None:
    pack = make_pack(rules=[rule_fields(confidence="memory")])
    assert "ADVISORY, decides nothing" in shown(pack, TODAY, ())
    for name in ("house", "HOUSE.1"):
        assert "ADVISORY, turned on here" in shown(pack, TODAY, [name])
        assert "参考性规则,此处已启用" in shown(pack, TODAY, [name], "zh")
    assert "ADVISORY" not in shown(make_pack(), TODAY, ())


def test_what_is_overdue_is_marked_for_the_pack_and_for_a_rule(
    make_pack: MakePack, rule_fields: Fields
) -> None:
    pack = make_pack(rules=[rule_fields(review_by="2026-05-01")])
    assert shown(pack, TODAY, ()).count("(OVERDUE)") == 1
    assert shown(pack, date(2028, 1, 1), (), "zh").count("已逾期") == 2
    assert "OVERDUE" not in shown(pack, date(2026, 5, 1), ())


def test_a_clock_is_told_with_what_starts_it(make_pack: MakePack, rule_fields: Fields) -> None:
    rule = rule_fields(
        kind="deadline",
        when=...,
        decision=...,
        trigger="request.received",
        requests=["erase"],
        clock={
            "amount": 45,
            "unit": "calendar_day",
            "extend": 30,
            "acknowledge": {"amount": 10, "unit": "working_day"},
        },
        examples=[{"received": "2026-01-01", "expect": "2026-02-15"}],
    )
    pack = make_pack(rules=[rule])
    assert isinstance(pack.rules[0].clock, Clock)
    assert (
        "from request.received (erase), within 45 calendar days, 30 more if extended, "
        "receipt confirmed within 10 working days"
    ) in shown(pack, TODAY, ())
    assert "限期 45 个自然日,可延长 30 个自然日,10 个工作日内确认收到" in shown(
        pack, TODAY, (), "zh"
    )


def test_what_is_asked_for_and_on_what_condition_is_shown(
    make_pack: MakePack, rule_fields: Fields
) -> None:
    rules = [
        rule_fields(id="A", decision="hold", asks=WORDS, reference=["X.1", "X.2"]),
        rule_fields(id="B", decision="allow_with_conditions", conditions=WORDS, note=WORDS),
    ]
    said = shown(make_pack(rules=rules), TODAY, ())
    for line in ("  needed: the proof", "  on condition: the proof", "  encodes: X.1, X.2"):
        assert line in said.splitlines()
