"""A proof that holds is accepted; with any byte changed, it is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import NotVerified
from rightful.ledger.proofs import verify_consistency, verify_inclusion
from rightful.ledger.tree import EMPTY_ROOT, Tree

_LEAVES = [f"leaf {number}".encode() for number in range(70)]
_TREE = Tree(_LEAVES)


@st.composite
def _a_leaf(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, 70))
    return draw(st.integers(0, size - 1)), size


@st.composite
def _two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(st.integers(1, 70))
    return draw(st.integers(1, new)), new


def _flipped(data: st.DataObject, pieces: list[bytes]) -> list[bytes]:
    """The pieces with one bit of one of them changed."""
    which = data.draw(st.integers(0, len(pieces) - 1))
    at = data.draw(st.integers(0, len(pieces[which]) - 1))
    changed = bytearray(pieces[which])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    return [*pieces[:which], bytes(changed), *pieces[which + 1 :]]


def test_every_proof_of_inclusion_holds() -> None:
    for size in range(1, 71):
        for number in range(size):
            proof = _TREE.inclusion(number, size)
            verify_inclusion(_LEAVES[number], number, size, proof, _TREE.root(size))


def test_every_proof_of_consistency_holds() -> None:
    for new in range(71):
        for old in range(new + 1):
            proof = _TREE.consistency(old, new)
            verify_consistency(old, new, proof, _TREE.root(old), _TREE.root(new))


@given(_a_leaf(), st.data())
@settings(max_examples=200)
def test_a_flipped_bit_of_leaf_proof_or_root_is_refused(
    place: tuple[int, int], data: st.DataObject
) -> None:
    number, size = place
    pieces = [_LEAVES[number], *_TREE.inclusion(number, size), _TREE.root(size)]
    leaf, *proof, root = _flipped(data, pieces)
    with pytest.raises(NotVerified):
        verify_inclusion(leaf, number, size, proof, root)


@given(_two_sizes(), st.data())
@settings(max_examples=200)
def test_a_flipped_bit_of_a_consistency_proof_or_of_its_roots_is_refused(
    sizes: tuple[int, int], data: st.DataObject
) -> None:
    old, new = sizes
    pieces = [_TREE.root(old), *_TREE.consistency(old, new), _TREE.root(new)]
    old_root, *proof, new_root = _flipped(data, pieces)
    with pytest.raises(NotVerified):
        verify_consistency(old, new, proof, old_root, new_root)


@given(_a_leaf(), st.integers(-2, 72))
@settings(max_examples=200)
def test_an_entry_is_proven_at_its_own_number_only(place: tuple[int, int], claimed: int) -> None:
    number, size = place
    proof, root = _TREE.inclusion(number, size), _TREE.root(size)
    if claimed != number:
        with pytest.raises(NotVerified):
            verify_inclusion(_LEAVES[number], claimed, size, proof, root)


@given(_two_sizes(), st.binary(min_size=32, max_size=32), st.data())
@settings(max_examples=200)
def test_a_proof_with_a_hash_too_few_or_too_many_is_refused(
    sizes: tuple[int, int], extra: bytes, data: st.DataObject
) -> None:
    old, new = sizes
    old_root, root = _TREE.root(old), _TREE.root(new)

    def wrong(proof: list[bytes]) -> list[list[bytes]]:
        at = data.draw(st.integers(0, len(proof)))
        longer = [*proof[:at], extra, *proof[at:]]
        return [longer, [*proof[:at], *proof[at + 1 :]]] if at < len(proof) else [longer]

    for proof in wrong(_TREE.inclusion(old - 1, new)):
        with pytest.raises(NotVerified):
            verify_inclusion(_LEAVES[old - 1], old - 1, new, proof, root)
    for proof in wrong(_TREE.consistency(old, new)):
        with pytest.raises(NotVerified):
            verify_consistency(old, new, proof, old_root, root)


@given(_two_sizes(), st.data())
@settings(max_examples=100)
def test_a_history_in_which_one_old_entry_was_rewritten_is_refused(
    sizes: tuple[int, int], data: st.DataObject
) -> None:
    old, new = sizes
    rewritten = list(_LEAVES[:new])
    rewritten[data.draw(st.integers(0, old - 1))] += b" rewritten"
    tree = Tree(rewritten)
    with pytest.raises(NotVerified):
        verify_consistency(old, new, tree.consistency(old, new), _TREE.root(old), tree.root())


def test_an_empty_ledger_is_continued_by_any_and_proves_nothing() -> None:
    verify_consistency(0, 3, [], EMPTY_ROOT, _TREE.root(3))
    for old, new, proof, old_root, new_root in (
        (0, 3, [], _TREE.root(3), _TREE.root(3)),
        (0, 3, [EMPTY_ROOT], EMPTY_ROOT, _TREE.root(3)),
        (0, 0, [], _TREE.root(3), _TREE.root(3)),
        (0, 0, [], EMPTY_ROOT, _TREE.root(3)),
        (3, 3, [], _TREE.root(3), _TREE.root(4)),
        (3, 2, [], _TREE.root(3), _TREE.root(2)),
    ):
        with pytest.raises(NotVerified):
            verify_consistency(old, new, proof, old_root, new_root)
    with pytest.raises(NotVerified):
        verify_inclusion(b"", 0, 0, [], EMPTY_ROOT)


def test_a_hash_of_another_length_is_refused() -> None:
    proof = _TREE.inclusion(1, 3)
    with pytest.raises(NotVerified):
        verify_inclusion(_LEAVES[1], 1, 3, [proof[0] + b"\0", proof[1]], _TREE.root(3))
    with pytest.raises(NotVerified):
        verify_inclusion(_LEAVES[1], 1, 3, proof, b"")
