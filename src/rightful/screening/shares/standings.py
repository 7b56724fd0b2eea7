"""How each source and the corpus stand against what the standard asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from rightful import moments
from rightful.grants.assessments import Assessment, Assessments
from rightful.records.sources import Sources
from rightful.records.store import RecordStore
from rightful.screening.shares.cutoffs import CORPUS, SCREENED, SOURCE, Counts, CutOff, standing
from rightful.screening.shares.shares import Shares


@dataclass(frozen=True, slots=True)
class Standing:
    """One line: a source looked at by people, or the corpus by people or by machines."""

    of: CutOff
    source: str | None
    held: int
    """How many records there are now."""
    counts: Counts | None
    """Of the latest sampling."""
    made_at: datetime | None
    standing: str
    """One of `cutoffs.STANDINGS`."""
    draws: int
    """How often it was drawn from: more often than it was recorded is worth a question."""

    @property
    def proven(self) -> bool | None:
        """Whether the upper bound meets the cut-off, too; None where nothing counts."""
        return self.counts.proves(self.of) if self.counts and self.standing == "met" else None


def standings(
    store: RecordStore, sources: Sources, assessments: Assessments, shares: Shares
) -> list[Standing]:
    """Every source by its name, then the corpus.

    Only samplings for whatever purpose count here; one for a single purpose counts for that only.
    """
    found = [each for each in assessments.all() if each.purpose is None]
    held = _held(store)
    drawn = [facts.get("source") for facts in shares.draws()]
    names = sorted(sources.names().items(), key=lambda each: each[1])
    lines = [
        _standing(SOURCE, name, held.get(number, 0), found, drawn.count(number))
        for number, name in names
    ]
    whole = sum(held.values())
    return [
        *lines,
        _standing(CORPUS, None, whole, found, drawn.count(None)),
        _standing(SCREENED, None, whole, found, 0),
    ]


def _standing(
    cutoff: CutOff, source: str | None, held: int, found: Iterable[Assessment], draws: int
) -> Standing:
    now = moments.now()
    latest = next(
        (each for each in found if (each.kind, each.source) == (cutoff.kind, source)), None
    )
    if latest is None:
        return Standing(cutoff, source, held, None, None, standing(cutoff, held, None), draws)
    assert latest.sampled is not None
    assert latest.failed is not None
    counts = Counts(latest.sampled, latest.failed, latest.total)
    over = latest.status(now) == "expired"
    stands = standing(cutoff, held, counts, expired=over)
    return Standing(cutoff, source, held, counts, latest.made_at, stands, draws)


def _held(store: RecordStore) -> dict[int, int]:
    """How many records each source has."""
    held: dict[int, int] = {}
    _, parts = store.scan(["source"])
    for part in parts:
        numbers, counts = np.unique(part.column("source").to_numpy(), return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            held[number] = held.get(number, 0) + count
    return held
