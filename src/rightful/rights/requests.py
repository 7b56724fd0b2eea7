"""What people asked: one row for each request, its term, and what it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from rightful import moments
from rightful.forgetting import Outcome
from rightful.keys import Holder, Keyring
from rightful.ledger import Ledger
from rightful.policy import Pack, deadline
from rightful.registry import Registry
from rightful.registry.tables import requests

Kind = Literal["know", "access", "rectify", "erase", "withdraw"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `subject` is a number; None where it is about nobody that is held."""

    number: int
    kind: Kind
    subject: int | None
    received_at: str
    due: date | None
    state: Literal["open", "closed"]
    waiting_on: str | None
    forgetting: int | None
    outcome: str | None
    ground: str | None
    closed_at: str | None

    def overdue(self, day: date) -> bool:
        """Whether it is still open after its last day."""
        return self.state == "open" and self.due is not None and day > self.due


class Requests:
    """The requests of one workspace."""

    def __init__(
        self, registry: Registry, keyring: Keyring, packs: Sequence[Pack], ledger: Ledger
    ) -> None:
        self._registry = registry
        self._keyring = keyring
        self._packs = packs
        self._ledger = ledger

    def receive(
        self, connection: Connection, kind: Kind, subject: int | None, waiting_on: str
    ) -> int:
        """Keep a request, in the caller's transaction; one that is open already is that one.

        Its term is the earliest that a pack gives.
        """
        open_one = select(requests.c.id).where(
            requests.c.kind == kind,
            requests.c.state == "open",
            requests.c.subject.is_not_distinct_from(subject),
        )
        number = connection.scalar(open_one.order_by(requests.c.id))
        return self._add(connection, kind, subject, waiting_on) if number is None else int(number)

    def _add(self, connection: Connection, kind: Kind, subject: int | None, waiting_on: str) -> int:
        now = moments.now()
        term = deadline(self._packs, kind, now)
        done = connection.execute(
            insert(requests).values(
                kind=kind,
                subject=subject,
                received_at=moments.text(now),
                due_at=term.due.isoformat() if term else None,
                state="open",
                waiting_on=waiting_on,
            )
        )
        assert done.inserted_primary_key is not None
        number = int(done.inserted_primary_key[0])
        facts: dict[str, Any] = {"request": number, "request_kind": kind}
        if subject is not None:
            facts["subject"] = self._keyring.pseudonym(Holder("subject", subject))
        self._ledger.append(connection, "request_received", facts)
        return number

    def close(
        self, connection: Connection, number: int, outcome: str, ground: str | None = None
    ) -> None:
        """Say what became of a request, in the caller's transaction."""
        connection.execute(
            update(requests)
            .where(requests.c.id == number)
            .values(
                state="closed",
                waiting_on=None,
                outcome=outcome,
                ground=ground,
                closed_at=moments.text(moments.now()),
            )
        )
        facts = {"request": number, "outcome": outcome, "ground": ground}
        self._ledger.append(connection, "request_closed", facts)

    def nothing_held(self, kind: Kind) -> int:
        """Keep and close a request about somebody who is not held; nothing tells who it was."""
        with self._registry.transaction() as connection:
            number = self._add(connection, kind, None, "nobody")
            self.close(connection, number, Outcome.NOTHING_HELD)
        return number

    def get(self, number: int) -> Request:
        """One request that is known to be there."""
        return next(request for request in self.all() if request.number == number)

    def all(self, *, still_open: bool = False) -> list[Request]:
        """Every request, or those that are still open; the oldest first."""
        query = select(requests).order_by(requests.c.id)
        if still_open:
            query = query.where(requests.c.state == "open")
        return [_request(row) for row in self._registry.rows(query)]


def _request(row: Any) -> Request:
    return Request(
        number=row.id,
        kind=row.kind,
        subject=row.subject,
        received_at=row.received_at,
        due=date.fromisoformat(row.due_at) if row.due_at else None,
        state=row.state,
        waiting_on=row.waiting_on,
        forgetting=row.forgetting,
        outcome=row.outcome,
        ground=row.ground,
        closed_at=row.closed_at,
    )
