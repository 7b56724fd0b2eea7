"""Answering people: erase, withdraw, rectify. Access and information are in rooms of their own.

Whatever a person asks, the first write keeps their data out of every run, and of the models that it
is in where it is to be erased or corrected; only then is planned and done what takes time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyroaring import BitMap64

from rightful.clearance import Clearances
from rightful.errors import InvalidInput, NotFound
from rightful.forgetting import Correction, Debt, Done, Forgetter, Outcome, Plan, Target
from rightful.grants import Grants, Purposes
from rightful.policy import Pack, refusal_grounds
from rightful.policy.expression import evaluate
from rightful.records import content
from rightful.records.store import RecordStore
from rightful.records.subjects import Subjects
from rightful.records.suppressions import Suppressions
from rightful.registry import Registry
from rightful.rights.requests import Requests
from rightful.screening.copies import Copies

Progress = Callable[[int, int], None]


def _silent(done: int, of: int) -> None:
    """Progress for nobody."""


def _unseen(plan: Plan) -> None:
    """A plan that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request. Its text form does not show who asked."""

    request: int | None
    outcome: Outcome
    subject: str | None = field(default=None, repr=False)
    forgetting: int | None = None
    certificate: Path | None = None
    ground: str | None = None
    """The rule on which it was refused, with its article."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal ended, and which models owe a forgetting because of it."""

    request: int
    grants: tuple[int, ...]
    debts: tuple[Debt, ...]


