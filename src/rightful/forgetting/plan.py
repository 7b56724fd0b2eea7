"""What a forgetting will do, worked out before anything is done, and kept so that it can go on.

For each run that must be trained again: where that can start. A run whose parent is untouched
starts at its last checkpoint before the first step that any of the records was part of; one whose
parent changes starts from the beginning. Which steps those are is computed from the records' keys.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self

from pyroaring import BitMap64

from rightful import canonical, moments
from rightful.errors import Damaged, InvalidInput
from rightful.forgetting.lineage import Family
from rightful.ledger.verify import commitment
from rightful.records.store import RecordStore
from rightful.training import Checkpoint, Checkpoints, Run
from rightful.training.bins import Bins

Kind = Literal["erase", "withdraw", "rectify", "expire"]


@dataclass(frozen=True, slots=True)
class Replay:
    """A run that is trained again, from a step on."""

    run: int
    first_step: int
    """The first step that has to change; 0 where its parent is trained again, too."""
    start: int
    """The step of the checkpoint that it can start from; 0 is the beginning."""
    steps: int
    """How many steps there are to do."""
    seconds: float | None
    """How long that will take, from how long the run took; None where it does not say."""
    without: BitMap64 = field(default_factory=BitMap64, repr=False)
    """The records that the run was given and does without now."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A record that stands in for another; it is sealed under the same people's keys."""

    old: int
    new: int
    sealed: bytes = field(repr=False)
    content_hash: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Expired:
    """What records whose date has passed leave as evidence; it can't be found out afterwards."""

    as_of: str
    """The moment at which their date had passed."""
    keys: str
    """The commitment to the set of their stored keys, as of a clearance."""
    sources: int
    """From how many sources they were."""
    kept: int
    """How many others were past their date, too, and are kept on a ground."""

    def facts(self) -> dict[str, str | int]:
        """As certificate and ledger have it."""
        return asdict(self)


def expired(store: RecordStore, records: BitMap64, as_of: datetime, kept: int) -> Expired:
    """The evidence of records that are to be deleted, while they are still there."""
    rows = store.rows(records)
    return Expired(
        as_of=moments.text(as_of),
        keys=commitment(rows.column("key").to_pylist()),
        sources=len(rows.column("source").unique()),
        kept=kept,
    )


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
    expired: Expired | None = None
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
            "replays": [
                [r.run, r.first_step, r.start, r.steps, r.seconds, _b64(r.without.serialize())]
                for r in self.replays
            ],
            "models": list(self.models),
            "discard": list(self.discard),
        }
        if self.correction is not None:
            c = self.correction
            table["correction"] = [c.old, c.new, _b64(c.sealed), _b64(c.content_hash)]
        if self.expired is not None:
            table["expired"] = self.expired.facts()
        return canonical.encode(table).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises `Damaged` where `text` is no plan."""
        try:
            table = canonical.decode(text.encode(), "the plan of a forgetting")
            fix, past = table.get("correction"), table.get("expired")
            return cls(
                kind=table["kind"],
                records=_records(table["records"]),
                subjects=tuple(table["subjects"]),
                pseudonyms=table["pseudonyms"],
                counts=table["counts"],
                suppress=tuple(base64.b64decode(digest) for digest in table["suppress"]),
                people=table["people"],
                correction=fix
                and Correction(fix[0], fix[1], base64.b64decode(fix[2]), base64.b64decode(fix[3])),
                expired=past and Expired(**past),
                replays=tuple(_replay(*row) for row in table["replays"]),
                models=tuple(table["models"]),
                discard=tuple(table["discard"]),
            )
        except (InvalidInput, AttributeError, LookupError, TypeError, ValueError):
            raise Damaged(
                "the plan of a forgetting can't be read: the registry was changed; restore a backup"
            ) from None


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _replay(
    run: int, first: int, start: int, steps: int, seconds: float | None, without: str
) -> Replay:
    return Replay(run, first, start, steps, seconds, _records(without))


def _records(text: str) -> BitMap64:
    return BitMap64.deserialize(base64.b64decode(text))


def with_replays(
    plan: Plan,
    kin: Family,
    out: Mapping[int, BitMap64],
    owed: Mapping[int, BitMap64],
    store: RecordStore,
    checkpoints: Checkpoints,
) -> Plan:
    """The plan with what must be trained again, and what thrown away.

    `out` are the records that each run must forget. A run that is trained again pays all that it
    owes by the way.
    """
    influenced = kin.influenced(out)
    touched = [run for run in kin.living() if run.number in influenced]
    replays: list[Replay] = []
    for run in _with_broken_parents(touched, kin, checkpoints):
        without = out.get(run.number, BitMap64()) | owed.get(run.number, BitMap64())
        first = 0
        if run.parent not in {replay.run for replay in replays}:
            first = first_step(run, without, store)
        shared = last_intact(checkpoints, run.number, first)
        start = shared.step if shared else 0
        length = run.program.steps - start
        replays.append(Replay(run.number, first, start, length, _seconds(run, start), without))
    gone = {run.number for run in kin.runs.values() if run.status == "superseded"}
    return replace(
        plan,
        replays=tuple(replays),
        models=tuple(kin.models_of({replay.run for replay in replays})),
        discard=tuple(sorted(influenced - {run.number for run in kin.living()} - gone)),
    )


def _with_broken_parents(
    touched: Sequence[Run], kin: Family, checkpoints: Checkpoints
) -> list[Run]:
    """The runs, parents first, and those that they start from whose last weights are damaged."""
    wanted = {run.number for run in touched}
    for run in reversed(kin.living()):  # children before their parents
        if run.number in wanted and run.parent is not None:
            parent = kin.runs[run.parent]
            last = last_intact(checkpoints, parent.number, parent.program.steps)
            if last is None or last.step < parent.program.steps:
                wanted.add(parent.number)
    return [kin.runs[number] for number in sorted(wanted)]


def last_intact(checkpoints: Checkpoints, run: int, step: int) -> Checkpoint | None:
    """The last checkpoint of a run, up to this step, that can be read."""
    early = [each for each in checkpoints.of(run) if each.step <= step]
    return next((each for each in reversed(early) if checkpoints.intact(each)), None)


def first_step(run: Run, records: BitMap64, store: RecordStore) -> int:
    """The first step of a run that any of `records` was part of; past its last one for none.

    0 where one of them is not held any more: its name is gone, so it may have been any step.
    """
    if not records:
        return run.program.steps
    table = store.rows(records)
    if table.num_rows < len(records):
        return 0
    return Bins(run.program.seed, run.program.bins).first_step(store.keys(table))


def _seconds(run: Run, start: int) -> float | None:
    if run.finished_at is None:
        return None
    began, ended = (moments.parse(at) for at in (run.started_at, run.finished_at))
    return _length(began, ended) * (run.program.steps - start) / run.program.steps


def _length(began: datetime, ended: datetime) -> float:
    return (ended - began).total_seconds()
