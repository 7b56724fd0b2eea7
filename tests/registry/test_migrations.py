"""A registry that an older version wrote is brought up to today's tables, with every row in it.

Each promise is tested on SQLite, and on PostgreSQL where a server is given.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from rightful.errors import Damaged
from rightful.registry import Changes, Registry
from rightful.registry.tables import grants, metadata, purposes, sources, subjects

Open = Callable[[str], Registry]

#: Rows of every table that the first version's tables point at, or that are written anew.
_FIRST: dict[str, list[dict[str, Any]]] = {
    "notices": [{"id": 1, "name": "n", "version": 1, "language": "en", "text": "t", "sha256": "0"}],
    "purposes": [{"id": 1, "name": "model-training"}, {"id": 2, "name": "tuning", "parent": 1}],
    "sources": [{"id": 1, "name": "clinic", "public": False, "notice": 1}, {"id": 4, "name": "x"}],
    "subjects": [{"id": 7, "lookup": b"\x01", "reference": b"\x02", "residence": "DE"}],
    "wrapped_keys": [{"holder_kind": "subject", "holder": 7, "wrapped": b"key"}],
    "grants": [
        {"kind": "consent", "subject": 7, "source": 1, "purpose": 2, "explicit": True},
        {"kind": "licence", "source": 4, "purpose": 1, "licence": "MIT"},
    ],
    "forgettings": [{"id": 2, "kind": "erase", "state": "done", "plan": "{}", "started_at": "x"}],
    "requests": [{"id": 1, "kind": "erase", "subject": 7, "forgetting": 2, "state": "closed"}],
    "counters": [{"name": "revision", "value": 12}],
    "properties": [{"name": "workspace", "value": "w"}],
}

_NEEDED = {
    "created_at": "2026-01-01T00:00:00.000000Z",
    "valid_from": "2026-01-01T00:00:00.000000Z",
    "received_at": "2026-01-01T00:00:00.000000Z",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """A registry in an own database for each name; it is not made yet."""
    made: list[Registry] = []

    def build(name: str) -> Registry:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        if request.param == "sqlite":
            url = f"sqlite:///{folder}/registry.sqlite"
        else:
            url = request.getfixturevalue("postgresql_url")
        made.append(Registry(url, folder))
        return made[-1]

    yield build
    for registry in made:
        registry.close()


def _upgrade(registry: Registry, to: str) -> None:
    """Bring a registry up to an older version than today's."""
    config = registry._alembic()
    with registry.transaction() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, to)


def _version(registry: Registry, revision: str) -> ModuleType:
    """The module of the migration that leads to `revision`."""
    script = ScriptDirectory.from_config(registry._alembic()).get_revision(revision)
    assert script is not None
    return script.module


def _fill(registry: Registry) -> None:
    tables: MetaData = _version(registry, "0001").metadata
    with registry.transaction() as connection:
        for name, rows in _FIRST.items():
            table = tables.tables[name]
            for row in rows:
                needed = {k: v for k, v in _NEEDED.items() if k in table.c}
                connection.execute(table.insert().values({**needed, **row}))


def _old(place: Open) -> Registry:
    registry = place("old")
    _upgrade(registry, "0001")
    _fill(registry)
    return registry


def _rows(connection: Connection, name: str) -> list[dict[str, Any]]:
    found = connection.execute(text(f"SELECT * FROM {name} ORDER BY 1"))
    return [dict(row._mapping) for row in found]


def _shape(registry: Registry) -> dict[str, Any]:
    """Everything about the tables that can be asked of the database, whatever the order."""
    with registry.reading() as connection:
        asked = inspect(connection)
        return {
            name: {
                "columns": {
                    column["name"]: (str(column["type"]), column["nullable"])
                    for column in asked.get_columns(name)
                },
                "key": asked.get_pk_constraint(name),
                "foreign": _sorted(asked.get_foreign_keys(name)),
                "unique": _sorted(asked.get_unique_constraints(name)),
                "checks": {
                    check["name"]: re.findall("'[a-z_-]+'|[a-z_]+ IS NOT NULL", check["sqltext"])
                    for check in asked.get_check_constraints(name)
                },
                "indexes": _sorted(asked.get_indexes(name)),
            }
            for name in asked.get_table_names()
        }


def _sorted(found: Any) -> list[str]:
    return sorted(str(sorted(each.items(), key=lambda pair: pair[0])) for each in found)


