"""The signed statement of what a forgetting did, and how a stranger checks it.

A certificate is one line of canonical JSON: what was done (`body`), a signature over it, and a
proof that the ledger says so: the entry that names the body's hash, its place, the path to the
root, and the signed checkpoint with that root. docs/forgetting.md describes every field.

It holds no personal content. A subject appears as the ledger's pseudonym, a hash under a key that
was destroyed with the erasure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rightful import canonical
from rightful.errors import InvalidInput, NotVerified
from rightful.ledger import ExportedLedger, Ledger
from rightful.ledger.verify import open_checkpoint, verify_inclusion, verify_signature

FORMAT = "rightful-certificate/1"

_FIELDS = {"body", "format", "proof", "signature"}
_PROOF = {"checkpoint", "entry", "hashes", "number", "size"}


@dataclass(frozen=True, slots=True)
class Verified:
    """A certificate that holds: what it says, and where in which ledger it stands."""

    body: Mapping[str, Any]
    origin: str
    number: int
    size: int
    """The size of the ledger that it was held against."""


def write(ledger: Ledger, body: Mapping[str, Any], number: int) -> bytes:
    """The certificate of `body`, whose entry in the ledger has this number."""
    size = ledger.size
    (entry,) = ledger.entries(number, number + 1)
    return canonical.encode(
        {
            "format": FORMAT,
            "body": body,
            "signature": ledger.sign(canonical.encode(body)).hex(),
            "proof": {
                "entry": entry.data.decode(),
                "number": number,
                "size": size,
                "hashes": [each.hex() for each in ledger.inclusion(number, size)],
                "checkpoint": ledger.checkpoint(size),
            },
        }
    )


def verify(data: bytes, public_key: str, exported: ExportedLedger | None = None) -> Verified:
    """Check a certificate with nothing but a public key, and a ledger where one is at hand.

    The key must come from somebody whom you trust to know it; the one that lies beside a ledger
    proves nothing. With `exported`, the ledger must hold the entry in its place and continue the
    checkpoint in the certificate: one that was rewritten or cut since is found out.

    Raises:
        NotVerified: something does not hold; the sentence says what.
    """
    body, signature, proof = _parts(data)
    verify_signature(canonical.encode(body), _bytes(signature, "signature"), public_key)
    checkpoint = open_checkpoint(proof["checkpoint"], public_key)
    entry = proof["entry"].encode()
    hashes = [_bytes(each, "proof") for each in proof["hashes"]]
    if proof["size"] != checkpoint.size:
        raise NotVerified("the certificate's proof is for another size than its checkpoint")
    verify_inclusion(entry, proof["number"], checkpoint.size, hashes, checkpoint.root)
    _check_entry(entry, body)
    size = checkpoint.size
    if exported is not None:
        now = exported.verify(public_key)
        if now.size < size:
            raise NotVerified(
                f"the ledger has {now.size} entries, and had {size} when the certificate was "
                "issued: it was cut"
            )
        if exported.root(size) != checkpoint.root or exported.entry(proof["number"]) != entry:
            raise NotVerified("the ledger is not the one that the certificate was issued from")
        size = now.size
    return Verified(body, checkpoint.origin, proof["number"], size)


def _parts(data: bytes) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Body, signature and proof, each of the right type."""
    try:
        value = canonical.decode(data, "the certificate")
    except InvalidInput as error:
        raise NotVerified(str(error)) from None
    if not isinstance(value, dict) or set(value) != _FIELDS or value["format"] != FORMAT:
        raise NotVerified("this is no certificate of a kind that is known here")
    body, signature, proof = value["body"], value["signature"], value["proof"]
    if not (
        isinstance(body, dict)
        and isinstance(signature, str)
        and isinstance(proof, dict)
        and set(proof) == _PROOF
        and all(isinstance(proof[name], str) for name in ("entry", "checkpoint"))
        and all(type(proof[name]) is int for name in ("number", "size"))
        and isinstance(proof["hashes"], list)
    ):
        raise NotVerified("the certificate lacks a part, or has one of the wrong type")
    return body, signature, proof


def _check_entry(entry: bytes, body: Mapping[str, Any]) -> None:
    """Whether the ledger's entry is about this very body."""
    try:
        facts = canonical.decode(entry, "the entry in the certificate")
    except InvalidInput as error:
        raise NotVerified(str(error)) from None
    if (
        not isinstance(facts, dict)
        or facts.get("kind") != "certificate_issued"
        or facts.get("certificate") != canonical.digest(body)
    ):
        raise NotVerified("the ledger's entry is not about this certificate")


def _bytes(text: Any, what: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except (TypeError, ValueError):
        data = b""
    # One way to write each value, so that no byte of a certificate can change unseen.
    if not data or data.hex() != text:
        raise NotVerified(f"the certificate's {what} is not written as it should be")
    return data
