"""What becomes of each row of an import: it is new, held, suppressed, or quarantined with a reason.

Rows are judged one after the other, each against what is held and what the rows before it have
brought, so the answer does not depend on where one batch ends and the next begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rightful.records.held import Held, HeldRecords
from rightful.records.mapping import Row
from rightful.records.names import NameCipher, record_key
from rightful.records.readers.reasons import Reason
from rightful.records.subjects import Person, Subjects
from rightful.records.suppressions import Suppressions


@dataclass(slots=True)
class Arrivals:
    """The rows of a batch, sorted by what becomes of them. `people` have to be held for `new`."""

    new: list[tuple[bytes, Row]] = field(default_factory=list, repr=False)  # with the record's key
    people: dict[str, Person] = field(default_factory=dict, repr=False)
    held: int = 0
    suppressed: int = 0
    quarantined: list[tuple[int, Reason]] = field(default_factory=list)


class Judge:
    """Sorts the rows of one source."""

    def __init__(
        self,
        source: str,
        names: NameCipher,
        suppressions: Suppressions,
        held: HeldRecords,
        subjects: Subjects,
    ) -> None:
        self._source = source
        self._names = names
        self._suppressions = suppressions
        self._held = held
        self._subjects = subjects

    def sort(self, rows: Sequence[tuple[int, Row]]) -> Arrivals:
        """What becomes of numbered `rows`. Nothing is written."""
        arrivals = Arrivals()
        named = [_Named(n, row, record_key(self._source, row.reference)) for n, row in rows]
        taken = self._not_suppressed(named)
        arrivals.suppressed = len(named) - len(taken)
        held = self._held.find(list({arrival.key for arrival in taken}))
        known = self._subjects.known({r for arrival in taken for r in arrival.row.subjects})
        people = {reference: person for reference, (_, person) in known.items()}
        new: dict[bytes, Row] = {}
        for arrival in taken:
            row, stated = arrival.row, Person(arrival.row.residence, arrival.row.birth_year)
            reason = self._conflict(arrival, held, new, known)
            agreed = {r: people.get(r, Person()).agreed(stated) for r in row.subjects}
            if reason is None and None in agreed.values():
                reason = Reason.CONTRADICTED
            if reason is not None:
                arrivals.quarantined.append((arrival.number, reason))
                continue
            people.update((r, person) for r, person in agreed.items() if person is not None)
            if arrival.key in held or arrival.key in new:
                arrivals.held += 1
            else:
                new[arrival.key] = row
            if new.get(arrival.key) is row or stated != Person():
                arrivals.people.update((r, people[r]) for r in row.subjects)
        arrivals.new = list(new.items())
        return arrivals

    def _not_suppressed(self, named: Sequence["_Named"]) -> list["_Named"]:
        listed = self._suppressions
        if not listed.any():  # the normal form of a long text costs more than all else of a row
            return list(named)
        digests = [
            {
                listed.of_record(arrival.key),
                listed.of_content(self._names.content_hash(arrival.row.content)),
                listed.of_likeness(arrival.row.content),
                *(listed.of_subject(self._names.lookup(r)) for r in arrival.row.subjects),
            }
            for arrival in named
        ]
        found = listed.holds(set().union(*digests))
        return [a for a, own in zip(named, digests, strict=True) if found.isdisjoint(own)]

    def _conflict(
        self,
        arrival: "_Named",
        held: dict[bytes, Held],
        new: dict[bytes, Row],
        known: dict[str, tuple[int, Person]],
    ) -> Reason | None:
        """In what the row differs from the record that is held, or was new, under its key."""
        row = arrival.row
        if other := held.get(arrival.key):
            if self._names.content_hash(row.content) != other.content_hash:
                return Reason.OTHER_CONTENT
            # Somebody who is not held can't be one of the record's people.
            if {known[r][0] if r in known else None for r in row.subjects} != other.subjects:
                return Reason.OTHER_SUBJECTS
        elif earlier := new.get(arrival.key):
            if row.content != earlier.content:
                return Reason.OTHER_CONTENT
            if row.subjects != earlier.subjects:
                return Reason.OTHER_SUBJECTS
        return None


@dataclass(frozen=True, slots=True)
class _Named:
    number: int
    row: Row
    key: bytes
