"""Whose identifier it is: "this e-mail address belongs to subject 17".

With it, what a screening finds makes a record theirs, so that an erasure finds what others wrote
about them. An identifier is kept as a keyed hash of its normal form and never in the clear: nobody
without the workspace key can find out whether an address is known here. Several people may share
one, such as the telephone of a household.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records.subjects import Subjects
from rightful.registry import Registry
from rightful.registry.many import digests_among, insert_many
from rightful.registry.tables import identifiers
from rightful.screening.normal_form import kind_class, normalised

__all__ = ["SHARED", "Claim", "Identifiers", "kind_class", "normalised"]

#: What many people have in common, so that it says of nobody who they are, though it has digits.
SHARED = frozenset(
    {"name", "place", "location", "address", "geolocation", "birth_date", "date"}
    | {"bank_routing", "password"}
)

_USE = "digests of identifiers"
_LEAST = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """That an identifier is somebody's. `region` is the country of a phone number without one."""

    reference: str = field(repr=False)
    kind: str
    value: str = field(repr=False)
    region: str | None = None


class Identifiers:
    """The identifiers of the subjects of one workspace."""

    def __init__(
        self,
        registry: Registry,
        keyring: Keyring,
        people: Subjects,
        ledger: Ledger,
        workspace_key: WorkspaceKey,
    ) -> None:
        self.registry = registry
        self.subjects = people
        self._keyring = keyring
        self._ledger = ledger
        self._workspace_key = workspace_key

    def digest(self, kind: str, text: str, region: str | None = None) -> bytes:
        """32 bytes that stand for an identifier, however it is written."""
        form = f"{kind_class(kind)}\0{normalised(kind, text, region)}"
        return self._workspace_key.keyed_hash(_USE, form.encode("utf-8", "surrogatepass"))

    def claim(self, reference: str, kind: str, value: str, region: str | None = None) -> bool:
        """Record that an identifier is a person's; False where it was known.

        Raises:
            NotFound: nobody of that reference is held.
            InvalidInput: a value of that kind tells nobody apart, or this one is none.
        """
        claim = Claim(reference, kind, value, region)
        check(claim)
        number = self.subjects.find(reference)
        with self.registry.transaction() as connection:
            if not self.subjects.still_held(connection, [number]):
                raise NotFound("nobody with that reference is held here; check how it is written")
            if not self.add(connection, [(number, claim)]):
                return False
            facts = {"subject": self._keyring.pseudonym(Holder("subject", number))}
            self._ledger.append(connection, "identifier_claimed", {**facts, "identifier": kind})
        return True

    def claim_all(self, claims: Sequence[Claim]) -> tuple[int, list[int]]:
        """Record many claims that were checked, in one transaction.

        The first answer is how many were new, the second which of them, by their place, are of
        people who are not held. One entry of the ledger tells how many were new.
        """
        numbers = self.subjects.numbers({claim.reference for claim in claims})
        with self.registry.transaction() as connection:
            held = self.subjects.still_held(connection, set(numbers.values()))
            taken = [
                (numbers[claim.reference], claim)
                for claim in claims
                if numbers.get(claim.reference) in held
            ]
            added = self.add(connection, taken)
            if added:
                self._ledger.append(connection, "identifiers_claimed", {"identifiers": added})
        strangers = [
            place for place, each in enumerate(claims) if numbers.get(each.reference) not in held
        ]
        return added, strangers

    def of(self, digests: Iterable[bytes]) -> dict[bytes, set[int]]:
        """Whose each of these identifiers is; those that nobody claimed are not in the answer."""
        with self.registry.reading() as connection:
            return _owners(connection, set(digests))

    def any(self) -> bool:
        """Whether anything was claimed for anybody."""
        with self.registry.reading() as connection:
            return connection.execute(select(identifiers.c.subject).limit(1)).first() is not None

    def add(self, connection: Connection, claims: Iterable[tuple[int, Claim]]) -> int:
        """Keep the claims of people by their numbers that are not known; returns how many."""
        wanted = {
            (self.digest(claim.kind, claim.value, claim.region), number) for number, claim in claims
        }
        owners = _owners(connection, {digest for digest, _ in wanted})
        at = moments.text(moments.now())
        new = [
            {"digest": digest, "subject": number, "created_at": at}
            for digest, number in sorted(wanted)
            if number not in owners.get(digest, ())
        ]
        insert_many(connection, identifiers, new)
        return len(new)


def check(claim: Claim) -> None:
    """Raise `InvalidInput` where a claim can link nothing, or would link what is of others.

    A word is no identifier: a name or an illness would make records about anybody somebody's.
    """
    form = normalised(claim.kind, claim.value, claim.region)
    tells = len(form) >= _LEAST and any(sign == "@" or sign.isdigit() for sign in form)
    if kind_class(claim.kind) in SHARED or not tells:
        raise InvalidInput(
            f"many people can have the same {claim.kind}, so it can't be claimed for one; claim an "
            f"e-mail address, or a number of {_LEAST} characters or more"
        )


def _owners(connection: Connection, digests: set[bytes]) -> dict[bytes, set[int]]:
    found: dict[bytes, set[int]] = {}
    asked = select(identifiers.c.digest, identifiers.c.subject)
    for row in connection.execute(asked.where(digests_among(identifiers.c.digest, digests))):
        found.setdefault(bytes(row.digest), set()).add(int(row.subject))
    return found
