"""What millions of patterns of grants mean as facts, worked out bit by bit.

Each fact depends on few bits of a pattern, and those are set in few ways. So a fact is read once
for each of these ways, by the plain reading in `standing`, and patterns that no condition can tell
apart come out as one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rightful.clearance.situations import standing
from rightful.clearance.situations.coding import Bools, Ints, numbered
from rightful.clearance.situations.pattern import (
    ASSESSED,
    CONSENT_STANDS,
    CONSENTS,
    NOTICED,
    OTHER_PURPOSE,
    SEPARATE_STANDS,
    SPECIAL_EVIDENCE,
    SPECIAL_OTHER,
    SPECIAL_UNKNOWN,
    STATES_PART,
    TRAITS,
    Pattern,
    shift,
)
from rightful.clearance.situations.places import Place
from rightful.clearance.situations.standing import Told
from rightful.policy.arrays import Coded
from rightful.policy.distinctions import Distinctions
from rightful.policy.facts import GROUNDS, Value


def _states(*kinds: str) -> int:
    return sum(STATES_PART << shift(kind) for kind in kinds)


#: The bits of an effective pattern that a fact depends on.
DEPENDS: dict[str, int] = {
    **{kind: _states(kind) for kind in GROUNDS},
    "consent": _states(*CONSENTS) | CONSENT_STANDS,
    "separate_consent": _states("separate_consent") | SEPARATE_STANDS,
    "consent_other_purpose": OTHER_PURPOSE,
    "consent_notice": CONSENT_STANDS | TRAITS["notice"],
    "consent_evidence": CONSENT_STANDS | TRAITS["evidence"],
    "consent_explicit": CONSENT_STANDS | TRAITS["explicit"],
    "consent_by_guardian": CONSENT_STANDS | TRAITS["given_by"],
    "separate_by_guardian": SEPARATE_STANDS | TRAITS["separate_given_by"],
    "special_evidence": SPECIAL_EVIDENCE,
    "special_made_public": _states("special_condition") | SPECIAL_OTHER | SPECIAL_UNKNOWN,
}
#: The same for what it means in a source.
TOLD_DEPENDS = NOTICED | ASSESSED | CONSENT_STANDS | TRAITS["notice"]

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Meant:
    """Effective patterns in one source, and of each whether the registry knows all there is."""

    patterns: Ints
    known: Bools
    place: Place


class Basis:
    """The different facts that patterns mean in some sources, and which each of them means."""

    def __init__(self, telling: Distinctions, meant: Sequence[Meant]) -> None:
        self._telling = telling
        whole = np.concatenate([each.patterns for each in meant])
        known = np.concatenate([each.known for each in meant])
        columns = {
            fact: self._column(fact, np.where(known, whole & bits, _UNKNOWN), _reading(fact))
            for fact, bits in DEPENDS.items()
            if fact in telling.columns
        }
        columns |= self._told(whole, known, meant)
        keys = np.zeros(len(whole), np.int64)
        for column in columns.values():
            keys = keys * len(column.values) + column.indices
        _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
        self._columns = {
            fact: Coded(column.indices[first], column.values) for fact, column in columns.items()
        }
        self._size = len(first)
        ends = np.cumsum([len(each.patterns) for each in meant])[:-1]
        self.codes = np.split(codes, ends)
        """For each of what was meant, the index of the facts that each pattern means."""

    def __len__(self) -> int:
        return self._size

    def columns(self, codes: Ints) -> dict[str, Coded]:
        """The columns of rows that are given by their indices."""
        return {
            fact: Coded(column.indices[codes], column.values)
            for fact, column in self._columns.items()
        }

    def _told(self, whole: Ints, known: Bools, meant: Sequence[Meant]) -> dict[str, Coded]:
        """What patterns mean in their sources; the number of the source stands above the bits."""
        numbers = np.repeat(np.arange(len(meant)), [len(each.patterns) for each in meant])
        codes, distinct = numbered(np.where(known, whole & TOLD_DEPENDS, _UNKNOWN))
        ways = [Told.of(Pattern.of(max(way, 0)), known=way >= 0) for way in distinct.tolist()]
        keys = numbers * len(ways) + codes

        def reading(fact: str) -> Callable[[int], Value]:
            def read(key: int) -> Value:
                number, way = divmod(key, len(ways))
                return ways[way].facts(meant[number].place)[fact]

            return read

        return {
            fact: self._column(fact, keys, reading(fact))
            for fact in standing.TOLD
            if fact in self._telling.columns
        }

    def _column(self, fact: str, ways: Ints, read: Callable[[int], Value]) -> Coded:
        """A fact as indices of those of its values that can be told apart."""
        codes, distinct = numbered(ways)
        known: dict[object, int] = {}
        values: list[Value] = []
        indices = []
        for way in distinct.tolist():
            value = read(way)
            told = self._telling.of(fact, value)
            indices.append(known.setdefault(told, len(known)))
            if len(values) < len(known):
                values.append(value)
        return Coded(np.array(indices, np.int64)[codes], values)


def _reading(fact: str) -> Callable[[int], Value]:
    def read(way: int) -> Value:
        return standing.facts(Pattern.of(max(way, 0)), known=way >= 0)[fact]

    return read
