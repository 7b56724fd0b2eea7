"""What is on the suppression list is found again, and says nothing to whoever reads the list."""

from pathlib import Path

import pytest

from rightful.keys import WorkspaceKey
from rightful.records import NameCipher, Suppressions
from rightful.registry import Registry


def test_only_what_was_added_is_held(registry: Registry, suppressions: Suppressions) -> None:
    added = {bytes([n]) * 32 for n in range(3)}
    with registry.transaction() as connection:
        suppressions.add(connection, added)
    assert suppressions.holds([*added, b"x" * 32]) == added
    assert suppressions.holds([]) == set()


def test_adding_again_changes_nothing(registry: Registry, suppressions: Suppressions) -> None:
    for _ in range(2):
        with registry.transaction() as connection:
            suppressions.add(connection, [b"a" * 32, b"a" * 32, b"b" * 32])
    assert suppressions.holds([b"a" * 32, b"b" * 32]) == {b"a" * 32, b"b" * 32}


def test_a_list_of_thousands_is_asked_in_one_go(
    registry: Registry, suppressions: Suppressions
) -> None:
    many = {suppressions.of_record(n.to_bytes(16, "big")) for n in range(1700)}
    with registry.transaction() as connection:
        suppressions.add(connection, many)
    assert suppressions.holds(many) == many


def test_a_failed_transaction_adds_nothing(registry: Registry, suppressions: Suppressions) -> None:
    def fail() -> None:
        with registry.transaction() as connection:
            suppressions.add(connection, [b"a" * 32])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not suppressions.holds([b"a" * 32])


def test_the_three_kinds_of_digest_do_not_meet(suppressions: Suppressions) -> None:
    data = bytes(32)
    kinds = {f(data) for f in (suppressions.of_record, suppressions.of_content)}
    assert len(kinds | {suppressions.of_subject(data)}) == 3


def test_digests_are_those_of_the_workspace_key(
    registry: Registry, names: NameCipher, suppressions: Suppressions
) -> None:
    other = Suppressions(registry, NameCipher(WorkspaceKey(bytes(32))))
    assert other.of_record(b"k" * 16) != suppressions.of_record(b"k" * 16)
    assert suppressions.of_record(b"k" * 16) == names.suppression(b"record " + b"k" * 16)
    assert suppressions.of_content(b"c" * 32) == names.suppression(b"content " + b"c" * 32)
    assert suppressions.of_subject(b"s" * 32) == names.suppression(b"subject " + b"s" * 32)


def test_no_name_is_in_the_list(
    registry: Registry, names: NameCipher, suppressions: Suppressions, folder: Path
) -> None:
    lookup = names.lookup("anna")
    with registry.transaction() as connection:
        suppressions.add(connection, [suppressions.of_subject(lookup)])
    registry.scrub()
    data = (folder / "registry.sqlite").read_bytes()
    assert suppressions.of_subject(lookup) in data
    assert lookup not in data
    assert b"anna" not in data
