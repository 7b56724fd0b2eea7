"""What can happen in a workspace; each happening draws what exactly, and makes it so."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pyroaring import BitMap64
from sqlalchemy import update
from tests.clearance.scene import PEOPLE, PURPOSES, SOURCES, Office, Scene

from rightful.grants import NewAssessment, NewGrant
from rightful.grants.assessments import QUESTIONS
from rightful.records.marks import Mark
from rightful.records.sources import Source
from rightful.records.subjects import Person
from rightful.registry.tables import GRANT_KINDS, subjects


def _offset(draw: random.Random) -> timedelta:
    return timedelta(hours=draw.choice((-800, -2, -1, 0, 1, 2, 3, 30, 9000)))


def _purpose(draw: random.Random) -> str:
    return draw.choice(PURPOSES)


def _person(draw: random.Random, office: Office) -> str | None:
    """Somebody who is held still."""
    held = office.house.subjects.numbers(PEOPLE.values())
    return draw.choice(sorted(held)) if held else None


def grant_for_person(draw: random.Random, scene: Scene, office: Office) -> None:
    reference = _person(draw, office)
    if reference is not None:
        source = draw.choice((None, None, *SOURCES))
        _grant(draw, scene, office, draw.choice(GRANT_KINDS[:8]), reference, source)


def grant_for_everyone(draw: random.Random, scene: Scene, office: Office) -> None:
    _grant(draw, scene, office, draw.choice(GRANT_KINDS), None, draw.choice(SOURCES))


def _grant(
    draw: random.Random,
    scene: Scene,
    office: Office,
    kind: str,
    reference: str | None,
    source: str | None,
) -> None:
    now = scene.clock.moment
    start = draw.choice((None, now + _offset(draw)))
    end = draw.choice((None, (start or now) + timedelta(hours=draw.choice((1, 2, 5, 40)))))
    more: dict[str, Any] = {}
    if "consent" in kind:
        more = {"given_by": draw.choice(("self", "guardian")), "notice": "privacy"}
    if kind == "special_condition":
        more = {"condition": draw.choice(("research", "made_public")), "evidence": "drawer"}
    if kind == "licence":
        more = {"licence": draw.choice(("MIT", "CC-BY-NC-4.0"))}
    new = NewGrant(
        kind,
        _purpose(draw),
        subject=reference,
        source=source,
        valid_from=start,
        valid_to=end,
        **more,
    )
    office.house.grants.record(new)


def withdraw(draw: random.Random, scene: Scene, office: Office) -> None:
    reference = _person(draw, office)
    if reference is not None:
        kind = draw.choice(("consent", "consent", "separate_consent", "contract"))
        at = draw.choice((None, None, scene.clock.moment - timedelta(hours=1)))
        purpose = draw.choice((None, _purpose(draw)))
        office.house.grants.withdraw(reference, purpose=purpose, kind=kind, at=at)


def expire(draw: random.Random, scene: Scene, office: Office) -> None:
    held = office.house.grants.all()
    if held:
        number = draw.choice([each.number for each in held])
        office.house.grants.expire(number, scene.clock.moment + _offset(draw))


def mark(draw: random.Random, scene: Scene, office: Office) -> None:
    reference = _person(draw, office)
    if reference is not None:
        marks = office.marks
        draw.choice((marks.restrict, marks.object_to, marks.opt_out))(reference)


def lift(draw: random.Random, scene: Scene, office: Office) -> None:
    reference = _person(draw, office)
    if reference is not None:
        office.marks.lift(reference, draw.choice(list(Mark)))


def say_more_of_person(draw: random.Random, scene: Scene, office: Office) -> None:
    reference = _person(draw, office)
    if reference is not None:
        office.house.subjects.ensure({reference: Person(draw.choice(("FR", "US-CA", None)), None)})


def move_person(draw: random.Random, scene: Scene, office: Office) -> None:
    """A change that no room makes so far, told as rooms tell theirs."""
    number = draw.randint(1, 5)
    values = {"residence": draw.choice(("CN", "DE")), "birth_year": draw.choice((2011, 2010, None))}
    registry = office.house.registry
    with registry.transaction() as connection:
        connection.execute(update(subjects).where(subjects.c.id == number).values(**values))
        registry.bump(connection, subjects=[number])


def declare(draw: random.Random, scene: Scene, office: Office) -> None:
    facts: dict[str, Any] = draw.choice(
        (
            {"special_category": True},
            {"special_category": False},
            {"retention_until": "2026-12-31"},
            {"method": "crawl"},
        )
    )
    office.house.sources.declare(Source(draw.choice(SOURCES), **facts))


def assess(draw: random.Random, scene: Scene, office: Office) -> None:
    kind = draw.choice(("compatibility", "legitimate_interests", "dpia"))
    source, purpose = draw.choice((None, *SOURCES)), draw.choice((None, _purpose(draw)))
    end = draw.choice((None, scene.clock.moment + timedelta(hours=draw.choice((1, 3)))))
    outcome = draw.choice(("passed", "failed"))
    answers = dict.fromkeys(QUESTIONS.get(kind, ()), "yes") or None
    new = NewAssessment(
        kind,
        outcome,
        source=source,
        purpose=purpose,
        reference="drawer",
        answers=answers,
        valid_until=end,
    )
    office.assessments.record(new)


def look(draw: random.Random, scene: Scene, office: Office) -> None:
    value = draw.choice(("allowed", "disallowed"))
    office.reservations.observe(draw.choice(SOURCES), "robots", value=value)


def state_use(draw: random.Random, scene: Scene, office: Office) -> None:
    office.house.purposes.state(_purpose(draw), generative=draw.choice((True, False)))


def add_purpose(draw: random.Random, scene: Scene, office: Office) -> None:
    office.house.purposes.add(f"use-{draw.randint(0, 3)}", "fine-tuning")


def import_record(draw: random.Random, scene: Scene, office: Office) -> None:
    held = sorted(office.house.subjects.numbers(PEOPLE.values()).values())
    people = tuple(sorted(draw.sample(held, min(len(held), draw.randint(0, 3)))))
    scene.next_record += 1
    office.house.add(scene.next_record, people, source=draw.randint(1, 3))
    with office.house.registry.transaction() as connection:
        office.house.registry.bump(connection)


def delete_records(draw: random.Random, scene: Scene, office: Office) -> None:
    office.house.store.delete(BitMap64(draw.sample(range(1, 16), 2)))


def purge(draw: random.Random, scene: Scene, office: Office) -> None:
    office.house.store.purge()


def erase(draw: random.Random, scene: Scene, office: Office) -> None:
    """Somebody's key and references go; the records stay a while longer, perhaps."""
    reference = _person(draw, office)
    if reference is not None and draw.random() < 0.3:
        house = office.house
        number = house.subjects.find(reference)
        if draw.random() < 0.5:
            records = house.store.about(number).column("record").to_pylist()
            house.store.delete(BitMap64(records))
        with house.registry.transaction() as connection:
            house.subjects.erase(connection, number)


def minutes_pass(draw: random.Random, scene: Scene, office: Office) -> None:
    scene.clock.moment += timedelta(minutes=draw.choice((1, 29, 60, 61, 119)))


def days_pass(draw: random.Random, scene: Scene, office: Office) -> None:
    scene.clock.moment += timedelta(hours=draw.choice((3, 25, 30, 24 * 31)))


PERSONAL = (
    *(grant_for_person, withdraw, mark, lift, expire, say_more_of_person, move_person),
    minutes_pass,
)
GENERAL = (
    *(grant_for_everyone, declare, assess, look, state_use, add_purpose, import_record),
    *(delete_records, purge, erase, days_pass),
)

Event = Callable[[random.Random, Scene, Office], None]
