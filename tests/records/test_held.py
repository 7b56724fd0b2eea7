"""The index of held records says what the store says, whoever wrote to it."""

import pytest
from pyroaring import BitMap64

from rightful.keys import Holder, Keyring
from rightful.records import NameCipher, NewRecord, RecordStore, record_key
from rightful.records.held import Held, HeldRecords
from rightful.registry import Registry

_KEYS = [record_key("s", str(n)) for n in range(4)]


@pytest.fixture
def held(
    registry: Registry, keyring: Keyring, store: RecordStore, names: NameCipher
) -> HeldRecords:
    with registry.transaction() as connection:
        keyring.create(connection, [Holder("subject", 1), Holder("subject", 2)])
    return HeldRecords(store, names)


def _new(record: int, *people: int) -> NewRecord:
    return NewRecord(record, 7, people, _KEYS[record], b"content %d" % record)


def test_only_what_is_asked_for_and_held_is_found(
    held: HeldRecords, store: RecordStore, names: NameCipher
) -> None:
    assert held.find(_KEYS) == {}
    assert held.find([]) == {}
    store.append([_new(0, 1), _new(1, 1, 2)])
    assert held.find(_KEYS[1:]) == {
        _KEYS[1]: Held(1, frozenset({1, 2}), names.content_hash(b"content 1"))
    }


def test_what_is_added_through_it_is_found_as_if_read_anew(
    held: HeldRecords, store: RecordStore, names: NameCipher
) -> None:
    store.append([_new(0, 1)])
    assert held.find(_KEYS).keys() == {_KEYS[0]}
    held.append([_new(1, 2), _new(2, 1, 2)])
    assert held.find(_KEYS) == HeldRecords(store, names).find(_KEYS)
    assert len(held.find(_KEYS)) == 3


def test_what_others_add_or_delete_is_noticed(held: HeldRecords, store: RecordStore) -> None:
    held.append([_new(0, 1)])
    store.append([_new(1, 1)])
    assert held.find(_KEYS).keys() == {_KEYS[0], _KEYS[1]}
    store.append([_new(2, 1)])
    held.append([_new(3, 1)])
    assert held.find(_KEYS).keys() == set(_KEYS)
    store.delete(BitMap64([1, 2]))
    assert held.find(_KEYS).keys() == {_KEYS[0], _KEYS[3]}
