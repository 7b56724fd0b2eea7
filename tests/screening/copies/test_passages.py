"""Passages that come again are told to the character, and none that is long enough is missed."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.copies.passages import Passage, passages

WORDS = "abcdefghij klmnopqrst uvwxyz"


def _noise(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(WORDS, k=length))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(40, 90))
@settings(max_examples=40)
def test_a_passage_is_found_wherever_it_stands(here: int, there: int, length: int) -> None:
    passage = "〈" + _noise(1, length - 2) + "〉"
    one = _noise(2, here) + "1" + passage + "2" + _noise(3, 50)
    other = _noise(4, there) + "3" + passage + "4" + _noise(5, 80)
    assert passages([(1, one), (2, other), (3, _noise(6, 300))], 40) == [
        Passage(1, here + 1, here + 1 + length, 0),
        Passage(2, there + 1, there + 1 + length, 0),
    ]


def test_what_is_shorter_is_none() -> None:
    passage = _noise(1, 39)
    assert passages([(1, f"1{passage}2"), (2, f"3{passage}4")], 40) == []


def test_different_passages_are_different_clusters_in_chinese_too() -> None:
    first, second = "本通知不得用于任何商业目的" * 2 + "甲乙丙丁", _noise(7, 60)
    texts = [(5, f"一{first}二{second}三"), (6, f"四{first}五"), (7, f"六{second}七")]
    told = passages(texts, 24)
    spans = {(p.record, dict(texts)[p.record][p.start : p.end]): p.cluster for p in told}
    assert set(spans) == {(5, first), (6, first), (5, second), (7, second)}
    assert spans[5, first] == spans[6, first] != spans[5, second] == spans[7, second]


def test_a_notice_under_many_records_is_one_cluster() -> None:
    notice = _noise(9, 120)
    texts = [(n, f"{_noise(10 + n, 70)}{n}|{notice}|{n}") for n in range(12)]
    told = passages(texts)
    assert [p.record for p in told] == list(range(12))
    assert {p.cluster for p in told} == {0}
    assert all(notice in text[p.start : p.end] for p, (_, text) in zip(told, texts, strict=True))


def test_what_one_record_says_twice_is_no_copy_of_another() -> None:
    said = _noise(8, 60)
    assert passages([(1, f"{said}1{said}"), (2, "")], 40) == []


def test_a_length_that_makes_everything_a_passage_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        passages([], 5)
