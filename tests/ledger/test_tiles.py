"""Tiles lie where c2sp.org/tlog-tiles says, and bundles give back what was packed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.errors import NotVerified
from rightful.ledger.tiles import Tile, bundles, hash_bytes, hash_tiles, pack, unpack
from rightful.ledger.tree import Tree, node_hash


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 999, 256), "tile/0/999"),
        (Tile(1, 1000, 256), "tile/1/x001/000"),
        (Tile(0, 1234067, 256), "tile/0/x001/x234/067"),
        (Tile(None, 273, 112), "tile/entries/273.p/112"),
        (Tile(None, 1234067, 8), "tile/entries/x001/x234/067.p/8"),
    ],
)
def test_a_tile_lies_where_others_look_for_it(tile: Tile, path: str) -> None:
    assert str(tile.path) == path


def test_a_ledger_of_70000_entries_has_the_tiles_of_the_example_in_the_standard() -> None:
    found = Counter((tile.level, tile.width) for tile in hash_tiles(70_000))
    assert found == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert [tile.width for tile in bundles(70_000)] == [256] * 273 + [112]


def test_a_ledger_of_256_entries_has_a_full_tile_and_one_above_with_its_root() -> None:
    tree = Tree(str(number).encode() for number in range(256))
    assert list(hash_tiles(256)) == [Tile(0, 0, 256), Tile(1, 0, 1)]
    assert hash_bytes(Tile(1, 0, 1), tree) == tree.root()


def test_the_second_level_hashes_the_full_tiles_of_the_first() -> None:
    tree = Tree(str(number).encode() for number in range(600))
    above = hash_bytes(Tile(1, 0, 2), tree)
    for number in range(2):
        hashes = hash_bytes(Tile(0, number, 256), tree)
        row = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
        assert len(row) == 256
        while len(row) > 1:
            row = [node_hash(*row[at : at + 2]) for at in range(0, len(row), 2)]
        assert above[32 * number : 32 * (number + 1)] == row[0]


def test_an_empty_ledger_has_no_tiles() -> None:
    assert not [*bundles(0), *hash_tiles(0)]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_what_was_packed(entries: list[bytes]) -> None:
    assert unpack(pack(entries)) == entries


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=4), st.data())
def test_a_bundle_that_was_cut_inside_an_entry_is_refused(
    entries: list[bytes], data: st.DataObject
) -> None:
    packed = pack(entries)
    cut = data.draw(st.integers(1, len(entries[-1]) + 1))
    with pytest.raises(NotVerified):
        unpack(packed[:-cut])
