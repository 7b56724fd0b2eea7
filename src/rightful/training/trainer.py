"""Pretraining, fine-tuning, and doing either again: weights from a program and cleared records.

A run that was stopped, however hard, goes on from its last checkpoint and ends with the same bits.
The same command given twice trains once: an unfinished run of the same recipe is resumed, and one
that has finished on the same records is the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from pyroaring import BitMap64
from sqlalchemy import Connection

from rightful.clearance import Clearance, Clearances
from rightful.errors import InvalidInput, Refused
from rightful.files import write_atomic
from rightful.ledger import Ledger, commitment
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.training import determinism, loop, networks, tasks, weights
from rightful.training.checkpoints import Cadence, Checkpoints, State
from rightful.training.gate import Gate
from rightful.training.loader import Loader
from rightful.training.models import Models, check_name
from rightful.training.program import Program
from rightful.training.runs import Kind, Loss, NewRun, Run, Runs
from rightful.training.weights import Weights

#: Told after each step: how many are done, how many there are, and the loss if the bin had records.
Progress = Callable[[int, int, Loss | None], None]

_STARTS = "weights"

#: How long a run waits for another one, in seconds; those take minutes, or days.
_PATIENCE = 2.0


def _silent(done: int, of: int, loss: Loss | None) -> None:
    """Progress for nobody."""


@dataclass(frozen=True, slots=True)
class Start:
    """The weights that a run starts from: those of a parent run, or those of a file."""

    sha256: str
    parent: int | None = None


class Trainer:
    """Trains in one workspace. One run goes at a time: `Busy` tells that another one does."""

    def __init__(
        self,
        registry: Registry,
        folder: Path,
        store: RecordStore,
        clearances: Clearances,
        ledger: Ledger,
    ) -> None:
        self._registry = registry
        self._folder = folder
        self._store = store
        self._clearances = clearances
        self.runs = Runs(registry, ledger)
        self.models = Models(registry, ledger)
        self.checkpoints = Checkpoints(registry, folder)

    def pretrain(
        self,
        program: Program,
        *,
        model: str,
        purpose: str = "pretraining",
        cadence: Cadence | None = None,
        on_progress: Progress = _silent,
    ) -> Run:
        """Train from random weights and put the result in force as `model`.

        Raises:
            Refused: no record is cleared for the purpose.
            InvalidInput: the program does not fit the records.
            Busy: another run is going on this workspace.
        """
        with self._registry.lock("training", patience=_PATIENCE):
            return self._train("pretraining", program, model, purpose, None, cadence, on_progress)

    def finetune(
        self,
        program: Program,
        *,
        model: str,
        parent: str | Path,
        purpose: str = "fine-tuning",
        cadence: Cadence | None = None,
        on_progress: Progress = _silent,
    ) -> Run:
        """Train from the weights of a model (by name) or a file (by path), as `pretrain` does.

        Raises as `pretrain`, and:
            Refused: the parent is restricted, or its file is a pickle that would run code.
            NotFound: there is no such model.
            InvalidInput: the weights don't fit the program's network.
        """
        with self._registry.lock("training", patience=_PATIENCE):
            start = self._start_from(program, parent)
            return self._train("fine-tuning", program, model, purpose, start, cadence, on_progress)

    def resume(
        self, run: Run, *, cadence: Cadence | None = None, on_progress: Progress = _silent
    ) -> Run:
        """Go on with a run that was stopped. The caller holds the lock `training`."""
        if run.finished:
            return run
        return self._go(run, self._clear(run.purpose), cadence or Cadence(), on_progress)

    def _train(
        self,
        kind: Kind,
        program: Program,
        model: str,
        purpose: str,
        start: Start | None,
        cadence: Cadence | None,
        on_progress: Progress,
    ) -> Run:
        check_name(model)
        networks.build(program)  # what can't be built is told before anything is written down
        clearance = self._clear(purpose)
        if not clearance.cleared:
            raise Refused(
                f"no record is cleared for {purpose}, so there is nothing to train on; "
                f"`rightful clear {purpose}` tells why"
            )
        run = self._same(kind, program, model, purpose, start, clearance.cleared)
        if run is None:
            clearance = self._clearances.save(clearance)
            assert clearance.number is not None, "a clearance that was saved has a number"
            new = NewRun(
                kind,
                model,
                purpose,
                clearance.number,
                program,
                determinism.environment(),
                clearance.cleared,
                parent=start.parent if start else None,
                start_sha256=start.sha256 if start else None,
            )
            with self._registry.transaction() as connection:
                number = self.begin(connection, new)
            run = self.runs.get(number)
        if run.finished:
            return run
        return self._go(run, clearance, cadence or Cadence(), on_progress)

    def begin(self, connection: Connection, new: NewRun) -> int:
        """Keep a run that is about to start, with the root over its records' keys."""
        stored = self._store.rows(new.records).column("key").to_pylist()
        return self.runs.start(connection, new, commitment(stored))

    def _same(
        self,
        kind: Kind,
        program: Program,
        model: str,
        purpose: str,
        start: Start | None,
        records: BitMap64,
    ) -> Run | None:
        """An unfinished run of this recipe, or the one in force if it had these records."""
        in_force = {found.name: found.run for found in self.models.all()}.get(model)
        wanted = (kind, program.sha256, model, purpose, start.sha256 if start else None)
        for run in reversed(self.runs.all()):
            if wanted != (run.kind, run.program.sha256, run.model, run.purpose, run.start_sha256):
                continue
            # A replay that was stopped is part of a forgetting, which alone may go on with it.
            if run.status == "running" and run.replaces is None:
                return run
            # One that lost somebody on the way is not what training on these records gives.
            if (
                run.number == in_force
                and run.records == records
                and not self.runs.departed(run.number)
            ):
                return run
        return None

    # Where a run starts

    def _start_from(self, program: Program, parent: str | Path) -> Start:
        if isinstance(parent, Path):
            found = weights.read(parent)
            weights.load_into(networks.build(program), found, str(parent))
            return Start(self._keep(found))
        model = self.models.usable(parent)
        run = self.runs.get(model.run)
        found = self.last_weights(run)
        weights.load_into(networks.build(program), found, f"the model {parent}")
        assert run.weights_sha256 is not None, "a model points at a finished run"
        return Start(run.weights_sha256, run.number)

    def _keep(self, found: Weights) -> str:
        """Keep weights that came from a file, so that a resumed run and a replay have them."""
        sha256 = weights.digest(found)
        path = self._start_path(sha256)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            data = safetensors.torch.save(weights.apart(found))
            write_atomic(path, data, mode=0o600)
        return sha256

    def _start_path(self, sha256: str) -> Path:
        return self._folder / _STARTS / f"{sha256}.safetensors"

    def last_weights(self, run: Run) -> Weights:
        """The weights that a finished run ended with. Raises `Damaged` where they can't be read."""
        found = [c for c in self.checkpoints.of(run.number) if c.step == run.program.steps]
        if not run.finished or not found:
            raise InvalidInput(
                f"run {run.number} has no final weights; give its command again and it goes on"
            )
        return self.checkpoints.weights(found[-1])

    def _starting_weights(self, run: Run) -> Weights | None:
        if run.parent is not None:
            return self.last_weights(self.runs.get(run.parent))
        if run.start_sha256 is not None:
            return weights.read(self._start_path(run.start_sha256))
        return None

    # Going

    def _clear(self, purpose: str) -> Clearance:
        return self._clearances.compute(purpose)

    def _go(self, run: Run, clearance: Clearance, cadence: Cadence, on_progress: Progress) -> Run:
        """All steps that are left of a run; the run as it is after them."""
        here = determinism.environment(threads=run.environment["threads"])
        if determinism.differences(run.environment, here):
            self._restart(run, here)
        self.checkpoints.remove_strays(run.number)
        with determinism.deterministic(here["threads"]):
            state = self._state(run)
            self.runs.drop_losses(run.number, since=state.step)
            gate = self._gate(run, state.step, clearance)
            self._steps(run, state, gate, cadence, on_progress)
        return self.runs.get(run.number)

    def _gate(self, run: Run, step: int, clearance: Clearance) -> Gate:
        """The gate of a run that goes on from a step; whoever once left stays out."""
        departures = self.runs.departed(run.number)
        before = BitMap64().union(*(records for since, records in departures if since <= step))
        later = BitMap64().union(*(records for since, records in departures if since > step))
        stay = run.records - before
        gate = Gate(self._clearances, self.runs, run.number, clearance, stay)
        gate.leave(step, (stay - clearance.cleared) | (stay & later))
        return gate

    def _restart(self, run: Run, environment: dict[str, Any]) -> None:
        """From the beginning: bits of two kinds of machine don't make one result."""
        self.checkpoints.delete(self.checkpoints.of(run.number))
        self.runs.restart(run.number, environment)

    def _state(self, run: Run) -> State:
        """The run as its last intact checkpoint has it, or as it starts."""
        network = networks.build(run.program)
        start = self._starting_weights(run)
        if start is not None:
            weights.load_into(network, start, "the weights that this run starts from")
        state = State(network, loop.optimizer(run.program, network))
        for checkpoint in reversed(self.checkpoints.of(run.number)):
            if self.checkpoints.intact(checkpoint):
                state.load(self.checkpoints.read(checkpoint), checkpoint.step)
                break
        return state

    def _steps(
        self, run: Run, state: State, gate: Gate, cadence: Cadence, on_progress: Progress
    ) -> None:
        task = tasks.of(run.program)
        table = self._store.rows(gate.remaining)
        records = table.column("record").to_numpy()
        loader = Loader(self._store, task, gate, records, self._store.keys(table))
        pending: list[Loss] = []

        def done(loss: Loss | None) -> None:
            if loss is not None:
                pending.append(loss)
            if cadence.due(state.step, run.program.bins, run.program.steps):
                self._save(run, state, pending, cadence)
                pending.clear()
            on_progress(state.step, run.program.steps, loss)

        try:
            loop.steps(state, task, loader, gate, self._registry, done)
        except InvalidInput:  # the program does not fit the records, and never will
            if run.replaces is None:
                with self._registry.transaction() as connection:
                    self.runs.supersede(connection, run.number)
            raise
        with self._registry.transaction() as connection:
            self.runs.finish(connection, run.number, weights.digest(state.network.state_dict()))
            if run.replaces is None:  # a replay is put in force by its forgetting
                self.models.move(connection, run.model, run.number)

    def _save(self, run: Run, state: State, pending: list[Loss], cadence: Cadence) -> None:
        older = self.checkpoints.of(run.number)
        checkpoint = self.checkpoints.write(run.number, state, run.program.sha256)
        with self._registry.transaction() as connection:
            self.checkpoints.record(connection, checkpoint)
            self.runs.add_losses(connection, run.number, pending)
        self.checkpoints.delete(
            old
            for old in older
            if old.step < checkpoint.step and not cadence.keeps(old.step, run.program.bins)
        )
