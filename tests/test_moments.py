"""Points in time are UTC, and their text sorts as they do."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful import moments
from rightful.errors import InvalidInput

_zones = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
_moments = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_zones)  # noqa: DTZ001


@given(_moments)
def test_parsing_gives_back_the_moment_that_was_written(moment: datetime) -> None:
    assert moments.parse(moments.text(moment)) == moment


@given(_moments, _moments)
def test_text_sorts_as_the_moments_do(one: datetime, other: datetime) -> None:
    assert (moments.text(one) < moments.text(other)) == (one < other)


@given(_moments)
def test_a_zone_does_not_change_the_text(moment: datetime) -> None:
    assert moments.text(moment) == moments.text(moment.astimezone(UTC))


def test_now_is_in_utc() -> None:
    assert moments.now().tzinfo is UTC


def test_a_moment_without_a_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moments.text(datetime(2026, 11, 24))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-24", "2026-11-24T00:00:00.000000Z"),
        ("2026-11-24T17:15:00+01:00", "2026-11-24T16:15:00.000000Z"),
        ("2026-11-24T16:15:00Z", "2026-11-24T16:15:00.000000Z"),
        ("2026-11-24 16:15:00.5+08:00", "2026-11-24T08:15:00.500000Z"),
    ],
)
def test_usual_ways_to_write_a_moment_are_read(value: str, expected: str) -> None:
    assert moments.text(moments.parse(value)) == expected


@pytest.mark.parametrize(
    "value",
    ["", "now", "24.11.2026", "2026-02-30", "2026-11-24T25:00:00Z", "2026-11-24T16:15:00"],
)
def test_what_is_no_moment_is_refused_with_a_way_to_write_it(value: str) -> None:
    with pytest.raises(InvalidInput, match=r"2026-11-24|time zone"):
        moments.parse(value)


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"])
def test_a_moment_past_the_calendar_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput):
        moments.parse(value)


@given(st.dates())
def test_a_day_is_read_as_it_is_written(value: Any) -> None:
    assert moments.day(value.isoformat()) == value


@pytest.mark.parametrize(
    "value", ["", "2026-13-01", "20261124", "2026-11-24T00:00:00Z", " 2026-11-24"]
)
def test_what_is_no_day_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput, match="no day"):
        moments.day(value)
