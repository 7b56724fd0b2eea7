"""Keywords are found as words, in either language, and what a bank lacks is told."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.screening.shares import keywords
from rightful.screening.shares.keywords import Bank, Hit
from rightful.screening.shares.risks import RISKS

BANK = {"A.1.d": ["pipe bomb", "炸弹"], "A.3.a": ["keygen", "c++ crack", "炸弹"]}


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How to make a PIPE\n  Bomb", [Hit("A.1.d", "pipe bomb")]),
        ("pipe bombs, and a drainpipe bombast", []),
        ("ｋｅｙｇｅｎ!", [Hit("A.3.a", "keygen")]),
        ("他制造炸弹了", [Hit("A.1.d", "炸弹"), Hit("A.3.a", "炸弹")]),
        ("a c++ crack.", [Hit("A.3.a", "c++ crack")]),
        ("the keygené", []),
        ("", []),
    ],
)
def test_a_keyword_is_found_whatever_its_case_width_or_line(
    text: str, found: list[Hit], plain: bool
) -> None:
    assert Bank(BANK, plain=plain).hits(text) == found


_LETTERS = st.text(alphabet="abc1_ +.é爆炸", min_size=2, max_size=4).filter(
    lambda text: len(keywords.fold(text)) > 1
)


@given(st.lists(_LETTERS, max_size=8), st.text(alphabet="abc1_ +.éA爆炸\n", max_size=40))
@settings(max_examples=60)
def test_with_hyperscan_and_without_the_same_is_found(words: list[str], text: str) -> None:
    pytest.importorskip("hyperscan")
    bank = {"A.1.a": words}
    assert Bank(bank).hits(text) == Bank(bank, plain=True).hits(text)


def test_the_packages_own_banks_cover_every_risk_and_say_that_they_are_a_start() -> None:
    bank = keywords.load()
    assert len(RISKS) == 31
    assert all(bank.counts().values())
    assert bank.lacking()["all"] == 10_000 - len(bank)
    groups = {RISKS[code].group for code in bank.lacking() if code != "all"}
    assert groups == {"A.1", "A.2"}


def test_enough_keywords_lack_nothing() -> None:
    words = {code: [f"{code} word {n}" for n in range(400)] for code in RISKS}
    assert Bank(words).lacking() == {}


def test_a_workspace_adds_its_own_and_the_version_tells(tmp_path: Path) -> None:
    own = "id: ours\nversion: 1\nkeywords:\n  A.1.h: [the blue envelope]\n"
    (tmp_path / "ours.yaml").write_text(own)
    bank = keywords.load(tmp_path)
    assert bank.hits("Bring the blue envelope.") == [Hit("A.1.h", "the blue envelope")]
    assert bank.version != keywords.load().version
    assert keywords.load(tmp_path / "none").version == keywords.load().version


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id: a\nversion: 1\nkeywords: {B.1: [word]}", "no risk"),
        ("id: a\nversion: 1\nkeywords: {A.1.a: [x]}", "2 to 100 characters"),
        ("id: a\nversion: 1\nkeywords: {A.1.a: [12]}", "quotes"),
        ("id: a\nversion: 1\nkeywords: {A.1.a: []}", "list of words"),
        ("id: a\nversion: 1\nkeywords: [word]", "by the code of a risk"),
        ("id: a\nversion: one\nkeywords: {}", "whole number"),
        ("id: A a\nversion: 1\nkeywords: {}", "short name"),
        ("id: a\nversion: 1\nkeywords: {}\nmore: 1", "nothing else"),
        ("id: [", "not YAML"),
    ],
)
def test_a_bank_that_is_not_understood_is_refused_by_its_name(
    text: str, why: str, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(InvalidInput, match=why) as told:
        keywords.load(tmp_path)
    assert "mine.yaml" in str(told.value)


def test_two_banks_of_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("id: en\nversion: 2\nkeywords: {A.1.a: [something]}")
    with pytest.raises(InvalidInput, match="another id"):
        keywords.load(tmp_path)
