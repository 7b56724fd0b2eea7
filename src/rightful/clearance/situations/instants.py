"""Moments as numbers, so that millions of them can be compared at once."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful import moments
from rightful.clearance.situations.coding import Ints
from rightful.errors import InvalidInput

#: When something is that will not happen.
NEVER = int(np.iinfo(np.int64).max)
#: Stands for a withdrawal at a moment that can't be read: it has come, and nothing is after it.
UNREADABLE = NEVER - 1
#: When something that never happened was.
BEFORE_ALL = int(np.iinfo(np.int64).min)


def instants(column: pa.ChunkedArray, *, empty: int, unreadable: int) -> Ints:
    """Moments as microseconds since 1970."""
    try:
        cast = pc.cast(column, pa.timestamp("us", "UTC"))
        found: Ints = pc.cast(cast, pa.int64()).fill_null(empty).to_numpy()
    except pa.ArrowInvalid:
        found = np.array(
            [empty if text is None else _readable(text, unreadable) for text in column.to_pylist()],
            np.int64,
        )
    return found


def _readable(text: str, otherwise: int) -> int:
    try:
        return micros(moments.parse(text))
    except InvalidInput:
        return otherwise


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """A moment in microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(instant: int) -> datetime:
    """The moment that is so many microseconds after 1970 began."""
    return _EPOCH + timedelta(microseconds=instant)
