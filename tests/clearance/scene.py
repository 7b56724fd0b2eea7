"""A small workspace for things to happen in: its people, sources, rules, rooms and clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.clearance.conftest import House

from rightful.clearance import Clearances
from rightful.clearance.upkeep import Upkeep
from rightful.grants import Assessments, Grants, Notices, Purposes
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.policy import Pack
from rightful.policy.reading import read
from rightful.records.marks import Marks
from rightful.records.names import NameCipher
from rightful.records.reservations import Reservations
from rightful.records.sources import Source, Sources
from rightful.records.store import RecordStore
from rightful.records.subjects import Person, Subjects
from rightful.registry import Registry

#: An evening, so that the hours that pass make it another day, and the year end soon.
EVENING = datetime(2026, 12, 30, 21, 30, tzinfo=UTC)

PEOPLE = {name: f"{name}.example.reference" for name in ("anna", "ben", "cleo", "dora", "emil")}
SOURCES = ("form", "crawl", "archive")
PURPOSES = ("model-training", "fine-tuning", "pretraining", "model-evaluation")

#: A few rules that tell the facts apart that events change.
SMALL = """
id: law.small
kind: law
covers: personal_data
title: {en: House, zh: 内规}
authority: us
version: "1"
as_of: 2026-11-24
review_by: 2027-11-24
applies: "TRUE"
sources: {us: us}
rules:
"""
_RULE = """
  - id: HOUSE.{number}
    article: "{number}"
    title: {{en: Rule, zh: 规则}}
    kind: gate
    confidence: found
    source: us
    when: "{when}"
    decision: {decision}{more}
    examples: [{{facts: {fires}, expect: fires}}, {{facts: {passes}, expect: passes}}]
"""
_MORE = {
    "allow_with_conditions": "\n    conditions: {en: say so, zh: 须说明}",
    "hold": "\n    asks: {en: the controller says, zh: 由处理者说明}",
}
_WHEN = (
    ("consent = 'withdrawn'", "deny", "{consent: withdrawn}", "{consent: none}"),
    (
        *("separate_consent = 'withdrawn' AND NOT contract = 'active'", "restrict"),
        *("{separate_consent: withdrawn, contract: none}", "{contract: active}"),
    ),
    (
        *("objected AND legitimate_interests = 'active'", "deny"),
        *("{objected: true, legitimate_interests: active}", "{objected: false}"),
    ),
    (
        *("opted_out OR consent = 'expired'", "hold"),
        *("{opted_out: true}", "{opted_out: false, consent: none}"),
    ),
    (
        "age < 16 AND NOT consent_by_guardian",
        "deny",
        "{age: 9, consent_by_guardian: false}",
        "{age: 20}",
    ),
    (
        *("residence = 'CN' AND NOT separate_consent = 'active'", "hold"),
        *("{residence: CN, separate_consent: none}", "{residence: DE}"),
    ),
    (
        *("compatibility = 'failed' OR retention_days < 0", "deny"),
        *("{compatibility: failed}", "{compatibility: none, retention_days: 4}"),
    ),
    (
        *("special_category AND NOT special_condition = 'active'", "restrict"),
        *("{special_category: true, special_condition: none}", "{special_category: false}"),
    ),
    (
        *("licence = 'pending' OR method = 'crawl'", "allow_with_conditions"),
        *("{method: crawl}", "{licence: none, method: form}"),
    ),
    (
        *("consent_other_purpose AND NOT consent_notice", "hold"),
        *("{consent_other_purpose: true, consent_notice: false}", "{consent_notice: true}"),
    ),
)


def small_pack() -> Pack:
    rules = (
        _RULE.format(
            number=number,
            when=when,
            decision=decision,
            more=_MORE.get(decision, ""),
            fires=fires,
            passes=passes,
        )
        for number, (when, decision, fires, passes) in enumerate(_WHEN, 1)
    )
    return read(SMALL + "".join(rules), "law.small")


@dataclass
class Clock:
    """The present moment, as everybody asks for it."""

    moment: datetime

    def now(self) -> datetime:
        """Never the same moment twice, as in life."""
        self.moment += timedelta(milliseconds=1)
        return self.moment


@dataclass
class Office:
    """A house with the rooms that events need; two of them may be on the same files."""

    house: House
    marks: Marks
    assessments: Assessments
    reservations: Reservations

    @classmethod
    def of(cls, house: House) -> "Office":
        return cls(
            house,
            Marks(house.registry, house.keyring, house.subjects, house.ledger),
            Assessments(house.registry, house.sources, house.purposes, house.ledger),
            Reservations(house.registry, house.ledger),
        )


def opened(folder: Path) -> House:
    """Rooms on the files of a house, as a process of its own has them."""
    registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
    key = WorkspaceKey(b"k" * 32)
    names, keyring = NameCipher(key), Keyring(registry, key)
    ledger = Ledger(registry, key, "test")
    people, sources = Subjects(registry, keyring, names), Sources(registry, ledger)
    purposes, notices = Purposes(registry, ledger), Notices(registry, ledger)
    rooms = (registry, keyring, people, sources, purposes, notices, ledger)
    return House(
        folder,
        registry,
        keyring,
        names,
        RecordStore(str(folder / "records.lance"), keyring, names),
        people,
        sources,
        ledger,
        purposes,
        notices,
        Grants(*rooms),
    )


def furnish(house: House) -> None:
    """Five people, three sources, fifteen records about nobody to three of them."""
    residences = ("DE", "CN", "US-CA", None, "GB")
    for (name, reference), country in zip(PEOPLE.items(), residences, strict=True):
        house.subjects.ensure({reference: Person(country, 2014 if name == "dora" else 1990)})
    notice = house.notices.publish("privacy", "We train a model on what you write.", "en")
    for name in SOURCES:
        house.sources.declare(
            Source(
                name,
                kind="crawl" if name == "crawl" else "user_data",
                method="crawl" if name == "crawl" else "form",
                special_category=False,
                criminal_offence=False,
                notice=notice.number,
                retention_until="2027-01-02",
            )
        )
    about = ((1,), (1,), (2,), (3,), (4,), (5,), (1, 2), (2, 3), (3, 4), (1, 2, 3), (), (4, 5))
    for record, people in enumerate((*about, (), (5,), (2,)), 1):
        more = {"special_category": True} if record % 7 == 0 else {}
        house.add(record, people, source=1 + record % 3, **more)
    for name in ("anna", "ben", "dora"):
        house.consent(PEOPLE[name])


@dataclass
class Scene:
    """What an example plays in."""

    clock: Clock
    office: Office
    elsewhere: Office
    clearances: Clearances
    next_record: int = 100

    def keep(self, purpose: str = "fine-tuning") -> Upkeep:
        return self.clearances.keep(purpose)
