"""Training runs again without some records, from where their influence begins."""

from collections.abc import Callable
from typing import Any

from pyroaring import BitMap64

from rightful.clearance import Clearance, Clearances
from rightful.forgetting.outcome import Outcome
from rightful.forgetting.plan import Plan, Replay, first_step, last_intact
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.training import Checkpoint, Loss, NewRun, Run, Trainer
from rightful.training.determinism import differences, environment

#: As the trainer tells it: steps done, steps in all, the loss of the last one.
Progress = Callable[[int, int, Loss | None], None]


class Replayer:
    """Replaces runs by what they would have been. A replay that was stopped goes on."""

    def __init__(
        self, registry: Registry, store: RecordStore, clearances: Clearances, trainer: Trainer
    ) -> None:
        self._registry = registry
        self._store = store
        self._clearances = clearances
        self._trainer = trainer

    def line(self, number: int) -> list[Run]:
        """A run and those that replaced it, one after the other; the last one counts."""
        found = [self._trainer.runs.get(number)]
        while (successor := self._trainer.runs.replacement(found[-1].number)) is not None:
            found.append(successor)
        return found

    def replay(self, replay: Replay, plan: Plan, on_progress: Progress) -> Run:
        """Train a run again without the plan's records, and without whoever left meanwhile."""
        while True:
            *_, latest = self.line(replay.run)
            if latest.number == replay.run:
                latest = self._begin(latest, replay, plan)
            latest = self._trainer.resume(latest, on_progress=on_progress)
            if not self._trainer.runs.departed(latest.number):
                return latest
            # Somebody left during the replay; it is not what training without them gives.
            self._begin(latest, Replay(latest.number, 0, 0, latest.program.steps, None), plan)

    def _begin(self, old: Run, replay: Replay, plan: Plan) -> Run:
        """The run that is to replace `old`, with the state that both have in common."""
        clearance = self._clearances.save(self._clearances.compute(old.purpose))
        assert clearance.number is not None, "a clearance that was saved has a number"
        records = self._records(old, replay, plan, clearance)
        here = environment(threads=old.environment["threads"])
        parent = self.line(old.parent)[-1] if old.parent is not None else None
        shared = self._shared(old, parent, records, replay, here)
        new = NewRun(
            old.kind,
            old.model,
            old.purpose,
            clearance.number,
            old.program,
            here,
            records,
            parent=parent.number if parent else None,
            start_sha256=parent.weights_sha256 if parent else old.start_sha256,
            replaces=old.number,
        )
        runs, losses = self._trainer.runs, []
        if shared is not None:
            losses = [loss for loss in runs.losses(old.number) if loss.step < shared.step]
        with self._registry.transaction() as connection:
            number = self._trainer.begin(connection, new)
            if shared is not None:
                self._trainer.checkpoints.adopt(shared, number, connection)
                runs.add_losses(connection, number, losses)
        return runs.get(number)

    def _records(self, old: Run, replay: Replay, plan: Plan, clearance: Clearance) -> BitMap64:
        """What the run is given now: what it was given, less who left, with what was corrected."""
        stay = old.records - replay.without
        for _, departed in self._trainer.runs.departed(old.number):
            stay -= departed
        fix = plan.correction
        if fix is not None and fix.old in old.records:
            stay.add(fix.new)
        return stay & clearance.cleared

    def _shared(
        self,
        old: Run,
        parent: Run | None,
        records: BitMap64,
        replay: Replay,
        here: dict[str, Any],
    ) -> Checkpoint | None:
        """The last checkpoint of `old` that none of those who are out had a part in, if any."""
        moved = parent is not None and parent.number != old.parent
        if moved or differences(old.environment, here):
            return None
        # Whoever left since the plan was made, too.
        others = old.records - records - replay.without
        first = min(replay.first_step, first_step(old, others, self._store))
        return last_intact(self._trainer.checkpoints, old.number, first)

    def account(self, plan: Plan) -> tuple[list[dict[str, Any]], Outcome, list[str]]:
        """What was done to each run, what that amounts to, and why it is not more."""
        done, because = [], []
        for replay in plan.replays:
            line = self.line(replay.run)
            old, new = line[0], line[-1]
            elsewhere = differences(old.environment, new.environment)
            anew = bool(elsewhere) or len(line) > 2
            because += [f"run {old.number} was trained with another {name}" for name in elsewhere]
            done.append(
                {
                    "model": old.model,
                    "kind": old.kind,
                    "before": old.number,
                    "after": new.number,
                    "program_sha256": new.program.sha256,
                    "start_sha256": new.start_sha256,
                    "weights_before": old.weights_sha256,
                    "weights_after": new.weights_sha256,
                    "records_before": len(old.records),
                    "records_after": len(new.records),
                    "first_step": replay.first_step,
                    "steps_replayed": new.program.steps if anew else replay.steps,
                    "steps": new.program.steps,
                    "environment": dict(new.environment),
                }
            )
        if because:
            return done, Outcome.EQUIVALENT, because
        if plan.replays or plan.discard:
            return done, Outcome.EXACT, []
        if any(run.records & plan.records for run in self._trainer.runs.all()):
            return done, Outcome.EXACT, ["the runs that had these records were replaced before"]
        return done, Outcome.NEVER_TRAINED, ["no run was given these records"]
