"""Which records make a step: bins by a keyed function of each record's name, not shuffles.

In an epoch a record goes to the bin that AES, under a key made of the seed and the epoch, gives for
its 16-byte key; within the bin, records stand in the order of that value. So where a record goes
depends on itself, the seed and the epoch, and taking one out moves no other. It is the
balls-and-bins sampler of Chua et al. (AISTATS 2025).

>>> keys = np.arange(48, dtype=np.uint8).reshape(3, 16)
>>> all_three, without_first = Bins(7, 10), Bins(7, 10)
>>> (all_three.of(keys, 0)[1:] == without_first.of(keys[1:], 0)).all()
np.True_
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

Keys = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch dealt out: `order` are places in the array of keys, bin after bin."""

    order: Indices
    starts: Indices
    """Where each bin starts in `order`, and at last where the last one ends."""

    def bin(self, number: int) -> Indices:
        """The places of a bin's records, in their order."""
        return self.order[self.starts[number] : self.starts[number + 1]]


class Bins:
    """Deals records, given by their keys (uint8, records x 16), to `bins` bins an epoch."""

    def __init__(self, seed: int, bins: int) -> None:
        self._seed = seed
        self._bins = bins

    def of(self, keys: Keys, epoch: int) -> Indices:
        """The bin of each record in an epoch."""
        return self._dealt(keys, epoch)[0]

    def epoch(self, keys: Keys, epoch: int) -> Epoch:
        """All bins of an epoch."""
        bins, high, low = self._dealt(keys, epoch)
        order = np.lexsort((low, high, bins))
        counts = np.bincount(bins, minlength=self._bins)
        return Epoch(order, np.concatenate([[0], np.cumsum(counts)]).astype(np.intp))

    def first_step(self, keys: Keys) -> int:
        """The first step that any of these records is part of: in the first epoch all are.

        Raises `ValueError` where there are none, since no step is theirs.
        """
        return int(self.of(keys, 0).min())

    def steps(self, keys: Keys, epochs: int) -> npt.NDArray[np.int64]:
        """Every step of a run that each record is part of; int64 of shape (records, epochs)."""
        columns = [epoch * self._bins + self.of(keys, epoch) for epoch in range(epochs)]
        return np.stack(columns, axis=1).astype(np.int64)

    def _dealt(
        self, keys: Keys, epoch: int
    ) -> tuple[Indices, npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        secret = hashlib.sha256(f"rightful bins {self._seed} {epoch}".encode()).digest()
        # One block a record, all blocks distinct: a permutation used as a PRF.
        cipher = Cipher(algorithms.AES(secret), modes.ECB()).encryptor()  # noqa: S305
        blocks = cipher.update(np.ascontiguousarray(keys).tobytes())
        values = np.frombuffer(blocks, ">u8").reshape(-1, 2).astype(np.uint64)
        high, low = values[:, 0], values[:, 1]
        return (high % np.uint64(self._bins)).astype(np.intp), high, low
