"""Why the records of one person or one source may be used, or why not: those alike together.

Records are alike if the same rules speak against them. One of each group is explained in full, and
stands for the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import numpy as np
from pyroaring import BitMap64

from rightful.clearance.explain import Explanation, explain
from rightful.clearance.judging import Judged
from rightful.clearance.situations.coding import Ints
from rightful.policy import Decision
from rightful.policy.facts import Value

#: Groups that are explained unless somebody asks for more.
GROUPS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Records of which the same is said."""

    records: BitMap64 = field(repr=False)
    example: Explanation
    """Of the one with the lowest number."""

    @property
    def decision(self) -> Decision:
        return self.example.decision


@dataclass(frozen=True, slots=True)
class Groups:
    """All records that were asked about, those alike together."""

    purpose: str
    at: datetime
    packs: Mapping[str, str]
    """By id, the version of each pack that was asked."""
    decisions: Mapping[Decision, int]
    """How many records there are under each decision, none left out."""
    shown: tuple[Group, ...]
    """The largest first."""
    hidden: int
    """How many groups are left out, so that somebody can read the others."""

    @property
    def records(self) -> int:
        """How many records were asked about."""
        return sum(self.decisions.values())

    @property
    def usable(self) -> int:
        return self.decisions[Decision.ALLOW] + self.decisions[Decision.ALLOW_WITH_CONDITIONS]

    @property
    def unshown(self) -> int:
        """How many records are in the groups that are left out."""
        return self.records - sum(len(group.records) for group in self.shown)


def grouped(
    purpose: str,
    at: datetime,
    judged: Judged,
    facts: Callable[[Ints], Sequence[Mapping[str, Value]]],
    limit: int = GROUPS,
) -> Groups:
    """The groups of what was judged. `facts` gives the rows of facts of the records at places."""
    found = _alike(judged)
    chosen = found[:limit]
    # In the order of the records, as the rows come; the groups are in another one.
    places = np.array(sorted(int(positions[0]) for positions in chosen), np.int64)
    by_record = {
        record: list(rows) for record, rows in groupby(facts(places), lambda row: row["record"])
    }
    shown = []
    for positions in chosen:
        first = int(judged.records[positions[0]])
        example = explain(first, purpose, at, judged.gates, by_record[first])
        shown.append(Group(BitMap64(judged.records[positions].astype(np.uint64)), example))
    counts = judged.decision_counts()
    return Groups(
        purpose=purpose,
        at=at,
        packs={pack.id: pack.version for pack in judged.gates.packs},
        decisions={decision: int(counts[decision]) for decision in Decision},
        shown=tuple(shown),
        hidden=len(found) - len(chosen),
    )


def _alike(judged: Judged) -> list[Ints]:
    """The places of the records of which the same is said, the largest group first."""
    present, case = np.unique(judged.case, return_inverse=True)
    cases = judged.cases.part(present)
    said = np.concatenate([cases.decision[np.newaxis].view(np.uint8), cases.fired, cases.open])
    _, group_of = np.unique(said, axis=1, return_inverse=True)
    group = group_of.reshape(-1)[case.reshape(-1)]
    order = np.argsort(group, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []
    return sorted(found, key=lambda places: (-len(places), int(places[0])))
