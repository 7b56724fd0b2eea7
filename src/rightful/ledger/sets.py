"""Committing to a set in one line: a whole clearance or run is one entry of the ledger."""

from collections.abc import Iterable

from rightful.ledger.tree import Tree


def commitment(keys: Iterable[bytes]) -> str:
    """The root, in hexadecimal, of the Merkle tree over the keys, sorted and each once.

    The keys are keyed hashes, so that the root gives nothing away about who is in the set. Because
    they are sorted, a path shows that one is in it, and two paths to neighbours show that none
    stands between. For that a verifier needs the number of keys, too: keep it beside the root.
    """
    return Tree(sorted(set(keys))).root().hex()
