"""Near copies: what is told is true, and hardly any is missed."""

import random
from collections.abc import Sequence
from itertools import combinations

import pytest

from rightful.screening.copies import Near
from rightful.screening.copies.near import jaccard, pieces

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIGNS = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说"
    "产种面而方后多定行学法所民得经"
)


def _made(seed: int, alphabet: str, count: int, length: int) -> list[str]:
    """Texts, and edited ones of them from hardly to much changed."""
    drawn = random.Random(seed)
    texts = ["".join(drawn.choices(alphabet, k=length)) for _ in range(count)]
    for text in texts[:]:
        for edits in (1, 2, 4, 6, 8):
            signs = list(text)
            for _ in range(max(1, edits * length // 300)):
                signs[drawn.randrange(length)] = drawn.choice(alphabet)
            texts.append("".join(signs))
    return texts


def _plainly(texts: Sequence[str], threshold: float) -> dict[tuple[int, int], float]:
    sets = [{text[i : i + 5] for i in range(len(text) - 4)} for text in texts]
    measured = {
        (a, b): len(sets[a] & sets[b]) / max(1, len(sets[a] | sets[b]))
        for a, b in combinations(range(len(texts)), 2)
    }
    return {pair: similarity for pair, similarity in measured.items() if similarity >= threshold}


@pytest.mark.parametrize("threshold", [0.7, 0.8, 0.95])
@pytest.mark.parametrize(
    ("alphabet", "length"),
    [(LETTERS, 600), (SIGNS, 600), (LETTERS, 60)],
    ids=["letters", "chinese", "short"],
)
def test_nearly_all_that_are_near_are_found_and_nothing_else(
    alphabet: str, length: int, threshold: float
) -> None:
    texts = _made(7, alphabet, 16, length)
    true = _plainly(texts, threshold)
    found = {(a, b): s for a, b, s in Near(threshold).pairs(enumerate(texts))}
    assert len(true) >= 5
    assert found.items() <= true.items()
    assert len(found) >= 0.98 * len(true)


def test_texts_may_be_read_anew_instead_of_kept() -> None:
    texts = dict(enumerate(_made(8, LETTERS, 10, 300), start=100))
    asked: list[int] = []

    def read(numbers: Sequence[int]) -> list[str]:
        asked.extend(numbers)
        return [texts[number] for number in numbers]

    found = Near(0.8).pairs(iter(texts.items()), read)
    assert found == Near(0.8).pairs(texts.items())
    assert found
    assert set(asked) <= set(texts)


def test_the_order_of_the_texts_changes_nothing() -> None:
    texts = list(enumerate(_made(9, SIGNS, 15, 200)))
    assert Near(0.7).pairs(texts) == Near(0.7).pairs(texts[::-1])


@pytest.mark.parametrize(
    "texts", [[], ["alone, and with nobody to be like"], ["", "", " "], ["abcd"] * 3]
)
def test_nothing_is_near_to_nothing(texts: list[str]) -> None:
    assert Near().pairs(enumerate(texts)) == []


def test_case_and_white_space_make_no_difference() -> None:
    assert Near(1.0).pairs([(2, "The same\nletter."), (1, "the SAME  letter.")]) == [(1, 2, 1.0)]


def test_of_a_crowd_all_are_joined_with_some_other() -> None:
    drawn = random.Random(3)
    body = "".join(drawn.choices(LETTERS, k=400))
    crowd = [(n, f"{body} number {n}") for n in range(150)]
    pairs = Near(0.8).pairs(crowd)
    assert {n for a, b, _ in pairs for n in (a, b)} == set(range(150))


@pytest.mark.parametrize("threshold", [0.0, 0.49, 1.01])
def test_a_threshold_that_makes_no_sense_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="the threshold of near copies"):
        Near(threshold)


def test_the_measure_is_jaccards() -> None:
    assert jaccard(pieces("abcdef"), pieces("bcdefg")) == pytest.approx(1 / 3)
    assert jaccard(pieces("abcd"), pieces("abcd")) == 0.0
