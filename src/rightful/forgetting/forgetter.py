"""Carrying out a forgetting: a line of steps, each of which can be done again after a crash.

    planned   -> keys destroyed, records deleted, corrections in place      -> shredded
    shredded  -> every run behind a model trained again without the records -> replayed
    replayed  -> old checkpoints, bytes and versions gone                   -> purged
    purged    -> certificates written, requests closed                      -> done

Each step ends with the transaction that sets the next state, and does nothing twice that it finds
done. Until the end the models are restricted: they may be stored, not used (PIPL Art. 47).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pyroaring import BitMap64
from sqlalchemy import Connection, delete, insert, or_, select, update

from rightful import moments
from rightful.clearance import Clearances
from rightful.errors import Busy
from rightful.forgetting.issuing import Issuer
from rightful.forgetting.lineage import Debt
from rightful.forgetting.outcome import Outcome
from rightful.forgetting.plan import Plan
from rightful.forgetting.planner import Planner, Target
from rightful.forgetting.replay import Replayer
from rightful.keys import Keyring
from rightful.ledger import Ledger
from rightful.records.store import RecordStore
from rightful.records.subjects import Subjects
from rightful.records.suppressions import Suppressions
from rightful.registry import Registry
from rightful.registry.tables import (
    certificates,
    clearances,
    evaluations,
    forgettings,
    grants,
    requests,
)
from rightful.screening.copies import Copies
from rightful.training import Trainer

#: How long a request waits for a run that is going, in seconds. The records are out of it already.
_PATIENCE = 2.0

#: Told while runs are trained again: how many steps are done, and how many there are.
Progress = Callable[[int, int], None]


def _silent(done: int, of: int) -> None:
    """Progress for nobody."""


def _unseen(plan: Plan) -> None:
    """A plan that nobody looks at."""


def _told(on_progress: Progress, before: int, of: int, step: int, *_: object) -> None:
    """The progress of one run as that of the whole plan."""
    on_progress(max(before + step, 0), of)  # one that can't start where planned starts earlier


@dataclass(frozen=True, slots=True)
class Done:
    """A forgetting that was carried out; its certificates by request, or under None."""

    number: int
    plan: Plan
    outcome: Outcome
    certificates: Mapping[int | None, Path]


class Forgetter:
    """Forgets in one workspace, one forgetting at a time and never beside a run."""

    def __init__(
        self,
        registry: Registry,
        folder: Path,
        controller: str,
        workspace_id: str,
        store: RecordStore,
        subjects: Subjects,
        keyring: Keyring,
        suppressions: Suppressions,
        clearances: Clearances,
        trainer: Trainer,
        copies: Copies,
        ledger: Ledger,
    ) -> None:
        self._registry = registry
        self._folder = folder
        self._store = store
        self._subjects = subjects
        self._suppressions = suppressions
        self._trainer = trainer
        self._copies = copies
        self._ledger = ledger
        self._planner = Planner(
            registry, store, subjects, keyring, suppressions, clearances, trainer
        )
        self._replayer = Replayer(registry, store, clearances, trainer)
        self._issuer = Issuer(
            registry, folder, controller, workspace_id, ledger, self._replayer.account
        )

    # Looking

    def debts(self) -> list[Debt]:
        """What the models in force owe: who is in them and may not be any more."""
        return self._planner.debts()

    def owed(self) -> BitMap64:
        """The records that any run that is kept owes, whether a model needs that run or not."""
        return self._planner.owed()

    def plan(self, target: Target) -> Plan:
        """What forgetting `target` would take, without doing anything."""
        return self._planner.plan(target)

    def unfinished(self) -> list[int]:
        """The numbers of forgettings that were stopped half-way."""
        query = select(forgettings.c.id).where(forgettings.c.state != "done")
        return [row.id for row in self._registry.rows(query.order_by(forgettings.c.id))]

    # Doing

    def restrict(self, connection: Connection, records: BitMap64) -> list[str]:
        """Allow nothing but storing the models that any of these records are in; their names."""
        kin = self._planner.family()
        names = kin.models_of(kin.influenced(kin.given(records)))
        self._trainer.models.restrict(connection, names)
        return names

    def forget(
        self,
        target: Target,
        *,
        on_plan: Callable[[Plan], None] = _unseen,
        on_progress: Progress = _silent,
    ) -> Done:
        """Plan, and carry the plan out. Stopped half-way, `resume` does the rest.

        Raises:
            Busy: a run is going. The records are out of it if they are no longer cleared; once it
                has ended, the same call forgets them.
        """
        with self._alone():
            return self._forget(target, on_plan, on_progress)

    def forget_found(
        self,
        find: Callable[[], Target | None],
        *,
        on_plan: Callable[[Plan], None] = _unseen,
        on_progress: Progress = _silent,
    ) -> Done | None:
        """The same for what is looked for only when nobody else can be forgetting it.

        None where nothing is found. Raises `Busy` as `forget` does.
        """
        with self._alone():
            target = find()
            return None if target is None else self._forget(target, on_plan, on_progress)

    def _forget(
        self, target: Target, on_plan: Callable[[Plan], None], on_progress: Progress
    ) -> Done:
        plan = self.plan(target)
        on_plan(plan)
        return self._carry_out(self._begin(plan, target.requests), on_progress)

    def resume(self, *, on_progress: Progress = _silent) -> list[Done]:
        """Finish what was stopped half-way. Raises `Busy` as `forget` does."""
        if not self.unfinished():
            return []
        with self._alone():
            done = []
            for number in self.unfinished():
                self._renew(number)
                done.append(self._carry_out(number, on_progress))
            return done

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No run beside this."""
        with ExitStack() as held:
            try:
                held.enter_context(self._registry.lock("training", patience=_PATIENCE))
            except Busy:
                raise Busy(
                    "a run is going on this workspace, and models forget between runs; it goes on "
                    "without the records. Give the command again once it has ended"
                ) from None
            yield

    def _begin(self, plan: Plan, about: Mapping[int, int]) -> int:
        with self._registry.transaction() as connection:
            done = connection.execute(
                insert(forgettings).values(
                    kind=plan.kind,
                    state="planned",
                    plan=plan.to_json(),
                    started_at=moments.text(moments.now()),
                )
            )
            assert done.inserted_primary_key is not None
            number = int(done.inserted_primary_key[0])
            self._commit_to(connection, plan)
            for request in about:
                connection.execute(
                    update(requests)
                    .where(requests.c.id == request)
                    .values(forgetting=number, waiting_on="forgetting")
                )
            facts = {
                "forgetting": number,
                "forgetting_kind": plan.kind,
                "requests": len(about),
                "records": len(plan.records),
                "models": list(plan.models),
                "steps": plan.steps,
            }
            self._ledger.append(connection, "forgetting_planned", facts)
        return number

    def _commit_to(self, connection: Connection, plan: Plan) -> None:
        """From now on no model that must forget is used, and no run to be discarded goes on."""
        self._trainer.models.restrict(connection, plan.models)
        for run in plan.discard:
            self._trainer.runs.supersede(connection, run)

    def _renew(self, number: int) -> None:
        """Plan again what was only planned: runs may have begun since it was stopped."""
        row = self._row(number)
        if row.state == "planned":
            before = Plan.from_json(row.plan)
            plan = self._planner.traced(before)
            plan = replace(plan, discard=tuple(sorted({*before.discard, *plan.discard})))
            with self._registry.transaction() as connection:
                self._commit_to(connection, plan)
                this = forgettings.c.id == number
                connection.execute(update(forgettings).where(this).values(plan=plan.to_json()))

    def _carry_out(self, number: int, on_progress: Progress) -> Done:
        row = self._row(number)
        plan = Plan.from_json(row.plan)
        steps: dict[str, Callable[[], None]] = {
            "planned": lambda: self._shred(number, plan),
            "shredded": lambda: self._replay(number, plan, on_progress),
            "replayed": lambda: self._purge(number, plan),
            "purged": lambda: self._issuer.issue(number, plan),
        }
        while row.state != "done":
            steps[row.state]()
            row = self._row(number)
        query = select(certificates).where(certificates.c.forgetting == number)
        written = {r.request: self._folder / r.path for r in self._registry.rows(query)}
        return Done(number, plan, Outcome(row.outcome), written)

    def _shred(self, number: int, plan: Plan) -> None:
        with self._registry.lock("records"):
            if plan.correction is not None:
                fix = plan.correction
                self._store.append_corrected(fix.old, fix.new, fix.sealed, fix.content_hash)
            if plan.kind != "withdraw":
                self._store.delete(plan.records)
            with self._registry.transaction() as connection:
                people = (bytes.fromhex(digest) for digest in plan.people)
                self._suppressions.add(connection, [*plan.suppress, *people])
                if plan.kind != "withdraw":
                    self._copies.forget(connection, plan.records)
                for subject in plan.subjects:
                    self._subjects.erase(connection, subject)
                    self._end_grants(connection, subject)
                    name = plan.pseudonyms[str(subject)]
                    self._ledger.append(connection, "subject_erased", {"subject": name})
                if plan.expired is not None:
                    facts = {"forgetting": number, "records": len(plan.records)}
                    entry = {**facts, **plan.expired.facts()}
                    self._ledger.append(connection, "records_expired", entry)
                self._registry.bump(connection)
                self._set(connection, number, "shredded")

    def _end_grants(self, connection: Connection, subject: int) -> None:
        """What somebody who is erased granted, ends. Where its proof is kept may name them."""
        about = update(grants).where(grants.c.subject == subject)
        now = moments.text(moments.now())
        connection.execute(about.values(evidence=None))
        going_on = or_(grants.c.valid_to.is_(None), grants.c.valid_to > now)
        connection.execute(about.where(going_on).values(valid_to=now))

    def _replay(self, number: int, plan: Plan, on_progress: Progress) -> None:
        done = 0
        for replay in plan.replays:
            before = done - replay.start
            self._replayer.replay(replay, plan, partial(_told, on_progress, before, plan.steps))
            done += replay.steps
        kin = self._planner.family()
        with self._registry.transaction() as connection:
            for replay in plan.replays:
                for old in self._replayer.line(replay.run)[:-1]:
                    self._trainer.runs.supersede(connection, old.number)
            for model in kin.models:
                if model.name in plan.models:
                    successor = self._replayer.line(model.run)[-1]
                    self._trainer.models.move(connection, model.name, successor.number)
            self._set(connection, number, "replayed")

    def _purge(self, number: int, plan: Plan) -> None:
        runs, checkpoints = self._trainer.runs, self._trainer.checkpoints
        for run in runs.all():
            if run.status == "superseded":
                checkpoints.delete(checkpoints.of(run.number))
                checkpoints.remove_folder(run.number)
                runs.drop_losses(run.number)
                with self._registry.transaction() as connection:
                    connection.execute(delete(evaluations).where(evaluations.c.run == run.number))
        if plan.kind != "withdraw":
            self._drop_scores(plan.records)
            with self._registry.lock("records"):
                self._store.purge()
        self._registry.scrub()
        with self._registry.transaction() as connection:
            self._set(connection, number, "purged")

    def _drop_scores(self, records: BitMap64) -> None:
        """Delete scores of models, whichever they are, on records that are gone now."""
        query = select(evaluations.c.id, clearances.c.records).join_from(evaluations, clearances)
        with self._registry.transaction() as connection:
            for row in connection.execute(query).all():
                if BitMap64.deserialize(bytes(row.records)) & records:
                    connection.execute(delete(evaluations).where(evaluations.c.id == row.id))

    # Pieces

    def _row(self, number: int) -> Any:
        return self._registry.rows(select(forgettings).where(forgettings.c.id == number))[0]

    def _set(self, connection: Connection, number: int, state: str) -> None:
        row = forgettings.c.id == number
        connection.execute(update(forgettings).where(row).values(state=state))
