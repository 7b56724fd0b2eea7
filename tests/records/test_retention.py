"""Which records are past their date: never one whose last day is not over, nor on a guess."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap64
from sqlalchemy import insert, update

from rightful import moments
from rightful.keys import Keyring
from rightful.records import NameCipher, NewRecord, RecordStore, Source, Sources
from rightful.records.names import record_key
from rightful.records.retention import Retention
from rightful.records.store import SCHEMA
from rightful.registry import Registry, tables

NOON = moments.parse("2026-06-15T12:00:00Z")
_COLUMNS = ("record", "source", "retention_until")


class Shelf:
    """A store of which only the dates matter."""

    def __init__(self, *batches: Sequence[tuple[int, int, str | None]]) -> None:
        self._batches = batches

    def scan(self, columns: Sequence[str]) -> tuple[int, Iterator[pa.RecordBatch]]:
        schema = pa.schema([SCHEMA.field(name) for name in columns])
        return 1, (
            pa.RecordBatch.from_pylist(
                [dict(zip(_COLUMNS, row, strict=True)) for row in batch], schema
            )
            for batch in self._batches
        )


def look(registry: Registry, *rows: tuple[int, int, str | None], at: datetime = NOON) -> Any:
    return Retention(registry, Shelf(rows)).look(at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "past"),
    [
        ("2026-06-15T00:00:00Z", False),
        ("2026-06-15T23:59:59Z", False),
        ("2026-06-16T00:00:00Z", True),
        ("2026-06-16T01:00:00+02:00", False),
        ("2026-06-15T19:00:00-05:00", True),
    ],
)
def test_the_date_is_the_last_day_of_use_and_days_are_those_of_utc(
    registry: Registry, moment: str, past: bool
) -> None:
    found = look(registry, (1, 1, "2026-06-15"), at=datetime.fromisoformat(moment))
    assert (found.past == BitMap64([1])) is past


def test_a_records_own_date_comes_before_that_of_its_source(
    registry: Registry, sources: Sources
) -> None:
    over = sources.declare(Source("over", retention_until="2026-01-01"))
    going_on = sources.declare(Source("going on", retention_until="2999-01-01"))
    found = look(
        registry,
        (1, over, None),
        (2, over, "2999-01-01"),
        (3, going_on, None),
        (4, going_on, "2026-02-01"),
    )
    assert found.past == BitMap64([1, 4])
    assert [(each.name, each.oldest) for each in found.sources] == [
        ("over", date(2026, 1, 1)),
        ("going on", date(2026, 2, 1)),
    ]


@pytest.mark.parametrize("date_", ["", "soon", "2026-13-01", "2026-1-1", "2026-01-01T00:00:00Z"])
def test_a_date_that_cannot_be_read_is_not_past_and_is_told(
    registry: Registry, sources: Sources, date_: str
) -> None:
    over = sources.declare(Source("over", retention_until="2026-01-01"))
    found = look(registry, (1, over, date_), (2, over, None))
    assert found.past == BitMap64([2])
    assert found.unreadable == BitMap64([1])


def test_the_unreadable_date_of_a_source_holds_all_that_have_none_of_their_own(
    registry: Registry, sources: Sources
) -> None:
    number = sources.declare(Source("form", retention_until="2026-01-01"))
    with registry.transaction() as connection:
        connection.execute(update(tables.sources).values(retention_until="someday"))
    found = look(registry, (1, number, None), (2, number, "2026-01-01"))
    assert (found.unreadable, found.past) == (BitMap64([1]), BitMap64([2]))


def test_without_any_date_a_record_is_never_past(registry: Registry, sources: Sources) -> None:
    number = sources.declare(Source("form"))
    found = look(registry, (1, number, None), (2, 77, None), at=moments.parse("9999-12-31"))
    assert not found.past
    assert [(each.name, each.undated) for each in found.sources] == [("form", 1), (None, 1)]
    assert found.undated == 2


def test_a_source_where_all_is_well_is_left_out(registry: Registry) -> None:
    assert look(registry, (1, 1, "2026-06-15")).sources == ()
    assert look(registry).sources == ()


def test_a_moment_without_a_time_zone_is_refused(registry: Registry) -> None:
    with pytest.raises(ValueError, match="time zone"):
        look(registry, at=NOON.replace(tzinfo=None))


DATES = st.one_of(
    st.none(),
    st.dates(date(2026, 6, 10), date(2026, 6, 20)).map(str),
    st.sampled_from(["", "someday", "2026-6-14"]),
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry for many examples of one test."""
    folder = tmp_path_factory.mktemp("plain")
    registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
    registry.create()
    yield registry
    registry.close()


@given(
    own=st.lists(st.lists(st.tuples(st.integers(0, 3), DATES), max_size=9), max_size=3),
    of_sources=st.lists(DATES, max_size=3),
)
def test_whatever_the_dates_it_says_what_a_plain_reading_says(
    plain: Registry, own: list[list[tuple[int, str | None]]], of_sources: list[str | None]
) -> None:
    with plain.transaction() as connection:
        connection.execute(tables.sources.delete())
        for number, until in enumerate(of_sources):
            row = {"id": number, "name": f"s{number}", "created_at": "", "retention_until": until}
            connection.execute(insert(tables.sources).values(**row))
    number, batches = 0, []
    past, unreadable, undated = set(), set(), 0
    for batch in own:
        batches.append([(number + n, source, day) for n, (source, day) in enumerate(batch)])
        number += len(batch)
    for record, source, day in (row for batch in batches for row in batch):
        if day is None:
            day = of_sources[source] if source < len(of_sources) else None
        if day is None:
            undated += 1
        elif len(day) != 10:
            unreadable.add(record)
        elif day < "2026-06-15":
            past.add(record)
    found = Retention(plain, Shelf(*batches)).look(NOON)  # type: ignore[arg-type]
    assert (set(found.past), set(found.unreadable), found.undated) == (past, unreadable, undated)


def test_what_is_stored_is_read(
    registry: Registry, store: RecordStore, keyring: Keyring, names: NameCipher, sources: Sources
) -> None:
    number = sources.declare(Source("form", retention_until="2026-06-14"))
    with registry.transaction() as connection:
        keyring.create(connection, NewRecord(0, number, (), b"", b"").holders())
    for record, until in enumerate([None, "2026-06-15", "2026-06-13"]):
        key = record_key("form", str(record))
        store.append([NewRecord(record, number, (), key, b"x", retention_until=until)])
    (found,) = Retention(registry, store).look(NOON).sources
    assert (found.source, found.name, found.past) == (number, "form", BitMap64([0, 2]))
    assert found.oldest == date(2026, 6, 13)
    later = Retention(registry, store).look(NOON + timedelta(days=1))
    assert later.past == BitMap64([0, 1, 2])
