"""A classifier of the user's own is asked, and what it does not answer is never fit."""

from collections.abc import Sequence
from typing import Any

import pytest

from rightful.errors import InvalidInput
from rightful.screening.shares import classifier
from rightful.screening.shares.classifier import Judged, judge

SILENT = Judged(None, "no answer")


def scores(texts: Sequence[str]) -> list[float]:
    return [0.9 if "bad" in text else 0.1 for text in texts]


class Named:
    name = "named"
    version = "3"

    def judge(self, texts: Sequence[str], /) -> Sequence[Sequence[str]]:
        return [["A.1.f"] if "bad" in text else [] for text in texts]


class NeedsMore:
    def __init__(self, folder: str) -> None:
        self.folder = folder


def faults(texts: Sequence[str]) -> list[float]:
    """Can't take a text that says so, alone or among others."""
    if any("fault" in text for text in texts):
        raise RuntimeError(texts)
    return scores(texts)


def test_a_function_judges_by_scores_and_an_object_by_risks() -> None:
    function = classifier.load(f"{__name__}:scores")
    assert judge(function, ["bad", "good"]) == [Judged(True, "0.900"), Judged(False, "0.100")]
    named = classifier.load(f"{__name__}:Named")
    assert (named.name, named.version) == ("named", "3")
    assert judge(named, ["good", "bad"]) == [Judged(False, "none"), Judged(True, "A.1.f")]
    assert judge(named, []) == []


def test_one_text_that_it_can_not_take_leaves_the_others_judged() -> None:
    found = judge(classifier.load(f"{__name__}:faults"), ["good", "a fault", "bad"])
    assert [each.unfit for each in found] == [False, None, True]


@pytest.mark.parametrize(
    "answer", [None, True, "0.1", -0.1, 1.5, float("nan"), ["B.9"], [1], "A.1.a", b"x", object()]
)
def test_an_answer_that_can_not_be_read_is_no_answer(answer: Any) -> None:
    class Odd(Named):
        def judge(self, texts: Sequence[str], /) -> Any:
            return [answer for _ in texts]

    assert judge(Odd(), ["some text"]) == [SILENT]


def test_too_few_answers_are_none() -> None:
    class Short(Named):
        def judge(self, texts: Sequence[str], /) -> Any:
            return []

    assert judge(Short(), ["one", "two"]) == [SILENT, SILENT]


@pytest.mark.parametrize("path", ["", "nowhere", "nowhere.at_all:it", ":x", f"{__name__}:none"])
def test_a_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput, match="module:name"):
        classifier.load(path)


@pytest.mark.parametrize(
    ("name", "why"), [("NeedsMore", "without arguments"), ("SILENT", "can't be called")]
)
def test_what_is_no_classifier_is_refused(name: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        classifier.load(f"{__name__}:{name}")
