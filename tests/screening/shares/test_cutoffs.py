"""What the standard asks for is met, missed, or not answered; and the pack asks for the same."""

import re
from fractions import Fraction

import pytest

from rightful.policy import library, yaml_file
from rightful.screening.shares import CORPUS, SCREENED, SOURCE, Counts, CutOff
from rightful.screening.shares.cutoffs import standing


@pytest.mark.parametrize(
    ("cutoff", "counts", "expected"),
    [
        (SOURCE, Counts(100, 5, 1000), "met"),
        (SOURCE, Counts(4000, 201, 9000), "missed"),
        (SOURCE, Counts(99, 0, 1000), "too_few"),
        (SOURCE, Counts(99, 0, None), "too_few"),
        (SOURCE, Counts(20, 19, 20), "missed"),  # small, and bad all the same
        (CORPUS, Counts(4000, 160, 10**6), "met"),
        (CORPUS, Counts(4000, 161, 10**6), "missed"),
        (CORPUS, Counts(3999, 0, 3999), "too_few"),
        (SCREENED, Counts(1000, 20, 10_000), "met"),
        (SCREENED, Counts(1000, 21, 10_000), "missed"),
        (SCREENED, Counts(999, 0, 10_000), "too_few"),
        (SCREENED, Counts(999, 0, None), "too_few"),  # a tenth of nobody knows what
    ],
)
def test_a_sampling_meets_or_misses_exactly_at_the_number(
    cutoff: CutOff, counts: Counts, expected: str
) -> None:
    assert counts.meets(cutoff) == expected
    assert standing(cutoff, 10_000, counts) == expected


def test_nothing_sampled_is_no_answer_and_an_empty_source_another() -> None:
    assert standing(SOURCE, 10, None) == "not_sampled"
    assert standing(SOURCE, 0, None) == "empty"
    assert standing(SOURCE, 10, Counts(100, 0, 100), expired=True) == "expired"


def test_the_share_may_be_met_and_not_proven() -> None:
    assert Counts(100, 4, 10_000).meets(SOURCE) == "met"
    assert not Counts(100, 4, 10_000).proves(SOURCE)
    assert Counts(4000, 100, 10_000).proves(SOURCE)


def test_how_many_items_are_asked_for() -> None:
    assert (SOURCE.items(10), CORPUS.items(10**6), SCREENED.items(10_001)) == (100, 4000, 1001)


def test_the_pack_decides_by_the_same_numbers() -> None:
    pack = yaml_file.parse(library.built_in_text("cn.genai"))
    rules = {rule["id"]: rule for rule in pack["rules"]}

    def number(rule: str, fact: str) -> int:
        found = re.search(rf"{fact} [<>] (\d+)", rules[f"CN.45654.{rule}"]["when"])
        assert found is not None
        return int(found[1])

    assert number("src.pre", "source_unlawful_bp") == SOURCE.most_unfit * 10_000
    assert number("src.post", "source_sampled") == SOURCE.least_items
    assert number("eval.corpus.manual", "corpus_sampled") == CORPUS.least_items
    passed = Fraction(number("eval.corpus.manual.passed", "corpus_passed_bp"), 10_000)
    assert passed == 1 - CORPUS.most_unfit
    share = Fraction(number("eval.corpus.tech", "corpus_screened_bp"), 10_000)
    assert share == SCREENED.least_share
    screened = Fraction(number("eval.corpus.tech.passed", "corpus_screened_passed_bp"), 10_000)
    assert screened == 1 - SCREENED.most_unfit
