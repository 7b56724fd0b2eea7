"""What a forgetting would take: which runs are trained again, which end, and what is kept out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyroaring import BitMap64
from sqlalchemy import select

from rightful.clearance import Clearances
from rightful.errors import NotFound
from rightful.forgetting.lineage import Debt, Family, debts, family, owed
from rightful.forgetting.plan import Correction, Kind, Plan, expired, with_replays
from rightful.keys import Holder, Keyring
from rightful.records.likeness import distinctive
from rightful.records.store import RecordStore
from rightful.records.subjects import Subjects
from rightful.records.suppressions import Suppressions
from rightful.registry import Registry
from rightful.registry.tables import requests
from rightful.training import Trainer


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be forgotten, and for whom. `requests` says how many records each is about.

    Of records that expire, `as_of` is the moment at which their date had passed, and `kept` how
    many others were past theirs, too.
    """

    kind: Kind
    records: BitMap64
    subjects: tuple[int, ...] = ()
    requests: Mapping[int, int] = field(default_factory=dict)
    correction: Correction | None = None
    as_of: datetime | None = None
    kept: int = 0


class Planner:
    """Looks at one workspace as it is, and changes nothing in it."""

    def __init__(
        self,
        registry: Registry,
        store: RecordStore,
        subjects: Subjects,
        keyring: Keyring,
        suppressions: Suppressions,
        clearances: Clearances,
        trainer: Trainer,
    ) -> None:
        self._registry = registry
        self._store = store
        self._subjects = subjects
        self._keyring = keyring
        self._suppressions = suppressions
        self._clearances = clearances
        self._trainer = trainer

    def family(self) -> Family:
        """Models, runs and what each was given, as they are now."""
        return family(self._trainer.runs, self._trainer.models)

    def debts(self) -> list[Debt]:
        """What the models in force owe: who is in them and may not be any more."""
        kin = self.family()
        return debts(kin, owed(kin, self._trainer.runs, self._clearances))

    def owed(self) -> BitMap64:
        """The records that any run that is kept owes, whether a model needs that run or not."""
        found = owed(self.family(), self._trainer.runs, self._clearances)
        return BitMap64().union(*found.values())

    def plan(self, target: Target) -> Plan:
        """What forgetting `target` would take, without doing anything."""
        plan = Plan(
            kind=target.kind,
            records=target.records,
            subjects=target.subjects,
            pseudonyms=self._pseudonyms(target),
            counts={str(request): count for request, count in target.requests.items()},
            suppress=self._digests(target) if target.kind == "erase" else (),
            people=self._people(target),
            correction=target.correction,
            expired=expired(self._store, target.records, target.as_of, target.kept)
            if target.as_of
            else None,
        )
        return self.traced(plan)

    def traced(self, plan: Plan) -> Plan:
        """The plan with the runs that it is about, as they are now."""
        kin = self.family()
        due = owed(kin, self._trainer.runs, self._clearances)
        out = kin.given(plan.records)
        if plan.kind == "withdraw":
            out = {n: both for n, own in due.items() if (both := own & plan.records)}
        return with_replays(plan, kin, out, due, self._store, self._trainer.checkpoints)

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
        hashes = table.column("content_hash").to_pylist()
        try:
            opened = list(self._store.open_to_screen(table.column("record").to_numpy()))
        except NotFound:  # a key is gone already: what stood there can only be told by its hash
            return (*found, *(self._suppressions.of_content(each) for each in hashes))
        for content_hash, content in zip(hashes, opened, strict=True):
            if distinctive(content):  # what many people may say is nobody's alone
                found.append(self._suppressions.of_content(content_hash))
                found.append(self._suppressions.of_likeness(content))
        return tuple(found)

    def _people(self, target: Target) -> dict[str, int]:
        """What goes on the suppression list of the people."""
        digests = {
            n: self._suppressions.of_subject(self._subjects.lookup(n)) for n in target.subjects
        }
        return {digest.hex(): number for number, digest in digests.items()}
