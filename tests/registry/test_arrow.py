"""Tables come out as Arrow, the same rows that SQLAlchemy gives, and from one view.

Each promise is tested on SQLite, and on PostgreSQL where a server is given.
"""

import gc
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from rightful.errors import Damaged
from rightful.registry import Registry, arrow
from rightful.registry.tables import properties, sources

_SCHEMA = pa.schema(
    {"id": pa.int64(), "name": pa.string(), "owner": pa.string(), "public": pa.bool_()}
)
_QUERY = select(sources.c.id, sources.c.name, sources.c.owner, sources.c.public).order_by("id")


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/registry.sqlite"
    else:
        url = request.getfixturevalue("postgresql_url")
    registry = Registry(url, tmp_path)
    registry.create()
    with closing(registry):
        yield registry


def _put(registry: Registry, rows: list[dict[str, Any]]) -> None:
    with registry.transaction() as connection:
        if rows:
            connection.execute(insert(sources), [{**row, "created_at": "x"} for row in rows])


def test_no_rows_are_an_empty_table(registry: Registry) -> None:
    assert registry.arrow(_QUERY, _SCHEMA) == _SCHEMA.empty_table()


def test_columns_stand_in_the_order_of_the_schema(registry: Registry) -> None:
    _put(
        registry,
        [{"name": "a", "owner": None, "public": True}, {"name": "b", "owner": "O", "public": None}],
    )
    table = registry.arrow(_QUERY, _SCHEMA)
    assert table.schema == _SCHEMA
    assert table.to_pydict() == {
        "id": [1, 2],
        "name": ["a", "b"],
        "owner": [None, "O"],
        "public": [True, None],
    }


def test_many_rows_are_all_there(registry: Registry) -> None:
    amount = 2 * arrow._CHUNK + 1
    _put(registry, [{"name": str(n), "owner": None, "public": n % 2 == 0} for n in range(amount)])
    table = registry.arrow(_QUERY, _SCHEMA)
    assert table.column("name").to_pylist() == [str(n) for n in range(amount)]
    assert table.column("public").to_pylist() == [n % 2 == 0 for n in range(amount)]
    assert table.column("owner").null_count == amount


def test_a_condition_may_hold_any_sign(registry: Registry) -> None:
    _put(registry, [{"name": name, "owner": "o"} for name in ("50 % of 'it'", "50 x", ":a %(b)s")])
    for condition in (
        sources.c.name.like("50 %%"),
        sources.c.name == "50 % of 'it'",
        sources.c.name == ":a %(b)s",
        sources.c.id.in_([1, 3]),
    ):
        query = _QUERY.where(condition)
        told = registry.arrow(query, _SCHEMA).column("name").to_pylist()
        assert told == [row.name for row in registry.rows(query)]
        assert told


def test_several_tables_come_from_one_view(registry: Registry) -> None:
    _put(registry, [{"name": "before", "owner": None}])
    schema = pa.schema({"name": pa.string()})
    with registry.reading() as view:
        first = registry.arrow(_QUERY, _SCHEMA, view)
        _put(registry, [{"name": "after", "owner": None}])
        with registry.transaction() as connection:
            connection.execute(insert(properties).values(name="after", value="x"))
        second = registry.arrow(select(properties.c.name), schema, view)
        assert registry.arrow(_QUERY, _SCHEMA, view) == first
    assert first.num_rows == 1
    assert second.num_rows == 0
    assert registry.arrow(select(properties.c.name), schema).num_rows == 1


def test_a_registry_that_was_cut_is_damaged(tmp_path: Path) -> None:
    registry = Registry(f"sqlite:///{tmp_path}/registry.sqlite", tmp_path)
    registry.create()
    with closing(registry):
        _put(registry, [{"name": f"{n} " * 100, "owner": None} for n in range(500)])
        registry.scrub()
        with registry.path.open("r+b") as file:
            file.truncate(registry.path.stat().st_size // 2)
        with pytest.raises(Damaged, match="backup"):
            registry.arrow(_QUERY, _SCHEMA)
    assert gc.isenabled()


_ROW = st.fixed_dictionaries(
    {
        "owner": st.none() | st.text(),
        "public": st.none() | st.booleans(),
        "notice": st.none() | st.integers(-(2**63), 2**63 - 1),
    }
)


@given(rows=st.lists(_ROW, max_size=8))
def test_the_rows_are_those_that_sqlalchemy_gives(rows: list[dict[str, Any]]) -> None:
    schema = pa.schema({"owner": pa.string(), "public": pa.bool_(), "notice": pa.int64()})
    query = select(sources.c.owner, sources.c.public, sources.c.notice).order_by(sources.c.id)
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(f"sqlite:///{folder}/registry.sqlite", Path(folder))
        registry.create()
        with closing(registry), registry.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys = OFF")  # any notice will do
            for number, row in enumerate(rows):
                row["name"], row["created_at"] = str(number), "x"
                connection.execute(insert(sources).values(row))
            table = registry.arrow(query, schema, connection)
            plain = [dict(row._mapping) for row in connection.execute(query)]
    assert table.to_pylist() == plain
