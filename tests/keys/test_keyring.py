"""A holder's key is random, opens for this workspace alone, and is gone once it is destroyed."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from rightful.errors import Damaged, NotFound
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.registry import Registry
from rightful.registry.tables import wrapped_keys

_ANNA, _BERT = Holder("subject", 1), Holder("subject", 2)
_SHOP = Holder("source", 1)


@pytest.fixture
def filled(registry: Registry, keyring: Keyring) -> Keyring:
    with registry.transaction() as connection:
        keyring.create(connection, [_ANNA, _BERT, _SHOP])
    return keyring


def test_each_holder_has_a_random_key_of_its_own(filled: Keyring) -> None:
    keys = filled.load([_ANNA, _BERT, _SHOP])
    assert len(set(keys.values())) == 3
    assert {len(key) for key in keys.values()} == {32}


def test_another_process_finds_the_same_keys(
    registry: Registry, workspace_key: WorkspaceKey, filled: Keyring
) -> None:
    assert Keyring(registry, workspace_key).load([_ANNA, _SHOP]) == filled.load([_ANNA, _SHOP])


def test_no_key_lies_in_the_clear(registry: Registry, filled: Keyring) -> None:
    key = filled.get(_ANNA)
    files = [path for path in registry.folder.iterdir() if path.is_file()]
    assert any(path.read_bytes() for path in files)
    assert not any(key in path.read_bytes() for path in files)


def test_a_key_that_is_not_there_is_not_in_the_answer(filled: Keyring) -> None:
    stranger = Holder("subject", 99)
    assert filled.load([_ANNA, stranger]).keys() == {_ANNA}
    assert filled.load([]) == {}
    with pytest.raises(NotFound, match="subject 99"):
        filled.get(stranger)


def test_many_holders_are_loaded_in_one_go(registry: Registry, keyring: Keyring) -> None:
    many = [Holder("subject", n) for n in range(1203)]
    with registry.transaction() as connection:
        keyring.create(connection, many)
    assert keyring.load(many).keys() == set(many)


def test_a_key_is_never_replaced_by_another(registry: Registry, filled: Keyring) -> None:
    before = filled.get(_ANNA)

    def again() -> None:
        with registry.transaction() as connection:
            filled.create(connection, [_ANNA])

    with pytest.raises(IntegrityError):
        again()
    assert filled.get(_ANNA) == before


def test_keys_of_a_transaction_that_fails_were_never_made(
    registry: Registry, keyring: Keyring
) -> None:
    def fail() -> None:
        with registry.transaction() as connection:
            keyring.create(connection, [_ANNA])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert keyring.load([_ANNA]) == {}


def test_a_destroyed_key_is_gone_from_memory_registry_and_file(
    registry: Registry, filled: Keyring
) -> None:
    query = select(wrapped_keys.c.wrapped).where(
        wrapped_keys.c.holder_kind == "subject", wrapped_keys.c.holder == 1
    )
    wrapped = bytes(registry.rows(query)[0].wrapped)
    filled.load([_ANNA])
    with registry.transaction() as connection:
        filled.destroy(connection, [_ANNA])
    registry.scrub()
    assert filled.load([_ANNA, _BERT]).keys() == {_BERT}
    assert not any(
        wrapped in path.read_bytes() for path in Path(registry.folder).iterdir() if path.is_file()
    )


def test_the_key_of_a_source_is_not_that_of_the_subject_with_its_number(
    registry: Registry, filled: Keyring
) -> None:
    with registry.transaction() as connection:
        filled.destroy(connection, [_SHOP])
    assert filled.load([_ANNA, _SHOP]).keys() == {_ANNA}


def test_another_process_stops_using_a_destroyed_key_once_it_drops_its_memory(
    registry: Registry, workspace_key: WorkspaceKey, filled: Keyring
) -> None:
    other = Keyring(registry, workspace_key)
    other.get(_ANNA)
    with registry.transaction() as connection:
        filled.destroy(connection, [_ANNA])
    other.drop_cache()
    with pytest.raises(NotFound):
        other.get(_ANNA)


def test_another_workspace_key_does_not_open_it(registry: Registry, filled: Keyring) -> None:
    with pytest.raises(Damaged, match="same backup"):
        Keyring(registry, WorkspaceKey(bytes(32))).load([_ANNA])


def test_a_wrapped_key_that_is_moved_to_another_holder_does_not_open(
    registry: Registry, workspace_key: WorkspaceKey, filled: Keyring
) -> None:
    with registry.transaction() as connection:
        filled.destroy(connection, [_BERT])
        connection.execute(
            update(wrapped_keys)
            .where(wrapped_keys.c.holder_kind == "subject", wrapped_keys.c.holder == 1)
            .values(holder=2)
        )
    with pytest.raises(Damaged):
        Keyring(registry, workspace_key).load([_BERT])


def test_a_wrapped_key_that_was_cut_does_not_open(
    registry: Registry, workspace_key: WorkspaceKey, filled: Keyring
) -> None:
    with registry.transaction() as connection:
        connection.execute(update(wrapped_keys).values(wrapped=b"short"))
    with pytest.raises(Damaged):
        Keyring(registry, workspace_key).load([_ANNA])


def test_a_pseudonym_is_stable_differs_by_holder_and_dies_with_the_key(
    registry: Registry, workspace_key: WorkspaceKey, filled: Keyring
) -> None:
    name = filled.pseudonym(_ANNA)
    assert name == Keyring(registry, workspace_key).pseudonym(_ANNA)
    assert len({name, filled.pseudonym(_BERT), filled.pseudonym(_SHOP)}) == 3
    assert name != filled.link(_ANNA, b"something else").hex()
    with registry.transaction() as connection:
        filled.destroy(connection, [_ANNA])
    with pytest.raises(NotFound):
        filled.pseudonym(_ANNA)
