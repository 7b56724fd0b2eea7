"""The facts worked out record by record, person by person and grant by grant: slowly and plainly.

Nothing of `rightful.clearance` is used, and of the rooms below only what reads licences and
reservations; tests hold the clearance against it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from rightful import moments
from rightful.errors import InvalidInput
from rightful.grants.permissions import UNKNOWN, permissions
from rightful.policy.facts import (
    ASSESSED,
    FOUND,
    GROUNDS,
    METHODS,
    RESERVATIONS,
    SOURCE_KINDS,
    USES,
)
from rightful.records.reservations import combined
from rightful.registry.tables import SPECIAL_CONDITIONS

Row = dict[str, Any]

#: Country, region, and the age of consent there, of every residence that tests write.
PLACES: dict[str | None, tuple[str | None, str | None, int | None]] = {
    "DE": ("DE", "none", 16),
    "AT": ("AT", "none", 14),
    "CN": ("CN", "none", 14),
    "IN": ("IN", "none", 18),
    "AQ": ("AQ", "none", None),
    "US": ("US", None, 13),
    "US-CA": ("US", "US-CA", 13),
}
#: By market, those places that tests name which are in it.
_MARKETS = {
    "market_eea": {"EEA", "DE"},
    "market_cn": {"CN"},
    "market_us": {"US", "US-CA"},
    "market_us_ca": {"US", "US-CA"},
    "market_gb": {"GB"},
    "market_br": {"BR"},
    "market_in": {"IN"},
    "market_kr": {"KR"},
}
_CONSENTS = ("consent", "separate_consent")
_OF_CONSENT = ("notice", "explicit", "evidence", "by_guardian")
_MARKS = (
    *("lawfully_accessed", "infringing_site", "companion", "child_directed", "broker"),
    "important_data",
)


@dataclass(frozen=True)
class Plain:
    """What one registry says at one moment, for one purpose."""

    tables: dict[str, list[Row]]
    purpose: int
    at: datetime
    establishment: str | None = "DE"
    markets: tuple[str, ...] | None = None

    @property
    def covering(self) -> list[int]:
        """The purpose and those above it."""
        parents = {row["id"]: row["parent"] for row in self.tables["purposes"]}
        found = [self.purpose]
        while parents[found[-1]] is not None:
            found.append(parents[found[-1]])
        return found

    def rows(self, record: Row) -> list[Row]:
        """The facts about a record, for everyone it is about."""
        if record["subjects"] is None:
            return [self._facts(record, None, about="unlisted")]
        return [
            self._facts(record, who, about="nameless" if who is None else "somebody")
            for who in record["subjects"]
        ] or [self._facts(record, None, about="nobody")]

    def _row(self, table: str, number: int | None) -> Row | None:
        return next((row for row in self.tables[table] if row["id"] == number), None)

    def _facts(self, record: Row, who: int | None, about: str) -> Row:
        source = self._row("sources", record["source"])
        person = self._row("subjects", who)
        spoken = [
            grant
            for grant in self.tables["grants"]
            if (grant["subject"] is None or grant["subject"] == who)
            and (grant["source"] is None or grant["source"] == record["source"])
        ]
        covered = [grant for grant in spoken if grant["purpose"] in self.covering]
        impersonal = about == "nobody" and bool(self._active(covered, "no_personal_data"))
        known = person is not None or impersonal
        personal = {"nobody": False if impersonal else None, "unlisted": None}.get(about, True)
        return {
            "record": record["record"],
            "subject": who,
            "personal": personal,
            **self._person(person, impersonal),
            "establishment": self.establishment,
            **{
                name: None if self.markets is None else any(m in places for m in self.markets)
                for name, places in _MARKETS.items()
            },
            **{f"use_{use}": self._use(use) for use in USES},
            **self._grounds(covered, known),
            **self._consents(covered, spoken, known),
            **self._conditions(covered, known),
            "informed": self._informed(covered, source, known),
            **self._assessed(record["source"], source, covered, known),
            **self._source(record, source),
            **self._licences(record["source"], source),
            **self._reserved(record["source"], source),
        }

    # People and uses

    def _person(self, person: Row | None, impersonal: bool) -> Row:
        marks = {"restricted": "restricted_at", "objected": "objected_at"}
        marks["opted_out"] = "opted_out_at"
        if person is None:
            known = False if impersonal else None
            others = dict.fromkeys(("residence", "region", "age", "below_consent_age"))
            return {**others, **dict.fromkeys(marks, known)}
        country, region, limit = PLACES.get(person["residence"], (None, None, None))
        age, born = None, person["birth_year"]
        if born is not None and 1890 <= born <= self.at.year:
            age = self.at.year - 1 - born
        below = None if age is None or limit is None else age < limit
        if age is not None and age >= 18:
            below = False
        found = {fact: self._come(person[name], unreadable=True) for fact, name in marks.items()}
        found["restricted"] = found["restricted"] or person["erased_at"] is not None
        own = {"residence": country, "region": region, "age": age, "below_consent_age": below}
        return {**own, **found}

    def _use(self, use: str) -> bool | None:
        for number in self.covering:
            row = self._row("purposes", number)
            if row is not None and row[use] is not None:
                return bool(row[use])
        return None

    # Grants

    def _come(self, text: str | None, *, unreadable: bool) -> bool:
        if text is None:
            return False
        moment = _moment(text)
        return unreadable if moment is None else moment <= self.at

    def _state(self, grant: Row) -> str:
        if self._come(grant["withdrawn_at"], unreadable=True):
            return "withdrawn"
        if self._come(grant["valid_to"], unreadable=True):
            return "expired"
        return "active" if self._come(grant["valid_from"], unreadable=False) else "pending"

    def _active(self, covered: Iterable[Row], kind: str) -> list[Row]:
        return [g for g in covered if g["kind"] == kind and self._state(g) == "active"]

    def _grounds(self, covered: list[Row], known: bool) -> Row:
        found: Row = {}
        for kind in GROUNDS:
            if kind not in _CONSENTS:
                states = {self._state(grant) for grant in covered if grant["kind"] == kind}
                found[kind] = _told(states) if known else None
        return found

    def _standing(self, covered: list[Row], kinds: tuple[str, ...]) -> list[Row]:
        """The consents that no withdrawal ended, the one that counts first."""
        standing = [
            grant
            for kind in kinds
            for grant in self._active(covered, kind)
            if not any(self._ends(other, grant) for other in covered)
        ]

        def place(grant: Row) -> tuple[bool, datetime, int]:
            begun = _moment(grant["valid_from"])
            assert begun is not None
            return grant["subject"] is not None, begun, grant["id"]

        return sorted(standing, key=place, reverse=True)

    def _ends(self, other: Row, grant: Row) -> bool:
        """Whether a consent was withdrawn so that another one does not count either."""
        if other["kind"] not in ("consent", grant["kind"]) or self._state(other) != "withdrawn":
            return False
        if other["subject"] is not None and grant["subject"] is None:
            return True
        left, begun = _moment(other["withdrawn_at"]), _moment(grant["valid_from"])
        return left is None or begun is None or begun <= left

    def _consents(self, covered: list[Row], spoken: list[Row], known: bool) -> Row:
        names = [*_CONSENTS, "consent_other_purpose", "separate_by_guardian"]
        names += [f"consent_{name}" for name in _OF_CONSENT]
        if not known:
            return dict.fromkeys(names)
        found: Row = dict.fromkeys(names, False)
        for kind, kinds in (("consent", _CONSENTS), ("separate_consent", _CONSENTS[1:])):
            states = {self._state(grant) for grant in covered if grant["kind"] in kinds}
            standing = self._standing(covered, kinds)
            if "active" in states and not standing:
                states = states - {"active"} | {"withdrawn"}
            found[kind] = _told(states)
            if standing and kind == "separate_consent":
                found["separate_by_guardian"] = _by_guardian(standing[0])
            elif standing:
                found["consent_notice"] = standing[0]["notice"] is not None
                separate = standing[0]["kind"] == "separate_consent"
                found["consent_explicit"] = True if separate else standing[0]["explicit"]
                found["consent_evidence"] = _said(standing[0]["evidence"])
                found["consent_by_guardian"] = _by_guardian(standing[0])
        others = [grant for grant in spoken if grant["purpose"] not in self.covering]
        found["consent_other_purpose"] = any(self._active(others, kind) for kind in _CONSENTS)
        return found

    def _conditions(self, covered: list[Row], known: bool) -> Row:
        if not known:
            return dict.fromkeys(("special_evidence", "special_made_public"))
        active = self._active(covered, "special_condition")
        said = {grant["condition"] for grant in active}
        public: bool | None = bool(active) and not said & set(SPECIAL_CONDITIONS) - {"made_public"}
        if public and said != {"made_public"}:
            public = None
        return {
            "special_evidence": any(_said(grant["evidence"]) for grant in active),
            "special_made_public": public,
        }

    def _informed(self, covered: list[Row], source: Row | None, known: bool) -> bool | None:
        if source is not None and source["notice"] is not None:
            return True
        others = {grant["kind"] for grant in covered} - set(_CONSENTS)
        counting = [grant for kind in others for grant in self._active(covered, kind)]
        counting += self._standing(covered, _CONSENTS)[:1]
        if known and any(grant["notice"] is not None for grant in counting):
            return True
        return False if known and source is not None else None

    # Assessments

    def _latest(self, kind: str, sources: tuple[int | None, ...]) -> Row | None:
        made = [
            row
            for row in self.tables["assessments"]
            if row["kind"] == kind
            and row["source"] in sources
            and row["purpose"] in (None, *self.covering)
            and self._come(row["made_at"], unreadable=False)
        ]
        return max(made, key=lambda row: (_moment(row["made_at"]), row["id"]), default=None)

    def _outcome(self, kind: str, source: int) -> str:
        row = self._latest(kind, (None, source))
        if row is None:
            return "none"
        return "expired" if self._come(row["valid_until"], unreadable=True) else row["outcome"]

    def _sampling(self, kind: str, *sources: int | None) -> tuple[Row | None, Fraction | None]:
        """The latest that is not over, and what share failed."""
        row = self._latest(kind, (None, *sources))
        if row is None or self._come(row["valid_until"], unreadable=True):
            return None, None
        if not row["sampled"] or row["failed"] is None:
            return row, None
        return row, Fraction(row["failed"], row["sampled"])

    def _assessed(self, number: int, source: Row | None, covered: list[Row], known: bool) -> Row:
        assessed = any(_said(g["evidence"]) for g in self._active(covered, "legitimate_interests"))
        names = ("source_sampled", "source_unlawful_bp", "corpus_sampled", "corpus_passed_bp")
        screened = ("corpus_screened_bp", "corpus_screened_passed_bp")
        found: Row = {"assessment": assessed if known else None}
        if source is None:
            return {**found, **dict.fromkeys((*names, *screened, *ASSESSED))}
        if known and self._outcome("legitimate_interests", number) == "passed":
            found["assessment"] = True
        of_source, unlawful = self._sampling("source_sampling", number)
        of_corpus, unfit = self._sampling("corpus_sampling")
        screening, failed = self._sampling("corpus_screening")
        share = None
        if screening and screening["sampled"] is not None and screening["total"]:
            share = min(
                10_000, math.floor(Fraction(screening["sampled"], screening["total"]) * 10_000)
            )
        return {
            **found,
            **{kind: self._outcome(kind, number) for kind in ASSESSED},
            "source_sampled": of_source and of_source["sampled"],
            "source_unlawful_bp": None if unlawful is None else math.ceil(unlawful * 10_000),
            "corpus_sampled": of_corpus and of_corpus["sampled"],
            "corpus_passed_bp": None if unfit is None else math.floor((1 - unfit) * 10_000),
            "corpus_screened_bp": share,
            "corpus_screened_passed_bp": None
            if failed is None
            else math.floor((1 - failed) * 10_000),
        }

    # Sources

    def _source(self, record: Row, source: Row | None) -> Row:
        special, until = record["special_category"], record["retention_until"]
        collected = record["collected_at"]
        days: Row = {"retention_days": self._until(until), "collected_days": self._since(collected)}
        days |= _inside(record)
        if source is None:
            return {
                **dict.fromkeys(("criminal_offence", "public_source", "method", "source_kind")),
                **dict.fromkeys(("origin_stated", "collected_for", "source_evidence")),
                **dict.fromkeys(("holds_faces", *_MARKS)),
                "special_category": special,
                **days,
            }
        if until is None:
            days["retention_days"] = self._until(source["retention_until"])
        if collected is None:
            days["collected_days"] = self._since(source["collected_to"])
        dated = [_moment(source[name] or "") for name in ("collected_from", "collected_to")]
        method = source["method"] if source["method"] in METHODS else None
        purpose = source["purpose"]
        return {
            "criminal_offence": source["criminal_offence"],
            "public_source": source["public"],
            "method": method,
            "source_kind": source["kind"] if source["kind"] in SOURCE_KINDS else None,
            "origin_stated": _said(source["owner"]) and method is not None and None not in dated,
            "collected_for": None if purpose is None else purpose in self.covering,
            "source_evidence": _said(source["evidence"]),
            "holds_faces": source["faces"],
            **{name: source[name] for name in _MARKS},
            "special_category": source["special_category"] if special is None else special,
            **days,
        }

    def _until(self, day: str | None) -> int | None:
        try:
            return None if day is None else (date.fromisoformat(day) - self.at.date()).days
        except ValueError:
            return None

    def _since(self, text: str | None) -> int | None:
        moment = None if text is None else _moment(text)
        return None if moment is None else (self.at.date() - moment.date()).days

    def _licences(self, number: int, source: Row | None) -> Row:
        uses = ("training", "commercial", "derivatives")
        names = (*uses, "attribution", "share_alike", "negotiated")
        if source is None:
            return {f"licence_{name}": None for name in names}
        given = [
            grant["licence"]
            for grant in self._active(self.tables["grants"], "licence")
            if (grant["subject"], grant["source"]) == (None, number)
            and grant["purpose"] in self.covering
        ]
        try:
            found = permissions([each for each in given if each is not None])
        except InvalidInput:
            found = UNKNOWN
        if None in given:
            found = UNKNOWN
        if found is None:
            return {f"licence_{name}": "none" if name in uses else False for name in names}
        return {f"licence_{name}": getattr(found, name) for name in names}

    def _reserved(self, number: int, source: Row | None) -> Row:
        said = combined(self.tables["reservations"], self.at).get(number, {})
        if source is None or not said:
            return dict.fromkeys((*RESERVATIONS, "reservation_days"))
        found: Row = {name: said[name].value if name in said else None for name in RESERVATIONS}
        found["noai"] = {"yes": True, "no": False}.get(found["noai"])
        oldest = min(look.seen_at for look in said.values())
        return {**found, "reservation_days": (self.at.date() - oldest.date()).days}


def _moment(text: str) -> datetime | None:
    try:
        return moments.parse(text).astimezone(UTC)
    except InvalidInput:
        return None


def _told(states: set[str]) -> str:
    words = ("active", "withdrawn", "expired", "pending")
    return next((word for word in words if word in states), "none")


def _said(text: str | None) -> bool:
    return text is not None and text.strip() != ""


def _by_guardian(grant: Row) -> bool | None:
    return {"guardian": True, "self": False}.get(grant["given_by"])


def _inside(record: Row) -> Row:
    found, verdict = record["found"], record["verdict"]
    facts: Row = {f"found_{group}": None for group in FOUND}
    if found is not None:
        listed = [group for group in found.split(",") if group]
        for group in FOUND:
            if group in listed:
                facts[f"found_{group}"] = True
            elif all(each in FOUND for each in listed):
                facts[f"found_{group}"] = False
    facts["screening_verdict"] = "none"
    if verdict is not None:
        facts["screening_verdict"] = verdict if verdict in ("pass", "hold", "drop") else None
    facts["duplicate"] = "none"
    if record["duplicate"] is not None:
        facts["duplicate"] = "copy" if record["duplicate"] else "no"
    return facts
