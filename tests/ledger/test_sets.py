"""A commitment depends on the set alone, and on every key in it."""

import hashlib
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rightful.ledger import commitment
from rightful.ledger.proofs import verify_inclusion
from rightful.ledger.tree import Tree

_keys = st.lists(st.binary(min_size=32, max_size=32), max_size=20, unique=True)


@given(_keys, st.randoms())
def test_order_and_repetition_change_nothing(keys: list[bytes], random: Random) -> None:
    again = [*keys, *keys[:3]]
    random.shuffle(again)
    assert commitment(again) == commitment(keys)


@given(_keys, st.binary(min_size=32, max_size=32))
def test_one_key_more_or_less_is_another_commitment(keys: list[bytes], key: bytes) -> None:
    assert commitment(set(keys) | {key}) != commitment(set(keys) - {key})


def test_the_set_of_nothing_has_one_too() -> None:
    assert commitment([]) == hashlib.sha256(b"").hexdigest()


def test_neighbours_show_that_a_key_is_not_among_them() -> None:
    keys = sorted(hashlib.sha256(bytes([number])).digest() for number in range(50))
    absent = hashlib.sha256(b"absent").digest()
    after = next(number for number, key in enumerate(keys) if key > absent)
    assert 0 < after < 50
    tree, root = Tree(keys), bytes.fromhex(commitment(keys))
    for number in (after - 1, after):
        verify_inclusion(keys[number], number, 50, tree.inclusion(number, 50), root)
    assert keys[after - 1] < absent < keys[after]
