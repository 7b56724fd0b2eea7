"""Thousands of rows are found by their hashes and inserted in order, on both databases."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from rightful.registry import Registry
from rightful.registry.many import digests_among, insert_many, insert_numbered
from rightful.registry.tables import subjects, suppressions

_DAY = "2026-01-01T00:00:00.000000Z"
_HASHES = [hashlib.sha256(b"%d" % n).digest() for n in range(3000)]


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    url = f"sqlite:///{tmp_path}/registry.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    registry = Registry(url, tmp_path)
    registry.create()
    yield registry
    registry.close()


def _among(connection: Connection, digests: list[bytes]) -> set[bytes]:
    asked = select(suppressions.c.digest).where(digests_among(suppressions.c.digest, digests))
    return {bytes(digest) for digest in connection.scalars(asked)}


def test_those_of_many_hashes_that_are_there_are_found(registry: Registry) -> None:
    with registry.transaction() as connection:
        rows = [{"digest": digest, "created_at": _DAY} for digest in _HASHES[:2000]]
        insert_many(connection, suppressions, rows)
    with registry.reading() as connection:
        assert _among(connection, _HASHES[1000:]) == set(_HASHES[1000:2000])
        assert _among(connection, _HASHES[:1]) == {_HASHES[0]}
        assert _among(connection, _HASHES[2500:2501]) == set()
        assert _among(connection, []) == set()


def test_rows_get_their_numbers_in_the_order_in_which_they_are_given(registry: Registry) -> None:
    with registry.transaction() as connection:
        first = insert_numbered(connection, subjects, _people(0, 1000))
    with registry.transaction() as connection:
        second = insert_numbered(connection, subjects, _people(1000, 3000))
        assert insert_numbered(connection, subjects, []) == []
    numbers = first + second
    assert numbers == sorted(set(numbers))
    found = registry.rows(select(subjects.c.id, subjects.c.lookup).order_by(subjects.c.id))
    assert [(row.id, bytes(row.lookup)) for row in found] == list(
        zip(numbers, _HASHES, strict=True)
    )


def _people(start: int, stop: int) -> list[dict[str, object]]:
    return [
        {"lookup": lookup, "residence": None, "created_at": _DAY} for lookup in _HASHES[start:stop]
    ]


def test_a_row_of_one_column_is_inserted_too(registry: Registry) -> None:
    with registry.transaction() as connection:
        insert_many(connection, subjects, [{"created_at": _DAY}, {"created_at": _DAY}])
    assert len(registry.rows(select(subjects.c.id))) == 2
