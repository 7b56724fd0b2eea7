"""One place says what every column of the facts means, and what it means that it is unknown."""

import pyarrow as pa

from rightful.policy.facts import COLUMNS, FACTS, GROUNDS, SCHEMA, SOURCE_KINDS, STATUSES, table
from rightful.records import sources
from rightful.registry.tables import GRANT_KINDS


def test_every_column_says_what_it_means_and_what_unknown_means_and_who_can_tell() -> None:
    for fact in FACTS:
        assert fact.meaning, fact.name
        assert fact.unknown, fact.name
        assert fact.ask.en, fact.name
        assert fact.ask.zh, fact.name


def test_no_column_is_there_twice_and_all_can_be_unknown() -> None:
    assert len(COLUMNS) == len(FACTS)
    assert [field.name for field in SCHEMA] == ["record", "subject", *COLUMNS]
    assert [field.name for field in SCHEMA if not field.nullable] == ["record"]


def test_what_a_row_leaves_out_is_not_known() -> None:
    [row] = table([{"record": 7, "objected": False}]).to_pylist()
    assert row.pop("record") == 7
    assert row.pop("objected") is False
    assert set(row.values()) == {None}


def test_every_kind_of_ground_is_a_column_with_its_status() -> None:
    assert set(GROUNDS) == set(GRANT_KINDS) - {"no_personal_data"}
    for kind in GROUNDS:
        assert COLUMNS[kind].values == frozenset(STATUSES)


def test_the_kinds_of_source_are_those_that_can_be_declared() -> None:
    assert SOURCE_KINDS == sources.KINDS


def test_columns_have_the_types_that_rules_take_them_for() -> None:
    wanted = {"BOOLEAN": pa.bool_(), "VARCHAR": pa.string(), "INTEGER": pa.int32()}
    for name, fact in COLUMNS.items():
        assert SCHEMA.field(name).type == wanted[fact.type]
