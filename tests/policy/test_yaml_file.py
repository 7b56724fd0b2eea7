"""YAML's traps don't spring: a word stays a word, and only what is written plainly is read."""

from typing import Any

import pytest

from rightful.errors import InvalidInput
from rightful.policy.yaml_file import LARGEST, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("NULL", "NULL"),
        ("2026-11-24", "2026-11-24"),
        ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("14", 14),
        ("-14", -14),
        ("0", 0),
        ("014", "014"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1.5", "1.5"),
        ("1e3", "1e3"),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("+1", "+1"),
        ("=", "="),
    ],
)
def test_only_plain_numbers_truth_values_and_null_are_not_text(text: str, value: Any) -> None:
    found = parse(f"a: {text}")["a"]
    assert (found, type(found)) == (value, type(value))
    assert parse(f'a: "{text}"')["a"] == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\na: 2", "line 2: a is given twice"),
        ('a: 1\n"a": 2', "line 2: a is given twice"),
        ("a: {b: 1, b: 2}", "line 1: b is given twice"),
        ("a: &x 1\nb: *x", "line 1: anchors are refused"),
        ("a: 1\nb: *x", "line 2: aliases are refused"),
        ("a: &x {b: *x}", "anchors are refused"),
        ("a: !!python/object/apply:os.system [x]", "line 1: tags are refused"),
        ("a: !!python/name:os.system", "line 1: tags are refused"),
        ("a: !!float 1.5", "line 1: tags are refused"),
        ("a: !!timestamp 2026-01-01", "line 1: tags are refused"),
        ("a: !!binary aGk=", "line 1: tags are refused"),
        ("a: !own x", "line 1: tags are refused"),
        ("! a", "line 1: tags are refused"),
        ("!!set {a}", "line 1: tags are refused"),
        ("1: x", "line 1: a key must be text"),
        ("true: x", "line 1: a key must be text"),
        ("~: x", "line 1: a key must be text"),
        ("[a, b]: x", "line 1: a key must be text"),
        ("a: 1\n---\nb: 2", "line 2: not YAML"),
        ("a: [1", "not YAML"),
        ("a: b: c", "line 1: not YAML"),
        ("\ta: 1", "line 1: not YAML"),
        ("a: \x07", r"line 1: a text holds a control character .*U\+0007"),
        ("a: 1\n# \u202ea comment", r"line 2: a text holds a character .* \(U\+202E\)"),
        ("a: b\u200bc", r"line 1: a text holds a character that can't be seen.*U\+200B"),
        ('a: "b\\u2066c"', r"line 1: a text holds a character that can't be seen.*U\+2066"),
        ("\ufeffa: 1", r"line 1: a text holds a character that can't be seen.*U\+FEFF"),
        ("a: b\u2028c", r"line 1: a text holds a character that can't be seen.*U\+2028"),
        ('a: "b\\rc"', r"line 1: a text holds a control character .*U\+000D"),
        ('a: "\\0"', "line 1: a text holds a control character"),
        ('a: "\\ud800"', "line 1: not YAML"),
        ("a: \ud800", r"line 1: a text holds .* half a character \(U\+D800\)"),
        ('"a\\0": 1', "line 1: a text holds a control character"),
        ("a: " + "9" * 5000, "line 1: a number of 5000 digits is too large"),
        ("a: " + "9" * 19, "line 1: a number of 19 digits is too large"),
        ("[" * 21, "line 1: nested more than 20 deep"),
        ("[" * 5000, "line 1: not YAML"),
        ("[" * 20 + "]" * 20 + "[", "not YAML"),
        ("a: [" + "1," * 60_000 + "1]", "line 1: more than 50,000 values"),
        ("a: " + "x" * LARGEST, "too large for a pack"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        parse(text)


def test_a_merge_key_merges_nothing() -> None:
    assert parse("<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


def test_texts_of_several_lines_are_texts() -> None:
    assert parse("a: |\n  one\n  two\n")["a"] == "one\ntwo\n"
    assert parse("a: >-\n  one\n  two\n")["a"] == "one two"


def test_chinese_and_wide_spaces_and_lines_of_windows_are_text() -> None:
    assert parse("a: 本人\u3000反对\u00a0é\r\nb: 1\r\n") == {"a": "本人\u3000反对\u00a0é", "b": 1}


def test_the_parser_without_libyaml_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from rightful.policy import yaml_file

    monkeypatch.setattr(yaml_file, "_LOADER", yaml.SafeLoader)
    assert parse("a: [1, NO, ~, 'x', {b: true}]\n<<: y") == {
        "a": [1, "NO", None, "x", {"b": True}],
        "<<": "y",
    }
    refused = {"a: *x": "aliases", "a: !x y": "tags", "[" * 5000: "nested more than 20"}
    for text, sentence in refused.items():
        with pytest.raises(InvalidInput, match=sentence):
            parse(text)


def test_other_users_of_yaml_in_this_process_are_left_alone() -> None:
    import yaml

    parse("a: NO")
    assert yaml.safe_load("a: NO") == {"a": False}
