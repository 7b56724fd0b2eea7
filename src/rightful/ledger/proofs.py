"""Checking proofs of inclusion and consistency, step by step as RFC 9162, section 2.1 says."""

from collections.abc import Sequence

from rightful.errors import NotVerified
from rightful.ledger.tree import EMPTY_ROOT, HASH, leaf_hash, node_hash


def verify_inclusion(
    leaf_data: bytes, number: int, size: int, hashes: Sequence[bytes], root: bytes
) -> None:
    """Check that `leaf_data` is entry `number` of the ledger of `size` entries with this root.

    Raises:
        NotVerified: it is not, or the proof was changed.
    """
    wrong = NotVerified(
        f"the proof does not show that this is entry {number} of the ledger of {size} entries; "
        "the entry, the proof or the root is not the one that was given out"
    )
    if not 0 <= number < size or not _are_hashes([*hashes, root]):
        raise wrong
    here, last = number, size - 1
    found = leaf_hash(leaf_data)
    for neighbour in hashes:
        if last == 0:
            raise wrong
        if here % 2 or here == last:
            found = node_hash(neighbour, found)
            here, last = _up_to_right_child(here, last)
        else:
            found = node_hash(found, neighbour)
        here, last = here // 2, last // 2
    if last != 0 or found != root:
        raise wrong


def verify_consistency(
    old: int, new: int, hashes: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the ledger of `new` entries begins with all that the one of `old` entries held.

    Raises:
        NotVerified: it does not, or the proof was changed.
    """
    wrong = NotVerified(
        f"the ledger of {new} entries does not continue the one of {old} entries; "
        "entries were changed or removed, or the proof is another one's"
    )
    if not 0 <= old <= new or not _are_hashes([*hashes, old_root, new_root]):
        raise wrong
    if old in (0, new):
        # Nothing to prove with: the roots say it all.
        if hashes or old_root != (EMPTY_ROOT if old == 0 else new_root):
            raise wrong
        if new == 0 and new_root != EMPTY_ROOT:
            raise wrong
        return
    path = list(hashes)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path or _folded(old, new, path) != (old_root, new_root):
        raise wrong


def _folded(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency path leads to; None where it is too long or too short."""
    here, last = old - 1, new - 1
    while here % 2:
        here, last = here // 2, last // 2
    old_root = new_root = path[0]
    for neighbour in path[1:]:
        if last == 0:
            return None
        if here % 2 or here == last:
            old_root = node_hash(neighbour, old_root)
            new_root = node_hash(neighbour, new_root)
            here, last = _up_to_right_child(here, last)
        else:
            new_root = node_hash(new_root, neighbour)
        here, last = here // 2, last // 2
    return (old_root, new_root) if last == 0 else None


def _up_to_right_child(here: int, last: int) -> tuple[int, int]:
    """Past the heights at which the rightmost node has no sibling, so that it stays as it is."""
    while here and here % 2 == 0:
        here, last = here // 2, last // 2
    return here, last


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH for value in values)
