"""After a redaction the detectors find nothing in the places where they found something before."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.keys import WorkspaceKey
from rightful.screening.actions import (
    Action,
    Applied,
    Measures,
    Rule,
    ScreeningPolicy,
    StandIns,
    apply,
)
from rightful.screening.finding import Finding
from rightful.screening.reading import builtin
from rightful.screening.screener import Screener

pytestmark = pytest.mark.slow  # all detectors are compiled

_KINDS = {each.kind: each.group for each in builtin()}
_EXAMPLES = sorted({example.text for each in builtin() for example in each.examples})
#: What stands between two of them: words that make others surer, marks, other scripts, joiners.
_MARKS = ("\u0301", "e\u0301", "\u200d", "\u200f", "\u202e", "👩🏽\u200d🦰", "𝟙", "ﬀ", "\0")
_WORDS = (
    "",
    " ",
    "\n",
    "password: ",
    "密码：",
    "tel. ",
    "login: ",
    "שלום ",
    "مرحبا",
    "@",
    "0",
    "a",
)
_BETWEEN = st.sampled_from(_MARKS + _WORDS)
_PIECES = st.one_of(st.sampled_from(_EXAMPLES), st.text(max_size=8))
_TEXTS = st.lists(st.tuples(_BETWEEN, _PIECES), max_size=5).map(
    lambda parts: "".join(between + piece for between, piece in parts)
)


@cache
def _screener() -> Screener:
    return Screener()


def _redacted(
    text: str, found: list[Finding], stand_ins: StandIns, written: str | None = None
) -> Applied:
    own = dict.fromkeys(_KINDS, written) if written is not None else {}
    policy = ScreeningPolicy(Measures((Rule(Action.REDACT),)), placeholders=own)
    return apply(text, found, policy.treatment(None, _KINDS), stand_ins)


def _again(done: Applied) -> list[Finding]:
    """What is found in the places that were redacted."""
    return [
        each
        for each in _screener().findings(done.text)
        if any(it.new_start < each.end and each.start < it.new_end for it in done.changes)
    ]


def test_no_detector_fires_where_an_example_was_redacted(stand_ins: StandIns) -> None:
    found = 0
    for text in _EXAMPLES:
        done = _redacted(text, _screener().findings(text), stand_ins)
        assert _again(done) == [], text
        found += len(done.changes)
    assert found > len(builtin())


@settings(max_examples=300)
@given(_TEXTS)
def test_no_detector_fires_on_what_was_redacted_in_any_text(stand_ins: StandIns, text: str) -> None:
    found = _screener().findings(text)
    done = _redacted(text, found, stand_ins)
    assert _again(done) == []
    old = new = 0
    for change in done.changes:
        assert text[old : change.start] == done.text[new : change.new_start]
        old, new = change.end, change.new_end
    assert text[old:] == done.text[new:]
    assert bool(found) == done.changed


def test_a_stand_in_is_found_again_so_a_redaction_is_what_hides(key: WorkspaceKey) -> None:
    text = "Write to ann.lee@mail.example and pay with card 4012 8888 8888 1881."
    policy = ScreeningPolicy(Measures((Rule(Action.PSEUDONYMISE),))).treatment(None, _KINDS)
    found = _screener().findings(text)
    done = apply(text, found, policy, StandIns(key, "letters"))
    again = _screener().findings(done.text)
    assert [each.kind for each in again] == [each.kind for each in found] == ["email", "card"]
    assert "ann.lee" not in done.text
    assert "1881" not in done.text
