"""Rows of facts, of which only those are kept that conditions can tell apart."""

from collections.abc import Hashable, Iterable, Mapping

import numpy as np

from rightful.clearance.situations.coding import Ints
from rightful.policy.arrays import Coded
from rightful.policy.distinctions import Distinctions
from rightful.policy.facts import Value

Row = dict[str, Value]


class Reduced:
    """Rows of facts, of which only those are kept that conditions can tell apart."""

    def __init__(self, telling: Distinctions, names: Iterable[str]) -> None:
        self._telling = telling
        self._names = [name for name in names if name in telling.columns]
        self._values: list[list[Value]] = [[] for _ in self._names]
        self._indices: list[dict[Hashable, int]] = [{} for _ in self._names]
        self._known: dict[tuple[int, ...], int] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, row: Mapping[str, Value]) -> int:
        """The index of a row, or of one that is as good."""
        key = []
        for name, values, indices in zip(self._names, self._values, self._indices, strict=True):
            value = row.get(name)
            told = self._telling.of(name, value)
            if told not in indices:
                indices[told] = len(values)
                values.append(value)
            key.append(indices[told])
        return self._known.setdefault(tuple(key), len(self._known))

    def columns(self, codes: Ints) -> dict[str, Coded]:
        """The columns of rows that are given by their indices."""
        kept = np.array(list(self._known), np.int32).reshape(len(self), len(self._names))
        return {
            name: Coded(kept[codes, number], self._values[number])
            for number, name in enumerate(self._names)
        }


class Paired:
    """Rows of facts in two parts, each of which comes with many of the other."""

    def __init__(self, first: Reduced, second: Reduced) -> None:
        self.first = first
        self.second = second
        self._known: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, first: int, second: int) -> int:
        """The index of a pair of parts, which are given by theirs."""
        return self._known.setdefault((first, second), len(self._known))

    def columns(self, codes: Ints) -> dict[str, Coded]:
        """The columns of rows that are given by their indices."""
        pairs = np.array(list(self._known), np.int64).reshape(-1, 2)[codes]
        return {**self.first.columns(pairs[:, 0]), **self.second.columns(pairs[:, 1])}
