"""What a forgetting will do, worked out before anything is done, and kept so that it can go on.

For each run that must be trained again: where that can start. A run whose parent is untouched
starts at its last checkpoint before the first step that any of the records was part of; one whose
parent changes starts from the beginning. Which steps those are is computed from the records' keys.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self

from pyroaring import BitMap64

from rightful import canonical, moments
from rightful.errors import Damaged
from rightful.forgetting.lineage import Family
from rightful.records.store import RecordStore
from rightful.training import Run
from rightful.training.bins import Bins

Kind = Literal["erase", "withdraw", "rectify"]


@dataclass(frozen=True, slots=True)
class Replay:
    """A run that is trained again, from a step on."""

    run: int
    first_step: int
    """The first step that a record to be forgotten was part of; 0 where its parent changes."""
    start: int
    """The step of the checkpoint that it can start from; 0 is the beginning."""
    steps: int
    """How many steps there are to do."""
    seconds: float | None
    """How long that will take, from how long the run took; None where it does not say."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A record that stands in for another; it is sealed under the same people's keys."""

    old: int
    new: int
    sealed: bytes = field(repr=False)
    content_hash: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one forgetting does. Pseudonyms are how the ledger names the subjects."""

    kind: Kind
    records: BitMap64
    subjects: tuple[int, ...] = ()
    pseudonyms: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    """By the number of a request, how many records it is about."""
    suppress: tuple[bytes, ...] = field(default=(), repr=False)
    """What goes on the suppression list of records and contents."""
    people: Mapping[str, int] = field(default_factory=dict, repr=False)
    """What goes there of people, in hexadecimal, with their numbers."""
    correction: Correction | None = None
    replays: tuple[Replay, ...] = ()
    models: tuple[str, ...] = ()
    discard: tuple[int, ...] = ()
    """Runs that no model in force needs, and whose checkpoints hold some of the influence."""

    @property
    def steps(self) -> int:
        """The steps to train again, of all runs together."""
        return sum(replay.steps for replay in self.replays)

    @property
    def seconds(self) -> float | None:
        """How long training again will take; None where a run does not tell."""
        each = [replay.seconds for replay in self.replays]
        return None if None in each else sum(s for s in each if s is not None)

    def to_json(self) -> str:
        """The plan as canonical JSON, which `from_json` takes."""
        table: dict[str, Any] = {
            "kind": self.kind,
            "records": _b64(self.records.serialize()),
            "subjects": list(self.subjects),
            "pseudonyms": dict(self.pseudonyms),
            "counts": dict(self.counts),
            "suppress": [_b64(digest) for digest in self.suppress],
            "people": dict(self.people),
            "replays": [[r.run, r.first_step, r.start, r.steps, r.seconds] for r in self.replays],
            "models": list(self.models),
            "discard": list(self.discard),
        }
        if self.correction is not None:
            c = self.correction
            table["correction"] = [c.old, c.new, _b64(c.sealed), _b64(c.content_hash)]
        return canonical.encode(table).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises `Damaged` where `text` is no plan."""
        try:
            table = canonical.decode(text.encode(), "the plan of a forgetting")
            fix = table.get("correction")
            return cls(
                kind=table["kind"],
                records=BitMap64.deserialize(base64.b64decode(table["records"])),
                subjects=tuple(table["subjects"]),
                pseudonyms=table["pseudonyms"],
                counts=table["counts"],
                suppress=tuple(base64.b64decode(digest) for digest in table["suppress"]),
                people=table["people"],
                correction=fix
                and Correction(fix[0], fix[1], base64.b64decode(fix[2]), base64.b64decode(fix[3])),
                replays=tuple(Replay(*row) for row in table["replays"]),
                models=tuple(table["models"]),
                discard=tuple(table["discard"]),
            )
        except (KeyError, TypeError, ValueError):
            raise Damaged(
                "the plan of a forgetting can't be read: the registry was changed; restore a backup"
            ) from None


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def with_replays(
    plan: Plan,
    kin: Family,
    store: RecordStore,
    checkpoints: Mapping[int, Sequence[int]],
    departed: Mapping[int, BitMap64],
) -> Plan:
    """The plan with what must be trained again, and what thrown away.

    `checkpoints` are the steps of each run's intact checkpoints, `departed` who left it on the way.
    """
    influenced = kin.influenced(plan.records)
    living = [run for run in kin.living() if run.number in influenced]
    replays: list[Replay] = []
    for run in living:
        again = {replay.run for replay in replays}
        first = 0
        if run.parent not in again:
            first = first_step(run, (run.records & plan.records) | departed[run.number], store)
        start = max((s for s in checkpoints[run.number] if s <= first), default=0)
        replays.append(
            Replay(run.number, first, start, run.program.steps - start, _seconds(run, start))
        )
    gone = {run.number for run in kin.runs.values() if run.status == "superseded"}
    discard = influenced - {run.number for run in living} - gone
    return replace(
        plan,
        replays=tuple(replays),
        models=tuple(kin.models_of({run.number for run in living})),
        discard=tuple(sorted(discard)),
    )


def first_step(run: Run, records: BitMap64, store: RecordStore) -> int:
    """The first step of a run that any of `records` was part of.

    0 where one of them is not held any more: its key is gone, so it may have been any step.
    """
    table = store.rows(records)
    if not table.num_rows or table.num_rows < len(records):
        return 0
    return Bins(run.program.seed, run.program.bins).first_step(store.keys(table))


def _seconds(run: Run, start: int) -> float | None:
    if run.finished_at is None:
        return None
    began, ended = (moments.parse(at) for at in (run.started_at, run.finished_at))
    return _length(began, ended) * (run.program.steps - start) / run.program.steps


def _length(began: datetime, ended: datetime) -> float:
    return (ended - began).total_seconds()
