"""Which items are looked at: so many of a number of records, by lot.

The lot of a record is a hash of its key under the seed. So the same records and seed give the same
draw in every workspace, in whatever order they were imported; and whoever was given a seed can't
have chosen the items. The first of a draw are a draw of their own, so that work that was broken off
counts as far as it got.
"""

import hashlib
import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rightful.errors import InvalidInput
from rightful.keys import WorkspaceKey

Numbers = npt.NDArray[np.int64]
#: Keys of records, as `RecordStore.keys` gives them.
Keys = npt.NDArray[np.uint8]

#: A seed is a whole number from 0 to below this.
SEEDS = 2**63

#: Of items; what people are to look at is less, and a technical screening reads more.
_MOST = 2**31

_LOT_BYTES = 8
_USE = "items of a sample"
_MARK, _CHECK = 16, 8
_CODE = re.compile(f"i[0-9]{{6,10}}-[0-9a-f]{{{_MARK + _CHECK}}}")


@dataclass(frozen=True, slots=True)
class Draw:
    """A number of records by lot, in the order of their lots."""

    name: str
    """What tells it from other draws."""
    source: str | None
    """Of which source; None: of everything held."""
    seed: int
    held: int
    """How many there were to draw from."""
    records: Numbers = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)
    """How each item is called where people look at it."""

    @property
    def items(self) -> int:
        return len(self.codes)


def lots(keys: Keys, seed: int) -> list[bytes]:
    """The lot of each record key."""
    data = keys.tobytes()
    width = keys.shape[1]
    begun = hashlib.blake2b(
        key=seed.to_bytes(8, "big"), digest_size=_LOT_BYTES, person=b"rightful lots"
    )
    found = []
    for start in range(0, len(data), width):
        lot = begun.copy()
        lot.update(data[start : start + width])
        found.append(lot.digest())
    return found


def chosen(keys: Keys, seed: int, items: int) -> npt.NDArray[np.intp]:
    """The places of the records that are drawn, in the order of their lots.

    Raises `InvalidInput` for a seed or a number of items that makes no sense.
    """
    if not 0 <= seed < SEEDS:
        raise InvalidInput("a seed is a whole number from 0 to below 2 to the 63rd; choose one")
    if not 0 < items <= _MOST:
        raise InvalidInput("draw at least one item, and at most two thousand million")
    if not len(keys):
        return np.empty(0, np.intp)
    drawn = np.array([int.from_bytes(lot, "big") for lot in lots(keys, seed)], np.uint64)
    # Where two lots are the same in 64 bits, the keys decide; never the order of import.
    columns = np.ascontiguousarray(keys).view(">u8").reshape(len(keys), -1)
    order = np.lexsort((*columns.T[::-1], drawn))
    return order[:items]


def codes(key: WorkspaceKey, draw: str, keys: Keys) -> tuple[str, ...]:
    """The names of the items of a draw: their places, and what only this workspace can compute.

    They begin with a letter, for a spreadsheet would make a number of digits alone.
    """
    return tuple(
        f"i{place:06d}-{_check(key, draw, place, own)}{own}"
        for place, own in enumerate(marks(key, draw, keys), 1)
    )


def marks(key: WorkspaceKey, draw: str, keys: Keys) -> list[str]:
    """What stands at the end of the name of each of these records, were it an item of the draw."""
    begun = f"{draw}/".encode()
    return [key.keyed_hash(_USE, begun + each.tobytes()).hex()[:_MARK] for each in keys]


def place_of(key: WorkspaceKey, draw: str, code: str) -> int | None:
    """Which item of a draw `code` names; None: it is none of that draw's."""
    if not _CODE.fullmatch(code):
        return None
    place, own = int(code[1:].partition("-")[0]), code[-_MARK:]
    return place if code[-_MARK - _CHECK : -_MARK] == _check(key, draw, place, own) else None


def mark_of(code: str) -> str:
    """The part of an item's name that its record alone decides."""
    return code[-_MARK:]


def _check(key: WorkspaceKey, draw: str, place: int, own: str) -> str:
    return key.keyed_hash(_USE, f"{draw}/{place}/{own}".encode()).hex()[:_CHECK]
