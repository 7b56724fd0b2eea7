"""The tree has the hashes and proofs of RFC 9162, held against two other implementations."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from rightful.errors import InvalidInput
from rightful.ledger.tree import EMPTY_ROOT, Tree

#: The leaves that implementations of Certificate Transparency test themselves with, and two roots.
_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]


def _leaves(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


def _reference_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = _reference_root(leaves[:split]), _reference_root(leaves[split:])
    return hashlib.sha256(b"\1" + left + right).digest()


def test_roots_are_those_that_certificate_transparency_publishes() -> None:
    tree = Tree(_LEAVES)
    assert tree.root(0) == EMPTY_ROOT
    assert tree.root(1).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert tree.root(8).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(st.integers(0, 600))
@settings(max_examples=40)
def test_a_grown_tree_answers_for_every_size_it_once_had(size: int) -> None:
    assert Tree(_leaves(600)).root(size) == _reference_root(_leaves(size))


def _reference_subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1, as it is written there."""
    if old == len(leaves):
        return [] if whole else [_reference_root(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = leaves[:split], leaves[split:]
    if old <= split:
        return [*_reference_subproof(old, left, whole), _reference_root(right)]
    return [*_reference_subproof(old - split, right, False), _reference_root(left)]


@given(st.integers(1, 70), st.integers(0, 70))
@settings(max_examples=200)
def test_consistency_proofs_are_those_of_the_rfc(old: int, more: int) -> None:
    leaves = _leaves(old + more)
    assert Tree(leaves).consistency(old, old + more) == _reference_subproof(old, leaves, True)


@pytest.mark.parametrize("size", range(1, 40))
def test_roots_and_inclusion_proofs_are_those_of_pymerkle(size: int) -> None:
    tree, other = Tree(_leaves(40)), InmemoryTree()
    for leaf in _leaves(40):
        other.append_entry(leaf)
    assert tree.root(size) == other.get_root(size)
    for number in range(size):
        # It puts the leaf's own hash in front.
        assert tree.inclusion(number, size) == other.prove_inclusion(number + 1, size).path[1:]


def test_sizes_and_numbers_that_are_not_there_are_refused() -> None:
    tree = Tree(_leaves(5))
    for ask in (
        lambda: tree.root(6),
        lambda: tree.root(-1),
        lambda: tree.inclusion(5, 5),
        lambda: tree.inclusion(-1, 5),
        lambda: tree.inclusion(0, 6),
        lambda: tree.consistency(4, 3),
        lambda: tree.consistency(-1, 3),
        lambda: tree.consistency(1, 6),
    ):
        with pytest.raises(InvalidInput):
            ask()
