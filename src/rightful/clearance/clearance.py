"""The answer to "which records may be used for this purpose now": computed, saved and loaded.

A clearance says of every record it was asked about what was decided, which rules stand in the way,
and what all of it was computed from. What is not in `cleared` is not used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from pyroaring import BitMap64
from sqlalchemy import insert, select

from rightful import canonical, moments
from rightful.clearance.explain import Explanation, explain
from rightful.clearance.facts import RECORDS, facts, valid_until, view
from rightful.errors import Busy, Damaged, InvalidInput, NotFound, Refused
from rightful.grants import Purposes
from rightful.ledger import Ledger
from rightful.ledger.verify import commitment
from rightful.policy import Decision, Gates, Pack, Rule
from rightful.policy.countries import COUNTRIES
from rightful.policy.facts import Value
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.registry.tables import clearances

#: Records that are judged at once; bounds the memory that their facts take.
BATCH = 1_000_000


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule with the records that it speaks against, or attaches a condition to."""

    rule: Rule
    pack: str | None
    """None for the rules that belong to no pack."""
    fired: BitMap64
    unanswered: BitMap64
    """Held, since a fact that the rule asks for is not known."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many records a rule speaks against."""

    rule: str
    pack: str | None
    fired: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Counts:
    """A clearance in numbers, which is what is kept of those that it does not clear."""

    decisions: Mapping[Decision, int]
    """For each decision, none left out."""
    rules: tuple[RuleCount, ...]
    """The rules that speak against any record, in the order in which they are asked."""

    @property
    def records(self) -> int:
        """How many records were asked about."""
        return sum(self.decisions.values())


@dataclass(frozen=True, slots=True)
class Detail:
    """Which record fell under which decision and which rule."""

    decisions: Mapping[Decision, BitMap64]
    reasons: tuple[Reason, ...]

    def counts(self) -> Counts:
        """The same in numbers."""
        return Counts(
            {decision: len(records) for decision, records in self.decisions.items()},
            tuple(
                RuleCount(why.rule.id, why.pack, len(why.fired), len(why.unanswered))
                for why in self.reasons
            ),
        )


