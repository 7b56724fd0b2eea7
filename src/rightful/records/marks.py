"""What a person has asked that is to stand until it is lifted: restriction, objection, opt-out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from rightful import moments
from rightful.errors import Refused
from rightful.keys import Holder, Keyring
from rightful.ledger import Ledger
from rightful.records.subjects import Subjects
from rightful.registry import Registry
from rightful.registry.tables import requests, subjects


class Mark(StrEnum):
    """What may stand about a person."""

    RESTRICTED = "restricted"
    """Nothing is done with their data but to keep it: GDPR Art. 18."""
    OBJECTED = "objected"
    """They object to what is done on legitimate interests: GDPR Art. 21, PIPL Art. 44."""
    OPTED_OUT = "opted_out"
    """Their data is not to be sold or shared: CCPA § 1798.120."""


_COLUMNS = {
    Mark.RESTRICTED: subjects.c.restricted_at,
    Mark.OBJECTED: subjects.c.objected_at,
    Mark.OPTED_OUT: subjects.c.opted_out_at,
}


class Marks:
    """What stands about the subjects of one workspace. Every change is an entry of the ledger."""

    def __init__(
        self, registry: Registry, keyring: Keyring, people: Subjects, ledger: Ledger
    ) -> None:
        self._registry = registry
        self._keyring = keyring
        self._subjects = people
        self._ledger = ledger

    def restrict(self, reference: str) -> bool:
        """Keep a person's records out of every clearance; False where it stood already.

        Raises `NotFound` where nobody of that reference is held.
        """
        return self._put(reference, Mark.RESTRICTED)

    def object_to(self, reference: str) -> bool:
        """Record that a person objects; False where it stood already.

        Raises `NotFound` where nobody of that reference is held.
        """
        return self._put(reference, Mark.OBJECTED)

    def opt_out(self, reference: str) -> bool:
        """Record that a person's data is not to be sold or shared; False where it stood already.

        Raises `NotFound` where nobody of that reference is held.
        """
        return self._put(reference, Mark.OPTED_OUT)

    def lift(self, reference: str, mark: Mark) -> bool:
        """Let a mark no longer stand; False where it did not.

        The registry keeps no trace of it: that it stood, and when it was lifted, is in the ledger
        only.

        Raises:
            NotFound: nobody of that reference is held.
            Refused: they are restricted because their erasure is under way.
        """
        number = self._subjects.find(reference)
        with self._registry.transaction() as connection:
            if mark is Mark.RESTRICTED:
                _refuse_under_erasure(connection, number)
            if not self._change(connection, number, mark, None):
                return False
            entry = {"subject": self._pseudonym(number), "mark": mark.value}
            self._ledger.append(connection, "subject_released", entry)
        return True

    def of(self, number: int) -> dict[Mark, datetime]:
        """What stands about a subject, and since when."""
        rows = self._registry.rows(select(*_COLUMNS.values()).where(subjects.c.id == number))
        return {
            mark: moments.parse(since)
            for row in rows
            for mark, since in zip(_COLUMNS, row, strict=True)
            if since is not None
        }

    def put(self, connection: Connection, number: int, mark: Mark) -> bool:
        """Let a mark stand about a subject, in the caller's transaction; False where it did."""
        if not self._change(connection, number, mark, moments.text(moments.now())):
            return False
        entry = {"subject": self._pseudonym(number)}
        self._ledger.append(connection, f"subject_{mark.value}", entry)
        return True

    def _put(self, reference: str, mark: Mark) -> bool:
        number = self._subjects.find(reference)
        with self._registry.transaction() as connection:
            return self.put(connection, number, mark)

    def _change(self, connection: Connection, number: int, mark: Mark, to: str | None) -> bool:
        """Set or clear a mark that is not, or is, set; of somebody who is erased, nothing."""
        column = _COLUMNS[mark]
        done = connection.execute(
            update(subjects)
            .where(
                subjects.c.id == number,
                subjects.c.erased_at.is_(None),
                column.is_not(None) if to is None else column.is_(None),
            )
            .values({column.name: to})
        )
        if done.rowcount:
            self._registry.bump(connection, subjects=[number])
        return bool(done.rowcount)

    def _pseudonym(self, number: int) -> str:
        return self._keyring.pseudonym(Holder("subject", number))


def _refuse_under_erasure(connection: Connection, number: int) -> None:
    erasure = select(requests.c.id).where(
        requests.c.subject == number, requests.c.kind == "erase", requests.c.state == "open"
    )
    if connection.execute(erasure).first() is not None:
        raise Refused(
            "this person asked to be erased, and their data stays out of use until that is done; "
            "`rightful forget` finishes what was stopped"
        )
