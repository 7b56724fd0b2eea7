"""Scanning the texts of many records, here or in processes beside this one.

The others get texts and give back findings: they have no keys, and write nothing.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from multiprocessing import get_context
from types import TracebackType

from rightful.screening.automaton import Compiled, take
from rightful.screening.finding import Finding
from rightful.screening.screener import Screener

#: How a screener is made; it must be possible to send it to another process.
Make = Callable[[], Screener]

#: Records' numbers and texts.
Batch = tuple[Sequence[int], Sequence[str]]
#: The same with what was found in each.
Scanned = tuple[Sequence[int], Sequence[str], list[list[Finding]]]


class Scanners(AbstractContextManager["Scanners"]):
    """Scans batches in `workers` processes; with one, in this process."""

    def __init__(self, make: Make, screener: Screener, workers: int) -> None:
        self._screener = screener
        self._pool = None
        self._waiting = 2 * workers
        if workers > 1:
            # Not forked: locks that threads of this process hold would stay held there.
            self._pool = ProcessPoolExecutor(
                workers,
                get_context("spawn"),
                initializer=_prepare,
                initargs=(make, screener.compiled()),
            )

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def scan(self, batches: Iterable[Batch]) -> Iterator[Scanned]:
        """What was found in each batch, in their order; few of them are in memory at a time."""
        if self._pool is None:
            for records, texts in batches:
                yield records, texts, found(self._screener, texts)
            return
        waiting: deque[tuple[Batch, Future[list[list[Finding]]]]] = deque()
        for batch in batches:
            waiting.append((batch, self._pool.submit(_scan, list(batch[1]))))
            if len(waiting) > self._waiting:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)


def found(screener: Screener, texts: Sequence[str]) -> list[list[Finding]]:
    """The findings in each text."""
    columns = screener.scan(texts)
    return [columns.of(number) for number in range(len(texts))]


def _next(waiting: "deque[tuple[Batch, Future[list[list[Finding]]]]]") -> Scanned:
    (records, texts), findings = waiting.popleft()
    return records, texts, findings.result()


#: In a process beside: its own screener.
_own: list[Screener] = []


def _prepare(make: Make, compiled: Compiled | None) -> None:
    # Ctrl-C reaches every process of a terminal; when to stop is for the one that asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if compiled is not None:
        take(compiled)
    _own[:] = [make()]


def _scan(texts: list[str]) -> list[list[Finding]]:
    return found(_own[0], texts)
