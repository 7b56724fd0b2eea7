"""Writing a ledger out as files that others can verify: c2sp.org/tlog-tiles.

Whatever moment a crash picks, the folder holds the old ledger or the new one: tiles come first,
what the old checkpoint needs stays until the new one is written, and each file is written whole.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from rightful.errors import InvalidInput, NotVerified, Refused
from rightful.files import remove_unfinished, sync_folder, write_atomic
from rightful.ledger import tiles
from rightful.ledger.notes import Checkpoint, Signer, open_checkpoint
from rightful.ledger.tree import Tree

#: Reads the entries from one number to another, the last one excluded.
ReadEntries = Callable[[int, int], list[bytes]]


def write_export(folder: Path, tree: Tree, read: ReadEntries, signer: Signer) -> None:
    """Write the ledger to `folder`, or bring what lies there up to date.

    Raises:
        Refused: `folder` holds another ledger, or one that this is no continuation of.
        InvalidInput: the folder can't be written to.
    """
    try:
        fresh = not _holds_same(folder, tree, signer.public_key)
        _make_folder(folder)
        for bundle in tiles.bundles(tree.size):
            start = bundle.number * tiles.WIDTH
            _put(folder, bundle, tiles.pack(read(start, start + bundle.width)))
        for tile in tiles.hash_tiles(tree.size):
            _put(folder, tile, tiles.hash_bytes(tile, tree))
        _put_file(folder / tiles.PUBLIC_KEY, f"{signer.public_key}\n".encode())
        if fresh:
            checkpoint = Checkpoint(signer.name, tree.size, tree.root())
            _put_file(folder / tiles.CHECKPOINT, signer.sign_note(checkpoint.text).encode())
        _remove_outgrown(folder, tree.size)
    except OSError as error:
        raise InvalidInput(f"the ledger can't be written to {folder}: {error.strerror}") from None


def _holds_same(folder: Path, tree: Tree, public_key: str) -> bool:
    """Whether the checkpoint there is of this very size; it may carry signatures of witnesses."""
    try:
        held = open_checkpoint((folder / tiles.CHECKPOINT).read_bytes().decode(), public_key)
    except FileNotFoundError:
        return False
    except (NotVerified, UnicodeDecodeError):
        raise Refused(
            f"{folder} holds the ledger of another workspace, or its checkpoint was changed; "
            "export to an empty folder"
        ) from None
    # To sign on would be to tell two stories: who has seen the first must not be overruled.
    if held.size > tree.size or tree.root(held.size) != held.root:
        raise Refused(
            f"the ledger that was exported to {folder} is not how this workspace's ledger begins: "
            "the registry was changed, or restored from a backup older than that export; "
            "keep that folder as evidence and restore the registry"
        )
    return held.size == tree.size


def _put(folder: Path, tile: tiles.Tile, data: bytes) -> None:
    path = folder / tile.path
    _make_folder(path.parent)
    _put_file(path, data)


def _put_file(path: Path, data: bytes) -> None:
    """Write what is not there yet, or differs; a file that is right is not touched."""
    try:
        if path.read_bytes() == data:
            return
    except FileNotFoundError:
        pass
    remove_unfinished(path.parent)
    write_atomic(path, data)


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that they survive a power cut."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def _remove_outgrown(folder: Path, size: int) -> None:
    """Remove partial tiles whose full tile is there; those of other widths may still be asked for.

    Their full tiles begin with the same bytes, and readers know to look there.
    """
    for tile in (*tiles.bundles(size), *tiles.hash_tiles(size)):
        partial = folder / tile.partial_folder
        if tile.width == tiles.WIDTH and partial.is_dir():
            shutil.rmtree(partial)
