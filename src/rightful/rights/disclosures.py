"""What was given out, to whom: erasure must be told to them (GDPR Art. 19)."""

from dataclasses import dataclass

from pyroaring import BitMap64
from sqlalchemy import insert, select

from rightful import moments
from rightful.errors import InvalidInput
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import disclosures


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One thing given to one recipient; `records` are those that it was made from."""

    number: int
    recipient: str
    what: str
    records: BitMap64
    at: str


class Disclosures:
    """The disclosures of one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def record(self, recipient: str, what: str, records: BitMap64) -> int:
        """Write down that something was given out, before it is.

        Raises `InvalidInput` where no recipient is named.
        """
        if not recipient.strip():
            raise InvalidInput("name the recipient: whoever is erased later must be told to them")
        at = moments.text(moments.now())
        with self._registry.transaction() as connection:
            done = connection.execute(
                insert(disclosures).values(
                    recipient=recipient.strip(), what=what, records=records.serialize(), at=at
                )
            )
            assert done.inserted_primary_key is not None
            number = int(done.inserted_primary_key[0])
            facts = {"disclosure": number, "what": what, "records": len(records)}
            self._ledger.append(connection, "disclosure", facts)
        return number

    def of(self, records: BitMap64) -> list[Disclosure]:
        """Those that any of these records had a part in, the oldest first."""
        return [each for each in self.all() if each.records & records]

    def all(self) -> list[Disclosure]:
        """Every one, the oldest first."""
        return [
            Disclosure(r.id, r.recipient, r.what, BitMap64.deserialize(r.records), r.at)
            for r in self._registry.rows(select(disclosures).order_by(disclosures.c.id))
        ]
