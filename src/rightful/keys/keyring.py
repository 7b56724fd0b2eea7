"""A random key for each holder, wrapped by the workspace key, and destroyed with one deletion.

A holder is a subject, or a source where its records are about nobody. Keys are random and never
derived from anything that is kept: a key that can be derived again can't be destroyed.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, select, tuple_

from rightful.errors import Damaged, NotFound
from rightful.keys.workspace_key import WorkspaceKey
from rightful.registry import Registry
from rightful.registry.many import insert_many
from rightful.registry.tables import wrapped_keys

_NONCE = 12


class Holder(NamedTuple):
    """Whose key it is."""

    kind: Literal["subject", "source"]
    number: int


class Keyring:
    """The keys of all holders of one workspace."""

    def __init__(self, registry: Registry, workspace_key: WorkspaceKey) -> None:
        self._registry = registry
        self._wrap = AESGCM(workspace_key.derive("wrap keys of holders"))
        self._salts = workspace_key.derive("salts of digests in the ledger")
        self._cache: dict[Holder, bytes] = {}

    def create(self, connection: Connection, holders: Iterable[Holder]) -> None:
        """Make a random key for each holder, in the caller's transaction."""
        self.add(connection, {holder: os.urandom(32) for holder in holders})

    def add(self, connection: Connection, keys: Mapping[Holder, bytes]) -> None:
        """Keep the 32-byte keys of new holders, wrapped, in the caller's transaction."""
        rows = [
            {"holder_kind": h.kind, "holder": h.number, "wrapped": self._wrapped(h, key, nonce)}
            for (h, key), nonce in zip(keys.items(), random_parts(_NONCE, len(keys)), strict=True)
        ]
        insert_many(connection, wrapped_keys, rows)

    def load(self, holders: Iterable[Holder]) -> dict[Holder, bytes]:
        """The keys of `holders`; a holder whose key was destroyed is not in the answer.

        Raises:
            Damaged: a key does not unwrap, so the key file is not this workspace's.
        """
        wanted = set(holders)
        missing = sorted(wanted - self._cache.keys())
        for start in range(0, len(missing), 500):
            chunk = missing[start : start + 500]
            query = select(wrapped_keys).where(
                tuple_(wrapped_keys.c.holder_kind, wrapped_keys.c.holder).in_(chunk)
            )
            for row in self._registry.rows(query):
                holder = Holder(row.holder_kind, row.holder)
                self._cache[holder] = self._unwrapped(holder, row.wrapped)
        return {holder: self._cache[holder] for holder in wanted if holder in self._cache}

    def get(self, holder: Holder) -> bytes:
        """The key of one holder. Raises `NotFound` where it was destroyed."""
        key = self.load([holder]).get(holder)
        if key is None:
            raise NotFound(f"the key of {holder.kind} {holder.number} was destroyed")
        return key

    def pseudonym(self, holder: Holder) -> str:
        """How the ledger names a holder: a hash under a secret that dies with the holder's key."""
        return self.link(holder, b"ledger").hex()

    def link(self, holder: Holder, data: bytes) -> bytes:
        """32 bytes that tie `data` to a holder, and to nobody once the key is destroyed."""
        return hmac.digest(self.get(holder), b"rightful link: " + data, hashlib.sha256)

    def salt(self, data: bytes) -> bytes:
        """32 bytes that keep a digest about `data` from being guessed, and may be shown later."""
        return hmac.digest(self._salts, data, hashlib.sha256)

    def destroy(self, connection: Connection, holders: Iterable[Holder]) -> None:
        """Delete keys for good, in the caller's transaction; `Registry.scrub` then cleans the file.

        What was sealed under them can't be opened again, wherever a copy lies.
        """
        for holder in holders:
            connection.execute(
                delete(wrapped_keys).where(
                    wrapped_keys.c.holder_kind == holder.kind,
                    wrapped_keys.c.holder == holder.number,
                )
            )
            self._cache.pop(holder, None)

    def drop_cache(self) -> None:
        """Forget the keys held in memory, since another process may have destroyed some."""
        self._cache.clear()

    def _wrapped(self, holder: Holder, key: bytes, nonce: bytes) -> bytes:
        return nonce + self._wrap.encrypt(nonce, key, _name(holder))

    def _unwrapped(self, holder: Holder, wrapped: bytes) -> bytes:
        try:
            return self._wrap.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _name(holder))
        except (InvalidTag, ValueError):  # ValueError: too few bytes for a nonce
            raise Damaged(
                "a subject's key does not unwrap: the key file belongs to another workspace, "
                "or the registry was changed; restore the two from the same backup"
            ) from None


def random_parts(width: int, count: int) -> list[bytes]:
    """So many times random bytes, for which the system is asked once."""
    drawn = os.urandom(width * count)
    return [drawn[start : start + width] for start in range(0, len(drawn), width)]


def _name(holder: Holder) -> bytes:
    return f"{holder.kind} {holder.number}".encode()
