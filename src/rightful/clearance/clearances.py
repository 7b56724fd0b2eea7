"""Clearances of one workspace: computed, kept, loaded, explained."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pyroaring import BitMap64
from sqlalchemy import insert, select

from rightful import canonical, moments
from rightful.clearance.clearance import Clearance, Counts, Detail
from rightful.clearance.explain import Explanation, explain
from rightful.clearance.groups import GROUPS, Groups, grouped
from rightful.clearance.judging import judge
from rightful.clearance.situations.coding import Ints
from rightful.clearance.situations.corpus import RECORDS, Corpus, corpus
from rightful.clearance.situations.inquiry import Inquiry
from rightful.clearance.situations.reduced import Row
from rightful.clearance.situations.view import RegistryView, view
from rightful.clearance.upkeep import Upkeep
from rightful.errors import Busy, Damaged, InvalidInput, NotFound
from rightful.grants import Purposes
from rightful.grants import permissions as licensing
from rightful.grants.permissions import Terms
from rightful.ledger import Ledger
from rightful.ledger.verify import commitment
from rightful.policy import Decision, Gates, Pack
from rightful.policy.arrays import certain
from rightful.policy.countries import COUNTRIES, PLACES, markets
from rightful.policy.distinctions import Distinctions
from rightful.policy.expression import Expression
from rightful.policy.facts import USES, Value
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.registry.tables import clearances

#: Up to so many records are looked up by themselves, without reading all others.
FEW = 1000


@dataclass(frozen=True, slots=True)
class Controller:
    """What the workspace says of whoever answers for the data."""

    establishment: str | None = None
    markets: tuple[str, ...] | None = None
    """Where the controller turns to people; None where it does not say."""

    def check(self) -> None:
        """Raises `InvalidInput` for what is no country or place."""
        if self.establishment is not None and self.establishment not in COUNTRIES:
            raise InvalidInput(
                f"establishment {self.establishment!r} is no country of ISO 3166-1; "
                "write two capital letters in rightful.toml, such as DE or GB"
            )
        for place in self.markets or ():
            if place not in PLACES:
                raise InvalidInput(
                    f"market {place!r} is no country, no state such as US-CA and not EEA; "
                    "mend `markets` in rightful.toml"
                )

    def facts(self) -> dict[str, Value]:
        return {"establishment": self.establishment, **markets(self.markets)}


class Clearances:
    """Computes clearances for one workspace, keeps them, and explains single records."""

    def __init__(
        self,
        registry: Registry,
        store: RecordStore,
        purposes: Purposes,
        packs: Sequence[Pack],
        controller: Controller | str | None,
        ledger: Ledger,
        *,
        advisory: bool = False,
        turned_on: Collection[str] = (),
        licences: Terms | None = None,
    ) -> None:
        """`controller` may be the country of establishment alone.

        `turned_on` are the packs and rules, too uncertain to decide anything by default, that this
        workspace answers for; `advisory` turns on all. `licences` is what it says of licences
        itself; it goes before the table that comes with Rightful.

        Raises:
            InvalidInput: a place is none, or two packs have an id in common.
        """
        if not isinstance(controller, Controller):
            controller = Controller(controller)
        controller.check()
        self._registry = registry
        self._store = store
        self._purposes = purposes
        self._controller = controller
        self._ledger = ledger
        self._advisory = advisory
        self._turned_on = frozenset(turned_on)
        self._licences: Terms = licences or {}
        self.gates = Gates(packs, advisory=advisory, turned_on=self._turned_on)
        self._corpus: tuple[int, Corpus] | None = None
        self._seen: RegistryView | None = None

    def compute(
        self, purpose: str, *, at: datetime | None = None, among: BitMap64 | None = None
    ) -> Clearance:
        """Which records may be used for `purpose`, at a moment (now, if none is given).

        `among` asks about these records only. What is not held any more is not in the answer.

        The registry is read in one view, and the store after it. So `revision` never claims more
        than was read: whatever changed later gives the registry another one.

        Raises:
            NotFound: there is no such purpose; the sentence names those there are.
            InvalidInput: `at` has no time zone.
        """
        covering = self._purposes.covering(purpose)
        seen = self.view(_utc(at))
        records = self.corpus(among)
        judged = judge(self.gates, records, self.inquiry(seen, records, covering))
        return self.clearance(purpose, seen.at, seen.valid_until(covering), seen.revision, judged)

    def clearance(
        self, purpose: str, at: datetime, until: datetime, revision: int, judged: Any
    ) -> Clearance:
        """The clearance that an answer means."""
        detail = Detail(judged)
        return Clearance(
            number=None,
            purpose=purpose,
            at=at,
            valid_until=until,
            revision=revision,
            packs=self.versions,
            cleared=judged.decided(Decision.ALLOW, Decision.ALLOW_WITH_CONDITIONS),
            counts=detail.counts(),
            detail=detail,
        )

    def keep(self, purpose: str) -> Upkeep:
        """A clearance of all records for `purpose` that is brought up to date when it is asked for.

        Raises `NotFound` where there is no such purpose.
        """
        return Upkeep(self, self._registry, purpose, self._purposes.covering(purpose))

    @property
    def versions(self) -> dict[str, dict[str, str]]:
        """By id, the version and hash of each pack."""
        return {
            pack.id: {"version": pack.version, "sha256": pack.sha256} for pack in self.gates.packs
        }

    # What is asked about

    def view(self, at: datetime | None = None) -> RegistryView:
        """The registry as it is now; read again only where it changed since it last was."""
        with self._registry.reading() as connection:
            if self._seen is None or self._registry.changes(connection, self._seen.revision):
                self._seen = view(self._registry)
        return replace(self._seen, at=at or moments.now())

    def corpus(self, among: BitMap64 | None = None) -> Corpus:
        """The records that are held, or those of `among` that are."""
        if among is not None and len(among) <= FEW and not self._at_hand():
            return corpus([self._store.find(among, RECORDS)])
        version, batches = self._store.scan(RECORDS)
        if self._corpus is None or self._corpus[0] != version:
            self._corpus = version, corpus(batches)
        whole = self._corpus[1]
        if among is None:
            return whole
        return whole.part(whole.positions(np.fromiter(among, np.int64, len(among))))

    def _at_hand(self) -> bool:
        return self._corpus is not None and self._corpus[0] == self._store.version

    @property
    def store_version(self) -> int:
        """A number that every change to the records makes another one."""
        return self._store.version

    def inquiry(self, seen: RegistryView, records: Corpus, covering: Sequence[int]) -> Inquiry:
        """What a view of the registry says about records; `covering` starts with the purpose."""
        shared = {**self._controller.facts(), **_uses(seen, covering)}
        return Inquiry(seen, records, covering, shared, self._licences)

    # Single records

    def explain(self, record: int, purpose: str, *, at: datetime | None = None) -> Explanation:
        """Why a record may be used for `purpose`, or why not, rule by rule.

        Raises:
            NotFound: the record is not held (any more), or there is no such purpose.
            InvalidInput: `at` has no time zone.
        """
        covering = self._purposes.covering(purpose)
        records = self.corpus(BitMap64([record] if 0 <= record < 2**63 else []))
        if not len(records):
            raise NotFound(f"record {record} is not held (any more)")
        seen = self._view(records, at)
        rows = list(self.inquiry(seen, records, covering).rows())
        return explain(record, purpose, seen.at, self.gates, rows)

    def explain_among(
        self,
        among: BitMap64,
        purpose: str,
        *,
        at: datetime | None = None,
        limit: int = GROUPS,
    ) -> Groups:
        """Why these records may be used for `purpose`, or why not: those alike together.

        At most `limit` groups are explained. What is not held any more is not in the answer.

        Raises:
            NotFound: there is no such purpose.
            InvalidInput: `at` has no time zone.
        """
        covering = self._purposes.covering(purpose)
        records = self.corpus(among)
        seen = self._view(records, at)  # one for all, so that examples and numbers agree
        judged = judge(self.gates, records, self.inquiry(seen, records, covering))

        def facts(positions: Ints) -> list[Row]:
            return list(self.inquiry(seen, records.part(positions), covering).rows())

        return grouped(purpose, seen.at, judged, facts, limit)

    def among(self, *, subject: int | None = None, source: int | None = None) -> BitMap64:
        """The records about a person, or from a source, or, if both are named, both."""
        records = self.corpus()
        chosen = np.ones(len(records), np.bool_)
        if subject is not None:
            chosen[:] = False
            chosen[records.about([subject])] = True
        if source is not None:
            chosen &= records.source == source
        return BitMap64(records.records[chosen].astype(np.uint64))

    def facts(self, records: BitMap64, purpose: str, *, at: datetime | None = None) -> list[Row]:
        """What rules read about each of these records and its subjects.

        Raises:
            NotFound: there is no such purpose.
        """
        covering = self._purposes.covering(purpose)
        few = self.corpus(records)
        return list(self.inquiry(self._view(few, at), few, covering).rows())

    def where(
        self,
        conditions: Sequence[Expression],
        purpose: str,
        records: BitMap64,
        *,
        at: datetime | None = None,
    ) -> list[BitMap64]:
        """For each condition, those of `records` of which it is certainly true.

        It is enough that it is true for one of the people whom a record is about.

        Raises:
            NotFound: there is no such purpose.
        """
        covering = self._purposes.covering(purpose)
        few = self.corpus(records)
        if not len(few) or not conditions:
            return [BitMap64() for _ in conditions]
        inquiry = self.inquiry(self._view(few, at), few, covering)
        situations = inquiry.situations(Distinctions(conditions))
        of_row = few.record_of_row
        found = []
        for condition in conditions:
            true = certain(condition, situations.columns)
            rows = np.flatnonzero(true[situations.of_row])
            chosen = few.records[rows if of_row is None else of_row[rows]]
            found.append(BitMap64(chosen.astype(np.uint64)))
        return found

    def _view(self, records: Corpus, at: datetime | None) -> RegistryView:
        """A view of those people and sources alone, where they are few."""
        if len(records) > FEW:
            return self.view(_utc(at))
        people = {int(number) for number in records.subject if number >= 0}
        return view(self._registry, _utc(at), about=people)

    # Keeping

    def save(self, clearance: Clearance) -> Clearance:
        """Keep a clearance, with one entry in the ledger; returns it with its number.

        The entry commits to the records by their stored keys, which nobody can guess from a
        reference. One that has a number already is returned as it is.

        Raises:
            Busy: a record that it clears was erased since it was computed; compute it again.
        """
        if clearance.number is not None:
            return clearance
        purpose = self._purposes.number(clearance.purpose)
        said = self._said(clearance)
        row = {
            "purpose": purpose,
            "at": moments.text(clearance.at),
            "valid_until": moments.text(clearance.valid_until),
            "revision": clearance.revision,
            "packs": canonical.encode(clearance.packs).decode(),
            "counts": canonical.encode(clearance.counts.as_json()).decode(),
            "records": clearance.cleared.serialize(),
        }
        with self._registry.transaction() as connection:
            done = connection.execute(insert(clearances).values(**row))
            assert done.inserted_primary_key is not None
            number = int(done.inserted_primary_key[0])
            entry = {"clearance": number, **said}
            self._ledger.append(connection, "clearance_computed", entry)
        return replace(clearance, number=number)

    def load(self, number: int) -> Clearance:
        """A clearance that was saved: what it cleared, and the numbers about the rest.

        Raises:
            NotFound: none of that number was saved.
            Damaged: what was kept of it can't be read.
        """
        rows = self._registry.rows(select(clearances).where(clearances.c.id == number))
        if not rows:
            raise NotFound(f"there is no clearance {number}")
        return self._loaded(rows[0], self._purposes.names())

    def saved(self, purpose: str) -> list[Clearance]:
        """All clearances for a purpose that were saved, the oldest first.

        Raises:
            NotFound: there is no such purpose.
            Damaged: what was kept of one can't be read.
        """
        names = self._purposes.names()
        of_purpose = clearances.c.purpose == self._purposes.number(purpose)
        rows = self._registry.rows(select(clearances).where(of_purpose).order_by(clearances.c.id))
        return [self._loaded(row, names) for row in rows]

    def _loaded(self, row: Any, names: dict[int, str]) -> Clearance:
        try:
            return Clearance(
                number=row.id,
                purpose=names[row.purpose],
                at=moments.parse(row.at),
                valid_until=moments.parse(row.valid_until),
                revision=row.revision,
                packs=canonical.decode(row.packs.encode(), "packs"),
                cleared=BitMap64.deserialize(bytes(row.records)),
                counts=Counts.from_json(canonical.decode(row.counts.encode(), "counts")),
            )
        except (InvalidInput, KeyError, TypeError, ValueError):
            raise Damaged(
                f"clearance {row.id} can't be read: the registry was changed; restore a backup"
            ) from None

    def _said(self, clearance: Clearance) -> dict[str, Any]:
        """What the ledger's entry holds."""
        rows = self._store.rows(clearance.cleared)
        if rows.num_rows != len(clearance.cleared):
            raise Busy("records were erased since this clearance was computed; compute it again")
        return {
            "purpose": clearance.purpose,
            "as_of": moments.text(clearance.at),
            "valid_until": moments.text(clearance.valid_until),
            "revision": clearance.revision,
            "packs": {name: dict(version) for name, version in clearance.packs.items()},
            "advisory": self._advisory,
            "turned_on": sorted(self._turned_on),
            "licences": licensing.digest(self._licences),
            "establishment": self._controller.establishment,
            "markets": self._controller.markets and sorted(self._controller.markets),
            "counts": clearance.counts.as_json(),
            "cleared": len(clearance.cleared),  # with it, the root proves who is not in, too
            "records": commitment(rows.column("key").to_pylist()),
        }


def _uses(seen: RegistryView, covering: Iterable[int]) -> dict[str, Value]:
    """What the purpose says of the use, or the nearest one above it that says."""
    purposes = {row["id"]: row for row in seen.purposes.to_pylist()}
    said = [purposes[number] for number in covering if number in purposes]
    return {
        f"use_{use}": next((row[use] for row in said if row[use] is not None), None) for use in USES
    }


def _utc(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise InvalidInput("the moment to clear for has no time zone; give one, such as UTC")
    return None if at is None else at.astimezone(UTC)
