"""Detectors are read strictly: what is wrong is told with its file, detector and field."""

import re
from pathlib import Path

import pytest

from rightful.errors import InvalidInput, NotFound
from rightful.screening import patterns, reading

GOOD = r"""
id: own
title: {en: Own, zh: 自有}
version: 1
words:
  near: [badge, 工牌]
detectors:
  - id: badge
    kind: badge
    group: other
    title: {en: Badge, zh: 工牌}
    pattern: '\bB-\d{4}\b'
    confidence: 0.5
    context: {words: near, within: 20, required: true, confidence: 0.9}
    examples:
      - {text: 'badge B-1234', finds: ['B-1234']}
      - {text: 'B-1234', finds: []}
"""


def test_a_file_is_read_with_its_lists_of_words() -> None:
    found = reading.parse(GOOD, "own.yaml")
    (badge,) = found.detectors
    assert badge.context is not None
    assert badge.context.words == ("badge", "工牌")
    assert (badge.confidence, badge.longest, badge.validators) == (0.5, 6, ())
    assert reading.check(found.detectors) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("group: other", "group: others", "detector badge: group: 'others' is not one of"),
        ("confidence: 0.5", "confidence: 1.5", "detector badge: confidence: must be a number"),
        ("    kind: badge\n", "", "detector badge: kind is missing"),
        ("    kind: badge\n", "    kind: badge\n    colour: red\n", "colour is not a field"),
        ("    kind: badge\n", "    kind: badge\n    validator: no_such\n", "no validator"),
        ("    kind: badge\n", "    kind: badge\n    country: UK\n", "country"),
        ("words: near,", "words: far,", "context: words: far is no list"),
        ("finds: []", "finds: none", "example 2: finds: must be a list"),
        (r"\bB-\d{4}\b", r"(B-\d", "not a regular expression"),
        (r"\bB-\d{4}\b", r"B-(?=\d)", "looking ahead or behind is refused"),
        (r"\bB-\d{4}\b", r"^B-\d", "only"),
        (r"\bB-\d{4}\b", r"(B)-(\d)", "more than one group"),
        (r"\bB-\d{4}\b", r"(?i:b)-\d", "flags within the pattern"),
        (r"\bB-\d{4}\b", r"B-\d+", "bound its repeats"),
        (r"\bB-\d{4}\b", r"(?:B-\d)?", "matches nothing at all"),
        (r"\bB-\d{4}\b", r"(?:[a-z]{1,30}){1,30}!", "too many ways"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, told: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(InvalidInput, match=re.escape(told)) as caught:
        reading.parse(text, "own.yaml")
    assert str(caught.value).startswith("own.yaml: ")


@pytest.mark.parametrize("pattern", ["((?:[a-z]{1,9}){2,9})!", "(?:a?b{0,3}){1,40}c"])
def test_a_pattern_that_would_take_forever_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput, match="too many ways"):
        patterns.checked(pattern, ignore_case=False)


@pytest.mark.parametrize(
    ("pattern", "ignore_case"),
    [
        ("(?:a|ab|b){1,40}c", False),
        ("(?:ab|a){1,40}c", False),
        ("(?:x(?:a1|[a-c]1)){9}", False),
        (r"(?:\d2|7[a-z]){1,20}", False),
        ("(?:a1|A2){1,20}", True),
        ("(?:街道|街){1,20}号", False),
        ("(?:[^a]b|ab){1,20}", False),
    ],
)
def test_a_repeat_of_alternatives_that_begin_alike_is_refused(
    pattern: str, ignore_case: bool
) -> None:
    with pytest.raises(InvalidInput, match="begin alike matches in too many ways"):
        patterns.checked(pattern, ignore_case=ignore_case)


@pytest.mark.parametrize(
    "pattern", ["(?:a|b|c){1,40}", "(?:a1|A2|路口|街道){1,40}", "(?:ab|a){1,8}c", "(?:ab|a)c{1,40}"]
)
def test_a_repeat_of_alternatives_that_are_told_apart_is_taken(pattern: str) -> None:
    assert patterns.checked(pattern, ignore_case=False) == pattern


def test_an_id_is_declared_once() -> None:
    listed = GOOD[GOOD.index("  - id: badge") :]
    with pytest.raises(InvalidInput, match="detector badge is declared twice"):
        reading.parse(GOOD + listed, "own.yaml")


def test_a_users_detector_takes_no_id_of_a_builtin_one(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD.replace("id: badge", "id: email"), "utf-8")
    with pytest.raises(InvalidInput, match="detector email is declared twice"):
        reading.load(tmp_path)


def test_a_folder_gives_the_detectors_of_its_files(tmp_path: Path) -> None:
    assert reading.load(tmp_path / "none") == ()
    (tmp_path / "own.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "notes.txt").write_text("not read", "utf-8")
    assert [each.id for each in reading.load(tmp_path)] == ["badge"]


def test_no_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no detectors at"):
        reading.read(tmp_path / "none.yaml")


def test_an_example_that_is_not_answered_is_told_without_what_was_found() -> None:
    wrong = GOOD.replace("finds: []", "finds: ['B-1234']")
    (sentence,) = reading.check(reading.parse(wrong, "own.yaml").detectors)
    assert sentence == "detector badge: example 2: finds 0, not the 1 that it lists"


def test_every_example_of_the_builtin_detectors_is_answered_as_it_says() -> None:
    assert reading.check(reading.builtin()) == []
