"""Sealing a record's content (AES-256-GCM), so that it opens only with the keys of all its people.

The record id and the schema version are associated data: sealed content that is moved to another
record, or read as another schema, does not open. A record about several people is sealed under a
key derived from all of theirs, so destroying any one of them closes it for good.

Sealed bytes are a 12-byte random nonce, the ciphertext and a 16-byte tag.
"""

import os
import struct
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rightful.errors import Damaged, NotFound
from rightful.keys.keyring import Holder

#: The version of what is inside the seal.
SCHEMA = 1

_NONCE = 12


class Sealer:
    """Seals and opens under a set of keys; makes each cipher once."""

    def __init__(self, keys: Mapping[Holder, bytes]) -> None:
        self._keys = keys
        self._ciphers: dict[tuple[Holder, ...], AESGCM] = {}

    def seal(self, content: bytes, record: int, holders: Sequence[Holder]) -> bytes:
        """Seal `content` as that of `record`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher(holders).encrypt(nonce, content, _bound_to(record))

    def open(self, sealed: bytes, record: int, holders: Sequence[Holder]) -> bytes:
        """The content of `record`.

        Raises:
            NotFound: a key that it needs was destroyed.
            Damaged: the bytes were changed, or belong to another record.
        """
        try:
            return self._cipher(holders).decrypt(
                sealed[:_NONCE], sealed[_NONCE:], _bound_to(record)
            )
        except (InvalidTag, ValueError):  # ValueError: too few bytes for a nonce
            raise Damaged(
                f"record {record} does not open: its bytes were changed after it was sealed; "
                "restore the record store from a backup"
            ) from None

    def _cipher(self, holders: Sequence[Holder]) -> AESGCM:
        name = tuple(holders)
        cipher = self._ciphers.get(name)
        if cipher is None:
            cipher = self._ciphers[name] = AESGCM(self._key(name))
        return cipher

    def _key(self, holders: tuple[Holder, ...]) -> bytes:
        missing = [holder for holder in holders if holder not in self._keys]
        if missing:
            raise NotFound(f"the key of {missing[0].kind} {missing[0].number} was destroyed")
        if len(holders) == 1:
            return self._keys[holders[0]]
        together = b"".join(self._keys[holder] for holder in sorted(set(holders)))
        info = b"rightful record about several people"
        return HKDF(hashes.SHA256(), length=32, salt=None, info=info).derive(together)


def _bound_to(record: int) -> bytes:
    return struct.pack(">HQ", SCHEMA, record)
