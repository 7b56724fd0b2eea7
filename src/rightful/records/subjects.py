"""The people that records are about, known inside by a number only.

The controller's reference for a person (a customer number, an e-mail address) is kept twice, never
in the clear: as a keyed hash, to find the person, and sealed under the person's own key, to show it
back in an access package. Both are gone once the person is erased.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, bindparam, delete, select, update

from rightful import moments
from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.keys import Holder, Keyring, random_parts
from rightful.records.names import NameCipher
from rightful.records.suppressions import Suppressions
from rightful.registry import Registry
from rightful.registry.many import digests_among, insert_numbered
from rightful.registry.tables import identifiers, subjects

_NONCE = 12
_RESIDENCE = re.compile("[A-Z]{2}|US-[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Person:
    """Facts about a subject that rules ask for. None means not known."""

    residence: str | None = None
    birth_year: int | None = None

    def __post_init__(self) -> None:
        if self.residence is not None and not _RESIDENCE.fullmatch(self.residence):
            raise InvalidInput(
                "residence must be a country as two capital letters, such as DE, or a state of the "
                "US, such as US-CA"
            )
        if self.birth_year is not None and not 1890 <= self.birth_year <= moments.now().year:
            raise InvalidInput("birth year must be a year between 1890 and now")

    def agreed(self, other: "Person") -> "Person | None":
        """What is known with `other`, too; None where the two contradict each other."""
        residence = self.residence or other.residence
        birth_year = self.birth_year or other.birth_year
        if other.birth_year not in (None, birth_year):
            return None
        if residence is not None and other.residence is not None:
            residence = _nearer(residence, other.residence)
            if residence is None:
                return None
        return Person(residence, birth_year)


@dataclass(frozen=True, slots=True)
class Settled:
    """The numbers of people by reference; who of them is `new`; and who is kept out, `erased`."""

    numbers: dict[str, int] = field(repr=False)
    new: frozenset[int]
    erased: frozenset[str] = field(repr=False)


#: Numbers in one question to the registry.
_CHUNK = 500


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
            added = self._add(connection, new)
            self._registry.bump(connection, subjects=[*changed, *added])
            numbers = {r: n for r, (n, _) in self._known(connection, people).items()}
        return numbers, contradicted

    def settle(self, references: Collection[str]) -> Settled:
        """The numbers of many people; those not held yet are added, unless they were erased."""
        lookups = {reference: self._names.lookup(reference) for reference in references}
        listed = Suppressions(self._registry, self._names)
        with self._registry.transaction() as connection:
            asked = select(subjects.c.lookup, subjects.c.id)
            held = asked.where(digests_among(subjects.c.lookup, lookups.values()))
            known = {bytes(row.lookup): int(row.id) for row in connection.execute(held)}
            strangers = {
                lookup: reference for reference, lookup in lookups.items() if lookup not in known
            }
            digests = {lookup: listed.of_subject(lookup) for lookup in strangers}
            kept_out = listed.holds(digests.values())
            nobody = Person()
            new = {
                lookup: (reference, nobody)
                for lookup, reference in strangers.items()
                if digests[lookup] not in kept_out
            }
            added = self._add(connection, new)
            self._registry.bump(connection, subjects=added)
            known.update(zip(new, added, strict=True))
        return Settled(
            {reference: known[lookup] for reference, lookup in lookups.items() if lookup in known},
            frozenset(added),
            frozenset(reference for reference, lookup in lookups.items() if lookup not in known),
        )

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

    def references(self, numbers: Iterable[int]) -> dict[int, str]:
        """The controller's references for those of `numbers` that are held, by number."""
        found: dict[int, str] = {}
        wanted = sorted(set(numbers))
        for start in range(0, len(wanted), 500):
            chunk = wanted[start : start + 500]
            query = select(subjects.c.id, subjects.c.reference).where(subjects.c.id.in_(chunk))
            rows = self._registry.rows(query.where(subjects.c.reference.is_not(None)))
            keys = self._keyring.load(Holder("subject", row.id) for row in rows)
            for row in rows:
                key = keys.get(Holder("subject", row.id))
                if key is not None:  # else the person was erased just now
                    found[row.id] = _open(key, bytes(row.reference))
        return found

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
        self._registry.bump(connection, subjects=[number])

    def still_held(self, connection: Connection, people: Collection[int]) -> set[int]:
        """Those of `people`, by number, who were not erased."""
        wanted = set(people)
        held = select(subjects.c.id).where(subjects.c.erased_at.is_(None))
        if wanted and max(wanted) - min(wanted) < 2 * len(wanted):  # such as those just added
            between = subjects.c.id.between(min(wanted), max(wanted))
            return wanted.intersection(connection.scalars(held.where(between)))
        found: set[int] = set()
        listed = sorted(wanted)
        for start in range(0, len(listed), _CHUNK):
            chunk = subjects.c.id.in_(listed[start : start + _CHUNK])
            found.update(connection.scalars(held.where(chunk)))
        return found

    def erase(self, connection: Connection, number: int) -> None:
        """Delete what is known of a subject and destroy the key; only the bare number stays."""
        self._keyring.destroy(connection, [Holder("subject", number)])
        connection.execute(delete(identifiers).where(identifiers.c.subject == number))
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
        self._registry.bump(connection, subjects=[number])

    def _known(
        self, connection: Connection, references: Iterable[str]
    ) -> dict[str, tuple[int, Person]]:
        # Two ways to write a reference may be one person.
        written: dict[bytes, list[str]] = {}
        for reference in references:
            written.setdefault(self._names.lookup(reference), []).append(reference)
        found = {}
        columns = (subjects.c.id, subjects.c.lookup, subjects.c.residence, subjects.c.birth_year)
        asked = select(*columns).where(digests_among(subjects.c.lookup, written))
        for row in connection.execute(asked):
            person = Person(row.residence, row.birth_year)
            for reference in written[bytes(row.lookup)]:
                found[reference] = (int(row.id), person)
        return found

    def _add(self, connection: Connection, new: Mapping[bytes, tuple[str, Person]]) -> list[int]:
        """Add people by their lookup, with a new key each; returns their numbers."""
        if not new:
            return []
        at = moments.text(moments.now())
        keys, nonces = random_parts(32, len(new)), random_parts(_NONCE, len(new))
        rows = [
            {
                "lookup": lookup,
                "reference": _seal(key, nonce, reference),
                "residence": person.residence,
                "birth_year": person.birth_year,
                "created_at": at,
            }
            for key, nonce, (lookup, (reference, person)) in zip(
                keys, nonces, new.items(), strict=True
            )
        ]
        numbers = insert_numbered(connection, subjects, rows)
        holders = [Holder("subject", number) for number in numbers]
        self._keyring.add(connection, dict(zip(holders, keys, strict=True)))
        return numbers

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


def _nearer(one: str, other: str) -> str | None:
    """Of two residences the one that says more; None where only one can be true."""
    near, far = sorted((one, other), key=len, reverse=True)
    return near if near == far or near.startswith(f"{far}-") else None


def _seal(key: bytes, nonce: bytes, reference: str) -> bytes:
    return nonce + AESGCM(key).encrypt(nonce, reference.strip().encode(), b"reference")


def _open(key: bytes, sealed: bytes) -> str:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], b"reference").decode()
    except (InvalidTag, ValueError):  # ValueError: too few bytes for a nonce
        raise Damaged(
            "a subject's reference does not open: the registry was changed; "
            "restore it from a backup"
        ) from None
