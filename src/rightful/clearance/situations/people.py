"""What is known of each person, as one number for everybody of whom the same is known."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.clearance.situations.coding import Bools, Codes, Ints, coded, combined
from rightful.clearance.situations.corpus import NAMELESS, NOBODY, SPECIAL, UNLISTED
from rightful.clearance.situations.instants import BEFORE_ALL, NEVER, instants, micros, moment
from rightful.policy.ages import below_consent_age
from rightful.policy.arrays import Coded
from rightful.policy.countries import place
from rightful.policy.facts import Value

#: The facts about people in two parts.
STATED = ("residence", "region", "age", "below_consent_age")
MARKED = ("personal", "restricted", "objected", "opted_out")

#: Years of birth outside these are impossible, so they count as unknown.
_FIRST_YEAR = 1890


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a row is about, as far as rules ask."""

    about: int | None = None
    """NOBODY, UNLISTED or NAMELESS; None for somebody who has a number."""
    registered: bool = False
    residence: str | None = None
    birth_year: int | None = None
    restricted: bool = False
    objected: bool = False
    opted_out: bool = False

    def facts(self, at: datetime, *, impersonal: bool) -> dict[str, Value]:
        """The facts about people; `impersonal` says that the source holds no personal data."""
        return {**self.stated(at), **self.marked(impersonal=impersonal)}

    def stated(self, at: datetime) -> dict[str, Value]:
        """The facts STATED."""
        country, region = place(self.residence)
        age = self._age(at)
        return {
            "residence": country,
            "region": region,
            "age": age,
            "below_consent_age": below_consent_age(country, age),
        }

    def marked(self, *, impersonal: bool) -> dict[str, Value]:
        """The facts MARKED, which don't depend on where somebody lives, and since when."""
        known = self.known(impersonal=impersonal)
        return {
            "personal": self._personal(impersonal),
            "restricted": self.restricted if known else None,
            "objected": self.objected if known else None,
            "opted_out": self.opted_out if known else None,
        }

    def known(self, *, impersonal: bool) -> bool:
        """Whether the registry says all there is: of somebody in it, or where there is nobody."""
        return self.registered or (self.about == NOBODY and impersonal)

    def _personal(self, impersonal: bool) -> bool | None:
        if self.about in (None, NAMELESS):
            return True
        return False if self.about == NOBODY and impersonal else None

    def _age(self, at: datetime) -> int | None:
        born = self.birth_year
        if born is None or not _FIRST_YEAR <= born <= at.year:
            return None
        return at.year - born - 1


@dataclass(frozen=True)
class PeopleArrays:
    """The people of a registry, ready to be asked about at any moment."""

    numbers: Ints
    stated: Coded
    """Residence and year of birth."""
    restricted: Ints
    """When that was, in microseconds since 1970; likewise for the next two. NEVER if it was not."""
    objected: Ints
    opted_out: Ints
    erased: Bools

    def renumbered(self, numbers: Ints) -> "PeopleArrays":
        """Those people alone, each called by its place among their sorted `numbers`."""
        rows = np.flatnonzero(np.isin(self.numbers, numbers))
        return PeopleArrays(
            np.searchsorted(numbers, self.numbers[rows]),
            Coded(self.stated.indices[rows], self.stated.values),
            *(self.restricted[rows], self.objected[rows], self.opted_out[rows]),
            self.erased[rows],
        )

    def next_change(self, at: datetime) -> datetime | None:
        """The earliest moment after `at` at which one of these marks comes into force."""
        now = micros(at)
        later = [
            int(column.min(initial=NEVER, where=column > now))
            for column in (self.restricted, self.objected, self.opted_out)
        ]
        return None if min(later) == NEVER else moment(min(later))


@dataclass(frozen=True, slots=True)
class People:
    """Everybody, by number."""

    codes: Codes
    """Of each number of a person, of `unregistered`, and at the end of NAMELESS, UNLISTED and
    NOBODY, the index in `persons`."""
    persons: tuple[Person, ...]
    unregistered: int
    """A number that nobody has."""


def people(known: PeopleArrays, at: datetime) -> People:
    """Everybody as of a moment.

    Somebody who was erased is out at every moment: what was known of them before is gone.
    """
    now = micros(at)
    restricted = (known.restricted <= now) | known.erased
    marks = (restricted, known.objected <= now, known.opted_out <= now)
    codes, found = combined(
        [known.stated, *(Coded(mark.astype(np.int8), (False, True)) for mark in marks)]
    )
    persons = [Person(None, True, *stated, *marked) for stated, *marked in found]
    unregistered = int(known.numbers.max(initial=-1)) + 1
    of_number = np.full(unregistered + 1 + SPECIAL, len(persons), np.int32)
    of_number[known.numbers] = codes
    persons += [Person()]
    for about in (NAMELESS, UNLISTED, NOBODY):
        of_number[about] = len(persons)
        persons.append(Person(about))
    return People(of_number, tuple(persons), unregistered)


def people_arrays(subjects: pa.Table) -> PeopleArrays:
    """The people of a table with the columns of `rightful.clearance.situations.view`.

    A mark at a moment that can't be read has come into force.
    """
    born = subjects.column("birth_year")
    possible = pc.and_(pc.greater_equal(born, _FIRST_YEAR), pc.less(born, 10_000))
    years = pc.if_else(pc.fill_null(possible, False), born, pa.scalar(None, pa.int64()))
    codes, found = combined([coded(subjects.column("residence")), coded(years)])
    restricted, objected, opted_out = (
        instants(subjects.column(name), empty=NEVER, unreadable=BEFORE_ALL)
        for name in ("restricted_at", "objected_at", "opted_out_at")
    )
    erased = pc.is_valid(subjects.column("erased_at")).to_numpy()
    numbers = subjects.column("id").to_numpy()
    return PeopleArrays(numbers, Coded(codes, found), restricted, objected, opted_out, erased)
