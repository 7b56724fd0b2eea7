"""The answer to "which records may be used for this purpose now".

A clearance says of every record it was asked about what was decided, which rules stand in the way,
and what all of it was computed from. What is not in `cleared` is not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from pyroaring import BitMap64

from rightful.clearance.judging import Judged
from rightful.clearance.situations.coding import Ints
from rightful.errors import NotFound, Refused
from rightful.policy import Decision, Gate, Gates, Rule


@dataclass(frozen=True)
class Reason:
    """A rule with the records that it speaks against, or attaches a condition to."""

    gate: Gate
    number: int
    """The gate's among those that were asked."""
    judged: Judged = field(repr=False)

    @property
    def rule(self) -> Rule:
        return self.gate.rule

    @property
    def pack(self) -> str | None:
        """None for the rules that belong to no pack."""
        return self.gate.pack.id if self.gate.pack else None

    @cached_property
    def fired(self) -> BitMap64:
        """The records that it speaks against."""
        return self.judged.fired(self.number)

    @cached_property
    def unanswered(self) -> BitMap64:
        """Held, since a fact that the rule asks for is not known."""
        return self.judged.unanswered(self.number)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many records a rule speaks against."""

    rule: str
    pack: str | None
    fired: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Counts:
    """A clearance in numbers, which is what is kept of those that it does not clear."""

    decisions: Mapping[Decision, int]
    """For each decision, none left out."""
    rules: tuple[RuleCount, ...]
    """The rules that speak against any record, in the order in which they are asked."""

    @property
    def records(self) -> int:
        """How many records were asked about."""
        return sum(self.decisions.values())

    def as_json(self) -> dict[str, Any]:
        """What is kept, and what the ledger says."""
        return {
            "decisions": {decision.word: n for decision, n in self.decisions.items()},
            "rules": [
                {"rule": r.rule, "pack": r.pack, "fired": r.fired, "unanswered": r.unanswered}
                for r in self.rules
            ],
        }

    @classmethod
    def from_json(cls, value: Any) -> "Counts":
        """What `as_json` gave. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        return cls(
            {decision: int(value["decisions"][decision.word]) for decision in Decision},
            tuple(RuleCount(**rule) for rule in value["rules"]),
        )


@dataclass(frozen=True)
class Detail:
    """Which record fell under which decision and which rule, found out when it is asked for."""

    judged: Judged = field(repr=False)

    @cached_property
    def decisions(self) -> Mapping[Decision, BitMap64]:
        """The records under each decision."""
        return {decision: self.judged.decided(decision) for decision in Decision}

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The rules that speak against any record, in the order in which they are asked."""
        gates = self.judged.gates.gates
        return tuple(Reason(gates[number], number, self.judged) for number in self._spoken())

    def counts(self) -> Counts:
        """The same in numbers."""
        return counted(self.judged.gates, self.judged.decision_counts(), *self._gates)

    def _spoken(self) -> list[int]:
        fired, open_ = self._gates
        found: list[int] = np.flatnonzero(fired | open_).tolist()
        return found

    @cached_property
    def _gates(self) -> tuple[Ints, Ints]:
        return self.judged.gate_counts()


def counted(gates: Gates, decisions: Ints, fired: Ints, open_: Ints) -> Counts:
    """Counts from the numbers of records by decision and by gate."""
    return Counts(
        {decision: int(decisions[decision]) for decision in Decision},
        tuple(
            RuleCount(
                gate.rule.id, gate.pack.id if gate.pack else None, int(fired[n]), int(open_[n])
            )
            for n, gate in enumerate(gates.gates)
            if fired[n] or open_[n]
        ),
    )


@dataclass(frozen=True, slots=True)
class Clearance:
    """Which records may be used for a purpose, and why not the others."""

    number: int | None
    """None until it is saved."""
    purpose: str
    at: datetime
    valid_until: datetime
    """When the answer may change although nobody changes anything."""
    revision: int
    """The registry's when it was read. If it has another one now, this may be out of date."""
    packs: Mapping[str, Mapping[str, str]]
    """By id, the version and hash of each pack that was asked."""
    cleared: BitMap64 = field(repr=False)
    counts: Counts
    detail: Detail | None = field(default=None, repr=False, compare=False)
    """None for one that was loaded or is kept up to date; `decisions` and `reasons` say so rather
    than seem empty."""

    @property
    def decisions(self) -> Mapping[Decision, BitMap64]:
        """The records under each decision.

        Raises:
            NotFound: only what is cleared and the numbers are kept of it.
        """
        return self.known.decisions

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The rules that speak against any record, with those records.

        Raises:
            NotFound: only what is cleared and the numbers are kept of it.
        """
        return self.known.reasons

    @property
    def about_all(self) -> Mapping[Decision, int]:
        """How many records there are under each decision."""
        return self.counts.decisions

    @property
    def summary(self) -> str:
        """One sentence; it says as plainly that nothing is held, or that nothing is cleared."""
        asked, usable = self.counts.records, len(self.cleared)
        if not asked:
            return f"no record is held, so nothing is cleared for {self.purpose}"
        if not usable:
            return f"none of {asked:,} records is cleared for {self.purpose}"
        return f"{usable:,} of {asked:,} records are cleared for {self.purpose}"

    def require_records(self) -> None:
        """Stop whoever needs records if there are none.

        Raises:
            NotFound: no record is held at all.
            Refused: records are held, and none may be used.
        """
        if not self.counts.records:
            raise NotFound(f"{self.summary}; import records first")
        if not self.cleared:
            raise Refused(
                f"{self.summary}; `rightful clear {self.purpose}` shows which rules stand in the "
                "way"
            )

    @property
    def known(self) -> Detail:
        """Which record fell under what.

        Raises:
            NotFound: only what is cleared and the numbers are kept of it.
        """
        if self.detail is None:
            named = "this clearance" if self.number is None else f"clearance {self.number}"
            raise NotFound(
                f"{named} keeps the records it cleared and numbers about the others, not which "
                "were which; compute it anew to see"
            )
        return self.detail
