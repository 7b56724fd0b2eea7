"""Numbering what is different, so that millions of equal things are looked at once."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.policy.arrays import Coded

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Shorts = npt.NDArray[np.int16]

T = TypeVar("T")

#: Threads for work during which numpy and Arrow let go of Python's lock.
THREADS = 2
#: For fewer things no thread is begun.
_FEW = 1 << 16


def coded(column: pa.ChunkedArray | pa.Array) -> Coded:
    """The column of an Arrow table, NULL being a value, too."""
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.nulls(0, column.type)
    encoded = column.dictionary_encode(null_encoding="encode")
    return Coded(encoded.indices.to_numpy(), encoded.dictionary.to_pylist())


def combined(columns: Sequence[Coded]) -> tuple[Codes, list[tuple[Any, ...]]]:
    """For each row the index of its values among the different combinations, and these."""
    keys = np.zeros(len(columns[0].indices), np.int64)
    for column in columns:
        keys = keys * max(len(column.values), 1) + column.indices
    codes, distinct = numbered(keys)
    found = []
    for key in distinct.tolist():
        values = []
        for column in reversed(columns):
            key, index = divmod(key, max(len(column.values), 1))
            values.append(column.values[index])
        found.append(tuple(reversed(values)))
    return codes, found


def numbered(keys: Ints) -> tuple[Codes, Ints]:
    """For each key its index among the different ones, and these."""
    encoded = pa.array(keys).dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_numpy()


def numbered_in_parts(keys: Ints) -> tuple[Codes, Ints]:
    """The same for many keys: each thread numbers a part, and the parts are put together."""
    parts = np.array_split(keys, THREADS)
    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(numbered, parts))
        meaning, distinct = numbered(np.concatenate([different for _, different in found]))
        meanings = np.split(meaning, np.cumsum([len(different) for _, different in found])[:-1])
        codes = threads.map(lambda part, meant: meant[part[0]], found, meanings)
        return np.concatenate(list(codes)), distinct


def in_threads(function: Callable[[Ints], T], rows: Ints, *, cuts: Ints | None = None) -> list[T]:
    """What a function gives for parts of some rows, in their order; nothing for no rows.

    Where only some places may part them, `cuts` are those, sorted.
    """
    if len(rows) < _FEW:
        return [function(rows)] if len(rows) else []
    places = np.linspace(0, len(rows), THREADS + 1).astype(np.int64)[1:-1]
    if cuts is not None:
        later = np.searchsorted(cuts, places)
        places = np.unique(cuts[later[later < len(cuts)]])
    parts = [part for part in np.split(rows, places) if len(part)]
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(function, parts))


def among(numbers: Ints, chosen: Collection[int]) -> Bools:
    """Whether numbers are among a few."""
    found = np.zeros(len(numbers), np.bool_)
    for number in chosen:
        found |= numbers == number
    return found
