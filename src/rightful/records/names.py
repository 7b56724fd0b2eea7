"""Names that stay the same in every workspace, and the forms in which they are kept.

A record's *key* is 16 bytes of SHA-256 over its source's name and the controller's own reference.
Training is a function of a set of records, so what places a record in a bin must not depend on the
workspace, the order of import or an internal number. At rest the key is enciphered, so that nobody
can guess references from the store: see docs/decisions/0003.
"""

import hashlib
import unicodedata

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from rightful.keys import WorkspaceKey
from rightful.records.likeness import digest

KEY_BYTES = 16

#: Keys of many records, uint8 of shape (records, 16).
RecordKeys = npt.NDArray[np.uint8]


def record_key(source: str, reference: str) -> bytes:
    """The 16-byte key of the record that `source` knows as `reference`."""
    parts = b"".join(
        len(part).to_bytes(4, "big") + part for part in (source.encode(), reference.encode())
    )
    return hashlib.sha256(b"rightful record\x00" + parts).digest()[:KEY_BYTES]


class NameCipher:
    """What the store keeps instead of names that could be guessed."""

    def __init__(self, workspace_key: WorkspaceKey) -> None:
        self._workspace_key = workspace_key
        # One AES block per key, each key unique and evenly distributed: a plain block cipher.
        secret = workspace_key.derive("record keys at rest")
        self._blocks = Cipher(algorithms.AES(secret), modes.ECB())  # noqa: S305

    def encipher(self, keys: bytes) -> bytes:
        """Record keys, one after the other, as they are stored."""
        return self._blocks.encryptor().update(keys)

    def decipher(self, stored: bytes) -> RecordKeys:
        """Stored record keys, one after the other, as an array of shape (records, 16)."""
        plain = self._blocks.decryptor().update(stored)
        return np.frombuffer(plain, np.uint8).reshape(-1, KEY_BYTES)

    def lookup(self, reference: str) -> bytes:
        """The keyed hash by which a subject is found from the controller's reference."""
        name = unicodedata.normalize("NFC", reference.strip()).encode()
        return self._workspace_key.keyed_hash("lookup of subjects", name)

    def content_hash(self, content: bytes) -> bytes:
        """The keyed hash by which the same content is recognised."""
        return self._workspace_key.keyed_hash("content", content)

    def likeness(self, content: bytes) -> bytes:
        """The keyed hash by which a content is recognised however it is written."""
        return digest(self._workspace_key, content)

    def suppression(self, data: bytes) -> bytes:
        """The keyed hash by which something erased is kept out; see `records.suppressions`."""
        return self._workspace_key.keyed_hash("suppression list", data)
