"""A clearance that is brought up to date person by person.

A grant, a withdrawal, an objection or a restriction changes the answer for one person's records,
and so does the hour at which a grant ends. Only those are asked about anew, in time that depends on
how many they are and not on how many there are. Whatever is not about single people (a source, a
pack, an import, a new day) makes everything be asked about again.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap64

from rightful import moments
from rightful.clearance.clearance import Clearance, counted
from rightful.clearance.judging import Cases, Judge, Judged, as_cases, judge
from rightful.clearance.situations.coding import Ints
from rightful.clearance.situations.corpus import Corpus
from rightful.clearance.situations.view import RegistryView, later
from rightful.policy import Decision, Judgement
from rightful.registry import Registry

if TYPE_CHECKING:
    from rightful.clearance.clearances import Clearances

#: If more people than this changed, asking about everybody is quicker.
MANY = 2000

_USABLE = (Decision.ALLOW, Decision.ALLOW_WITH_CONDITIONS)

#: For so many new cases room is made at once.
_ROOM = 4096

#: A moment at which a grant of a person begins or ends.
Turn = tuple[datetime, int]


@dataclass
class _State:
    """The answer as it stands."""

    version: int
    """Of the record store."""
    seen: RegistryView
    """What was read last: of everybody at first, then of those who changed."""
    until: datetime
    """When something else than a person's grants may change the answer."""
    turns: list[Turn]
    """Those before `until`, as a heap. One that was undone since makes us look in vain, once."""
    corpus: Corpus
    judged: Judged
    cleared: BitMap64
    decisions: Ints
    fired: Ints
    open: Ints
    known: dict[tuple[int, bytes, bytes], int] = field(default_factory=dict)
    """The cases that were added to those of `judged`, by what is said of them."""
    used: int = 0
    """How many of the cases of `judged` stand for something."""

    def take_due(self, at: datetime) -> list[int]:
        """The people of whom a grant began or ended by now."""
        due = []
        while self.turns and self.turns[0][0] <= at:
            due.append(heappop(self.turns)[1])
        return due

    def move(self, positions: Ints, cases: Cases) -> None:
        """Put records into other cases, and count again what that changes."""
        for part, sign in ((self.judged.at(positions), -1), (cases, 1)):
            self.decisions += sign * np.bincount(part.decision, minlength=len(self.decisions))
            for counts, masks in ((self.fired, part.fired), (self.open, part.open)):
                bits = np.unpackbits(masks, axis=0, count=len(counts), bitorder="little")
                counts += sign * bits.sum(axis=1, dtype=np.int64)
        records = self.corpus.records[positions].astype(np.uint64)
        usable = np.isin(cases.decision, _USABLE)
        self.cleared |= BitMap64(records[usable])
        self.cleared -= BitMap64(records[~usable])
        self.judged.case[positions] = [self._case(cases, n) for n in range(len(positions))]

    def _case(self, cases: Cases, number: int) -> int:
        """Where among the cases of `judged` one of these stands."""
        one = cases.part(slice(number, number + 1))
        said = int(one.decision[0]), one.fired.tobytes(), one.open.tobytes()
        if said not in self.known:
            if self.used == len(self.judged.cases):
                room = Cases(
                    np.full(_ROOM, int(Decision.DENY), np.int8),
                    np.zeros((len(one.fired), _ROOM), np.uint8),
                    np.zeros((len(one.open), _ROOM), np.uint8),
                )
                self.judged.cases = Cases.all([self.judged.cases, room])
            self.judged.cases.put(self.used, one)
            self.known[said] = self.used
            self.used += 1
        return self.known[said]


class Upkeep:
    """Keeps the clearance of all records for one purpose."""

    def __init__(
        self,
        clearances: "Clearances",
        registry: Registry,
        purpose: str,
        covering: Collection[int],
    ) -> None:
        self.purpose = purpose
        self._clearances = clearances
        self._registry = registry
        self._covering = tuple(covering)
        self._judge = Judge(clearances.gates)
        self._state: _State | None = None

    def clearance(self) -> Clearance:
        """The clearance as of now. It has no `detail`; `judged` has it."""
        state = self._current()
        return Clearance(
            number=None,
            purpose=self.purpose,
            at=state.seen.at,
            valid_until=min([state.until, *(moment for moment, _ in state.turns[:1])]),
            revision=state.seen.revision,
            packs=self._clearances.versions,
            cleared=state.cleared.copy(),
            counts=counted(state.judged.gates, state.decisions, state.fired, state.open),
        )

    def judged(self) -> Judged:
        """What the rules say of each record as of now, and until this is asked for something."""
        return self._current().judged

    def _current(self) -> _State:
        # Whatever stops this half-way, everything is asked about again.
        state, self._state = self._state, None
        held = state is not None and state.version == self._clearances.store_version
        if state is None or not held or not self._follow(state):
            state = self._anew()
        self._state = state
        return state

    def _anew(self) -> _State:
        """Ask about everything."""
        seen = self._clearances.view()
        version = self._clearances.store_version
        corpus = self._clearances.corpus()
        inquiry = self._clearances.inquiry(seen, corpus, self._covering)
        judged = judge(self._clearances.gates, corpus, inquiry)
        counts = judged.gate_counts()
        corpus.index()
        until = seen.changes_for_all(self._covering)
        state = _State(
            version=version,
            seen=seen,
            until=until,
            turns=seen.turns(until, self._covering),
            corpus=corpus,
            # What is numbered by Arrow can't be written to.
            judged=replace(judged, case=np.require(judged.case, requirements="W")),
            cleared=judged.decided(*_USABLE),
            decisions=judged.decision_counts(),
            fired=counts[0],
            open=counts[1],
            used=len(judged.cases),
        )
        heapify(state.turns)
        return state

    def _follow(self, state: _State) -> bool:
        """Bring a state up to date; False, and it is of no use, where too much changed."""
        with self._registry.reading() as connection:
            changes = self._registry.changes(connection, state.seen.revision)
            at = moments.now()  # after the view was taken, as in `view`
            if changes.everything or changes.sources or not state.seen.at <= at < state.until:
                return False
            people = {*changes.subjects, *state.take_due(at)}
            if len(people) > MANY:
                return False
            if not people:
                state.seen = replace(state.seen, at=at)
                return True
            positions = state.corpus.about(people)
            part = state.corpus.part(positions)
            # Those in the same records did not change, but are asked about, too.
            everybody = people.union(part.people().tolist())
            state.seen = later(self._registry, connection, state.seen, at, everybody)
        state.until = min(state.until, state.seen.changes_for_all(self._covering))
        for turn in state.seen.turns(state.until, self._covering):
            if turn[1] in people:
                heappush(state.turns, turn)
        if len(positions):
            self._refresh(state, positions, part)
        return True

    def _refresh(self, state: _State, positions: Ints, part: Corpus) -> None:
        """Ask about some records."""
        numbers = part.people()
        seen, few = state.seen.renumbered(numbers), part.renumbered(numbers)
        inquiry = self._clearances.inquiry(seen, few, self._covering)
        known: dict[tuple[object, ...], Judgement] = {}
        judgements = []
        for _, group in groupby(inquiry.rows(), key=lambda row: row["record"]):
            facts = [{**row, "record": None, "subject": None} for row in group]
            key = tuple(value for row in facts for value in row.values())
            if key not in known:
                known[key] = self._judge.judge(facts)
            judgements.append(known[key])
        state.move(positions, as_cases(self._clearances.gates, judgements))
