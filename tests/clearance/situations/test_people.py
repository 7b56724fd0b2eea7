"""Everybody of whom the same is known has one number, and nobody is taken for somebody else."""

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clearance.registries import NOW, registries

from rightful.clearance.situations.corpus import NAMELESS, NOBODY, UNLISTED
from rightful.clearance.situations.people import people, people_arrays
from rightful.clearance.situations.view import COLUMNS
from rightful.registry.tables import subjects

_SCHEMA = pa.schema(list(COLUMNS[subjects].items()))


@settings(max_examples=40)
@given(registries(), st.lists(st.integers(1, 40), min_size=3, max_size=3, unique=True))
def test_each_number_is_that_persons_and_those_between_are_nobodys(
    tables: dict[str, list[dict[str, Any]]], numbers: list[int]
) -> None:
    rows = [{**row, "id": n} for row, n in zip(tables["subjects"], numbers, strict=True)]
    whole = people(people_arrays(pa.Table.from_pylist(rows, _SCHEMA)), NOW)
    assert whole.unregistered > max(numbers)
    for row in rows:
        alone = people(people_arrays(pa.Table.from_pylist([row], _SCHEMA)), NOW)
        found = whole.persons[whole.codes[row["id"]]]
        assert found == alone.persons[alone.codes[row["id"]]]
        assert found.registered
    for number in set(range(whole.unregistered + 1)) - set(numbers):
        assert not whole.persons[whole.codes[number]].registered
    for about in (NOBODY, UNLISTED, NAMELESS):
        assert whole.persons[whole.codes[about]].about == about


def test_without_anybody_there_is_still_nobody() -> None:
    found = people(people_arrays(_SCHEMA.empty_table()), NOW)
    assert found.persons[found.codes[NOBODY]].facts(NOW, impersonal=True)["personal"] is False
    assert found.persons[found.codes[found.unregistered]].facts(NOW, impersonal=True)["personal"]
