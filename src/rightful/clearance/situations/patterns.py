"""Whose grants make which pattern: by person, and by source where somebody granted for that one."""

import numpy as np

from rightful.clearance.situations.basis import Meant
from rightful.clearance.situations.coding import Codes, Ints, numbered
from rightful.clearance.situations.corpus import NO_SOURCE, NOBODY
from rightful.clearance.situations.grounds import Groups
from rightful.clearance.situations.pattern import Pattern
from rightful.clearance.situations.people import People
from rightful.clearance.situations.places import Place
from rightful.clearance.situations.standing import SourceGrounds, effective


class Patterns:
    """By person, and by source where a person granted for that one, the index of a pattern."""

    def __init__(self, groups: Groups, patterns: Ints, known: People, sources: Ints) -> None:
        # The first pattern is that of no grants.
        codes, self.patterns = numbered(np.concatenate([[0], patterns]))
        codes = codes[1:]
        # Of whom the registry does not know everything, the pattern does not matter.
        self._unknown, self._nobody = len(self.patterns), len(self.patterns) + 1
        persons = np.array([person.registered for person in known.persons])
        registered = persons[known.codes]
        self._general = np.where(registered, 0, self._unknown).astype(np.int32)
        self._general[NOBODY] = self._nobody
        top = known.unregistered
        theirs = (groups.subject >= 0) & (groups.subject < top)
        theirs &= registered[np.where(theirs, groups.subject, top)]
        everywhere = theirs & (groups.source < 0)
        self._general[groups.subject[everywhere]] = codes[everywhere]
        place = np.searchsorted(sources, groups.source)
        # After the last source stands one that is none; there may be no other.
        found = np.append(sources, NO_SOURCE)[place] == groups.source
        somewhere = theirs & (groups.source >= 0) & found
        # Sorted by person, so that each person's lie together.
        whom = groups.subject[somewhere]
        first = np.flatnonzero(np.diff(whom, prepend=-1))
        whose = whom[first]
        self._place = place[somewhere].astype(np.int32)
        self._codes = codes[somewhere]
        ends = np.append(first[1:], len(self._place))
        # Where a person's begin and how many they are, in one number; 0 for nobody's.
        self._span = np.zeros(len(self._general), np.int64)
        self._span[whose] = first << 31 | (ends - first)

    @property
    def size(self) -> int:
        """How many indices there are."""
        return len(self.patterns) + 2

    def of_rows(self, subject: Codes, place: Ints) -> Ints:
        """The index of the pattern of each person in a source, which is given by its index."""
        found: Ints = self._general[subject].astype(np.int64)
        if not len(self._place):
            return found
        span = self._span[subject]
        rows = np.flatnonzero(span)
        span, wanted = span[rows], place[rows]
        at = span >> 31
        end = at + (span & ((1 << 31) - 1))
        while len(rows):  # as often as anybody granted for different sources
            there = self._place[at] == wanted
            found[rows[there]] = self._codes[at[there]]
            on = ~there & (at + 1 < end)
            rows, at, end, wanted = rows[on], at[on] + 1, end[on], wanted[on]
        return found

    def meant(self, granted: SourceGrounds, place: Place) -> Meant:
        """What each index means in a source: after the patterns, the unknown, and nobody."""
        own = np.append(self.patterns, [self.patterns[0], self.patterns[0]])
        known = np.ones(self.size, np.bool_)
        known[self._unknown], known[self._nobody] = False, granted.impersonal
        return Meant(effective(own, granted), known, place)

    def of(self, subject: int, place: int, granted: SourceGrounds) -> Pattern:
        """The effective pattern; of nobody and of the unknown, that of no grants of their own."""
        (found,) = self.of_rows(np.array([subject], np.int32), np.array([place], np.int64))
        own = self.patterns[[int(found) if found < len(self.patterns) else 0]]
        return Pattern.of(int(effective(own, granted)[0]))