def _differences(registry: Registry) -> list[Any]:
    with registry.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_a_new_registry_has_todays_tables(place: Open) -> None:
    registry = place("new")
    registry.create()
    assert _differences(registry) == []
    asked = {name: shape["checks"] for name, shape in _shape(registry).items()}
    for table in metadata.sorted_tables:
        checks = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert asked[table.name].keys() == checks, table.name


def test_an_old_registry_gets_the_tables_of_a_new_one(
    place: Open, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    old = _old(place)
    old.open()
    assert _differences(old) == []
    upgraded = _shape(old)
    with old.transaction() as connection:  # on PostgreSQL it is the same database
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
        connection.execute(text("DROP TABLE alembic_version"))
        metadata.create_all(connection)
    fresh = _shape(old)
    del upgraded["alembic_version"]
    assert upgraded == fresh


def test_an_old_registry_keeps_every_row(place: Open) -> None:
    registry = _old(place)
    with registry.reading() as connection:
        before = {name: _rows(connection, name) for name in _FIRST}
    registry.open()
    with registry.reading() as connection:
        for name, rows in before.items():
            after = _rows(connection, name)
            known = [{column: row[column] for column in rows[0]} for row in after]
            assert known == rows, name
            new = after[0].keys() - rows[0].keys()
            assert all(row[column] is None for row in after for column in new), name


def test_an_old_registry_takes_what_is_new(place: Open) -> None:
    registry = _old(place)
    registry.open()
    with registry.transaction() as connection:
        values = {"purpose": 1, "valid_from": "x", "created_at": "x", "subject": 7}
        new = {"kind": "special_condition", "condition": "research", "uuid": "u", **values}
        number = connection.scalar(grants.insert().values(new).returning(grants.c.id))
        assert number == 3
        connection.execute(sources.update().where(sources.c.id == 1).values(purpose=2))
        connection.execute(purposes.update().values(generative=True))
        connection.execute(subjects.update().values(opted_out_at="x"))
        registry.bump(connection, subjects=[7])
    assert registry.revision == 13
    with registry.reading() as connection:
        assert registry.changes(connection, 12) == Changes(frozenset({7}))
        assert registry.changes(connection, 11) == Changes(everything=True)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (grants, {"kind": "whim", "subject": 7}),
        (grants, {"kind": "consent"}),
        (grants, {"kind": "consent", "subject": 8}),
        (grants, {"kind": "consent", "subject": 7, "purpose": 99}),
    ],
)
def test_what_was_refused_before_is_refused_still(
    place: Open, table: Any, values: dict[str, Any]
) -> None:
    registry = _old(place)
    registry.open()

    def put() -> None:
        with registry.transaction() as connection:
            needed = {"purpose": 1, "valid_from": "x", "created_at": "x"}
            connection.execute(table.insert().values({**needed, **values}))

    with pytest.raises(IntegrityError):
        put()


def test_what_still_is_pointed_at_can_not_go(place: Open) -> None:
    registry = _old(place)
    registry.open()

    def drop() -> None:
        with registry.transaction() as connection:
            connection.execute(sources.delete().where(sources.c.id == 1))

    with pytest.raises(IntegrityError):
        drop()


def test_a_migration_that_fails_changes_nothing(place: Open) -> None:
    registry = _old(place)
    with registry.transaction() as connection:
        connection.execute(text("CREATE TABLE reservations (other INTEGER)"))
    before = _shape(registry)
    with pytest.raises((OperationalError, ProgrammingError), match="reservations"):
        registry.open()
    assert _shape(registry) == before
    with registry.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"


def test_rows_that_point_at_nothing_are_damage_and_left_alone(tmp_path: Path) -> None:
    registry = Registry(f"sqlite:///{tmp_path}/registry.sqlite", tmp_path)
    with closing(registry):
        _upgrade(registry, "0001")
        _fill(registry)
        with registry.engine.connect() as connection:  # by another program than this
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("DELETE FROM subjects")
        with pytest.raises(Damaged, match=r"point at others.*backup.*Nothing was changed"):
            registry.open()
        with registry.reading() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"


def test_an_up_to_date_registry_is_not_written_when_it_is_opened(place: Open) -> None:
    registry = _old(place)
    registry.open()
    with registry.transaction():  # an upgrade would wait for this one
        registry.open()
    assert registry.rows(select(subjects.c.id)) == [(7,)]
