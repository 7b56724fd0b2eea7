"""An exported ledger, read from its folder without the workspace that it came from."""

from functools import cached_property
from pathlib import Path, PurePosixPath

from rightful.errors import InvalidInput, NotFound, NotVerified
from rightful.ledger import tiles
from rightful.ledger.notes import Checkpoint, open_checkpoint, read_unsigned
from rightful.ledger.tree import HASH, Tree


class ExportedLedger:
    """The files that `Ledger.export` wrote.

    The tree is always built anew from the entries, and every tile is held against it: what this
    answers follows from the entries that lie there, never from a hash that somebody wrote beside
    them. Whether they are the *workspace's* entries only a signature can say: see `verify`.
    """

    def __init__(self, folder: Path) -> None:
        """Raises `NotFound` where no ledger was exported to `folder`."""
        self.folder = folder
        #: The text of the signed checkpoint.
        self.checkpoint = self._text(tiles.CHECKPOINT)

    @property
    def public_key(self) -> str:
        """The key that lies beside the entries. It proves nothing until you know whose it is."""
        return self._text(tiles.PUBLIC_KEY).removesuffix("\n")

    @property
    def size(self) -> int:
        """How many entries the checkpoint covers."""
        return self._said.size

    def verify(self, public_key: str) -> Checkpoint:
        """Check everything: the signature, and that entries, tiles and checkpoint agree.

        Raises:
            NotVerified: something does not.
        """
        checkpoint = open_checkpoint(self.checkpoint, public_key)
        self._tree.root()  # reading it checks it
        return checkpoint

    def entry(self, number: int) -> bytes:
        """The bytes of one entry.

        Raises:
            InvalidInput: there is none of this number.
            NotVerified: it was changed, or is missing.
        """
        if not 0 <= number < self.size:
            raise InvalidInput(f"this export has {self.size} entries, and none numbered {number}")
        index, place = divmod(number, tiles.WIDTH)
        width = min(tiles.WIDTH, self.size - index * tiles.WIDTH)
        data = self._entries(tiles.Tile(None, index, width))[place]
        tree = self._tree
        if Tree([data]).root() != tree.hashes(0, number, number + 1):
            raise NotVerified(f"entry {number} was changed while it was read; get the export again")
        return data

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` entries. Raises as `entry` does."""
        return self._tree.root(size)

    def inclusion(self, number: int, size: int) -> list[bytes]:
        """The proof that an entry is among the first `size`. Raises as `entry` does."""
        return self._tree.inclusion(number, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that one size continues another. Raises as `entry` does."""
        return self._tree.consistency(old, new)

    @cached_property
    def _said(self) -> Checkpoint:
        return read_unsigned(self.checkpoint)

    @cached_property
    def _tree(self) -> Tree:
        tree = Tree()
        for bundle in tiles.bundles(self.size):
            for data in self._entries(bundle):
                tree.add(data)
        for tile in tiles.hash_tiles(self.size):
            if self._read(tile)[: tile.width * HASH] != tiles.hash_bytes(tile, tree):
                raise NotVerified(
                    f"{tile.path} does not agree with the entries; get the export again"
                )
        if tree.root() != self._said.root:
            raise NotVerified(
                "the entries are not those that the checkpoint was made of: "
                "some were changed, added or removed after the export"
            )
        return tree

    def _entries(self, bundle: tiles.Tile) -> list[bytes]:
        entries = tiles.unpack(self._read(bundle))[: bundle.width]
        if len(entries) != bundle.width:
            raise NotVerified(f"entries are missing from {bundle.path}; get the export again")
        return entries

    def _read(self, tile: tiles.Tile) -> bytes:
        # A partial tile may go once the full one is there, which begins with the same bytes.
        data = self._bytes(tile.path)
        if data is None:
            data = self._bytes(tile.full_path)
        if data is None:
            raise NotVerified(f"{tile.path} is missing from the export; get the export again")
        return data

    def _bytes(self, path: PurePosixPath) -> bytes | None:
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise NotVerified(f"{path} can't be read: {error.strerror}") from None

    def _text(self, name: str) -> str:
        data = self._bytes(PurePosixPath(name))
        if data is None:
            raise NotFound(f"no ledger was exported to {self.folder}: it has no file `{name}`")
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise NotVerified(f"`{name}` is no text; get the export again") from None
