"""What was erased stays away: keyed hashes of records, contents and people that are not taken in.

The list is made of hashes under the workspace key, so that it names nobody, and nobody without that
key can find out whether somebody is on it.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from rightful import moments
from rightful.records.names import NameCipher
from rightful.registry import Registry
from rightful.registry.many import digests_among
from rightful.registry.tables import suppressions


class Suppressions:
    """The suppression list of one workspace."""

    def __init__(self, registry: Registry, names: NameCipher) -> None:
        self._registry = registry
        self._names = names

    def of_record(self, key: bytes) -> bytes:
        """The digest that keeps out the record with this plain key."""
        return self._names.suppression(b"record " + key)

    def of_content(self, content_hash: bytes) -> bytes:
        """The digest that keeps out a content, from any source; takes a `content_hash`."""
        return self._names.suppression(b"content " + content_hash)

    def of_likeness(self, content: bytes) -> bytes:
        """The digest that keeps out what is the same as a content but for its writing."""
        return self._names.suppression(b"likeness " + self._names.likeness(content))

    def of_subject(self, lookup: bytes) -> bytes:
        """The digest that keeps out every record about somebody; takes `NameCipher.lookup`."""
        return self._names.suppression(b"subject " + lookup)

    def add(self, connection: Connection, digests: Iterable[bytes]) -> None:
        """Put digests on the list, in the caller's transaction; those that are on it stay."""
        wanted = set(digests)
        new = wanted - _found(connection, wanted)
        if new:
            at = moments.text(moments.now())
            rows = [{"digest": digest, "created_at": at} for digest in sorted(new)]
            connection.execute(insert(suppressions), rows)

    def any(self) -> bool:
        """Whether anything is on the list."""
        with self._registry.reading() as connection:
            return connection.execute(select(suppressions.c.digest).limit(1)).first() is not None

    def holds(self, digests: Iterable[bytes]) -> set[bytes]:
        """Those of `digests` that are on the list."""
        with self._registry.reading() as connection:
            return _found(connection, set(digests))


def _found(connection: Connection, digests: set[bytes]) -> set[bytes]:
    asked = select(suppressions.c.digest).where(digests_among(suppressions.c.digest, digests))
    return {bytes(digest) for digest in connection.scalars(asked)}
