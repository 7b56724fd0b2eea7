"""The workspace key: one secret file, from which keys for different uses are derived.

It wraps the keys of subjects (which are random, so that they can be destroyed), and keys the hashes
by which a person or a content is found again. It never seals content itself.
"""

import base64
import hashlib
import hmac
import os
import stat
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rightful.errors import Damaged, NotFound, Refused
from rightful.files import write_atomic

_HEADER = "rightful-workspace-key/1 "


class WorkspaceKey:
    """32 secret bytes. Its `repr` shows none of them."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a workspace key has 32 bytes")
        # A cache per key, so that no derived key outlives it in a global one.
        self._derive = cache(lambda use: _hkdf(secret, use))

    def derive(self, use: str) -> bytes:
        """32 bytes for one use, unrelated to those for any other."""
        return self._derive(use)

    def keyed_hash(self, use: str, data: bytes) -> bytes:
        """HMAC-SHA256 of `data`, that nobody without this key can compute or guess from."""
        return hmac.digest(self.derive(use), data, hashlib.sha256)

    @classmethod
    def create(cls, path: Path) -> "WorkspaceKey":
        """Make a new random key and keep it in `path`, readable by its owner alone."""
        secret = os.urandom(32)
        text = _HEADER + base64.b64encode(secret).decode() + "\n"
        write_atomic(path, text.encode(), mode=0o600)
        return cls(secret)

    @classmethod
    def load(cls, path: Path) -> "WorkspaceKey":
        """Read the key in `path`.

        Raises:
            NotFound: the file is missing; without it the records can't be opened.
            Refused: others than its owner may read or write it.
            Damaged: it holds no key.
        """
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            text = path.read_text(encoding="ascii")
        except FileNotFoundError:
            raise NotFound(
                f"the key file {path} is missing; restore it from where you keep it, "
                "for without it no record can be opened"
            ) from None
        except (OSError, UnicodeDecodeError):
            raise Damaged(f"the key file {path} can't be read; restore it") from None
        if mode & 0o077:
            raise Refused(
                f"the key file {path} can be read or written by others; run: chmod 600 {path}"
            )
        try:
            return cls(base64.b64decode(text.removeprefix(_HEADER).strip(), validate=True))
        except ValueError:
            raise Damaged(f"the key file {path} holds no key; restore it") from None


def _hkdf(secret: bytes, use: str) -> bytes:
    info = b"rightful workspace key: " + use.encode()
    return HKDF(hashes.SHA256(), length=32, salt=None, info=info).derive(secret)
