"""An export is read without the workspace, and whatever was changed in it is noticed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rightful.errors import InvalidInput, NotFound, NotVerified
from rightful.ledger import tiles
from rightful.ledger.exporting import write_export
from rightful.ledger.notes import Signer
from rightful.ledger.tree import Tree
from rightful.ledger.verify import (
    ExportedLedger,
    open_checkpoint,
    verify_consistency,
    verify_inclusion,
)

_SIGNER = Signer("rightful.example/w-1", bytes(32))
_LEAVES = [f"entry {number}".encode() for number in range(600)]


def _export(folder: Path, leaves: list[bytes], signer: Signer = _SIGNER) -> Path:
    write_export(folder, Tree(leaves), lambda start, stop: leaves[start:stop], signer)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return _export(tmp_path / "export", _LEAVES)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_export_is_verified_from_its_files_alone(folder: Path) -> None:
    exported = ExportedLedger(folder)
    checkpoint = exported.verify(_SIGNER.public_key)
    assert (checkpoint.size, checkpoint.root) == (600, exported.root())
    assert exported.public_key == _SIGNER.public_key
    for number in (0, 255, 256, 599):
        data = exported.entry(number)
        assert data == _LEAVES[number]
        verify_inclusion(data, number, 600, exported.inclusion(number, 600), checkpoint.root)


def test_it_answers_for_every_earlier_size(folder: Path) -> None:
    exported = ExportedLedger(folder)
    for old in (0, 1, 256, 300, 600):
        assert exported.root(old) == Tree(_LEAVES[:old]).root()
        proof = exported.consistency(old, 600)
        verify_consistency(old, 600, proof, exported.root(old), exported.root())


def test_a_bit_flipped_in_any_file_is_noticed(tmp_path: Path) -> None:
    folder = _export(tmp_path / "export", _LEAVES[:300])
    files = _files(folder)
    assert len(files) == 2 + 2 + 2 + 1  # checkpoint and key, bundles, tiles of two levels
    for path in files:
        good = path.read_bytes()
        for at in {0, 1, 2, len(good) // 2, len(good) - 1}:
            path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            with pytest.raises(NotVerified):
                _verify_with_the_key_beside(folder)
        path.write_bytes(good[:-1])
        if path.name != tiles.PUBLIC_KEY:  # a key's last newline is none of it
            with pytest.raises(NotVerified):
                _verify_with_the_key_beside(folder)
        path.write_bytes(good)
    _verify_with_the_key_beside(folder)


def _verify_with_the_key_beside(folder: Path) -> None:
    exported = ExportedLedger(folder)
    exported.verify(exported.public_key)


def test_a_file_that_is_missing_or_unreadable_is_noticed(folder: Path) -> None:
    for path in _files(folder / "tile"):
        good = path.read_bytes()
        path.unlink()
        with pytest.raises(NotVerified, match="missing"):
            ExportedLedger(folder).verify(_SIGNER.public_key)
        path.mkdir()
        with pytest.raises(NotVerified, match="can't be read"):
            ExportedLedger(folder).verify(_SIGNER.public_key)
        path.rmdir()
        path.write_bytes(good)


def test_another_key_is_refused(folder: Path) -> None:
    other = Signer("rightful.example/w-1", bytes(range(32)))
    with pytest.raises(NotVerified):
        ExportedLedger(folder).verify(other.public_key)


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda leaves: [*leaves[:100], b"rewritten", *leaves[101:]],
        lambda leaves: leaves[1:],
        lambda leaves: [leaves[1], leaves[0], *leaves[2:]],
        lambda leaves: [*leaves[:200], b"put in", *leaves[200:]],
    ],
)
def test_a_history_rewritten_by_the_holder_of_the_key_does_not_continue_what_was_seen(
    folder: Path, tmp_path: Path, rewrite: Callable[[list[bytes]], list[bytes]]
) -> None:
    seen = open_checkpoint(ExportedLedger(folder).checkpoint, _SIGNER.public_key)
    later = [*_LEAVES, b"more", b"and more"]

    honest = ExportedLedger(_export(tmp_path / "honest", later))
    new = honest.verify(_SIGNER.public_key)
    proof = honest.consistency(seen.size, new.size)
    verify_consistency(seen.size, new.size, proof, seen.root, new.root)

    forged = ExportedLedger(_export(tmp_path / "forged", rewrite(later)))
    new = forged.verify(_SIGNER.public_key)  # sound in itself, and signed
    proof = forged.consistency(seen.size, new.size)
    with pytest.raises(NotVerified, match="does not continue"):
        verify_consistency(seen.size, new.size, proof, seen.root, new.root)


def test_a_history_cut_short_by_the_holder_of_the_key_does_not_continue_what_was_seen(
    folder: Path, tmp_path: Path
) -> None:
    seen = open_checkpoint(ExportedLedger(folder).checkpoint, _SIGNER.public_key)
    short = ExportedLedger(_export(tmp_path / "short", _LEAVES[:599]))
    new = short.verify(_SIGNER.public_key)
    with pytest.raises(NotVerified):
        verify_consistency(seen.size, new.size, [], seen.root, new.root)
    with pytest.raises(InvalidInput):
        short.consistency(seen.size, new.size)


def test_an_unsigned_rewriting_of_one_entry_is_noticed_on_reading_any(folder: Path) -> None:
    """Also where the tile of its hash was rewritten with it."""
    leaves = [*_LEAVES[:5], b"changed", *_LEAVES[6:]]
    tree = Tree(leaves)
    (folder / "tile/entries/000").write_bytes(tiles.pack(leaves[:256]))
    (folder / "tile/0/000").write_bytes(tree.hashes(0, 0, 256))
    (folder / "tile/1/000.p/2").write_bytes(tree.hashes(8, 0, 2))
    for number in (5, 400):
        with pytest.raises(NotVerified, match="checkpoint"):
            ExportedLedger(folder).entry(number)


def test_an_entry_that_changes_after_the_tree_was_read_is_noticed(folder: Path) -> None:
    exported = ExportedLedger(folder)
    exported.root()
    changed = [b"entry x", *_LEAVES[1:256]]
    (folder / "tile/entries/000").write_bytes(tiles.pack(changed))
    assert exported.entry(1) == _LEAVES[1]
    with pytest.raises(NotVerified):
        exported.entry(0)


def test_a_full_tile_serves_where_the_partial_one_is_gone(tmp_path: Path) -> None:
    folder = _export(tmp_path / "export", _LEAVES[:200])
    old = ExportedLedger(folder)  # its checkpoint is read, its tiles not yet
    _export(folder, _LEAVES[:300])
    shutil.rmtree(folder / "tile/entries/000.p", ignore_errors=True)
    assert not (folder / "tile/0/000.p").exists()
    assert old.verify(_SIGNER.public_key).size == 200
    assert old.entry(199) == _LEAVES[199]


def test_entries_that_are_not_there_are_refused(folder: Path) -> None:
    for number in (-1, 600):
        with pytest.raises(InvalidInput):
            ExportedLedger(folder).entry(number)
    with pytest.raises(InvalidInput):
        ExportedLedger(folder).root(601)


def test_a_folder_without_an_export_says_so(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotFound, match="checkpoint"):
            ExportedLedger(folder)


def test_a_checkpoint_that_promises_more_than_is_there_is_noticed(tmp_path: Path) -> None:
    folder = _export(tmp_path / "export", _LEAVES[:3])
    path = folder / tiles.CHECKPOINT
    path.write_text(path.read_text().replace("\n3\n", f"\n{10**18}\n"))
    with pytest.raises(NotVerified):
        ExportedLedger(folder).root()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(NotVerified):
        ExportedLedger(folder)
