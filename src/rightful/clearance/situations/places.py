"""What is known of each source: collection, licences, reservations, assessments."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rightful import moments
from rightful.clearance.situations import findings
from rightful.clearance.situations.corpus import Own
from rightful.clearance.situations.view import RegistryView
from rightful.errors import InvalidInput
from rightful.grants.permissions import UNKNOWN, Permissions, Terms, permissions
from rightful.policy.facts import ASSESSED, METHODS, RESERVATIONS, SOURCE_KINDS, Value
from rightful.records.reservations import Seen, combined

Row = Mapping[str, Any]

_MARKS = (
    *("lawfully_accessed", "infringing_site", "companion", "child_directed", "broker"),
    *("important_data",),
)
#: The facts of which a record may say something itself, which outweighs what its source says.
OWN = ("special_category", "retention_days", "collected_days", *findings.FACTS)
_WHOLE = 10_000  # in basis points


@dataclass(frozen=True, slots=True)
class Place:
    """A source as rules ask about it; of one that is not in the registry nothing is known."""

    facts: Mapping[str, Value]
    registered: bool
    notice: bool
    assessed: bool
    """A legitimate interests assessment is recorded as passed."""
    special_category: bool | None
    retention_until: str | None
    collected_to: str | None

    def own_facts(self, own: Own, at: datetime) -> dict[str, Value]:
        """The facts OWN about a record from here that says this of itself."""
        special = own.special_category
        until = own.retention_until
        return {
            "special_category": self.special_category if special is None else special,
            "retention_days": days_until(self.retention_until if until is None else until, at),
            "collected_days": days_since(
                self.collected_to if own.collected_at is None else own.collected_at, at
            ),
            **findings.facts(own.found, own.verdict, own.duplicate),
        }


class Places:
    """The sources of a view, as of its moment and for one purpose."""

    def __init__(
        self, seen: RegistryView, covering: Collection[int], own: Terms | None = None
    ) -> None:
        """`own` is what the workspace says of licences itself."""
        self._own = own
        self._at = seen.at
        self._covering = frozenset(covering)
        self._sources = {row["id"]: row for row in seen.sources.to_pylist()}
        self._licences = _by_source(self._licence_rows(seen))
        self._assessments = _by_source(self._made(seen.assessments.to_pylist()))
        self._reservations = combined(seen.reservations.to_pylist(), seen.at)

    def place(self, source: int) -> Place:
        """What is known of one source."""
        row = self._sources.get(source)
        if row is None:
            return _UNREGISTERED
        assessed = self._latest([*self._assessments[None], *self._assessments.get(source, ())])
        return Place(
            facts={
                **self._collected(row),
                **{name: self._outcome(assessed.get(name)) for name in ASSESSED},
                **_sampled(self._valid(assessed, "source_sampling"), "source"),
                **self._of_corpus(),
                **_licensed(self._licences.get(source, ()), self._own),
                **self._reserved(self._reservations.get(source, {})),
            },
            registered=True,
            notice=row["notice"] is not None,
            assessed=self._outcome(assessed.get("legitimate_interests")) == "passed",
            special_category=row["special_category"],
            retention_until=row["retention_until"],
            collected_to=row["collected_to"],
        )

    def _collected(self, row: Row) -> dict[str, Value]:
        stated = row["owner"] and row["method"] in METHODS
        dates = [days_since(row[name], self._at) for name in ("collected_from", "collected_to")]
        purpose = row["purpose"]
        return {
            "criminal_offence": row["criminal_offence"],
            "public_source": row["public"],
            "method": row["method"] if row["method"] in METHODS else None,
            "source_kind": row["kind"] if row["kind"] in SOURCE_KINDS else None,
            "origin_stated": bool(stated and None not in dates),
            "collected_for": None if purpose is None else purpose in self._covering,
            "source_evidence": bool(row["evidence"]),
            "holds_faces": row["faces"],
            **{name: row[name] for name in _MARKS},
        }

    # Assessments

    def _made(self, rows: Iterable[Row]) -> Iterable[Row]:
        for row in rows:
            made = _moment(row["made_at"])
            if made is None or made > self._at or row["purpose"] not in (None, *self._covering):
                continue
            yield {**row, "made_at": made, "over": self._over(row["valid_until"])}

    @staticmethod
    def _latest(rows: Iterable[Row]) -> dict[str, Row]:
        """By kind, the assessment that was made last."""
        return {row["kind"]: row for row in sorted(rows, key=lambda r: (r["made_at"], r["id"]))}

    def _outcome(self, row: Row | None) -> str:
        if row is None:
            return "none"
        return "expired" if row["over"] else str(row["outcome"])

    def _over(self, end: str | None) -> bool:
        """Whether an end has come; one that can't be read has."""
        moment = _moment(end)
        return end is not None and (moment is None or moment <= self._at)

    def _valid(self, assessed: Mapping[str, Row], kind: str) -> Row | None:
        row = assessed.get(kind)
        return None if row is None or row["over"] else row

    def _of_corpus(self) -> dict[str, Value]:
        """What samplings of the whole corpus found; those of one source say nothing of it."""
        latest = self._latest(self._assessments[None])
        sampling = self._valid(latest, "corpus_sampling")
        screening = self._valid(latest, "corpus_screening")
        total = screening["total"] if screening else None
        return {
            "corpus_sampled": sampling["sampled"] if sampling else None,
            "corpus_passed_bp": _passed(sampling),
            "corpus_screened_bp": _share(screening["sampled"], total) if screening else None,
            "corpus_screened_passed_bp": _passed(screening),
        }

    # Licences and reservations

    def _licence_rows(self, seen: RegistryView) -> Iterable[Row]:
        """The active licences of sources for the purpose, as people were given them."""
        table = seen.for_everyone
        chosen = pc.equal(table.column("kind"), "licence")
        covers = pc.is_in(table.column("purpose"), pa.array(self._covering, pa.int64()))
        for row in table.filter(pc.and_(chosen, covers)).to_pylist():
            begun = _moment(row["valid_from"])
            ended = self._over(row["valid_to"]) or self._over(row["withdrawn_at"])
            if begun is not None and begun <= self._at and not ended:
                yield row

    def _reserved(self, said: Mapping[str, Seen]) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for protocol, values in RESERVATIONS.items():
            value = said[protocol].value if protocol in said else None
            facts[protocol] = value
            if values == ("yes", "no"):
                facts[protocol] = None if value is None else value == "yes"
        looks = [_days_between(seen.seen_at, self._at) for seen in said.values()]
        facts["reservation_days"] = max(looks, default=None)
        return facts


