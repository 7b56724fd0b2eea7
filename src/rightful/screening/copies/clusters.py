"""What belongs together because of pairs that do, and which copy of several stays."""

from collections.abc import Iterable, Mapping

import numpy as np

from rightful.records.names import RecordKeys


class Clusters:
    """Numbers that are joined pair by pair; a cluster is called by its smallest number."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        """Put two numbers, and all that is joined with either, into one cluster."""
        a, b = sorted((self.of(one), self.of(other)))
        self._above[b] = a

    def of(self, number: int) -> int:
        """The smallest number of the cluster; of one that was never joined, itself."""
        root = number
        while (above := self._above.setdefault(root, root)) != root:
            root = above
        while number != root:  # the next one asked for finds it at once
            self._above[number], number = root, self._above[number]
        return root

    def all(self) -> dict[int, list[int]]:
        """Each cluster of at least two, by its name, its numbers sorted."""
        found: dict[int, list[int]] = {}
        for number in sorted(self._above):
            found.setdefault(self.of(number), []).append(number)
        return {name: numbers for name, numbers in found.items() if len(numbers) > 1}


def joined(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """The clusters that pairs make."""
    clusters = Clusters()
    for one, other in pairs:
        clusters.join(one, other)
    return clusters.all()


def stays(keys: RecordKeys) -> int:
    """Which of several copies stays in use, by its place among their stable keys.

    The one with the smallest key, which is the same in whatever order they were imported, and in
    every workspace.
    """
    # The last key given counts first, so the columns go in backwards.
    return int(np.lexsort(keys.T[::-1])[0])


def first(records: Iterable[int], keys: Mapping[int, bytes]) -> int:
    """Which of several records stays in use."""
    numbers = sorted(records)
    together = np.frombuffer(b"".join(keys[n] for n in numbers), np.uint8)
    return numbers[stays(together.reshape(len(numbers), -1))]
