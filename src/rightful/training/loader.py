"""Bins of opened records, some steps ahead of the loop; only a clearance opens them.

In the loop's own thread: one beside it would wait for the same cores and for Python's lock.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from rightful.records import content
from rightful.records.names import RecordKeys
from rightful.records.store import RecordStore
from rightful.training.bins import Bins, Epoch, Indices
from rightful.training.gate import Gate
from rightful.training.tasks import Batch, Task

Numbers = npt.NDArray[np.int64]

#: How many records are opened at once: as many as so many bytes hold, and this many before it is
#: known how large they are. How they are grouped does not reach the weights.
_BYTES, _FIRST = 64 * 2**20, 1024


@dataclass(frozen=True, slots=True)
class Bin:
    """The records of one step; `batch` is None where there are none."""

    step: int
    records: Numbers
    batch: Batch | None

    def without(self, departed: BitMap64) -> "Bin":
        """The same without those who have left since it was opened."""
        if self.batch is None or not departed:
            return self
        stay = [i for i, record in enumerate(self.records.tolist()) if record not in departed]
        if len(stay) == len(self.records):
            return self
        batch = self.batch.take(stay) if stay else None
        return Bin(self.step, self.records[stay], batch)


class Loader:
    """Yields the bins of a run in the order of steps.

    `records` and `keys` belong together. Only what `gate` lets through when records are opened is
    opened; the loop asks the gate once more before each step.
    """

    def __init__(
        self, store: RecordStore, task: Task, gate: Gate, records: Numbers, keys: RecordKeys
    ) -> None:
        self._store = store
        self._task = task
        self._gate = gate
        self._records = records
        self._keys = keys
        self._bins = Bins(task.program.seed, task.program.bins)
        self._room = _FIRST

    def bins(self, start: int, stop: int) -> Iterator[Bin]:
        """Bins `start` up to, not including, `stop`."""
        step = start
        while step < stop:
            departed = self._gate.departed
            self._let_go(departed)
            for opened in self._opened(step, stop):
                yield opened
                step += 1
                if self._gate.departed is not departed:
                    break  # and nothing that was opened of those who left is kept

    def _let_go(self, departed: BitMap64) -> None:
        if departed:
            left = np.fromiter(departed, np.int64, len(departed))
            stay = ~np.isin(self._records, left)
            self._records, self._keys = self._records[stay], self._keys[stay]

    def _opened(self, start: int, stop: int) -> Iterator[Bin]:
        """The next bins, as many as there is room for; all of them where all records fit in."""
        dealt = self._dealt(start, stop)
        if len(self._records) <= self._room:
            places = np.arange(len(self._records))
        else:
            some = self._fitting(dealt)
            places, dealt = np.unique(np.concatenate([own for _, own in some])), iter(some)
        batch = self._open(places)
        for step, own in dealt:
            taken = (
                batch.take(np.searchsorted(places, own)) if batch is not None and len(own) else None
            )
            yield Bin(step, self._records[own], taken)

    def _dealt(self, start: int, stop: int) -> Iterator[tuple[int, Indices]]:
        """Each step with the places of its records."""
        size = self._task.program.bins
        epoch: Epoch | None = None
        for step in range(start, stop):
            if epoch is None or step % size == 0:
                epoch = self._bins.epoch(self._keys, step // size)
            yield step, epoch.bin(step % size)

    def _fitting(self, dealt: Iterator[tuple[int, Indices]]) -> list[tuple[int, Indices]]:
        """As many of them as there is room for, and at least one."""
        some: list[tuple[int, Indices]] = []
        held = 0
        while max(held, len(some)) < self._room and (following := next(dealt, None)):
            some.append(following)
            held += len(following[1])
        return some

    def _open(self, places: Indices) -> Batch | None:
        opened = list(self._store.open_cleared(self._gate.clearance, self._records[places]))
        if not opened:
            return None
        self._room = max(1, _BYTES * len(opened) // sum(map(len, opened)))
        return self._task.collate([content.decode(data) for data in opened])