_UNREGISTERED = Place({}, False, False, False, None, None, None)


def _by_source(rows: Iterable[Row]) -> dict[int | None, list[Row]]:
    found: dict[int | None, list[Row]] = {None: []}
    for row in rows:
        found.setdefault(row["source"], []).append(row)
    return found


def _licensed(rows: Iterable[Row], own: Terms | None) -> dict[str, Value]:
    expressions = [row["licence"] for row in rows]
    stated = [each for each in expressions if each is not None]
    try:
        found: Permissions | None = permissions(stated, own)
    except InvalidInput:  # one that is none
        found = UNKNOWN
    if None in expressions:  # a licence of which it is not said which
        found = UNKNOWN
    if found is None:
        names = ("licence_training", "licence_commercial", "licence_derivatives")
        duties = ("licence_attribution", "licence_share_alike", "licence_negotiated")
        return {**dict.fromkeys(names, "none"), **dict.fromkeys(duties, False)}
    return {
        "licence_training": found.training,
        "licence_commercial": found.commercial,
        "licence_derivatives": found.derivatives,
        "licence_attribution": found.attribution,
        "licence_share_alike": found.share_alike,
        "licence_negotiated": found.negotiated,
    }


def _sampled(row: Row | None, of: str) -> dict[str, Value]:
    return {
        f"{of}_sampled": row["sampled"] if row else None,
        f"{of}_unlawful_bp": _failed(row),
    }


def _failed(row: Row | None) -> int | None:
    """How many items failed, in basis points, rounded up."""
    if row is None or not row["sampled"] or row["failed"] is None:
        return None
    return int(-(-row["failed"] * _WHOLE // row["sampled"]))


def _passed(row: Row | None) -> int | None:
    failed = _failed(row)
    return None if failed is None else _WHOLE - failed


def _share(part: int | None, whole: int | None) -> int | None:
    return None if part is None or not whole else min(part * _WHOLE // whole, _WHOLE)


# Days


def days_until(day: str | None, at: datetime) -> int | None:
    """Days until a day; None where it can't be read."""
    read = _day(day)
    return None if read is None else (read - at.astimezone(UTC).date()).days


def days_since(moment: str | None, at: datetime) -> int | None:
    """Days since a day or moment; None where it can't be read."""
    found = _moment(moment)
    return None if found is None else _days_between(found, at)


def _days_between(earlier: datetime, at: datetime) -> int:
    """Days of the calendar in UTC, so that what is counted changes when a day begins."""
    return (at.astimezone(UTC).date() - earlier.astimezone(UTC).date()).days


@lru_cache(maxsize=1 << 16)  # a corpus has few different days, which are read at every clearance
def _day(text: str | None) -> date | None:
    try:
        return None if text is None else moments.day(text)
    except InvalidInput:
        return None


@lru_cache(maxsize=1 << 16)
def _moment(text: str | None) -> datetime | None:
    """The moment that is written; None where it can't be read."""
    try:
        return None if text is None else moments.parse(text)
    except InvalidInput:
        return None
