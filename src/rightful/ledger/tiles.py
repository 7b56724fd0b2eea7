"""Where the pieces of an exported ledger lie, and how entries are packed: c2sp.org/tlog-tiles."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from rightful.errors import NotVerified
from rightful.ledger.tree import Tree

#: How many hashes, or entries, a full tile has.
WIDTH = 256

CHECKPOINT = "checkpoint"
PUBLIC_KEY = "public.key"


class Tile(NamedTuple):
    """A tile of hashes at a level from 0, or a bundle of entries where `level` is None."""

    level: int | None
    number: int
    width: int

    @property
    def full_path(self) -> PurePosixPath:
        """Where it lies once it is full: `tile/0/x001/x234/067`."""
        digits = str(self.number)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        level = "entries" if self.level is None else str(self.level)
        return PurePosixPath("tile", level, *(f"x{group}" for group in groups[:-1]), groups[-1])

    @property
    def partial_folder(self) -> PurePosixPath:
        """Where it lies until it is full, by its width."""
        full = self.full_path
        return full.with_name(f"{full.name}.p")

    @property
    def path(self) -> PurePosixPath:
        """Where it lies."""
        return self.full_path if self.width == WIDTH else self.partial_folder / str(self.width)


def bundles(size: int) -> Iterator[Tile]:
    """The bundles of a ledger of `size` entries."""
    return _row(None, size)


def hash_tiles(size: int) -> Iterator[Tile]:
    """The tiles of hashes of a ledger of `size` entries, from the leaves up."""
    level = 0
    while size:
        yield from _row(level, size)
        level, size = level + 1, size // WIDTH


def hash_bytes(tile: Tile, tree: Tree) -> bytes:
    """What stands in a tile of hashes."""
    assert tile.level is not None
    start = tile.number * WIDTH
    return tree.hashes(8 * tile.level, start, start + tile.width)


def pack(entries: Iterable[bytes]) -> bytes:
    """A bundle: before each entry, its length as two bytes, the higher one first."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises `NotVerified` where it was cut."""
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data):
        raise NotVerified("a bundle of ledger entries was cut; get the export again")
    return entries


def _row(level: int | None, count: int) -> Iterator[Tile]:
    full, rest = divmod(count, WIDTH)
    for index in range(full):
        yield Tile(level, index, WIDTH)
    if rest:
        yield Tile(level, full, rest)
