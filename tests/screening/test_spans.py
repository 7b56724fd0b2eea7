"""Spans: what matches in a stretch, who judges it, and which of several that overlap stays."""

import pytest

from rightful.screening import reading
from rightful.screening.context import Nearby
from rightful.screening.detector import Context
from rightful.screening.spans import Rule, apart, merged


def rule(pattern: str, more: str = "") -> Rule:
    text = f"""
id: own
title: {{en: Own, zh: 自有}}
version: 1
detectors:
  - id: own
    kind: own
    group: other
    title: {{en: Own, zh: 自有}}
    pattern: '{pattern}'
    confidence: 0.8
    examples: [{{text: none, finds: []}}]
{more}"""
    return Rule(reading.parse(text, "own.yaml").detectors[0])


def test_a_match_begins_within_a_stretch_and_sees_what_is_behind_it() -> None:
    digits = rule(r"\b\d{2,4}\b")
    assert digits.values("123 4567 89x", [(0, 12)]) == [(0, 3, 0.8), (4, 8, 0.8)]
    assert digits.values("123 4567 89x", [(3, 5)]) == [(4, 8, 0.8)]
    assert digits.values("123 4567 89x", [(9, 11)]) == []


def test_the_value_is_the_group_of_a_pattern() -> None:
    assert rule(r"key=(\w{4,8})").values("key=abcd;", [(0, 9)]) == [(4, 8, 0.8)]


def test_where_a_validator_refuses_one_that_begins_within_may_be_taken() -> None:
    luhn = rule(r"\b\d{4}(?: \d{4}){3,4}\b", "    validator: luhn\n")
    text = "1234 4111 1111 1111 1111"
    assert luhn.values(text, [(0, len(text))]) == [(5, 24, 0.8)]


def test_stretches_that_overlap_are_joined() -> None:
    assert merged([(0, 5), (3, 4), (4, 9), (9, 12)]) == [(0, 9), (9, 12)]


def test_of_findings_that_overlap_the_surest_stays_then_the_longest_then_the_earliest() -> None:
    rows = [
        (0, 0, 10, 0.5, 1, 1),
        (0, 8, 12, 0.9, 2, 2),
        (0, 12, 20, 0.4, 3, 3),
        (1, 0, 4, 0.5, 1, 1),
        (1, 2, 8, 0.5, 2, 2),
        (1, 7, 11, 0.5, 3, 3),
        (2, 0, 4, 0.5, 1, 2),
        (2, 0, 4, 0.5, 2, 1),
    ]
    expected = [rows[1], rows[2], rows[4], rows[7]]
    assert apart(list(rows)) == expected
    assert apart(rows[::-1]) == expected


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("my CARD is 12345678", True),
        ("cardboard 12345678", False),
        ("discard 12345678", False),
        ("12345678 (card)", True),
        ("12345678 cardboard", False),
        ("银行卡号12345678", True),
        ("my credit-card 12345678", True),
        (f"card {'x ' * 40}12345678", False),
        ("Téléphone: 12345678", True),
    ],
)
def test_context_is_a_word_near_by_in_any_case(text: str, near: bool) -> None:
    words = ("card", "credit-card", "银行卡", "téléphone")
    start = text.index("12345678")
    assert Nearby(Context(words, 30, True, 0.9))(text, start, start + 8) is near


def test_a_word_that_the_distance_cuts_in_two_is_none() -> None:
    nearby = Nearby(Context(("car",), 4, True, 0.9))
    assert not nearby("scar 1", 5, 6)
    assert nearby("car 1", 4, 5)
    assert not nearby(f"1{' ' * 17}cardiology", 0, 1)
