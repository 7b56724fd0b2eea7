"""The Merkle tree of RFC 9162, section 2.1: its hashes, its roots, and the proofs out of it."""

import hashlib
from collections.abc import Iterable

from rightful.errors import InvalidInput

#: The length of a hash (SHA-256).
HASH = 32

#: The root of a tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; its first byte keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows on the right. It can answer for every size that it once had."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Begin with the leaves of this content."""
        # At height h stand, side by side, the hashes of all complete subtrees of 2**h leaves.
        # These never change as the tree grows, and each eighth height is a level of tiles.
        self._heights = [bytearray()]
        for data in leaves:
            self.add(data)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._heights[0]) // HASH

    def add(self, data: bytes) -> None:
        """Add a leaf with this content."""
        self._heights[0] += leaf_hash(data)
        height, count = 0, self.size
        while count % 2 == 0:
            pair = bytes(self._heights[height][-2 * HASH :])
            height, count = height + 1, count // 2
            if height == len(self._heights):
                self._heights.append(bytearray())
            self._heights[height] += node_hash(pair[:HASH], pair[HASH:])

    def hashes(self, height: int, start: int, stop: int) -> bytes:
        """The hashes of the complete subtrees `start` to `stop` of 2**`height` leaves."""
        return bytes(self._heights[height][start * HASH : stop * HASH])

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, or over all.

        Raises:
            InvalidInput: there are not so many.
        """
        size = self._checked(self.size if size is None else size)
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, number: int, size: int) -> list[bytes]:
        """The proof that leaf `number` is in the tree over the first `size` leaves.

        Raises:
            InvalidInput: it is not, or there are not so many.
        """
        start, stop = 0, self._checked(size)
        if not 0 <= number < size:
            raise InvalidInput(f"entry {number} is not among the first {size} of the ledger")
        path = []
        while stop - start > 1:
            middle = start + _left_width(stop - start)
            if number < middle:
                path.append(self._over(middle, stop))
                stop = middle
            else:
                path.append(self._over(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree over `new` leaves continues the one over `old` of them.

        Raises:
            InvalidInput: `old` is larger than `new`, or there are not so many.
        """
        start, stop = 0, self._checked(new)
        if not 0 <= old <= new:
            raise InvalidInput(f"a ledger of {new} entries does not continue one of {old}")
        path: list[bytes] = []
        if old == 0:
            return path
        while stop != old:
            middle = start + _left_width(stop - start)
            if old <= middle:
                path.append(self._over(middle, stop))
                stop = middle
            else:
                path.append(self._over(start, middle))
                start = middle
        if start:  # else what remains is the old tree itself, whose root the verifier has
            path.append(self._over(start, stop))
        return path[::-1]

    def _over(self, start: int, stop: int) -> bytes:
        """The root over these leaves; `start` is a multiple of the next power of two."""
        width = stop - start
        if width & (width - 1) == 0:
            index = start // width
            return self.hashes(width.bit_length() - 1, index, index + 1)
        middle = start + _left_width(width)
        return node_hash(self._over(start, middle), self._over(middle, stop))

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise InvalidInput(f"the ledger has {self.size} entries, not {size}")
        return size


def _left_width(width: int) -> int:
    """The largest power of two below `width`: how many leaves stand to the left."""
    return 1 << ((width - 1).bit_length() - 1)
