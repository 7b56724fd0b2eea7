"""What a sample says of the whole: exact bounds of a share, and how many items a claim needs.

Items are drawn without replacement, so how many of a sample are unfit follows the hypergeometric
distribution. A bound is the furthest share under which what was seen is still not too unlikely,
after Clopper and Pearson; nothing is approximated by a bell curve, which fails where few are unfit.
Where nobody knows how many there are in all, the whole counts as endless: the binomial one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

#: What is not more likely than this, against the likeliest count, changes no digit of a sum.
_NOTHING = 1e-18

#: Of bisections between two floats: no float has more bits to settle.
_HALVINGS = 60

#: How sure a bound is on both sides together.
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Bounds:
    """The share that was seen, and between which shares the whole lies."""

    seen: float
    lower: float
    upper: float


def bounds(
    failed: int, sampled: int, total: int | None = None, confidence: float = CONFIDENCE
) -> Bounds:
    """What `failed` unfit of `sampled` say of all `total`; None: of a whole without end.

    Each bound is wrong with at most half the chance that `confidence` leaves. Raises `ValueError`
    where the counts make no sense; of nothing that was sampled, nothing is said.
    """
    if not 0 <= failed <= sampled or sampled < 1 or (total is not None and total < sampled):
        raise ValueError("a share needs 0 <= failed <= sampled <= total, and one item sampled")
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    chance = (1 - confidence) / 2
    if total is None:
        lower, upper = _of_endless(failed, sampled, chance)
    else:
        least, most = _of_total(failed, sampled, total, chance)
        lower, upper = least / total, most / total
    return Bounds(failed / sampled, lower, upper)


def needed(
    limit: Fraction, total: int | None = None, failed: int = 0, confidence: float = CONFIDENCE
) -> int | None:
    """How many items prove a share of at most `limit`, if no more than `failed` of them are unfit.

    None: no number does, for so many unfit among all `total` are more than that.
    """
    if not 0 < limit < 1 or failed < 0 or (total is not None and total < max(failed, 1)):
        raise ValueError("a claim needs a limit between 0 and 1, and failed <= total")

    def proves(items: int) -> bool:
        # As floats, for 5/100 as one is a little more than 5/100.
        return bounds(failed, items, total, confidence).upper <= float(limit)

    low, high = max(failed, 1), max(failed, 1)
    while not proves(high):
        if high == total:
            return None
        low, high = high + 1, high * 2 if total is None else min(high * 2, total)
    while low < high:  # the bound falls with every further item that is fit
        middle = (low + high) // 2
        low, high = (low, middle) if proves(middle) else (middle + 1, high)
    return high


def at_most(seen: int, sampled: int, total: int, unfit: int) -> float:
    """How likely at most `seen` of `sampled` items are unfit where `unfit` of `total` are."""
    first, last = max(0, sampled - (total - unfit)), min(sampled, unfit)

    def ratio(k: int) -> float:
        return ((unfit - k) * (sampled - k)) / ((k + 1) * (total - unfit - sampled + k + 1))

    return _below(seen, first, last, (sampled + 1) * (unfit + 1) // (total + 2), ratio)


def _at_most_endless(seen: int, sampled: int, share: float) -> float:
    if share in (0.0, 1.0):
        return 1.0 if share == 0.0 or seen >= sampled else 0.0
    odds = share / (1 - share)

    def ratio(k: int) -> float:
        return (sampled - k) / (k + 1) * odds

    return _below(seen, 0, sampled, int((sampled + 1) * share), ratio)


def _below(seen: int, first: int, last: int, mode: int, ratio: Callable[[int], float]) -> float:
    """The chance of a count up to `seen`, from the ratio of each count's chance to the one before.

    Starting at the likeliest count and stopping where nothing is added, no factorial is needed and
    no digit lost, however many items there are.
    """
    if seen < first:
        return 0.0
    if seen >= last:
        return 1.0
    mode = min(max(mode, first), last)
    below, above = (1.0, 0.0) if mode <= seen else (0.0, 1.0)
    weight, k = 1.0, mode
    while k < last and weight > _NOTHING:
        weight *= ratio(k)
        k += 1
        below, above = (below + weight, above) if k <= seen else (below, above + weight)
    weight, k = 1.0, mode
    while k > first and weight > _NOTHING:
        weight /= ratio(k - 1)
        k -= 1
        below, above = (below + weight, above) if k <= seen else (below, above + weight)
    return below / (below + above)


def _of_total(failed: int, sampled: int, total: int, chance: float) -> tuple[int, int]:
    """The least and the most of `total` that may be unfit."""
    fewest, greatest = failed, total - (sampled - failed)

    def few_enough(unfit: int) -> bool:
        return at_most(failed, sampled, total, unfit) > chance

    low, high = fewest, greatest
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if few_enough(middle) else (low, middle - 1)
    most = low

    def many_enough(unfit: int) -> bool:
        return failed == 0 or 1 - at_most(failed - 1, sampled, total, unfit) > chance

    low, high = fewest, greatest
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if many_enough(middle) else (middle + 1, high)
    return low, most


def _of_endless(failed: int, sampled: int, chance: float) -> tuple[float, float]:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS if failed < sampled else 0):
        middle = (low + high) / 2
        few_enough = _at_most_endless(failed, sampled, middle) > chance
        low, high = (middle, high) if few_enough else (low, middle)
    upper = high
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS if failed else 0):
        middle = (low + high) / 2
        many_enough = 1 - _at_most_endless(failed - 1, sampled, middle) > chance
        low, high = (low, middle) if many_enough else (middle, high)
    return low, upper
