"""What is done to a text is done where something was found, and nowhere else."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.keys import WorkspaceKey
from rightful.screening.actions import (
    Action,
    Measures,
    Rule,
    ScreeningPolicy,
    StandIns,
    Treatment,
    apply,
    placeholder,
)
from rightful.screening.finding import Finding

Treat = Callable[..., Treatment]

#: Letters of many scripts, marks that join the letter before, joiners, overrides, emoji, halves.
_CHARACTERS = st.one_of(
    st.sampled_from("aé1 .@-中文שלוםمرحبा́\u0301\u200d\u202e\u200f👩🏽\u0345ﬀ\n\0\ud800"),
    st.characters(),
)
_TEXTS = st.text(_CHARACTERS, max_size=60)
_KINDS = ("email", "phone", "card", "token", "name", "cn_id", "birth_date")
_CHANGING = ("redact", "mask", "pseudonymise", "flag")


def _f(kind: str, start: int, end: int, confidence: float = 0.9) -> Finding:
    return Finding(kind, start, end, confidence, "by hand")


@st.composite
def _found(draw: st.DrawFn) -> tuple[str, list[Finding]]:
    text = draw(_TEXTS)
    findings = []
    for _ in range(draw(st.integers(0, 5)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        findings.append(_f(draw(st.sampled_from(_KINDS)), start, end))
    return text, findings


@settings(max_examples=150)
@given(_found(), st.lists(st.sampled_from(_CHANGING), min_size=len(_KINDS), max_size=len(_KINDS)))
def test_what_lies_outside_of_what_is_changed_stays_character_for_character(
    stand_ins: StandIns, found: tuple[str, list[Finding]], actions: list[str]
) -> None:
    text, findings = found
    treatment = _treatment(dict(zip(_KINDS, actions, strict=True)))
    done = apply(text, findings, treatment, stand_ins)
    old = new = 0
    for change in done.changes:
        assert text[old : change.start] == done.text[new : change.new_start]
        old, new = change.end, change.new_end
    assert text[old:] == done.text[new:]
    changed = {place for c in done.changes for place in range(c.start, c.end)}
    covered = {
        place
        for each in findings
        if treatment.action(each).changes
        for place in range(each.start, each.end)
    }
    assert changed == covered


@settings(max_examples=100)
@given(_found())
def test_a_redaction_leaves_nothing_but_placeholders(
    stand_ins: StandIns, found: tuple[str, list[Finding]]
) -> None:
    text, findings = found
    treatment = _treatment(dict.fromkeys(_KINDS, "redact"))
    done = apply(text, findings, treatment, stand_ins)
    for change in done.changes:
        written = done.text[change.new_start : change.new_end]
        assert written == placeholder(change.kind, treatment)
    assert done.findings == ()
    assert done.changed == bool(findings)


@settings(max_examples=150)
@given(_found())
def test_what_stays_is_still_where_its_finding_says(
    stand_ins: StandIns, found: tuple[str, list[Finding]]
) -> None:
    text, findings = found
    treatment = _treatment({"email": "redact", "card": "mask", "name": "pseudonymise"})
    done = apply(text, findings, treatment, stand_ins)
    gone = [(change.start, change.end) for change in done.changes]
    stays = [f for f in findings if not any(s <= f.start and f.end <= e for s, e in gone)]
    assert len(done.findings) == len(stays)
    order = sorted(stays, key=lambda f: (f.start, -f.end, f.kind))
    for old, new in zip(order, done.findings, strict=True):
        parts, place = [], old.start
        for change in done.changes:
            if old.start < change.end and change.start < old.end:
                parts.append(text[place : max(place, change.start)])
                parts.append(done.text[change.new_start : change.new_end])
                place = change.end
        parts.append(text[place : old.end])
        assert done.text[new.start : new.end] == "".join(parts)


@settings(max_examples=100)
@given(_found(), st.lists(st.sampled_from(_CHANGING), min_size=len(_KINDS), max_size=len(_KINDS)))
def test_the_order_of_the_findings_does_not_matter(
    stand_ins: StandIns, found: tuple[str, list[Finding]], actions: list[str]
) -> None:
    text, findings = found
    treatment = _treatment(dict(zip(_KINDS, actions, strict=True)))
    there = apply(text, findings, treatment, stand_ins)
    back = apply(text, findings[::-1], treatment, stand_ins)
    assert (there.text, there.changes, there.verdict) == (back.text, back.changes, back.verdict)


def _treatment(actions: dict[str, str]) -> Treatment:
    rules = tuple(Rule(Action(what), frozenset({kind})) for kind, what in actions.items())
    return ScreeningPolicy(Measures(rules)).treatment(None, {})


def test_nothing_in_an_empty_text_passes(treat: Treat, stand_ins: StandIns) -> None:
    done = apply("", [], treat(), stand_ins)
    assert (done.text, done.verdict, done.changed) == ("", "pass", False)


def test_findings_side_by_side_are_two_placeholders(treat: Treat, stand_ins: StandIns) -> None:
    done = apply("ab12", [_f("email", 0, 2), _f("phone", 2, 4)], treat(), stand_ins)
    assert done.text == "[EMAIL][PHONE]"


def test_findings_that_overlap_are_one_and_the_stricter_action_wins(
    treat: Treat, stand_ins: StandIns
) -> None:
    findings = [_f("email", 2, 6), _f("card", 2, 9)]
    done = apply("a bcdefgh j", findings, treat(email="redact", card="mask"), stand_ins)
    assert done.text == "a [EMAIL] j"


def test_no_rest_of_a_value_stays_where_a_mask_overlaps_a_mask(
    treat: Treat, stand_ins: StandIns
) -> None:
    findings = [_f("email", 2, 6), _f("card", 4, 9)]
    done = apply("a bcdefgh j", findings, treat(email="mask", card="mask"), stand_ins)
    assert done.text == "a [CARD] j"


def test_what_is_flagged_stays_and_moves_with_the_text(treat: Treat, stand_ins: StandIns) -> None:
    findings = [_f("email", 0, 1), _f("phone", 2, 5), _f("phone", 1, 7), _f("email", 6, 7)]
    done = apply("a 123 b!", findings, treat(email="redact", phone="flag"), stand_ins)
    assert done.text == "[EMAIL] 123 [EMAIL]!"
    places = [(each.start, each.end) for each in done.findings]
    assert places == [(7, 19), (8, 11)]


def test_a_record_to_be_held_is_changed_but_for_what_is_to_be_looked_at(
    treat: Treat, stand_ins: StandIns
) -> None:
    findings = [_f("token", 0, 3), _f("email", 4, 7), _f("email", 1, 2)]
    done = apply("abc def", findings, treat(token="hold", email="redact"), stand_ins)
    assert (done.verdict, done.text) == ("hold", "abc [EMAIL]")
    assert [each.kind for each in done.findings] == ["token", "email"]


def test_a_record_to_be_dropped_is_dropped_whatever_else_is_in_it(
    treat: Treat, stand_ins: StandIns
) -> None:
    actions = treat(token="hold", email="redact", card="drop")
    findings = [_f("token", 0, 1), _f("email", 2, 3), _f("card", 4, 5)]
    done = apply("a b c", findings, actions, stand_ins)
    assert (done.verdict, done.text, done.changed) == ("drop", "a b c", False)


def test_what_has_no_stand_in_is_redacted_and_said_to_be(treat: Treat, stand_ins: StandIns) -> None:
    done = apply("at home", [_f("token", 3, 7)], treat(token="pseudonymise"), stand_ins)
    assert done.text == "at [TOKEN]"
    assert done.changes[0].action is Action.REDACT


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 2), (1, 9)])
def test_a_finding_outside_of_its_text_is_refused_without_the_text(
    treat: Treat, stand_ins: StandIns, start: int, end: int
) -> None:
    with pytest.raises(ValueError) as refused:
        apply("ann.b", [_f("email", start, end)], treat(), stand_ins)
    assert "ann" not in str(refused.value)


def test_nothing_shows_the_text_or_the_key_when_printed(treat: Treat, key: WorkspaceKey) -> None:
    stand_ins = StandIns(key, "letters-of-ann")
    text = "ann@mail.example"
    done = apply(text, [_f("email", 0, len(text))], treat(email="pseudonymise"), stand_ins)
    left = apply(text, [], treat(), stand_ins)
    assert "ann" not in repr((stand_ins, done, left))
    assert done.text not in repr(done)


@pytest.mark.parametrize(
    ("kind", "written"),
    [("email", "[EMAIL]"), ("us_ssn", "[US_SSN]"), ("at", "[FOUND]"), ("id2", "[ID]")],
)
def test_a_placeholder_is_the_kind_without_digits(kind: str, written: str, treat: Treat) -> None:
    assert placeholder(kind, treat()) == written
