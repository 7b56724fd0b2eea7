"""The ledger of one workspace: rows of the registry, written in the transaction of the act."""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, func, insert, select

from rightful import moments
from rightful.errors import Damaged, InvalidInput
from rightful.ledger.entries import Entry, read_entry, write_entry
from rightful.ledger.exporting import write_export
from rightful.ledger.notes import Checkpoint, Signer
from rightful.ledger.tree import Tree
from rightful.registry import Registry
from rightful.registry.tables import ledger_entries

#: The first part of a ledger's name. It is no address: nothing is ever fetched from it.
ORIGIN = "rightful.example/"

#: How many rows are read at a time.
_PAGE = 4096


class DerivesKeys(Protocol):
    """What the ledger needs of a workspace key, whose room stands beside this one."""

    def derive(self, use: str) -> bytes: ...


class Ledger:
    """An append-only log and its Merkle tree.

    The tree is a function of the entries and kept in memory as far as it was needed. It is built
    from what is committed only, so nothing is ever signed that a rollback could take back.
    """

    def __init__(self, registry: Registry, workspace_key: DerivesKeys, workspace_id: str) -> None:
        """Raises `InvalidInput` where the id can't be part of a name: empty, a space or a plus."""
        if not workspace_id:
            raise InvalidInput("a ledger needs the id of its workspace")
        self._registry = registry
        self._signer = Signer(ORIGIN + workspace_id, workspace_key.derive("ledger signing key"))
        self._tree = Tree()
        self._growing = threading.Lock()

    # Writing

    def append(self, connection: Connection, kind: str, facts: Mapping[str, Any]) -> int:
        """Add an entry in the caller's transaction, which must be one that writes.

        Returns its number. Should the transaction fail, there is no entry, and no gap.

        Raises:
            InvalidInput: the facts take more bytes than an entry has.
            ValueError, TypeError: the caller is wrong; see `write_entry`.
        """
        # Only there does nobody else take the same number.
        if not connection.get_execution_options().get("rightful_writes", False):
            raise ValueError("an entry is added in a transaction of the registry that writes")
        data = write_entry(kind, moments.now(), facts)
        number = _size(connection)
        connection.execute(insert(ledger_entries).values(number=number, entry=data))
        return number

    # Reading

    @property
    def size(self) -> int:
        """How many entries there are."""
        with self._registry.reading() as connection:
            return _size(connection)

    def entries(self, start: int = 0, stop: int | None = None) -> list[Entry]:
        """The entries from number `start` to `stop`, which is excluded; or to the end.

        Raises:
            InvalidInput: a number is below 0.
            Damaged: an entry is missing, or is not what Rightful writes.
        """
        if start < 0 or (stop is not None and stop < 0):
            raise InvalidInput("ledger entries are numbered from 0; give numbers from there")
        with self._registry.reading() as connection:
            size = _size(connection)
            stop = size if stop is None else min(stop, size)
            rows = enumerate(_leaves(connection, start, stop), start)
            return [read_entry(number, data) for number, data in rows]

    def check(self) -> list[str]:
        """Read every entry anew and say what is wrong, a sentence each; nothing, if all is well.

        This finds damage. It does not find a rewriting by somebody who can write to the registry;
        for that, hold the ledger against a checkpoint that has left the workspace.
        """
        problems = []
        expected = 0
        with self._registry.reading() as connection:
            query = select(ledger_entries).order_by(ledger_entries.c.number)
            for row in connection.execution_options(yield_per=_PAGE).execute(query):
                if row.number > expected:
                    problems.append(f"ledger entries {expected} to {row.number - 1} are missing")
                elif row.number < expected:
                    problems.append(f"a ledger entry has the number {row.number}, below 0")
                expected = max(row.number + 1, expected)
                try:
                    read_entry(row.number, bytes(row.entry))
                except Damaged as problem:
                    problems.append(str(problem))
        return problems

    # Proving

    @property
    def public_key(self) -> str:
        """The text of the key that checkpoints and certificates are signed with."""
        return self._signer.public_key

    def checkpoint(self, size: int | None = None) -> str:
        """The signed checkpoint at `size`, or now. The same size gives the same text, always.

        Raises:
            InvalidInput: there are not so many entries.
            Damaged: an entry is missing.
        """
        tree, now = self._tree_now()
        size = now if size is None else size
        return self._signer.sign_note(Checkpoint(self._signer.name, size, tree.root(size)).text)

    def inclusion(self, number: int, size: int) -> list[bytes]:
        """The proof that entry `number` is among the first `size`. Raises as `checkpoint` does."""
        return self._tree_now()[0].inclusion(number, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `new` entries begin with the first `old`. Raises the same."""
        return self._tree_now()[0].consistency(old, new)

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature over `data`; `rightful.ledger.verify.verify_signature` checks it."""
        return self._signer.sign(data)

    def export(self, folder: Path) -> None:
        """Write everything to `folder` for others to verify, or bring it up to date there.

        Full tiles are never written again, an export that was cut short is done again, and the
        same entries always give the same bytes.

        Raises:
            Refused: `folder` holds another ledger, or entries that this one has no more.
            InvalidInput: the folder can't be written to.
            Damaged: an entry is missing.
            Busy: another process exports this ledger.
        """
        with self._registry.lock("ledger-export"), self._registry.reading() as connection:
            # Not the tree in memory: what is exported must be what the registry holds now.
            tree = Tree(_leaves(connection, 0, _size(connection)))

            def read(start: int, stop: int) -> list[bytes]:
                return list(_leaves(connection, start, stop))

            write_export(folder, tree, read, self._signer)

    def _tree_now(self) -> tuple[Tree, int]:
        """The tree, grown to what is committed now, and its size."""
        with self._growing, self._registry.reading() as connection:
            size = _size(connection)
            if size < self._tree.size:
                raise Damaged(
                    f"the ledger had {self._tree.size} entries and now has {size}; "
                    "restore the registry from a backup"
                )
            try:
                for data in _leaves(connection, self._tree.size, size):
                    self._tree.add(data)
            except BaseException:
                self._tree = Tree()  # a leaf may have come in without the nodes above it
                raise
            return self._tree, size


def _size(connection: Connection) -> int:
    last = connection.scalar(select(func.max(ledger_entries.c.number)))
    return 0 if last is None else int(last) + 1


def _leaves(connection: Connection, start: int, stop: int) -> Iterator[bytes]:
    """The bytes of these entries, in order. Raises `Damaged` where one is missing."""
    number = ledger_entries.c.number
    for page in range(start, stop, _PAGE):
        end = min(page + _PAGE, stop)
        query = select(ledger_entries).where(number >= page, number < end).order_by(number)
        rows = connection.execute(query).all()
        if len(rows) != end - page:
            raise Damaged(
                f"ledger entries are missing between {page} and {end - 1}; "
                "restore the registry from a backup"
            )
        for row in rows:
            yield bytes(row.entry)
