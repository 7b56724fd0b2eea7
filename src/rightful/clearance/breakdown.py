"""A clearance broken down: by source, by pack, what was not asked, and which packs are overdue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from rightful import moments
from rightful.clearance.clearance import Clearance
from rightful.clearance.judging import Judged, bits
from rightful.clearance.situations.coding import Ints, numbered
from rightful.policy import Decision, Gates, Pack, Rule
from rightful.policy.pack import Confidence

#: Decisions are numbers from one.
_LENGTH = len(Decision) + 1


@dataclass(frozen=True, slots=True)
class SourceTally:
    """What was decided about the records of one source."""

    source: int
    """Its number; negative where the registry can't have given it out."""
    decisions: Mapping[Decision, int]
    """For each decision, none left out."""

    @property
    def records(self) -> int:
        return sum(self.decisions.values())

    @property
    def usable(self) -> int:
        return self.decisions[Decision.ALLOW] + self.decisions[Decision.ALLOW_WITH_CONDITIONS]


@dataclass(frozen=True, slots=True)
class PackTally:
    """What one pack alone says of all records, each counted once by its most restrictive answer."""

    pack: Pack | None
    """None for the rules that belong to no pack."""
    asked: int
    """How many of its rules were asked."""
    decisions: Mapping[Decision, int]
    """For each decision; a record that it has nothing against, or is silent about, is allowed."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """Advisory rules of a pack that decided nothing, since nobody turned them on."""

    pack: Pack
    confidence: Confidence
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A clearance by where records come from and by who speaks against them."""

    sources: tuple[SourceTally, ...]
    """The one with most records first."""
    packs: tuple[PackTally, ...]
    """The built-in rules first, then the packs by id."""
    unasked: tuple[Unasked, ...]
    overdue: tuple[Pack, ...]
    """Those that somebody should have looked at again by now."""


def breakdown(clearance: Clearance, *, today: date | None = None) -> Breakdown:
    """What a clearance says by source and by pack.

    Raises:
        NotFound: it was loaded, or is kept up to date, and only the numbers are known of it.
    """
    judged = clearance.known.judged
    day = today or moments.now().date()
    return Breakdown(
        tuple(sorted(_sources(judged), key=lambda tally: (-tally.records, tally.source))),
        tuple(_packs(judged)),
        tuple(_unasked(judged.gates)),
        tuple(pack for pack in judged.gates.packs if pack.overdue(day)),
    )


def _sources(judged: Judged) -> Iterator[SourceTally]:
    codes, sources = numbered(judged.source.astype(np.int64))
    decisions = judged.cases.decision[judged.case]
    places = codes.astype(np.int64) * _LENGTH + decisions
    counts = np.bincount(places, minlength=len(sources) * _LENGTH).reshape(-1, _LENGTH)
    for number, row in zip(sources, counts, strict=True):
        yield SourceTally(int(number), _by_decision(row))


def _packs(judged: Judged) -> Iterator[PackTally]:
    gates = judged.gates
    sizes = np.bincount(judged.case, minlength=len(judged.cases))
    for pack in (None, *gates.packs):
        own = [number for number, gate in enumerate(gates.gates) if gate.pack is pack]
        worst = np.full(len(judged.cases), Decision.ALLOW, np.int8)
        for number in own:
            np.maximum(worst, _brought(judged, number), out=worst)
        counts = np.bincount(worst, weights=sizes, minlength=_LENGTH).astype(np.int64)
        yield PackTally(pack, len(own), _by_decision(counts))


def _brought(judged: Judged, number: int) -> npt.NDArray[np.int8]:
    """What a gate brings in each case; none is zero."""
    fired = bits(judged.cases.fired, number) * np.int8(judged.gates.gates[number].decision)
    return np.maximum(fired, bits(judged.cases.open, number) * np.int8(Decision.HOLD))


def _by_decision(counts: Ints) -> dict[Decision, int]:
    return {decision: int(counts[decision]) for decision in Decision}


def _unasked(gates: Gates) -> Iterator[Unasked]:
    asked = {gate.rule.id for gate in gates.gates}
    kinds: tuple[Confidence, ...] = ("memory", "secondary", "found")
    for pack in gates.packs:
        left = [rule for rule in pack.rules_of("gate") if rule.id not in asked]
        for confidence in kinds:
            rules = tuple(rule for rule in left if rule.confidence == confidence)
            if rules:
                yield Unasked(pack, confidence, rules)
