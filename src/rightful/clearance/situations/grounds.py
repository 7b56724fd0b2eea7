"""What several grants mean together, for millions of people at once.

A grant is active at a moment if it has begun and is neither withdrawn nor over; of two things that
happen at the same moment, the one that ends it counts. Those of a person for every source and those
for one source are put together here; what was granted for everyone in a source is added in
`standing`. Of consents the last one given counts, unless one was withdrawn since.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

import numpy as np

from rightful.clearance.situations.coding import Ints, Shorts, among, in_threads
from rightful.clearance.situations.granted import GrantArrays
from rightful.clearance.situations.instants import BEFORE_ALL, UNREADABLE, micros
from rightful.clearance.situations.pattern import (
    ACTIVE,
    CONSENTS,
    EXPIRED,
    KINDS,
    PENDING,
    WITHDRAWN,
    bits_of,
    of_consents,
    of_separate_consents,
)


@dataclass(frozen=True)
class Groups:
    """Grants put together by person and source, sorted by these."""

    subject: Ints
    source: Ints
    bits: Ints
    left: Ints
    """When a consent was last withdrawn, BEFORE_ALL if never; `separate_left` for separate ones."""
    separate_left: Ints
    last: Ints
    """Which grant is the last active consent, -1 if none; `separate_last` for separate ones."""
    separate_last: Ints

    def part(self, rows: Ints) -> "Groups":
        """Those at some places alone."""
        return Groups(
            *(self.subject[rows], self.source[rows], self.bits[rows], self.left[rows]),
            *(self.separate_left[rows], self.last[rows], self.separate_last[rows]),
        )

    @classmethod
    def all(cls, parts: Sequence["Groups"]) -> "Groups":
        """Several, one after the other."""
        none = np.empty(0, np.int64)
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([none, *(getattr(p, n) for p in parts)]) for n in names))

    def moved(self, by: int) -> "Groups":
        """The same for grants that stand further on among others."""
        last = np.where(self.last >= 0, self.last + by, -1)
        separate_last = np.where(self.separate_last >= 0, self.separate_last + by, -1)
        return replace(self, last=last, separate_last=separate_last)

    def without(self, *kinds: str) -> "Groups":
        """The same without the active consents of some kinds."""
        none = np.full_like(self.last, -1)
        last = none if "consent" in kinds else self.last
        separate = none if "separate_consent" in kinds else self.separate_last
        return replace(self, last=last, separate_last=separate)

    def patterns(
        self, grants: GrantArrays, left: int = BEFORE_ALL, separate_left: int = BEFORE_ALL
    ) -> Ints:
        """The pattern of each group, where consents of a source were withdrawn at `left`."""
        found: Ints = self.bits.copy()

        def add(rows: Ints) -> None:
            ended = np.maximum(self.left[rows], left)
            separate_ended = np.maximum(np.maximum(self.separate_left[rows], separate_left), ended)
            last = _standing(grants, self.last[rows], ended)
            separate = _standing(grants, self.separate_last[rows], separate_ended)
            counts = _later(grants, last, separate)
            said = np.where(counts >= 0, of_consents(grants.traits[counts]), 0)
            apart = np.where(separate >= 0, of_separate_consents(grants.traits[separate]), 0)
            found[rows] |= said | apart

        in_threads(add, np.flatnonzero((self.last >= 0) | (self.separate_last >= 0)))
        return found


def grouped(grants: GrantArrays, at: datetime, covering: Collection[int]) -> Groups:
    """The grants of each person put together: those for all sources, and for each source."""

    def group(rows: Ints) -> Groups:
        first, end = int(rows[0]), int(rows[-1]) + 1
        part = grants.part(slice(first, end))
        return merged(together(part, at, covering), part).moved(first)

    # Cut where another person's begin.
    cuts = np.flatnonzero(np.diff(grants.subject, prepend=grants.subject[:1]))
    return Groups.all(in_threads(group, np.arange(len(grants.subject)), cuts=cuts))


def together(grants: GrantArrays, at: datetime, covering: Collection[int]) -> Groups:
    """The grants of each person for each source put together, those for all sources apart."""
    if not len(grants.subject):
        none = np.empty(0, np.int64)
        return Groups(none, none, none, none, none, none, none)
    new = np.empty(len(grants.subject), np.bool_)
    new[0] = True
    np.not_equal(grants.subject[1:], grants.subject[:-1], out=new[1:])
    new[1:] |= grants.source[1:] != grants.source[:-1]
    starts = np.flatnonzero(new)
    state = _states(grants, micros(at))
    covers = among(grants.purpose, covering)
    bits = bits_of(covers, grants.kind, state, grants.traits)
    group = np.cumsum(new, dtype=np.int32) - 1
    found: dict[str, tuple[Ints, Ints]] = {}
    for kind in CONSENTS:
        of_kind = covers & (grants.kind == KINDS[kind])
        left = np.full(len(starts), BEFORE_ALL, np.int64)
        withdrawn = np.flatnonzero(of_kind & (state == WITHDRAWN))
        np.maximum.at(left, group[withdrawn], grants.left[withdrawn])
        last = np.full(len(starts), -1, np.int64)
        active = np.flatnonzero(of_kind & (state == ACTIVE))
        last[group[active]] = active  # of those of one group the last stays
        found[kind] = left, last
    (left, last), (separate_left, separate_last) = (found[kind] for kind in CONSENTS)
    return Groups(
        grants.subject[starts],
        grants.source[starts],
        np.bitwise_or.reduceat(bits, starts),
        left,
        separate_left,
        last,
        separate_last,
    )


def merged(groups: Groups, grants: GrantArrays) -> Groups:
    """Groups of a person for one source with what that person granted for all sources added.

    Those for all sources, which come first of a person's, stay as they are.
    """
    if not len(groups.subject):
        return groups
    new = np.concatenate([[True], groups.subject[1:] != groups.subject[:-1]])
    general = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    rows = np.flatnonzero((groups.source >= 0) & (groups.source[general] < 0))
    if not len(rows):
        return groups
    add = general[rows]
    last, separate_last = groups.last.copy(), groups.separate_last.copy()
    last[rows] = _later(grants, last[rows], last[add])
    separate_last[rows] = _later(grants, separate_last[rows], separate_last[add])
    bits, left, separate_left = (
        column.copy() for column in (groups.bits, groups.left, groups.separate_left)
    )
    bits[rows] |= bits[add]
    left[rows] = np.maximum(left[rows], left[add])
    separate_left[rows] = np.maximum(separate_left[rows], separate_left[add])
    return Groups(groups.subject, groups.source, bits, left, separate_left, last, separate_last)


def _standing(grants: GrantArrays, last: Ints, ended: Ints) -> Ints:
    """Those consents that began after the last withdrawal; -1 for the others."""
    return np.where((last >= 0) & (grants.start[last] > ended), last, -1)


def _later(grants: GrantArrays, one: Ints, other: Ints) -> Ints:
    """Of two grants the one that began later; of those at the same moment, the newer one."""
    first, second = grants.start[one], grants.start[other]
    newer = (second > first) | ((second == first) & (grants.number[other] > grants.number[one]))
    return np.where((one < 0) | ((other >= 0) & newer), other, one)


def _states(grants: GrantArrays, now: int) -> Shorts:
    state = np.where(grants.start <= now, np.int16(ACTIVE), np.int16(PENDING))
    state[grants.end <= now] = EXPIRED
    state[(grants.left <= now) | (grants.left == UNREADABLE)] = WITHDRAWN
    return state
