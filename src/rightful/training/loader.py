"""Bins of opened records, some steps ahead of the loop; only a clearance opens them.

In the loop's own thread: one beside it would wait for the same cores and for Python's lock, and was
measured to cost more than it spares.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from rightful.records import content
from rightful.records.names import RecordKeys
from rightful.records.store import RecordStore
from rightful.training.bins import Bins, Epoch
from rightful.training.gate import Gate
from rightful.training.tasks import Batch, Task

Numbers = npt.NDArray[np.int64]

#: How many records are opened at once: enough that finding them is not the work, as far as so many
#: bytes allow. How they are grouped does not reach the weights.
_FIRST, _MOST, _BYTES = 1024, 16_384, 16 * 2**20


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

    `records` and `keys` belong together. Only what `gate` lets through when a group of bins is read
    is opened; the loop asks the gate once more before each step.
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
        self._group = _FIRST

    def bins(self, start: int, stop: int) -> Iterator[Bin]:
        """Bins `start` up to, not including, `stop`."""
        for first, wanted in self._groups(start, stop):
            yield from self._open(first, wanted)

    def _groups(self, start: int, stop: int) -> Iterator[tuple[int, list[Numbers]]]:
        """Steps that follow each other, with about as many records as fit: first step, bins."""
        size = self._task.program.bins
        epoch: Epoch | None = None
        group: list[Numbers] = []
        held = 0
        for step in range(start, stop):
            if epoch is None or step % size == 0:
                epoch = self._bins.epoch(self._keys, step // size)
            group.append(self._records[epoch.bin(step % size)])
            held += len(group[-1])
            if max(held, len(group)) >= self._group or step == stop - 1:
                yield step - len(group) + 1, group
                group, held = [], 0

    def _open(self, first: int, wanted: list[Numbers]) -> Iterator[Bin]:
        """Open the records of bins that follow each other, as far as they are cleared now."""
        clearance, departed = self._gate.clearance, self._gate.departed
        if departed:
            wanted = [records[[n not in departed for n in records.tolist()]] for records in wanted]
        opened = list(self._store.open_cleared(clearance, np.concatenate(wanted)))
        if opened:
            self._group = max(1, min(_MOST, _BYTES * len(opened) // sum(map(len, opened))))
        place = 0
        for step, records in enumerate(wanted, first):
            own = [content.decode(data) for data in opened[place : place + len(records)]]
            place += len(records)
            yield Bin(step, records, self._task.collate(own) if own else None)
