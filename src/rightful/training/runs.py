"""Runs as the registry keeps them: what was trained, on which records, from what, and who left."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from pyroaring import BitMap64
from sqlalchemy import Connection, delete, insert, select, update

from rightful import canonical, moments
from rightful.errors import NotFound
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import departures, losses, purposes, runs
from rightful.training.program import Program

Kind = Literal["pretraining", "fine-tuning"]
Status = Literal["running", "finished", "superseded"]


@dataclass(frozen=True, slots=True)
class Run:
    """A program applied to a set of records. `records` is what it was given at its start."""

    number: int
    kind: Kind
    model: str
    purpose: str
    clearance: int
    program: Program
    environment: Mapping[str, Any]
    parent: int | None
    start_sha256: str | None
    records: BitMap64
    status: Status
    replaces: int | None
    weights_sha256: str | None
    started_at: str
    finished_at: str | None

    @property
    def finished(self) -> bool:
        return self.weights_sha256 is not None


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run about to start."""

    kind: Kind
    model: str
    purpose: str
    clearance: int
    program: Program
    environment: Mapping[str, Any]
    records: BitMap64
    parent: int | None = None
    start_sha256: str | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """The mean loss of a step's records; a step whose bin was empty has none."""

    step: int
    value: float
    records: int


class Runs:
    """The runs of one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def get(self, number: int) -> Run:
        """One run. Raises `NotFound`."""
        found = self._where(runs.c.id == number)
        if not found:
            raise NotFound(f"there is no run {number}; `rightful status` lists them")
        return found[0]

    def all(self) -> list[Run]:
        """Every run, the oldest first."""
        return self._where(True)

    def children(self, number: int) -> list[Run]:
        """The runs that start from the weights of this one."""
        return self._where(runs.c.parent_run == number)

    def replacement(self, number: int) -> Run | None:
        """The newest run that is the forgetting of this one."""
        found = self._where(runs.c.replaces == number)
        return found[-1] if found else None

    def start(self, connection: Connection, new: NewRun, commitment: str) -> int:
        """Keep a new run, in the caller's transaction; returns its number.

        `commitment` is the root over its records' keys, for the ledger.
        """
        purpose = connection.scalar(select(purposes.c.id).where(purposes.c.name == new.purpose))
        done = connection.execute(
            insert(runs).values(
                kind=new.kind,
                model=new.model,
                purpose=purpose,
                clearance=new.clearance,
                program=canonical.encode(new.program.to_dict()).decode(),
                program_sha256=new.program.sha256,
                environment=canonical.encode(dict(new.environment)).decode(),
                parent_run=new.parent,
                start_sha256=new.start_sha256,
                records=new.records.serialize(),
                status="running",
                replaces=new.replaces,
                started_at=moments.text(moments.now()),
            )
        )
        assert done.inserted_primary_key is not None
        number = int(done.inserted_primary_key[0])
        self._ledger.append(
            connection,
            "run_started",
            {
                "run": number,
                "run_kind": new.kind,
                "model": new.model,
                "purpose": new.purpose,
                "clearance": new.clearance,
                "program_sha256": new.program.sha256,
                "start_sha256": new.start_sha256,
                "records": len(new.records),
                "records_root": commitment,
                "replaces": new.replaces,
            },
        )
        return number

    def restart(self, number: int, environment: Mapping[str, Any]) -> None:
        """Begin a run anew where it can't go on: on another machine than it began on."""
        text = canonical.encode(dict(environment)).decode()
        with self._registry.transaction() as connection:
            connection.execute(update(runs).where(runs.c.id == number).values(environment=text))
            connection.execute(delete(losses).where(losses.c.run == number))

    def finish(self, connection: Connection, number: int, weights_sha256: str) -> None:
        """Say that a run has done all its steps, in the caller's transaction."""
        connection.execute(
            update(runs)
            .where(runs.c.id == number)
            .values(
                status="finished",
                weights_sha256=weights_sha256,
                finished_at=moments.text(moments.now()),
            )
        )
        facts = {"run": number, "weights_sha256": weights_sha256}
        self._ledger.append(connection, "run_finished", facts)

    def supersede(self, connection: Connection, number: int) -> None:
        """Say that a run's weights are no longer to be used, in the caller's transaction."""
        connection.execute(update(runs).where(runs.c.id == number).values(status="superseded"))

    # Who left

    def depart(self, run: int, step: int, left: BitMap64) -> None:
        """Say that from this step on a run goes without some of its records."""
        with self._registry.transaction() as connection:
            row = (departures.c.run == run) & (departures.c.step == step)
            before = connection.scalar(select(departures.c.records).where(row))
            if before is not None:
                left = left | BitMap64.deserialize(before)
                connection.execute(delete(departures).where(row))
            connection.execute(
                insert(departures).values(run=run, step=step, records=left.serialize())
            )
            facts = {"run": run, "step": step, "records": len(left)}
            self._ledger.append(connection, "departure", facts)

    def departed(self, run: int) -> list[tuple[int, BitMap64]]:
        """From which steps on which records were left out, in the order of steps."""
        query = select(departures).where(departures.c.run == run).order_by(departures.c.step)
        return [(r.step, BitMap64.deserialize(r.records)) for r in self._registry.rows(query)]

    # Losses

    def add_losses(self, connection: Connection, run: int, new: Sequence[Loss]) -> None:
        """Keep the losses of steps, in the caller's transaction."""
        rows = [
            {"run": run, "step": each.step, "value": each.value, "records": each.records}
            for each in new
        ]
        if rows:
            connection.execute(insert(losses), rows)

    def drop_losses(self, run: int, since: int = 0) -> None:
        """Delete the losses from a step on."""
        with self._registry.transaction() as connection:
            connection.execute(delete(losses).where(losses.c.run == run, losses.c.step >= since))

    def losses(self, run: int) -> list[Loss]:
        """The losses of a run, by step."""
        query = select(losses).where(losses.c.run == run).order_by(losses.c.step)
        return [Loss(r.step, r.value, r.records) for r in self._registry.rows(query)]

    def _where(self, condition: Any) -> list[Run]:
        query = (
            select(runs, purposes.c.name.label("purpose_name"))
            .join(purposes, purposes.c.id == runs.c.purpose)
            .where(condition)
            .order_by(runs.c.id)
        )
        return [_run(row) for row in self._registry.rows(query)]


def _run(row: Any) -> Run:
    return Run(
        number=row.id,
        kind=cast(Kind, row.kind),
        model=row.model,
        purpose=row.purpose_name,
        clearance=row.clearance,
        program=Program.from_dict(json.loads(row.program)),
        environment=json.loads(row.environment),
        parent=row.parent_run,
        start_sha256=row.start_sha256,
        records=BitMap64.deserialize(row.records),
        status=cast(Status, row.status),
        replaces=row.replaces,
        weights_sha256=row.weights_sha256,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
