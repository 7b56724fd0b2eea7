"""The facts about records: of a few, row by row; of millions, as a number for each situation.

A **situation** is a row of facts, as far as the rules can tell rows apart. It has three parts that
are looked up on their own: who it is about, on what grounds, and from where. What several grants
mean together is worked out once for each person, what is known of a source once for each source,
and each row then only puts numbers together.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from rightful.clearance.situations import findings, standing
from rightful.clearance.situations.basis import Basis
from rightful.clearance.situations.coding import THREADS, Codes, Ints, numbered_in_parts
from rightful.clearance.situations.corpus import NOBODY, Corpus, Own
from rightful.clearance.situations.granted import GrantArrays
from rightful.clearance.situations.grounds import grouped
from rightful.clearance.situations.patterns import Patterns
from rightful.clearance.situations.people import MARKED, STATED, Person, people
from rightful.clearance.situations.places import OWN, Place, Places, days_since, days_until
from rightful.clearance.situations.reduced import Paired, Reduced, Row
from rightful.clearance.situations.standing import NOTHING, SourceGrounds, Told, source_grounds
from rightful.clearance.situations.view import RegistryView
from rightful.grants.permissions import Terms
from rightful.policy.arrays import Coded
from rightful.policy.distinctions import Distinctions
from rightful.policy.facts import COLUMNS, GROUPS, Value

#: Rows whose numbers are put together at once; few enough to stay close to the processor.
CHUNK = 1 << 18
#: Up to so many possible situations, those that occur are ticked off in a table.
_TABLE = 1 << 27

#: The facts of each part. What is assessed is assessed for a source.
_WHERE = tuple(
    fact.name
    for name in ("grounds", "sources")
    for fact in GROUPS[name]
    if fact.name not in (*standing.FACTS, *standing.TOLD, *OWN)
)
_NOTHING_KNOWN: Row = dict.fromkeys(COLUMNS)


@dataclass(frozen=True)
class Situations:
    """Every situation there is among the rows of a corpus, and which each row is in."""

    of_row: Codes
    columns: Mapping[str, Coded]
    """Of the facts that are asked for at all, what is so in each situation."""
    count: int


class Inquiry:
    """What a view of the registry says about the records of a corpus, for one purpose."""

    def __init__(
        self,
        seen: RegistryView,
        corpus: Corpus,
        covering: Collection[int],
        shared: Mapping[str, Value],
        licences: Terms | None = None,
    ) -> None:
        """`covering` are the purpose's number and those above it; `shared` holds for every row.

        `licences` is what the workspace says of licences itself.
        """
        self._at = seen.at
        self._corpus = corpus
        self._shared = shared
        self._people = people(seen.people, seen.at)
        # Whoever has a number that the registry does not know is one of those that it never had.
        self._subject = np.minimum(corpus.subject, self._people.unregistered)
        self._grants = self._asked(seen.grounds)
        self._groups = grouped(self._grants, seen.at, covering)
        known = Places(seen, covering, licences)
        granted = source_grounds(self._grants, self._groups)
        self._numbers = corpus.sources
        self._places = [known.place(int(number)) for number in self._numbers]
        self._granted = [granted.get(int(number), NOTHING) for number in self._numbers]

    def _asked(self, grants: GrantArrays) -> GrantArrays:
        """Those grants that can matter, where there are many of people who are in no record."""
        if self._corpus.rows >= len(grants.subject):
            return grants
        present = np.zeros(len(self._people.codes), np.bool_)
        present[self._subject] = True
        present[NOBODY] = True  # as which those for everyone in a source are found
        # They are sorted, so those of people who are not in the registry come last.
        end = np.searchsorted(grants.subject, self._people.unregistered)
        return grants.part(np.flatnonzero(present[grants.subject[:end]]))

    # A few rows

    def rows(self) -> Iterator[Row]:
        """The facts of each row, with its record and subject."""
        corpus = self._corpus
        of_row = corpus.record_of_row
        place = np.searchsorted(self._numbers, corpus.source)
        for row, subject in enumerate(corpus.subject.tolist()):
            position = row if of_row is None else int(of_row[row])
            own = corpus.owns[int(corpus.own[position])]
            yield {
                "record": int(corpus.records[position]),
                "subject": subject if subject >= 0 else None,
                **_NOTHING_KNOWN,
                **self._shared,
                **self._facts(int(self._subject[row]), int(place[position]), own),
            }

    def _facts(self, subject: int, where: int, own: Own) -> Row:
        person = self._people.persons[int(self._people.codes[subject])]
        granted, place = self._granted[where], self._places[where]
        known = person.known(impersonal=granted.impersonal)
        pattern = self._patterns(granted).of(subject, where, granted)
        return {
            **person.facts(self._at, impersonal=granted.impersonal),
            **standing.facts(pattern, known=known),
            **Told.of(pattern, known=known).facts(place),
            **place.facts,
            **place.own_facts(own, self._at),
        }

    # All rows

    def situations(self, telling: Distinctions) -> Situations:
        """The situations that conditions can tell apart, and which one each row is in."""
        if not self._corpus.rows:
            return Situations(np.empty(0, np.int32), {}, 0)
        who, basis, where = self._who(telling), self._basis(telling), self._where(telling)
        sizes = len(basis.rows), len(where.rows)
        keys = np.empty(self._corpus.rows, np.int64)

        def fill(start: int) -> None:
            part = slice(start, start + CHUNK)
            subject, place, own = self._chunk(part)
            key = who.of(subject, place) * sizes[0]
            key += basis.of(subject, place)
            key *= sizes[1]
            key += where.of(own, place)
            keys[part] = key

        starts = range(0, len(keys), CHUNK)
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(fill, starts))
        of_row, distinct = _distinct(keys, len(who.rows) * sizes[0] * sizes[1])
        whose, places = np.divmod(distinct, sizes[1])
        whom, grounds = np.divmod(whose, sizes[0])
        columns = {
            **who.columns(whom),
            **basis.columns(grounds),
            **where.columns(places),
            **{
                name: Coded(np.zeros(len(distinct), np.int8), [self._shared[name]])
                for name in telling.columns & set(self._shared)
            },
        }
        return Situations(of_row, columns, len(distinct))

    def _chunk(self, part: slice) -> tuple[Codes, Ints, Codes]:
        """Of some rows: whom they are about, the index of their source, what they say."""
        corpus = self._corpus
        subject = self._subject[part]
        of_row = corpus.record_of_row
        position = part if of_row is None else of_row[part]
        source = corpus.source[position]
        if self._place_of is None:
            place = np.searchsorted(self._numbers, source)
        else:
            place = self._place_of[source]
        return subject, place, corpus.own[position]

    @cached_property
    def _place_of(self) -> Ints | None:
        """By a source's number its index, the last entry being for NO_SOURCE; None: too large."""
        size = int(self._numbers.max(initial=0)) + 2
        if size > _TABLE >> 3:
            return None
        index = np.zeros(size, np.int64)
        index[self._numbers] = np.arange(len(self._numbers))
        return index

    # The three parts

    def _who(self, telling: Distinctions) -> "_Part":
        """About whom, by whether the source is declared to hold no personal data."""
        rows = Paired(Reduced(telling, STATED), Reduced(telling, MARKED))
        known = self._people

        @cache  # many differ in one part only
        def stated(residence: str | None, birth_year: int | None) -> int:
            person = Person(residence=residence, birth_year=birth_year)
            return rows.first.add(person.stated(self._at))

        @cache
        def marked(impersonal: bool, about: int | None, registered: bool, *marks: bool) -> int:
            person = Person(about, registered, None, None, *marks)
            return rows.second.add(person.marked(impersonal=impersonal))

        def code(p: Person, *, impersonal: bool = False) -> int:
            marks = p.restricted, p.objected, p.opted_out
            return rows.add(
                stated(p.residence, p.birth_year),
                marked(impersonal, p.about, p.registered, *marks),
            )

        codes = np.array([code(person) for person in known.persons])
        of_subject = codes[known.codes]
        # Of nobody it matters whether the source is declared to hold no personal data.
        nobody = code(known.persons[known.codes[NOBODY]], impersonal=True)
        impersonal = np.array([granted.impersonal for granted in self._granted], np.bool_)
        of_place = np.where(impersonal, nobody, of_subject[NOBODY])

        def of(subject: Codes, place: Ints) -> Ints:
            found: Ints = of_subject[subject]
            without = np.flatnonzero(subject == NOBODY)
            found[without] = of_place[place[without]]
            return found

        return _Part(rows, of)

    def _basis(self, telling: Distinctions) -> "_Part":
        """On what grounds: by the person's pattern and what was granted for the source."""
        context_of, contexts = self._contexts
        usual = self._patterns(NOTHING)
        several = [self._patterns(granted) for granted, _ in contexts]
        meant = [
            patterns.meant(granted, place)
            for patterns, (granted, place) in zip(several, contexts, strict=True)
        ]
        rows = Basis(telling, meant)
        codes = np.zeros((len(contexts), usual.size), np.int64)
        others = []
        for number, (patterns, found) in enumerate(zip(several, rows.codes, strict=True)):
            if patterns is usual:
                codes[number] = found
            else:
                others.append((number, patterns, found))

        def of(subject: Codes, place: Ints) -> Ints:
            context = context_of[place]
            found: Ints = codes[context, usual.of_rows(subject, place)]
            for number, patterns, meaning in others:
                chosen = np.flatnonzero(context == number)
                found[chosen] = meaning[patterns.of_rows(subject[chosen], place[chosen])]
            return found

        return _Part(rows, of)

    @cached_property
    def _contexts(self) -> tuple[Ints, list[tuple[SourceGrounds, Place]]]:
        """Of each source its context, which is what it means for grounds; and each of these."""
        known: dict[Hashable, int] = {}
        contexts, found = [], []
        for granted, place in zip(self._granted, self._places, strict=True):
            key = (granted, place.notice, place.registered, place.assessed)
            if key not in known:
                known[key] = len(known)
                contexts.append((granted, place))
            found.append(known[key])
        return np.array(found, np.int64), contexts

    def _where(self, telling: Distinctions) -> "_Part":
        """From where, by what the record says of itself."""
        own_codes, owns = self._reduced_owns(telling)
        rows = Paired(Reduced(telling, _WHERE), Reduced(telling, OWN))
        facts = [rows.first.add(place.facts) for place in self._places]
        codes = np.array(
            [
                [rows.add(first, rows.second.add(p.own_facts(own, self._at))) for own in owns]
                for first, p in zip(facts, self._places, strict=True)
            ],
            np.int64,
        ).reshape(len(self._places), len(owns))

        def of(own: Codes, place: Ints) -> Ints:
            found: Ints = codes[place, own_codes[own]]
            return found

        return _Part(rows, of)

    def _reduced_owns(self, telling: Distinctions) -> tuple[Ints, list[Own]]:
        """What records say of themselves, as far as conditions tell it apart."""

        @cache  # few days, and many records that name them
        def until(day: str | None) -> Hashable:
            return day is None, telling.of("retention_days", days_until(day, self._at))

        @cache
        def since(moment: str | None) -> Hashable:
            return moment is None, telling.of("collected_days", days_since(moment, self._at))

        @cache
        def inside(found: str | None, verdict: str | None, duplicate: bool | None) -> Hashable:
            facts = findings.facts(found, verdict, duplicate)
            return tuple(telling.of(name, facts[name]) for name in asked)

        asked = [name for name in findings.FACTS if name in telling.columns]
        known: dict[Hashable, int] = {}
        kept, codes = [], []
        for own in self._corpus.owns:
            key = (
                *(until(own.retention_until), own.special_category, since(own.collected_at)),
                inside(own.found, own.verdict, own.duplicate),
            )
            if key not in known:
                known[key] = len(known)
                kept.append(own)
            codes.append(known[key])
        return np.array(codes, np.int64), kept

    # Patterns of grants

    def _patterns(self, granted: SourceGrounds) -> Patterns:
        """The patterns of everybody, where consents of a source were withdrawn as in this one."""
        key = (granted.left, granted.separate_left)
        if key not in self._several:
            patterns = self._groups.patterns(self._grants, *key)
            self._several[key] = Patterns(self._groups, patterns, self._people, self._numbers)
        return self._several[key]

    @cached_property
    def _several(self) -> dict[tuple[int, int], Patterns]:
        return {}


@dataclass(frozen=True)
class _Part:
    """The different rows of some facts, and which of them a row of the corpus has."""

    rows: Paired | Basis
    of: Callable[[Codes, Ints], Ints]

    def columns(self, codes: Ints) -> dict[str, Coded]:
        """The columns of rows that are given by their indices."""
        return self.rows.columns(codes)


def _distinct(keys: Ints, possible: int) -> tuple[Codes, Ints]:
    """For each key its index among those that occur, and these."""
    if possible > _TABLE:
        return numbered_in_parts(keys)
    table = np.zeros(possible, np.bool_)
    table[keys] = True
    distinct = np.flatnonzero(table)
    index = np.zeros(possible, np.int32)
    index[distinct] = np.arange(len(distinct))
    return index[keys], distinct
