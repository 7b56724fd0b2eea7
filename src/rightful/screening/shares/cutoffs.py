"""The numbers that GB/T 45654 asks for, and whether what was sampled meets them.

They are those of TC260-003-2024, as far as they could be found: see docs/screening-shares.md for
how sure each is. The pack `cn.genai` decides by the same numbers; a test holds the two together.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from rightful.screening.shares.bounds import Bounds, bounds

#: `met` and `missed` are answers; the other four say why there is none.
STANDINGS = ("met", "missed", "too_few", "not_sampled", "expired", "empty")


@dataclass(frozen=True, slots=True)
class CutOff:
    """How many items must have been looked at, and how large the share of unfit ones may be."""

    kind: str
    """The kind of assessment that says how many were."""
    most_unfit: Fraction
    least_items: int = 1
    least_share: Fraction = Fraction(0)
    """Of all that is held."""

    def enough(self, sampled: int, total: int | None) -> bool:
        """Whether so many items are enough; of an unknown total, no share is known to be."""
        if sampled < self.least_items:
            return False
        if self.least_share == 0:
            return True
        return total is not None and total > 0 and Fraction(sampled, total) >= self.least_share

    def items(self, held: int) -> int:
        """How many are to be looked at of so many."""
        return max(self.least_items, math.ceil(held * self.least_share))


#: Above 5 % unlawful or unhealthy, a source is not collected, and what was collected not used. How
#: many items show it is said in no text that was found; the draft of GB/T 45652 looks at 100.
SOURCE = CutOff("source_sampling", Fraction(5, 100), least_items=100)

#: People look at 4,000 items of the corpus, of which 96 % are fit.
CORPUS = CutOff("corpus_sampling", Fraction(4, 100), least_items=4000)

#: Keywords and classifiers look at 10 % of the corpus, of which 98 % are fit.
SCREENED = CutOff("corpus_screening", Fraction(2, 100), least_share=Fraction(10, 100))


@dataclass(frozen=True, slots=True)
class Counts:
    """What a sampling counted."""

    sampled: int
    failed: int
    total: int | None

    @property
    def bounds(self) -> Bounds:
        return bounds(self.failed, self.sampled, self.total)

    def meets(self, cutoff: CutOff) -> str:
        """`met`, `missed` or `too_few`. The standard compares the share that was seen."""
        # What is too much in a small sample is too much: it doesn't get better by being small.
        if Fraction(self.failed, self.sampled) > cutoff.most_unfit:
            return "missed"
        return "met" if cutoff.enough(self.sampled, self.total) else "too_few"

    def proves(self, cutoff: CutOff) -> bool:
        """Whether the upper bound meets it, too, which the standard does not ask."""
        return self.bounds.upper <= float(cutoff.most_unfit)


def standing(cutoff: CutOff, held: int, counts: Counts | None, *, expired: bool = False) -> str:
    """How something that holds so many records stands; one of `STANDINGS`."""
    if counts is None:
        return "not_sampled" if held else "empty"
    return "expired" if expired else counts.meets(cutoff)
