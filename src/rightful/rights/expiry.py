"""What is past its retention date is deleted, and forgotten by the models that had it.

Nobody has to ask for it: laws limit for how long data is kept (GDPR Art. 5(1)(e), PIPL Art. 19 and
47). Nothing is put on the suppression list (docs/decisions/0010).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap64

from rightful import moments
from rightful.clearance.keeping import Keeping, Kept
from rightful.errors import InvalidInput
from rightful.forgetting import Done, Forgetter, Outcome, Plan, Target
from rightful.records.retention import Retained, Retention

Progress = Callable[[int, int], None]


def _silent(done: int, of: int) -> None:
    """Progress for nobody."""


def _unseen(plan: Plan) -> None:
    """A plan that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is past its date at a moment, and what of it is kept all the same."""

    retained: Retained
    kept: tuple[Kept, ...]

    @property
    def records(self) -> BitMap64:
        """What is to be deleted."""
        return self.retained.past - BitMap64().union(*(each.records for each in self.kept))


@dataclass(frozen=True, slots=True)
class Expiration:
    """What became of what was due."""

    due: Due
    outcome: Outcome
    done: Done | None
    """None where nothing was due."""
    seconds: float | None
    """How long it took, measured."""
    finished: tuple[Done, ...] = ()
    """What had been stopped half-way, and was finished first."""


class Expiry:
    """Enforces the retention dates of one workspace."""

    def __init__(self, retention: Retention, keeping: Keeping, forgetter: Forgetter) -> None:
        self._retention = retention
        self._keeping = keeping
        self._forgetter = forgetter

    def due(self, at: datetime | None = None) -> Due:
        """What is due at a moment, now if none is given. It may lie ahead: nothing is done.

        What obliges to keep a record counts as it stands now, or then where that is later: an
        obligation that was recorded after a past moment holds all the same.
        """
        now = moments.now()
        moment = now if at is None else at
        retained = self._retention.look(moment)
        return Due(retained, self._keeping.of(retained, max(moment, now)))

    def plan(self, due: Due) -> Plan:
        """What deleting it would take; nothing is done."""
        return self._forgetter.plan(_target(due))

    def expire(
        self,
        *,
        at: datetime | None = None,
        on_plan: Callable[[Plan], None] = _unseen,
        on_progress: Progress = _silent,
    ) -> Expiration:
        """Delete what is past its date, now or at a moment before, and have the models forget it.

        The models are restricted until they have. A forgetting that was stopped half-way is
        finished first.

        Raises:
            InvalidInput: the moment lies ahead; what may be used until then is not deleted now.
            Busy: a run is going; nothing was deleted, and the call is to be made again.
        """
        if at is not None and at > moments.now():
            raise InvalidInput(
                f"{moments.text(at)} lies ahead, and what may be used until then is not deleted "
                "now; ask with --dry-run what will be due, or leave --at out"
            )
        finished = tuple(self._forgetter.resume(on_progress=on_progress))
        due = self.due(at)
        if not due.records:
            mine = [done for done in finished if done.plan.kind == "expire"]
            outcome = mine[-1].outcome if mine else Outcome.NOTHING_DUE
            return Expiration(due, outcome, None, None, finished)
        found = [due]

        def find() -> Target | None:
            found.append(self.due(at))
            return _target(found[-1]) if found[-1].records else None

        began = time.monotonic()
        done = self._forgetter.forget_found(find, on_plan=on_plan, on_progress=on_progress)
        seconds = time.monotonic() - began
        if done is None:  # another process was quicker
            return Expiration(found[-1], Outcome.NOTHING_DUE, None, None, finished)
        return Expiration(found[-1], done.outcome, done, seconds, finished)


def _target(due: Due) -> Target:
    return Target(
        "expire",
        due.records,
        as_of=due.retained.at,
        kept=sum(len(each.records) for each in due.kept),
    )
