"""Numbers and choices that a key and an identifier decide, and nothing else."""

import hashlib
import hmac
from collections.abc import Sequence


class Draw:
    """A stream of choices from a seed: equal seeds choose alike, and show nothing of the key."""

    __slots__ = ("_block", "_left", "_seed")

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._block = 0
        self._left = b""

    def below(self, bound: int) -> int:
        """A whole number from 0 to below `bound`."""
        # Eight bytes more than needed leave the choice even for all that anybody could count.
        width = (bound.bit_length() + 7) // 8 + 8
        return int.from_bytes(self._bytes(width), "big") % bound

    def digits(self, count: int) -> str:
        """So many decimal digits."""
        return f"{self.below(10**count):0{count}d}" if count > 0 else ""

    def letters(self, count: int) -> str:
        """So many small letters."""
        return "".join(self.one("abcdefghijklmnopqrstuvwxyz") for _ in range(count))

    def one(self, of: Sequence[str]) -> str:
        """One of these."""
        return of[self.below(len(of))]

    def _bytes(self, count: int) -> bytes:
        while len(self._left) < count:
            counter = self._block.to_bytes(8, "big")
            self._left += hmac.digest(self._seed, counter, hashlib.sha256)
            self._block += 1
        taken, self._left = self._left[:count], self._left[count:]
        return taken