@dataclass(frozen=True, slots=True)
class Clearance:
    """Which records may be used for a purpose, and why not the others."""

    number: int | None
    """None until it is saved."""
    purpose: str
    at: datetime
    valid_until: datetime
    """When the answer may change although nobody changes anything."""
    revision: int
    """The registry's when it was read. If it has another one now, this may be out of date."""
    packs: Mapping[str, Mapping[str, str]]
    """By id, the version and hash of each pack that was asked."""
    cleared: BitMap64 = field(repr=False)
    counts: Counts
    detail: Detail | None = field(default=None, repr=False)
    """None for one that was loaded; `decisions` and `reasons` say so rather than seem empty."""

    @property
    def decisions(self) -> Mapping[Decision, BitMap64]:
        """The records under each decision.

        Raises:
            NotFound: it was loaded, and only what is cleared and the numbers are kept.
        """
        return self._detail().decisions

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The rules that speak against any record, with those records.

        Raises:
            NotFound: it was loaded, and only what is cleared and the numbers are kept.
        """
        return self._detail().reasons

    @property
    def about_all(self) -> Mapping[Decision, int]:
        """How many records there are under each decision."""
        return self.counts.decisions

    @property
    def summary(self) -> str:
        """One sentence; it says as plainly that nothing is held, or that nothing is cleared."""
        asked, usable = self.counts.records, len(self.cleared)
        if not asked:
            return f"no record is held, so nothing is cleared for {self.purpose}"
        if not usable:
            return f"none of {asked:,} records is cleared for {self.purpose}"
        return f"{usable:,} of {asked:,} records are cleared for {self.purpose}"

    def require_records(self) -> None:
        """Stop whoever needs records if there are none.

        Raises:
            NotFound: no record is held at all.
            Refused: records are held, and none may be used.
        """
        if not self.counts.records:
            raise NotFound(f"{self.summary}; import records first")
        if not self.cleared:
            raise Refused(
                f"{self.summary}; `rightful clear {self.purpose}` shows which rules stand in the "
                "way"
            )

    def _detail(self) -> Detail:
        if self.detail is None:
            raise NotFound(
                f"clearance {self.number} keeps the records it cleared and numbers about the "
                "others, not which were which; compute it anew to see"
            )
        return self.detail


class Clearances:
    """Computes clearances for one workspace, keeps them, and explains single records."""

    def __init__(
        self,
        registry: Registry,
        store: RecordStore,
        purposes: Purposes,
        packs: Sequence[Pack],
        establishment: str | None,
        ledger: Ledger,
        *,
        advisory: bool = False,
    ) -> None:
        """`advisory` turns on rules that are too uncertain to decide anything by default.

        Raises:
            InvalidInput: `establishment` is no country, or two packs have an id in common.
        """
        if establishment is not None and establishment not in COUNTRIES:
            raise InvalidInput(
                f"establishment {establishment!r} is no country of ISO 3166-1; "
                "write two capital letters in rightful.toml, such as DE or GB"
            )
        self._registry = registry
        self._store = store
        self._purposes = purposes
        self._gates = Gates(packs, advisory=advisory)
        self._establishment = establishment
        self._ledger = ledger
        self._advisory = advisory

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
        seen = view(self._registry, _utc(at))
        records = self._store.metadata() if among is None else self._store.rows(among)
        judged = [
            self._gates.decide(facts(part, seen, covering, self._establishment))
            for part in _parts(records.select(list(RECORDS)))
        ]
        detail = _detail(self._gates, judged)
        return Clearance(
            number=None,
            purpose=purpose,
            at=seen.at,
            valid_until=valid_until(seen, covering),
            revision=seen.revision,
            packs=_versions(self._gates.packs),
            cleared=detail.decisions[Decision.ALLOW]
            | detail.decisions[Decision.ALLOW_WITH_CONDITIONS],
            counts=detail.counts(),
            detail=detail,
        )

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
            "counts": canonical.encode(_counts_as_json(clearance.counts)).decode(),
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
        row = rows[0]
        try:
            return Clearance(
                number=number,
                purpose=self._purposes.names()[row.purpose],
                at=moments.parse(row.at),
                valid_until=moments.parse(row.valid_until),
                revision=row.revision,
                packs=canonical.decode(row.packs.encode(), "packs"),
                cleared=BitMap64.deserialize(bytes(row.records)),
                counts=_counts_from_json(canonical.decode(row.counts.encode(), "counts")),
            )
        except (InvalidInput, KeyError, TypeError, ValueError):
            raise Damaged(
                f"clearance {number} can't be read: the registry was changed; restore a backup"
            ) from None

    def explain(self, record: int, purpose: str, *, at: datetime | None = None) -> Explanation:
        """Why a record may be used for `purpose`, or why not, rule by rule.

        Raises:
            NotFound: the record is not held (any more), or there is no such purpose.
            InvalidInput: `at` has no time zone.
        """
        covering = self._purposes.covering(purpose)
        seen = view(self._registry, _utc(at))
        rows = self._store.rows(BitMap64([record] if 0 <= record < 2**63 else []))
        if not rows.num_rows:
            raise NotFound(f"record {record} is not held (any more)")
        found = facts(rows, seen, covering, self._establishment)
        return explain(record, purpose, seen.at, self._gates, found.to_pylist())

    def facts(self, records: BitMap64, purpose: str) -> list[dict[str, Value]]:
        """What rules read about each of these records and its subjects, now.

        Raises:
            NotFound: there is no such purpose.
        """
        covering = self._purposes.covering(purpose)
        seen = view(self._registry)
        table = facts(self._store.rows(records), seen, covering, self._establishment)
        found: list[dict[str, Value]] = table.to_pylist()
        return found

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
            "establishment": self._establishment,
            "counts": _counts_as_json(clearance.counts),
            "cleared": len(clearance.cleared),  # with it, the root proves who is not in, too
            "records": commitment(rows.column("key").to_pylist()),
        }


def _utc(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise InvalidInput("the moment to clear for has no time zone; give one, such as UTC")
    return None if at is None else at.astimezone(UTC)


def _versions(packs: Sequence[Pack]) -> dict[str, dict[str, str]]:
    return {pack.id: {"version": pack.version, "sha256": pack.sha256} for pack in packs}


def _parts(records: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, records.num_rows, BATCH):
        yield records.slice(start, BATCH)


def _detail(gates: Gates, judged: Sequence[pa.Table]) -> Detail:
    """Sets of records from the decisions and masks that the gates gave, part by part."""
    decisions = {decision: BitMap64() for decision in Decision}
    fired: list[BitMap64] = [BitMap64() for _ in gates.gates]
    unanswered: list[BitMap64] = [BitMap64() for _ in gates.gates]
    for part in judged:
        columns = {name: part.column(name).to_numpy() for name in part.column_names}
        records = columns["record"].astype(np.uint64)
        for decision, held in decisions.items():
            held.update(BitMap64(records[columns["decision"] == decision]))
        for index, (_, chunk, bit) in enumerate(gates.places()):
            fired[index].update(BitMap64(records[columns[f"fired_{chunk}"] & bit != 0]))
            unanswered[index].update(BitMap64(records[columns[f"open_{chunk}"] & bit != 0]))
    return Detail(
        decisions,
        tuple(
            Reason(gate.rule, gate.pack.id if gate.pack else None, speaks, asks)
            for gate, speaks, asks in zip(gates.gates, fired, unanswered, strict=True)
            if speaks or asks
        ),
    )


def _counts_as_json(counts: Counts) -> dict[str, Any]:
    return {
        "decisions": {decision.word: n for decision, n in counts.decisions.items()},
        "rules": [
            {"rule": r.rule, "pack": r.pack, "fired": r.fired, "unanswered": r.unanswered}
            for r in counts.rules
        ],
    }


def _counts_from_json(value: Any) -> Counts:
    return Counts(
        {decision: int(value["decisions"][decision.word]) for decision in Decision},
        tuple(RuleCount(**rule) for rule in value["rules"]),
    )
