"""Bounds of a share are those of the exact distribution, and never tighter."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.shares import bounds, needed
from rightful.screening.shares.bounds import at_most

_SIDE = Fraction(1, 40)  # of 95 %, on each side


def _exactly(seen: int, sampled: int, total: int, unfit: int) -> Fraction:
    """The chance of at most `seen`, counted out."""
    ways = sum(
        comb(unfit, k) * comb(total - unfit, sampled - k)
        for k in range(0, min(seen, sampled, unfit) + 1)
    )
    return Fraction(ways, comb(total, sampled))


@st.composite
def _small(draw: st.DrawFn) -> tuple[int, int, int]:
    total = draw(st.integers(1, 60))
    sampled = draw(st.integers(1, total))
    return draw(st.integers(0, sampled)), sampled, total


@given(_small(), st.data())
def test_a_chance_is_what_counting_out_gives(
    case: tuple[int, int, int], data: st.DataObject
) -> None:
    seen, sampled, total = case
    unfit = data.draw(st.integers(0, total))
    exact = float(_exactly(seen, sampled, total, unfit))
    assert at_most(seen, sampled, total, unfit) == pytest.approx(exact, abs=1e-12)


@given(_small())
@settings(max_examples=60)
def test_bounds_are_the_furthest_counts_that_are_not_too_unlikely(
    case: tuple[int, int, int],
) -> None:
    failed, sampled, total = case
    possible = range(failed, total - (sampled - failed) + 1)
    most = max(k for k in possible if _exactly(failed, sampled, total, k) > _SIDE)
    least = min(k for k in possible if 1 - _exactly(failed - 1, sampled, total, k) > _SIDE)
    found = bounds(failed, sampled, total)
    assert (found.lower, found.upper) == (least / total, most / total)


def test_bounds_hold_as_often_as_they_claim() -> None:
    """For every truth of a whole of 40, how often a sample of 12 gives bounds that miss it."""
    found = {failed: bounds(failed, 12, 40) for failed in range(13)}
    for unfit in range(41):
        missed = Fraction(0)
        for failed in range(max(0, 12 - (40 - unfit)), min(12, unfit) + 1):
            if not found[failed].lower <= unfit / 40 <= found[failed].upper:
                missed += Fraction(
                    comb(unfit, failed) * comb(40 - unfit, 12 - failed), comb(40, 12)
                )
        assert missed <= Fraction(1, 20)


def test_who_looked_at_all_of_them_knows_the_share() -> None:
    found = bounds(3, 50, 50)
    assert found.seen == found.lower == found.upper == 0.06


@given(st.integers(0, 30), st.integers(1, 400), st.floats(0.5, 0.99))
@settings(max_examples=40)
def test_an_endless_whole_has_the_bounds_of_clopper_and_pearson(
    failed: int, more: int, confidence: float
) -> None:
    beta = pytest.importorskip("scipy.stats").beta
    sampled = failed + more
    found = bounds(failed, sampled, None, confidence)
    side = (1 - confidence) / 2
    lower = beta.ppf(side, failed, more + 1) if failed else 0.0
    assert found.lower == pytest.approx(lower, abs=1e-9)
    assert found.upper == pytest.approx(beta.ppf(1 - side, failed + 1, more), abs=1e-9)


@given(st.integers(0, 300), st.integers(1, 4000), st.integers(0, 10**7))
@settings(max_examples=25)
def test_large_wholes_agree_with_scipy(failed: int, fit: int, rest: int) -> None:
    hypergeom = pytest.importorskip("scipy.stats").hypergeom
    sampled, total = failed + fit, failed + fit + rest
    found = bounds(failed, sampled, total)
    most = round(found.upper * total)
    assert hypergeom.cdf(failed, total, most, sampled) > float(_SIDE) - 1e-9
    if most < total - fit:
        assert hypergeom.cdf(failed, total, most + 1, sampled) <= float(_SIDE) + 1e-9


def test_a_larger_whole_is_known_less_well_and_an_endless_one_least() -> None:
    uppers = [bounds(2, 200, total).upper for total in (200, 400, 4000, 10**6)]
    assert uppers == sorted(uppers)
    assert bounds(2, 200).upper == pytest.approx(uppers[-1], abs=1e-4)


def test_of_nothing_nothing_is_said() -> None:
    for failed, sampled, total in ((0, 0, 0), (0, 0, None), (2, 1, 5), (-1, 3, 5), (1, 6, 5)):
        with pytest.raises(ValueError, match="share"):
            bounds(failed, sampled, total)


def test_so_many_items_prove_a_claim_and_one_fewer_does_not() -> None:
    for limit, total, failed in (
        (Fraction(5, 100), 10_000, 0),
        (Fraction(5, 100), None, 2),
        (Fraction(1, 100), 800, 1),
    ):
        items = needed(limit, total, failed)
        assert items is not None
        assert bounds(failed, items, total).upper <= float(limit)
        assert bounds(failed, items - 1, total).upper > float(limit)


def test_no_number_of_items_proves_what_is_not_so() -> None:
    assert needed(Fraction(5, 100), 100, 6) is None
    assert needed(Fraction(5, 100), 100, 5) == 100
