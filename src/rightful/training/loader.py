"""Bins of opened records, a little ahead of the loop; only a clearance opens them."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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

#: How many records are opened at once: enough that reading them is not the work.
_GROUP = 2048
_AHEAD = 2


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

    def bins(self, start: int, stop: int) -> Iterator[Bin]:
        """Bins `start` up to, not including, `stop`."""
        with ThreadPoolExecutor(1, thread_name_prefix="rightful-loader") as pool:
            waiting: deque[Future[list[Bin]]] = deque()
            groups = self._groups(start, stop)
            try:
                for first, wanted in groups:
                    waiting.append(pool.submit(self._open, first, wanted))
                    if len(waiting) > _AHEAD:
                        yield from waiting.popleft().result()
                while waiting:
                    yield from waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _groups(self, start: int, stop: int) -> Iterator[tuple[int, list[Numbers]]]:
        """Steps that follow each other, together about `_GROUP` records: first step, bins."""
        size = self._task.program.bins
        epoch: Epoch | None = None
        group: list[Numbers] = []
        held = 0
        for step in range(start, stop):
            if epoch is None or step % size == 0:
                epoch = self._bins.epoch(self._keys, step // size)
            group.append(self._records[epoch.bin(step % size)])
            held += len(group[-1])
            if held >= _GROUP or len(group) >= _GROUP or step == stop - 1:
                yield step - len(group) + 1, group
                group, held = [], 0

    def _open(self, first: int, wanted: list[Numbers]) -> list[Bin]:
        """Open the records of bins that follow each other, as far as they are cleared now."""
        clearance, departed = self._gate.clearance, self._gate.departed
        if departed:
            wanted = [records[[n not in departed for n in records.tolist()]] for records in wanted]
        together = np.concatenate(wanted)
        contents = [content.decode(data) for data in self._store.open_cleared(clearance, together)]
        found, place = [], 0
        for step, records in enumerate(wanted, first):
            own = contents[place : place + len(records)]
            place += len(records)
            found.append(Bin(step, records, self._task.collate(own) if own else None))
        return found
