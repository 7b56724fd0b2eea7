"""Carrying out a forgetting: a line of steps, each of which can be done again after a crash.

    planned   -> keys destroyed, records deleted, corrections in place      -> shredded
    shredded  -> every run behind a model trained again without the records -> replayed
    replayed  -> old checkpoints, bytes and versions gone                   -> purged
    purged    -> certificates written, requests closed                      -> done

Each step ends with the transaction that sets the next state, and does nothing twice that it finds
done. Until the end the models are restricted: they may be stored, not used (PIPL Art. 47).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pyroaring import BitMap64
from sqlalchemy import Connection, delete, insert, select, update

from rightful import canonical, moments
from rightful.clearance import Clearances
from rightful.errors import Busy
from rightful.files import write_atomic
from rightful.forgetting import certificate
from rightful.forgetting.lineage import Debt, Family, debts, family
from rightful.forgetting.outcome import Outcome
from rightful.forgetting.plan import Correction, Kind, Plan, with_replays
from rightful.forgetting.replay import Replayer
from rightful.keys import Holder, Keyring
from rightful.ledger import Ledger
from rightful.records.store import RecordStore
from rightful.records.subjects import Subjects
from rightful.records.suppressions import Suppressions
from rightful.registry import Registry
from rightful.registry.tables import certificates, evaluations, forgettings, grants, requests
from rightful.training import Trainer

#: How long a request waits for a run that is going, in seconds. The records are out of it already.
_PATIENCE = 2.0

_FOLDER = "certificates"
_LEDGER = "ledger"

#: Told while runs are trained again: how many steps are done, and how many there are.
Progress = Callable[[int, int], None]


def _silent(done: int, of: int) -> None:
    """Progress for nobody."""


def _unseen(plan: Plan) -> None:
    """A plan that nobody looks at."""


def _told(on_progress: Progress, before: int, of: int, step: int, *_: object) -> None:
    """The progress of one run as that of the whole plan."""
    on_progress(before + step, of)


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be forgotten, and for whom. `requests` says how many records each is about."""

    kind: Kind
    records: BitMap64
    subjects: tuple[int, ...] = ()
    requests: Mapping[int, int] = field(default_factory=dict)
    correction: Correction | None = None


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
        ledger: Ledger,
    ) -> None:
        self._registry = registry
        self._folder = folder
        self._controller = controller
        self._workspace_id = workspace_id
        self._store = store
        self._subjects = subjects
        self._keyring = keyring
        self._suppressions = suppressions
        self._clearances = clearances
        self._trainer = trainer
        self._ledger = ledger
        self._replayer = Replayer(registry, store, clearances, trainer)

    # Looking

    def debts(self) -> list[Debt]:
        """What the models in force owe: who is in them and may not be any more."""
        return debts(self._trainer.runs, self._trainer.models, self._clearances)

    def plan(self, target: Target) -> Plan:
        """What forgetting `target` would take, without doing anything."""
        runs, checkpoints = self._trainer.runs, self._trainer.checkpoints
        kin = self._family()
        plan = Plan(
            kind=target.kind,
            records=target.records,
            subjects=target.subjects,
            pseudonyms=self._pseudonyms(target),
            counts={str(request): count for request, count in target.requests.items()},
            suppress=self._digests(target) if target.kind == "erase" else (),
            people=self._people(target),
            correction=target.correction,
        )
        living = [run.number for run in kin.living()]
        intact = {n: [c.step for c in checkpoints.of(n) if checkpoints.intact(c)] for n in living}
        departed = {
            n: BitMap64().union(*(records for _, records in runs.departed(n))) for n in living
        }
        return with_replays(plan, kin, self._store, intact, departed)

    def unfinished(self) -> list[int]:
        """The numbers of forgettings that were stopped half-way."""
        query = select(forgettings.c.id).where(forgettings.c.state != "done")
        return [row.id for row in self._registry.rows(query.order_by(forgettings.c.id))]

    # Doing

    def restrict(self, connection: Connection, records: BitMap64) -> list[str]:
        """Allow nothing but storing the models that any of these records are in; their names."""
        kin = self._family()
        names = kin.models_of(kin.influenced(records))
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
            plan = self.plan(target)
            on_plan(plan)
            return self._carry_out(self._begin(plan, target.requests), on_progress)

    def resume(self, *, on_progress: Progress = _silent) -> list[Done]:
        """Finish what was stopped half-way. Raises `Busy` as `forget` does."""
        if not self.unfinished():
            return []
        with self._alone():
            return [self._carry_out(number, on_progress) for number in self.unfinished()]

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
            self._trainer.models.restrict(connection, plan.models)
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

    def _carry_out(self, number: int, on_progress: Progress) -> Done:
        row = self._row(number)
        plan = Plan.from_json(row.plan)
        steps: dict[str, Callable[[], None]] = {
            "planned": lambda: self._shred(number, plan),
            "shredded": lambda: self._replay(number, plan, on_progress),
            "replayed": lambda: self._purge(number, plan),
            "purged": lambda: self._certify(number, plan),
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
                for subject in plan.subjects:
                    self._subjects.erase(connection, subject)
                    about = grants.c.subject == subject
                    # Where the proof of a grant is kept may name the person.
                    connection.execute(update(grants).where(about).values(evidence=None))
                    name = plan.pseudonyms[str(subject)]
                    self._ledger.append(connection, "subject_erased", {"subject": name})
                self._registry.bump(connection)
                self._set(connection, number, "shredded")

    def _replay(self, number: int, plan: Plan, on_progress: Progress) -> None:
        done = 0
        for replay in plan.replays:
            before = done - replay.start
            self._replayer.replay(replay, plan, partial(_told, on_progress, before, plan.steps))
            done += replay.steps
        kin = self._family()
        with self._registry.transaction() as connection:
            for replay in plan.replays:
                for old in self._replayer.line(replay.run)[:-1]:
                    self._trainer.runs.supersede(connection, old.number)
            for run in plan.discard:
                self._trainer.runs.supersede(connection, run)
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
            with self._registry.lock("records"):
                self._store.purge()
        self._registry.scrub()
        with self._registry.transaction() as connection:
            self._set(connection, number, "purged")

    def _certify(self, number: int, plan: Plan) -> None:
        issued = select(certificates).where(certificates.c.forgetting == number)
        if not self._registry.rows(issued):
            self._issue(number, plan)
        (self._folder / _FOLDER).mkdir(exist_ok=True)
        self._ledger.export(self._folder / _LEDGER)
        outcome = None
        for row in self._registry.rows(issued):
            body = json.loads(row.body)
            outcome = body["outcome"]
            data = certificate.write(self._ledger, body, row.entry)
            write_atomic(self._folder / row.path, data)
        with self._registry.transaction() as connection:
            at = moments.text(moments.now())
            asked = select(requests).where(requests.c.forgetting == number)
            for row in connection.execute(asked).all():
                connection.execute(
                    update(requests)
                    .where(requests.c.id == row.id)
                    .values(state="closed", waiting_on=None, outcome=outcome, closed_at=at)
                )
                facts = {"request": row.id, "outcome": outcome}
                self._ledger.append(connection, "request_closed", facts)
            connection.execute(
                update(forgettings)
                .where(forgettings.c.id == number)
                .values(state="done", plan="{}", outcome=outcome, finished_at=at)
            )

    def _issue(self, number: int, plan: Plan) -> None:
        """Write down what each certificate says, with its entry in the ledger."""
        done, outcome, because = self._replayer.account(plan)
        row = self._row(number)
        asked = self._registry.rows(select(requests).where(requests.c.forgetting == number))
        with self._registry.transaction() as connection:
            for request in asked or [None]:
                pseudonym = self._pseudonym_of(plan, request)
                body = {
                    "workspace": self._workspace_id,
                    "controller": self._controller,
                    "forgetting": number,
                    "kind": plan.kind,
                    "subject": pseudonym,
                    "request": request and request.id,
                    "received_at": request and request.received_at,
                    "started_at": row.started_at,
                    "certified_at": moments.text(moments.now()),
                    "outcome": str(outcome),
                    "because": because,
                    "records": plan.counts[str(request.id)] if request else len(plan.records),
                    "records_of_all_requests": len(plan.records),
                    "key_destroyed": bool(request and request.subject in plan.subjects),
                    "bytes_purged": plan.kind != "withdraw",
                    "models": list(plan.models),
                    "runs": done,
                    "runs_discarded": list(plan.discard),
                }
                entry = {
                    "certificate": canonical.digest(body),
                    "forgetting": number,
                    "outcome": str(outcome),
                    **({"subject": pseudonym} if pseudonym else {}),
                }
                place = self._ledger.append(connection, "certificate_issued", entry)
                name = f"forgetting-{number}" + (f"-request-{request.id}" if request else "")
                connection.execute(
                    insert(certificates).values(
                        forgetting=number,
                        request=request and request.id,
                        body=canonical.encode(body).decode(),
                        entry=place,
                        path=f"{_FOLDER}/{name}.json",
                    )
                )

    # Pieces

    def _family(self) -> Family:
        return family(self._trainer.runs, self._trainer.models)

    def _row(self, number: int) -> Any:
        return self._registry.rows(select(forgettings).where(forgettings.c.id == number))[0]

    def _set(self, connection: Connection, number: int, state: str) -> None:
        row = forgettings.c.id == number
        connection.execute(update(forgettings).where(row).values(state=state))

    def _pseudonym_of(self, plan: Plan, request: Any) -> str | None:
        return plan.pseudonyms.get(str(request.subject)) if request else None

    def _pseudonyms(self, target: Target) -> dict[str, str]:
        """How the ledger names the subjects; their keys, which make these names, are to go."""
        asked: Sequence[Any] = ()
        if target.requests:
            query = select(requests.c.subject).where(requests.c.id.in_(list(target.requests)))
            asked = [row.subject for row in self._registry.rows(query) if row.subject is not None]
        numbers = {*target.subjects, *asked}
        return {str(n): self._keyring.pseudonym(Holder("subject", n)) for n in sorted(numbers)}

    def _digests(self, target: Target) -> tuple[bytes, ...]:
        """What goes on the suppression list of the records and their content."""
        table = self._store.rows(target.records)
        found = [self._suppressions.of_record(key.tobytes()) for key in self._store.keys(table)]
        for content_hash in table.column("content_hash").to_pylist():
            found.append(self._suppressions.of_content(content_hash))
        return tuple(found)

    def _people(self, target: Target) -> dict[str, int]:
        """What goes on the suppression list of the people."""
        digests = {
            n: self._suppressions.of_subject(self._subjects.lookup(n)) for n in target.subjects
        }
        return {digest.hex(): number for number, digest in digests.items()}
