"""What was given out, and to whom: whoever has it must be told of an erasure (GDPR Art. 19)."""

from dataclasses import dataclass, field

from pyroaring import BitMap64
from sqlalchemy import insert, select

from rightful import moments
from rightful.errors import InvalidInput
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import disclosures


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Something that was given to a recipient, and the records that are in it."""

    number: int
    recipient: str
    what: str
    records: BitMap64 = field(repr=False)
    at: str


class Disclosures:
    """Who was given what, in one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def record(self, recipient: str, what: str, records: BitMap64) -> int:
        """Write down that something is given out; returns its number.

        Raises:
            InvalidInput: nobody is named, or nothing.
        """
        if not recipient.strip() or not what.strip():
            raise InvalidInput("name who gets it and what it is, so that they can be told later")
        row = {
            "recipient": recipient.strip(),
            "what": what.strip(),
            "at": moments.text(moments.now()),
        }
        with self._registry.transaction() as connection:
            done = connection.execute(
                insert(disclosures).values(**row, records=records.serialize())
            )
            assert done.inserted_primary_key is not None
            number = int(done.inserted_primary_key[0])
            facts = {
                "disclosure": number,
                "recipient": row["recipient"],
                "what": row["what"],
                "records": len(records),
            }
            self._ledger.append(connection, "disclosure", facts)
        return number

    def all(self) -> list[Disclosure]:
        """Everything that was given out, the oldest first."""
        rows = self._registry.rows(select(disclosures).order_by(disclosures.c.id))
        return [
            Disclosure(r.id, r.recipient, r.what, BitMap64.deserialize(r.records), r.at)
            for r in rows
        ]

    def of(self, records: BitMap64) -> list[Disclosure]:
        """What any of these records was given out in."""
        return [each for each in self.all() if each.records & records]
