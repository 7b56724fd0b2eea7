"""An entry is written in one form only, holds what JSON can, and names nobody."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful import canonical
from rightful.errors import Damaged, InvalidInput
from rightful.ledger.entries import Entry, read_entry, write_entry

_AT = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)
_PSEUDONYM = "ab" * 32

_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Not the halves of a pair, which no UTF-8 can carry.
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["run", "added", "held", "clearance"]), _json))
def test_facts_come_back_as_they_were(facts: dict[str, Any]) -> None:
    data = write_entry("run_started", _AT, facts)
    assert read_entry(7, data) == Entry(7, "run_started", _AT, facts, data)


def test_an_entry_is_canonical_json() -> None:
    data = write_entry("run_started", _AT, {"run": 1, "a": "é"})
    assert data == (
        '{"a":"é","at":"2026-11-24T16:15:00.000000Z","kind":"run_started","run":1}'.encode()
    )


@pytest.mark.parametrize(
    "value", [b"bytes", {1}, object(), Path("a"), _AT, {"in": [b"side"]}, {1: "a"}, {None: 1}]
)
def test_values_that_json_has_not_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        write_entry("run_started", _AT, {"run": value})


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], "\ud800"])
def test_values_that_have_no_bytes_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        write_entry("run_started", _AT, {"run": value})


@pytest.mark.parametrize("facts", [{"kind": "x"}, {"at": "x"}])
def test_facts_do_not_overwrite_what_the_ledger_states(facts: Mapping[str, str]) -> None:
    with pytest.raises(ValueError, match="can't be called"):
        write_entry("run_started", _AT, facts)


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind"):
        write_entry("run_begun", _AT, {})


@pytest.mark.parametrize("subject", ["anna@example.org", 12, "AB" * 32, _PSEUDONYM + "\n", ""])
def test_a_subject_is_named_by_pseudonym_or_not_at_all(subject: object) -> None:
    with pytest.raises(ValueError, match="pseudonym") as caught:
        write_entry("grant_recorded", _AT, {"subject": subject})
    assert "anna" not in str(caught.value)
    write_entry("grant_recorded", _AT, {"subject": _PSEUDONYM})
    write_entry("grant_recorded", _AT, {"subject": None})


def test_an_entry_that_no_bundle_can_hold_is_refused() -> None:
    room = 65_535 - len(write_entry("disclosure", _AT, {"to": ""}))
    assert len(write_entry("disclosure", _AT, {"to": "x" * room})) == 65_535
    with pytest.raises(InvalidInput, match="65536 bytes"):
        write_entry("disclosure", _AT, {"to": "x" * (room + 1)})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"1",
        b'"kind"',
        b"{}",
        b'{"kind":"departure"}',
        b'{"at":"2026-11-24T16:15:00.000000Z"}',
        b'{"at":1,"kind":"departure"}',
        b'{"at":"2026-11-24","kind":"departure"}',
        b'{"at":"2026-11-24T16:15:00.000000Z","kind":1}',
        b'{"kind":"departure","at":"2026-11-24T16:15:00.000000Z"}',
        b'{"at": "2026-11-24T16:15:00.000000Z", "kind": "departure"}',
    ],
)
def test_bytes_that_rightful_never_wrote_are_damage(data: bytes) -> None:
    with pytest.raises(Damaged, match="ledger entry 3 "):
        read_entry(3, data)


def test_an_entry_of_a_kind_that_a_later_version_writes_can_be_read() -> None:
    data = canonical.encode({"kind": "of_later", "at": "2026-11-24T16:15:00.000000Z", "a": 1})
    assert read_entry(0, data).kind == "of_later"
