"""What the ledger says of grants: one by one, or, where a file brings many, a digest of each.

A digest is salted, so that nobody can guess a grant from the ledger; whoever is shown the salt and
what was recorded can find it there. See docs/decisions/0009.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from rightful import canonical
from rightful.errors import Damaged, NotFound
from rightful.grants.grant import NOTICE
from rightful.keys import Holder, Keyring
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import grants, notices, purposes

#: What the ledger says of a grant as it is stored.
_SAID = ("valid_from", "valid_to", "explicit", "given_by", "licence", "condition")

#: What the digest of an imported grant covers beside.
_COMMITTED = ("subject", "source", "withdrawn_at", *_SAID)

#: How many digests stand in one entry, which has room for a few more.
_IN_AN_ENTRY = 1200

_DIGEST = 32

#: Which column an entry about a change tells of.
_CHANGES = {"grant_expired": "valid_to", "grant_withdrawn": "withdrawn_at"}

#: How many entries are read at a time.
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class GrantProof:
    """What was recorded of an imported grant: its digest is that of `said`, in entry `entry`.

    `said` is to be hashed as it is: SHA-256 gives the digest number `place` of the entry.
    """

    entry: int
    place: int
    said: bytes


class Entries:
    """Writes what happens to grants into the ledger of one workspace."""

    def __init__(self, registry: Registry, keyring: Keyring, ledger: Ledger) -> None:
        self._registry = registry
        self._keyring = keyring
        self._ledger = ledger
        # Of purposes and notices, which never change; the ledger names them by these.
        self._words: dict[tuple[str, int], str] = {}

    def recorded(self, connection: Connection, row: dict[str, Any]) -> None:
        """Say that a grant was recorded, and, where it was, that it is withdrawn already."""
        facts = {name: value for name in _SAID if (value := row[name]) is not None}
        if row["notice"] is not None:
            facts["notice"] = self._word(connection, "notice", row["notice"])
        # Where the proof is kept may name the person: the entry says only whether it is known.
        facts["evidence"] = row["evidence"] is not None
        self._enter(connection, "grant_recorded", row, facts)
        if row["withdrawn_at"] is not None:
            self._enter(connection, "grant_withdrawn", row, {"from": row["withdrawn_at"]})

    def imported(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Say that many grants were recorded, given in the order of their numbers."""
        for run in _runs(rows):
            digests = b"".join(hashlib.sha256(self._said(connection, row)).digest() for row in run)
            facts = {
                "first": run[0]["id"],
                "count": len(run),
                "digests": base64.b64encode(digests).decode(),
            }
            self._ledger.append(connection, "grants_imported", facts)

    def withdrawn(self, connection: Connection, row: dict[str, Any], at: str) -> None:
        """Say that a grant, given as its row before, is withdrawn from a moment on."""
        self._enter(
            connection, "grant_withdrawn", row, {"from": at, **_before(row["withdrawn_at"])}
        )

    def expired(self, connection: Connection, row: dict[str, Any], end: str) -> None:
        """Say that a grant, given as its row before, ends at a moment."""
        self._enter(connection, "grant_expired", row, {"valid_to": end, **_before(row["valid_to"])})

    def proof(self, number: int) -> GrantProof:
        """What shows that an imported grant is in the ledger as it was recorded.

        Raises:
            NotFound: there is no such grant, or it was not imported from a file.
            Damaged: what is held is not what was recorded, so the registry was changed from outside
                (or the person was erased, and their grant with them).
        """
        with self._registry.reading() as connection:
            row = connection.execute(select(grants).where(grants.c.id == number)).one_or_none()
            if row is None:
                raise NotFound(f"there is no grant {number}; `rightful grant list` numbers them")
            entry, place, digest, before = self._digest(number)
            said = self._said(connection, {**row._asdict(), **before})
        if hashlib.sha256(said).digest() != digest:
            raise Damaged(
                f"grant {number} is not what the ledger says was imported: the person was erased, "
                "or the registry was changed; compare it with a backup"
            )
        return GrantProof(entry, place, said)

    def _digest(self, number: int) -> tuple[int, int, bytes, dict[str, str | None]]:
        """Where a grant's digest stands, the digest, and what was there before later changes."""
        found: tuple[int, int, bytes] | None = None
        before: dict[str, str | None] = {}
        for start in range(0, self._ledger.size, _PAGE):
            for entry in self._ledger.entries(start, start + _PAGE):
                facts = entry.facts
                if entry.kind == "grants_imported":
                    place = number - facts["first"]
                    if 0 <= place < facts["count"]:
                        digests = base64.b64decode(facts["digests"])
                        digest = digests[place * _DIGEST : (place + 1) * _DIGEST]
                        found = (entry.number, place, digest)
                elif entry.kind in _CHANGES and facts["grant"] == number:
                    # The first change tells what it was when it came.
                    before.setdefault(_CHANGES[entry.kind], facts.get("before"))
        if found is None:
            raise NotFound(f"grant {number} was not imported; it has an entry of its own")
        return (*found, before)

    def _said(self, connection: Connection, row: dict[str, Any]) -> bytes:
        """What the digest of an imported grant is taken over."""
        number = row["id"]
        facts: dict[str, Any] = {
            "grant": number,
            "ground": row["kind"],
            "purpose": self._word(connection, "purpose", row["purpose"]),
            "salt": self._keyring.salt(b"grant %d" % number).hex(),
        }
        facts.update((name, value) for name in _COMMITTED if (value := row[name]) is not None)
        if row["notice"] is not None:
            facts["notice"] = self._word(connection, "notice", row["notice"])
        return canonical.encode(facts)

    def _enter(
        self, connection: Connection, kind: str, row: dict[str, Any], facts: dict[str, Any]
    ) -> None:
        about: dict[str, Any] = {
            "grant": row["id"],
            "ground": row["kind"],
            "purpose": self._word(connection, "purpose", row["purpose"]),
        }
        if row["subject"] is not None:
            about["subject"] = self._keyring.pseudonym(Holder("subject", row["subject"]))
        if row["source"] is not None:
            about["source"] = row["source"]
        self._ledger.append(connection, kind, {**about, **facts})

    def _word(self, connection: Connection, what: Literal["purpose", "notice"], number: int) -> str:
        word = self._words.get((what, number))
        if word is None:
            if what == "purpose":
                query = select(purposes.c.name).where(purposes.c.id == number)
            else:
                query = select(NOTICE).where(notices.c.id == number)
            word = self._words[what, number] = connection.execute(query).scalar_one()
        return word


def _before(value: str | None) -> dict[str, str]:
    return {} if value is None else {"before": value}


def _runs(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """Rows whose numbers follow one another, as many at a time as an entry has room for."""
    start = 0
    for at in range(1, len(rows) + 1):
        full = at - start == _IN_AN_ENTRY
        if at == len(rows) or full or rows[at]["id"] != rows[at - 1]["id"] + 1:
            yield rows[start:at]
            start = at
