"""A view holds the registry of one revision, whole or of some people, and when it will differ."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.clearance.conftest import ANNA, BEN

from rightful import moments
from rightful.clearance.situations.view import RegistryView, later, view
from rightful.records.subjects import Person
from rightful.registry.tables import subjects

if TYPE_CHECKING:
    from tests.clearance.conftest import House

COVERING = (3, 1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIDNIGHT = NOON + timedelta(hours=12)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "now", lambda: NOON)


def whose(seen: RegistryView) -> list[int]:
    found: list[int] = seen.grounds.subject.tolist()
    return found


def test_a_view_about_some_people_reads_theirs_and_what_is_for_everyone(house: "House") -> None:
    for reference in (ANNA, BEN, None):
        house.consent(reference)
    assert whose(view(house.registry)) == [-1, 1, 2]
    seen = view(house.registry, about=[2])
    assert whose(seen) == [-1, 2]
    assert seen.people.numbers.tolist() == [2]
    assert seen.for_everyone.num_rows == 1
    assert whose(view(house.registry, about=[])) == [-1]


def test_a_later_view_is_of_the_newest_revision_and_of_those_people(house: "House") -> None:
    house.consent(None)
    before = view(house.registry)
    house.consent(ANNA)
    house.consent(BEN)
    at = NOON + timedelta(hours=1)
    with house.registry.reading() as connection:
        seen = later(house.registry, connection, before, at, [1])
    assert (seen.revision, seen.at) == (house.registry.revision, at)
    assert seen.revision > before.revision
    assert whose(seen) == [-1, 1]
    assert seen.people.numbers.tolist() == [1]
    assert seen.sources is before.sources
    assert whose(before) == [-1]


def test_people_are_called_by_their_place(house: "House") -> None:
    for reference in (ANNA, BEN, None):
        house.consent(reference)
    seen = view(house.registry).renumbered(np.array([2, 700]))
    assert whose(seen) == [-1, 0]
    assert seen.people.numbers.tolist() == [0]
    stated = seen.people.stated
    assert stated.values[stated.indices[0]] == ("DE", 1991)


def test_what_is_of_one_person_changes_nothing_for_all(house: "House") -> None:
    end = NOON + timedelta(hours=2)
    house.consent(ANNA, valid_to=end)
    seen = view(house.registry)
    assert seen.valid_until(COVERING) == end
    assert seen.changes_for_all(COVERING) == MIDNIGHT
    assert seen.turns(MIDNIGHT, COVERING) == [(end, 1)]
    assert seen.turns(end, COVERING) == []


def test_what_is_for_everyone_in_a_source_changes_for_all(house: "House") -> None:
    end = NOON + timedelta(hours=2)
    house.consent(None, valid_to=end)
    seen = view(house.registry)
    assert seen.valid_until(COVERING) == seen.changes_for_all(COVERING) == end
    assert seen.turns(MIDNIGHT, COVERING) == []


def test_what_happens_at_the_moment_itself_has_happened(house: "House") -> None:
    end = NOON + timedelta(hours=2)
    house.consent(ANNA, valid_to=end)
    seen = view(house.registry, end)
    assert seen.valid_until(COVERING) == MIDNIGHT
    assert seen.turns(MIDNIGHT, COVERING) == []


def test_a_mark_that_is_to_come_is_when_the_view_will_differ(house: "House") -> None:
    soon = NOON + timedelta(minutes=1)
    house.change(subjects, 1, objected_at=moments.text(soon))
    seen = view(house.registry)
    assert seen.changes_for_all(COVERING) == seen.valid_until(COVERING) == soon


def test_the_present_is_looked_up_after_the_view_was_taken(
    house: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> datetime:
        """Somebody comes between view and moment."""
        monkeypatch.setattr(moments, "now", lambda: NOON)
        house.subjects.ensure({"cleo.example": Person("DE", 1992)})
        return NOON + timedelta(hours=1)

    monkeypatch.setattr(moments, "now", slow)
    before = house.registry.revision
    seen = view(house.registry)
    assert seen.at == NOON + timedelta(hours=1)
    assert seen.revision == before < house.registry.revision
    assert seen.people.numbers.tolist() == [1, 2]