class Rights:
    """Fulfils requests in one workspace."""

    def __init__(
        self,
        registry: Registry,
        store: RecordStore,
        subjects: Subjects,
        suppressions: Suppressions,
        purposes: Purposes,
        grants: Grants,
        packs: Sequence[Pack],
        clearances: Clearances,
        forgetter: Forgetter,
        requests: Requests,
        copies: Copies,
    ) -> None:
        self._registry = registry
        self._store = store
        self._subjects = subjects
        self._suppressions = suppressions
        self._purposes = purposes
        self._grants = grants
        self._packs = packs
        self._clearances = clearances
        self._forgetter = forgetter
        self.requests = requests
        self._copies = copies

    # Erase

    def erase(
        self,
        subjects: Sequence[str],
        *,
        on_plan: Callable[[Plan], None] = _unseen,
        on_progress: Progress = _silent,
    ) -> list[Answer]:
        """Erase people, given by the controller's references, in one forgetting.

        Their data is restricted before anything else. A forgetting that was stopped half-way is
        finished next; if it was about one of these people, its outcome is theirs. The answers come
        in the order of the people.

        Raises:
            InvalidInput: nobody was named.
            Busy: a run is going; it goes on without them, and the call is to be made again.
        """
        if not subjects:
            raise InvalidInput("name at least one subject to erase")
        answers: dict[str, Answer] = {}
        people = list(dict.fromkeys(subjects))
        asked = self._subjects.numbers(people)
        for reference, number in list(asked.items()):
            if (ground := self._ground(number)) is not None:
                answers[reference] = self._refuse(reference, number, ground)
                del asked[reference]
        received = self._receive(asked.values())
        finished = self._forgetter.resume(on_progress=on_progress)
        for reference in people:
            if reference in asked:
                request = received[asked[reference]]
                done = next((done for done in finished if request in done.certificates), None)
                if done is not None:
                    answers[reference] = _answer(request, done, reference)
            elif reference not in answers:
                answers[reference] = self._not_held(reference, finished)
        still = {r: number for r, number in asked.items() if r not in answers}
        if still:
            answers |= self._erase(still, received, on_plan, on_progress)
        return [answers[reference] for reference in people]

    def erase_records(
        self,
        records: Sequence[int],
        *,
        on_plan: Callable[[Plan], None] = _unseen,
        on_progress: Progress = _silent,
    ) -> Answer:
        """Erase single records. Their people stay known, and their other records stay.

        Raises:
            InvalidInput: no record was named.
            NotFound: one of them is not held; nothing was done.
            Busy: a run is going; the call is to be made again once it has ended.
        """
        wanted = BitMap64(records)
        if not wanted:
            raise InvalidInput("name at least one record to erase")
        finished = self._forgetter.resume(on_progress=on_progress)
        if (done_now := _among(finished, "erase", wanted)) is not None:
            return done_now
        if self._store.rows(wanted).num_rows < len(wanted):
            raise NotFound("a record that was named is not held (any more); nothing was erased")
        with self._registry.transaction() as connection:
            request = self.requests.receive(connection, "erase", None, "forgetting")
            self._forgetter.restrict(connection, wanted)
        target = Target("erase", wanted, requests={request: len(wanted)})
        done = self._forgetter.forget(target, on_plan=on_plan, on_progress=on_progress)
        return _answer(request, done)

    def plan_erasure(self, subjects: Sequence[str]) -> Plan:
        """What erasing these people would take; nothing is done. Raises `NotFound`."""
        numbers = tuple(self._subjects.find(reference) for reference in dict.fromkeys(subjects))
        records = BitMap64().union(*(self._theirs(number) for number in numbers))
        return self._forgetter.plan(Target("erase", records, numbers))

    def _receive(self, people: Iterable[int]) -> dict[int, int]:
        """Take the requests of people to be erased; from now on no run and no model uses them."""
        received = {}
        theirs = {number: self._theirs(number) for number in people}
        with self._registry.transaction() as connection:
            for number, records in theirs.items():
                received[number] = self.requests.receive(connection, "erase", number, "forgetting")
                self._subjects.restrict(connection, number)
                self._forgetter.restrict(connection, records)
        return received

    def _erase(
        self,
        asked: Mapping[str, int],
        received: Mapping[int, int],
        on_plan: Callable[[Plan], None],
        on_progress: Progress,
    ) -> dict[str, Answer]:
        about = {number: self._theirs(number) for number in asked.values()}
        target = Target(
            "erase",
            BitMap64().union(*about.values()),
            tuple(about),
            {received[number]: len(own) for number, own in about.items()},
        )
        done = self._forgetter.forget(target, on_plan=on_plan, on_progress=on_progress)
        return {subject: _answer(received[n], done, subject) for subject, n in asked.items()}

    def _not_held(self, reference: str, finished: Sequence[Done]) -> Answer:
        """The answer about somebody who is not held, or was erased by what was just finished."""
        digest = self._suppressions.of_subject(self._subjects.hashed(reference)).hex()
        for done in finished:
            if (subject := done.plan.people.get(digest)) is not None:
                theirs = {r.number for r in self.requests.all() if r.subject == subject}
                request = next((n for n in done.certificates if n in theirs), None)
                return _answer(request, done, reference)
        return Answer(self.requests.nothing_held("erase"), Outcome.NOTHING_HELD, reference)

    def _ground(self, subject: int) -> str | None:
        """The ground on which a law lets the controller keep this person's data, if one does."""
        records = self._about(subject)
        rows = [
            row
            for purpose in self._purposes.names().values()
            for row in self._clearances.facts(records, purpose)
            if row["subject"] == subject
        ]
        for pack in self._packs:
            for ground in refusal_grounds([pack], "erase"):
                for row in rows:
                    # Only what is certainly so; an unknown is no reason to deny a person a right.
                    if evaluate(pack.applies, row) and evaluate(ground.when, row):
                        return f"{ground.rule} ({ground.article})"
        return None

    def _refuse(self, reference: str, number: int, ground: str) -> Answer:
        with self._registry.transaction() as connection:
            request = self.requests.receive(connection, "erase", number, "decision")
            self.requests.close(connection, request, Outcome.REFUSED, ground)
        return Answer(request, Outcome.REFUSED, reference, ground=ground)

    # Withdraw, and what the models owe

    def withdraw(self, subject: str, *, purpose: str | None = None) -> Withdrawal:
        """Withdraw a person's consent, at once: the next step of any run goes without them.

        Models that were trained with them owe a forgetting, which `forget` does; the request stays
        open until then, and while a run is going that was given their data. The data itself stays,
        for whatever other ground it is held on.

        Raises:
            NotFound: nobody of that reference is held, or there is no such purpose.
        """
        number = self._subjects.find(subject)
        ended = self._grants.withdraw(subject, purpose=purpose)
        own = self._about(number)
        debts = tuple(debt for debt in self._forgetter.debts() if debt.records & own)
        with self._registry.transaction() as connection:
            request = self.requests.receive(connection, "withdraw", number, "forgetting")
            if not own & self._forgetter.owed():
                self.requests.close(connection, request, "withdrawn")
        return Withdrawal(request, tuple(ended), debts)

    def forget(
        self,
        *,
        on_plan: Callable[[Plan], None] = _unseen,
        on_progress: Progress = _silent,
    ) -> list[Done]:
        """Finish what was stopped half-way, then make every model forget what it owes.

        Unfinished runs, and runs that no model needs any more, are thrown away where they owe.
        Empty where nothing was owed. Raises `Busy` where a run is going.
        """
        finished = self._forgetter.resume(on_progress=on_progress)
        owed = self._forgetter.owed()
        about = self._withdrawals(owed)
        if not owed:
            return finished
        target = Target("withdraw", owed, requests=about)
        done = self._forgetter.forget(target, on_plan=on_plan, on_progress=on_progress)
        return [*finished, done]

    def _withdrawals(self, owed: BitMap64) -> dict[int, int]:
        """Open withdrawals, with how many records each still concerns; the others are closed."""
        about = {}
        for request in self.requests.all(still_open=True):
            if request.kind == "withdraw" and request.subject is not None:
                if own := self._about(request.subject) & owed:
                    about[request.number] = len(own)
                else:  # another forgetting has settled it, or consent was given anew
                    with self._registry.transaction() as connection:
                        self.requests.close(connection, request.number, "withdrawn")
        return about

    # Rectify

    def rectify(
        self,
        record: int,
        changes: Mapping[str, Any],
        *,
        on_plan: Callable[[Plan], None] = _unseen,
        on_progress: Progress = _silent,
    ) -> Answer:
        """Correct fields of a record (`label`, `text`): the old one is forgotten everywhere.

        Models become what they would have been had the record been right from the start.

        Raises:
            NotFound: the record is not held.
            InvalidInput: it has no such field, or nothing would change.
            Busy: a run is going; the call is to be made again once it has ended.
        """
        old = BitMap64([record])
        finished = self._forgetter.resume(on_progress=on_progress)
        if (done_now := _among(finished, "rectify", old)) is not None:
            return done_now
        rows = self._store.rows(old).to_pylist()
        if not rows:
            raise NotFound(f"record {record} is not held (any more)")
        corrected = self._corrected(record, changes)
        subjects = rows[0]["subjects"]
        with self._registry.transaction() as connection:
            whose = subjects[0] if len(subjects) == 1 else None
            request = self.requests.receive(connection, "rectify", whose, "forgetting")
            number = self._registry.take(connection, "record", 1)
            self._forgetter.restrict(connection, old)
        sealed, content_hash = self._store.seal_corrected(record, number, corrected)
        target = Target(
            "rectify",
            old,
            requests={request: 1},
            correction=Correction(record, number, sealed, content_hash),
        )
        done = self._forgetter.forget(target, on_plan=on_plan, on_progress=on_progress)
        return _answer(request, done)

    def _corrected(self, record: int, changes: Mapping[str, Any]) -> bytes:
        data = self._store.open_to_correct(record)
        before = content.decode(data)
        strange = changes.keys() - before.keys()
        if strange or not changes:
            raise InvalidInput(
                f"record {record} has {', '.join(sorted(before))}; give a new value for one of them"
            )
        after = content.encode({**before, **changes})
        if after == data:
            raise InvalidInput(f"record {record} says so already; nothing was changed")
        return after

    # Pieces

    def _theirs(self, subject: int) -> BitMap64:
        """The records about somebody, and all copies of these (docs/decisions/0012)."""
        own = self._about(subject)
        return own | self._copies.of(own)

    def _about(self, subject: int) -> BitMap64:
        return BitMap64(self._store.about(subject).column("record").to_pylist())


def _answer(request: int | None, done: Done, subject: str | None = None) -> Answer:
    certificate = done.certificates.get(request)
    return Answer(request, done.outcome, subject, done.number, certificate)


def _among(finished: Sequence[Done], kind: str, records: BitMap64) -> Answer | None:
    """The answer about these records, if what was stopped and is now finished was about them."""
    for done in finished:
        if done.plan.kind == kind and done.plan.records == records:
            return _answer(next(iter(done.certificates)), done)
    return None
