"""What changed from one clearance to another: which records, and which rules brought it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyroaring import BitMap64

from rightful.clearance.clearance import Clearance, Reason
from rightful.policy import Decision, Rule

#: A decision, or that the record was not asked about: not held yet, or not any more.
Place = Decision | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A rule, and the records that it brought out, or no longer keeps out."""

    rule: Rule
    pack: str | None
    fired: BitMap64 = field(repr=False)
    unanswered: BitMap64 = field(repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two clearances and what lies between them.

    Of one that was loaded, only what it cleared is kept. What would need the rest is None then,
    which is not the same as none.
    """

    before: Clearance = field(repr=False)
    after: Clearance = field(repr=False)
    entered: BitMap64
    """May be used now, and could not before."""
    left: BitMap64
    """Could be used before, and may not now."""
    moves: Mapping[tuple[Place, Place], BitMap64] | None
    """Records by decision before and after, those that are unlike only."""
    added: BitMap64 | None
    """Of those that entered: not held before."""
    removed: BitMap64 | None
    """Of those that left: not held any more."""
    lifted: tuple[Cause, ...] | None
    """What kept those out that entered."""
    brought: tuple[Cause, ...] | None
    """What keeps those out that left."""

    @property
    def same(self) -> bool:
        """Whether nothing is known to have changed for any record."""
        return not self.entered and not self.left and not self.moves

    @property
    def counts(self) -> Mapping[tuple[Place, Place], int] | None:
        """The moves in numbers."""
        if self.moves is None:
            return None
        return {move: len(records) for move, records in self.moves.items()}


def compare(before: Clearance, after: Clearance) -> Comparison:
    """What changed between two clearances, be it by time, by packs or by purpose."""
    entered, left = after.cleared - before.cleared, before.cleared - after.cleared
    old, new = before.detail, after.detail
    moves = _moves(old.decisions, new.decisions) if old and new else None
    return Comparison(
        before=before,
        after=after,
        entered=entered,
        left=left,
        moves=moves,
        added=entered - _asked(old.decisions) if old else None,
        removed=left - _asked(new.decisions) if new else None,
        lifted=_causes(old.reasons, entered) if old else None,
        brought=_causes(new.reasons, left) if new else None,
    )


def _asked(decisions: Mapping[Decision, BitMap64]) -> BitMap64:
    found = BitMap64()
    for records in decisions.values():
        found |= records
    return found


def _moves(
    old: Mapping[Decision, BitMap64], new: Mapping[Decision, BitMap64]
) -> dict[tuple[Place, Place], BitMap64]:
    """The decisions that are unlike, the most restrictive new ones first."""
    was: dict[Place, BitMap64] = dict(old.items())
    is_now: dict[Place, BitMap64] = dict(new.items())
    was[None], is_now[None] = _asked(new) - _asked(old), _asked(old) - _asked(new)
    places = [*sorted(Decision, reverse=True), None]
    return {
        (first, last): moved
        for last in places
        for first in places
        if first is not last and (moved := was[first] & is_now[last])
    }


def _causes(reasons: Sequence[Reason], records: BitMap64) -> tuple[Cause, ...]:
    """The rules that stand in the way of any of these records; the one with most records first."""
    found = []
    for reason in reasons:
        stands = reason.rule.decision is not None and reason.rule.decision >= Decision.HOLD
        fired = reason.fired & records if stands else BitMap64()
        unanswered = reason.unanswered & records
        if fired or unanswered:
            found.append(Cause(reason.rule, reason.pack, fired, unanswered))
    return tuple(sorted(found, key=lambda cause: -len(cause.fired | cause.unanswered)))
