"""The people that records are about, known inside by a number only.

The controller's reference for a person (a customer number, an e-mail address) is kept twice, never
in the clear: as a keyed hash, to find the person, and sealed under the person's own key, to show it
back in an access package. Both are gone once the person is erased.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, bindparam, insert, select, update

from rightful import moments
from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.keys import Holder, Keyring
from rightful.records.names import NameCipher
from rightful.records.suppressions import Suppressions
from rightful.registry import Registry
from rightful.registry.tables import subjects

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Person:
    """Facts about a subject that rules ask for. None means not known."""

    residence: str | None = None
    birth_year: int | None = None

    def __post_init__(self) -> None:
        if self.residence is not None and not re.fullmatch("[A-Z]{2}", self.residence):
            raise InvalidInput("residence must be a country as two capital letters, such as DE")
        if self.birth_year is not None and not 1890 <= self.birth_year <= moments.now().year:
            raise InvalidInput("birth year must be a year between 1890 and now")

    def agreed(self, other: "Person") -> "Person | None":
        """What is known with `other`, too; None where the two contradict each other."""
        residence = self.residence or other.residence
        birth_year = self.birth_year or other.birth_year
        if other.residence not in (None, residence) or other.birth_year not in (None, birth_year):
            return None
        return Person(residence, birth_year)


class Subjects:
    """The subjects of one workspace."""

    def __init__(self, registry: Registry, keyring: Keyring, names: NameCipher) -> None:
        self._registry = registry
        self._keyring = keyring
        self._names = names

    def find(self, reference: str) -> int:
        """The number of the person that the controller knows as `reference`.

        Raises `NotFound` where nobody of that reference is held (or no longer).
        """
        number = self.numbers([reference]).get(reference)
        if number is None:
            raise NotFound("nobody with that reference is held here; check how it is written")
        return number

    def numbers(self, references: Iterable[str]) -> dict[str, int]:
        """The numbers of those of `references` that are held."""
        return {reference: number for reference, (number, _) in self.known(references).items()}

    def known(self, references: Iterable[str]) -> dict[str, tuple[int, Person]]:
        """The numbers of those of `references` that are held, with what is known of each."""
        with self._registry.reading() as connection:
            return self._known(connection, references)

    def ensure(self, people: Mapping[str, Person]) -> tuple[dict[str, int], set[str]]:
        """The numbers of all `people`, by reference; those not held yet are added with a key.

        What is newly stated about somebody (residence, year of birth) is kept. The second answer
        names the references about whom something was stated that contradicts what is known; of
        those nothing is changed.
        """
        contradicted = set()
        with self._registry.transaction() as connection:
            known = self._known(connection, people)
            new: dict[bytes, tuple[str, Person]] = {}
            changed: dict[int, Person] = {}
            for reference, stated in people.items():
                lookup = self._names.lookup(reference)
                if reference in known:
                    number, before = known[reference]
                    before = changed.get(number, before)
                else:
                    _, before = new.get(lookup, (reference, Person()))
                after = before.agreed(stated)
                if after is None:
                    contradicted.add(reference)
                elif reference not in known:
                    new[lookup] = (reference, after)
                elif after != before:
                    changed[number] = after
            self._change(connection, changed)
            self._add(connection, new)
            if new or changed:
                self._registry.bump(connection)
            numbers = {r: n for r, (n, _) in self._known(connection, people).items()}
        return numbers, contradicted

    def suppressed(self, references: Iterable[str]) -> set[str]:
        """Those of `references` who were erased and must not come back by an import."""
        listed = Suppressions(self._registry, self._names)
        digests = {r: listed.of_subject(self._names.lookup(r)) for r in references}
        found = listed.holds(digests.values())
        return {reference for reference, digest in digests.items() if digest in found}

    def reference(self, number: int) -> str:
        """The controller's reference for a subject. Raises `NotFound` once erased."""
        query = select(subjects.c.reference).where(subjects.c.id == number)
        rows = self._registry.rows(query)
        if not rows or rows[0].reference is None:
            raise NotFound(f"subject {number} is not held any more")
        return _open(self._keyring.get(Holder("subject", number)), bytes(rows[0].reference))

    def hashed(self, reference: str) -> bytes:
        """The keyed hash by which the person of a reference would be found, held or not."""
        return self._names.lookup(reference)

    def lookup(self, number: int) -> bytes:
        """The keyed hash by which a subject is found. Raises `NotFound` once erased."""
        found = self._registry.rows(select(subjects.c.lookup).where(subjects.c.id == number))
        if not found or found[0].lookup is None:
            raise NotFound(f"subject {number} is not held any more")
        return bytes(found[0].lookup)

    def person(self, number: int) -> Person:
        """What is known of a subject."""
        rows = self._registry.rows(select(subjects).where(subjects.c.id == number))
        if not rows:
            raise NotFound(f"there is no subject {number}")
        return Person(rows[0].residence, rows[0].birth_year)

    def restrict(self, connection: Connection, number: int) -> None:
        """Keep a subject's records out of every clearance from now on."""
        connection.execute(
            update(subjects)
            .where(subjects.c.id == number, subjects.c.restricted_at.is_(None))
            .values(restricted_at=moments.text(moments.now()))
        )
        self._registry.bump(connection)

    def erase(self, connection: Connection, number: int) -> None:
        """Delete what is known of a subject and destroy the key; only the bare number stays."""
        self._keyring.destroy(connection, [Holder("subject", number)])
        connection.execute(
            update(subjects)
            .where(subjects.c.id == number)
            .values(
                lookup=None,
                reference=None,
                residence=None,
                birth_year=None,
                erased_at=moments.text(moments.now()),
            )
        )
        self._registry.bump(connection)

    def _known(
        self, connection: Connection, references: Iterable[str]
    ) -> dict[str, tuple[int, Person]]:
        # Two ways to write a reference may be one person.
        written: dict[bytes, list[str]] = {}
        for reference in references:
            written.setdefault(self._names.lookup(reference), []).append(reference)
        wanted, found = list(written), {}
        columns = (subjects.c.id, subjects.c.lookup, subjects.c.residence, subjects.c.birth_year)
        for start in range(0, len(wanted), 500):
            chunk = subjects.c.lookup.in_(wanted[start : start + 500])
            for row in connection.execute(select(*columns).where(chunk)):
                person = Person(row.residence, row.birth_year)
                for reference in written[bytes(row.lookup)]:
                    found[reference] = (int(row.id), person)
        return found

    def _add(self, connection: Connection, new: Mapping[bytes, tuple[str, Person]]) -> None:
        """Add people by their lookup, with a new key each."""
        if not new:
            return
        at = moments.text(moments.now())
        keys = [os.urandom(32) for _ in new]
        rows = [
            {
                "lookup": lookup,
                "reference": _seal(key, reference),
                "residence": person.residence,
                "birth_year": person.birth_year,
                "created_at": at,
            }
            for key, (lookup, (reference, person)) in zip(keys, new.items(), strict=True)
        ]
        adding = insert(subjects).returning(subjects.c.id, sort_by_parameter_order=True)
        numbers = connection.scalars(adding, rows).all()
        holders = [Holder("subject", int(number)) for number in numbers]
        self._keyring.add(connection, dict(zip(holders, keys, strict=True)))

    def _change(self, connection: Connection, people: Mapping[int, Person]) -> None:
        if people:
            facts: dict[str, Any] = {
                fact: bindparam(f"new_{fact}") for fact in ("residence", "birth_year")
            }
            connection.execute(
                update(subjects).where(subjects.c.id == bindparam("number")).values(**facts),
                [
                    {"number": n, "new_residence": p.residence, "new_birth_year": p.birth_year}
                    for n, p in people.items()
                ],
            )


def _seal(key: bytes, reference: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, reference.strip().encode(), b"reference")


def _open(key: bytes, sealed: bytes) -> str:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], b"reference").decode()
    except (InvalidTag, ValueError):  # ValueError: too few bytes for a nonce
        raise Damaged(
            "a subject's reference does not open: the registry was changed; "
            "restore it from a backup"
        ) from None
