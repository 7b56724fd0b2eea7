"""What is known of a source changes when a day begins and never in between."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.clearance.registries import NOW

from rightful.clearance.situations.places import Places
from rightful.clearance.situations.view import view
from rightful.records.reservations import Reservations
from rightful.registry.tables import sources

if TYPE_CHECKING:
    from tests.clearance.conftest import House


def test_days_are_counted_by_the_calendar_so_that_nothing_changes_within_one(
    house: "House",
) -> None:
    house.change(sources, 1, collected_to="2026-11-01")
    looks = Reservations(house.registry, house.ledger)
    looks.observe("form", "all", value="none", seen_at=NOW - timedelta(days=3))
    house.add(0, (1,), collected_at="2026-11-20T15:00:00.000000Z")
    for hours, days in ((-12, 4), (0, 4), (3, 4), (11, 4), (12, 5)):
        (row,) = house.facts([3], NOW + timedelta(hours=hours))
        assert (row["collected_days"], row["reservation_days"]) == (days, days - 1)


@pytest.mark.parametrize("column", ["collected_from", "collected_to"])
def test_a_day_that_can_not_be_read_is_not_stated(house: "House", column: str) -> None:
    dates = {"collected_from": "2026-01-01", "collected_to": "2026-02-01"}
    house.change(sources, 1, **dates)
    assert Places(view(house.registry, NOW), [3]).place(1).facts["origin_stated"] is True
    house.change(sources, 1, **{**dates, column: "soon"})
    assert Places(view(house.registry, NOW), [3]).place(1).facts["origin_stated"] is False
