"""Signed notes and checkpoints, as c2sp.org/signed-note and c2sp.org/tlog-checkpoint say.

A checkpoint is a text of three lines (origin, size, root) with a signature below it. The text of a
key is `<name>+<key id in hexadecimal>+<base64 of 0x01 and 32 bytes>`.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rightful.errors import InvalidInput, NotVerified
from rightful.ledger.tree import HASH

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")

#: No honest note is longer; C2SP asks verifiers to have a limit.
_LONGEST_NOTE = 1_000_000

#: What is signed apart from notes begins with this. A note can't: it may not hold a NUL.
SIGNATURE_PREFIX = b"rightful signature v1\x00"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: the ledger called `origin` had this root at this size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


class Signer:
    """A named Ed25519 key."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Raises `InvalidInput` for a name that a note can't carry."""
        if not _is_name(name):
            raise InvalidInput("the name of a ledger's key needs a character, and no space or plus")
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def public_key(self) -> str:
        """The text by which others know this key."""
        key_id = _key_id(self.name, self._public)
        return f"{self.name}+{key_id.hex()}+{_base64(_ED25519 + self._public)}"

    def sign_note(self, text: str) -> str:
        """The signed note with this text, which ends in a newline."""
        signature = _key_id(self.name, self._public) + self._key.sign(text.encode())
        return f"{text}\n{_DASH}{self.name} {_base64(signature)}\n"

    def sign(self, data: bytes) -> bytes:
        """A signature over `data` that can't be taken for one under a note."""
        return self._key.sign(SIGNATURE_PREFIX + data)


def open_checkpoint(text: str, public_key: str) -> Checkpoint:
    """What the checkpoint says, once its signature by `public_key` holds.

    Signatures of others, such as witnesses, are passed over.

    Raises:
        NotVerified: the key did not sign it, or it is no checkpoint.
    """
    name, key_id, key = _read_key(public_key)
    body, lines = _split(text)
    ours = [
        signature
        for signer, signature in map(_read_signature, lines)
        if signer == name and signature[:4] == key_id
    ]
    if not ours:
        raise NotVerified(
            "the checkpoint is not signed by this key; check which ledger's key it is"
        )
    for signature in ours:
        _verify(key, signature[4:], body.encode(), "the checkpoint")
    checkpoint = _read_body(body)
    if checkpoint.origin != name:
        raise NotVerified("the checkpoint is of another ledger than the key that signed it")
    return checkpoint


def read_unsigned(text: str) -> Checkpoint:
    """What the checkpoint says, true or not. Raises `NotVerified` where it is no checkpoint."""
    return _read_body(_split(text)[0])


def verify_signature(data: bytes, signature: bytes, public_key: str) -> None:
    """Check a signature that `Ledger.sign` made.

    Raises:
        NotVerified: the key did not sign `data`.
    """
    _, _, key = _read_key(public_key)
    _verify(key, signature, SIGNATURE_PREFIX + data, "the signed file")


def _verify(key: Ed25519PublicKey, signature: bytes, data: bytes, what: str) -> None:
    try:
        key.verify(signature, data)
    except InvalidSignature:
        raise NotVerified(
            f"the signature does not hold: {what} was changed after it was signed, "
            "or another key signed it"
        ) from None


def _read_key(text: str) -> tuple[str, bytes, Ed25519PublicKey]:
    wrong = NotVerified(
        "this is not the text of a ledger's public key, which is name+number+base64 on one line; "
        "take it from public.key in an exported ledger, or from whom you trust to have it"
    )
    name, _, rest = text.removesuffix("\n").partition("+")
    key_id, _, encoded = rest.partition("+")
    data = _unbase64(encoded)
    if not _is_name(name) or len(data) != 33 or data[:1] != _ED25519:
        raise wrong
    if key_id != _key_id(name, data[1:]).hex():
        raise wrong
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(data[1:])


def _split(note: str) -> tuple[str, list[str]]:
    """The text of a note, and its lines of signatures."""
    body, blank, below = note.rpartition("\n\n")
    if len(note) > _LONGEST_NOTE or not blank or not below.endswith("\n"):
        raise _no_checkpoint()
    # Control characters, and halves of a pair, which no UTF-8 can carry.
    if any((c < " " and c != "\n") or "\ud800" <= c <= "\udfff" for c in note):
        raise _no_checkpoint()
    return body + "\n", below[:-1].split("\n")


def _read_signature(line: str) -> tuple[str, bytes]:
    """Who signed, and the bytes: four of the key's id, then the signature."""
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    signature = _unbase64(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or len(signature) < 5:
        raise _no_checkpoint()
    return name, signature


def _read_body(body: str) -> Checkpoint:
    lines = body[:-1].split("\n")
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise _no_checkpoint()
    root = _unbase64(lines[2])
    if len(root) != HASH:
        raise _no_checkpoint()
    return Checkpoint(lines[0], int(lines[1]), root)


def _no_checkpoint() -> NotVerified:
    return NotVerified("this is no signed checkpoint of a ledger, or it was cut or changed")


def _is_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    """The bytes, or none where `text` is not exactly how they are written."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    # More than one text can stand for the same bytes; a signed file has one form only.
    return data if _base64(data) == text else b""
