"""What was signed opens with its key; changed in any bit, or with another key, it does not."""

import base64
import hashlib
import os
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rightful.errors import InvalidInput, NotVerified
from rightful.ledger.notes import (
    Checkpoint,
    Signer,
    open_checkpoint,
    read_unsigned,
    verify_signature,
)

_SIGNER = Signer("rightful.example/w-1", bytes(range(32)))
_WITNESS = Signer("witness.example", bytes(32))
_CHECKPOINT = Checkpoint("rightful.example/w-1", 12, hashlib.sha256(b"root").digest())
_NOTE = _SIGNER.sign_note(_CHECKPOINT.text)


def _bit_flips(data: bytes) -> Iterator[bytes]:
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]


def test_a_checkpoint_opens_with_its_key() -> None:
    assert open_checkpoint(_NOTE, _SIGNER.public_key) == _CHECKPOINT
    assert open_checkpoint(_NOTE, _SIGNER.public_key + "\n") == _CHECKPOINT
    assert read_unsigned(_NOTE) == _CHECKPOINT


def test_the_bytes_are_those_that_c2sp_says() -> None:
    """Built by hand here, from c2sp.org/signed-note alone."""
    name, key_id, encoded = _SIGNER.public_key.split("+", 2)
    key = base64.b64decode(encoded)
    assert (name, key[0], len(key)) == ("rightful.example/w-1", 1, 33)
    assert key_id == hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8]

    root = base64.b64encode(_CHECKPOINT.root).decode()
    body = f"rightful.example/w-1\n12\n{root}\n"
    assert _NOTE.startswith(f"{body}\n\u2014 rightful.example/w-1 ")
    signature = base64.b64decode(_NOTE.split()[-1])
    assert signature[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], body.encode())


def test_signing_again_gives_the_same_bytes() -> None:
    assert _SIGNER.sign_note(_CHECKPOINT.text) == _NOTE


def test_a_checkpoint_with_any_bit_flipped_is_refused() -> None:
    tried = 0
    for changed in _bit_flips(_NOTE.encode()):
        try:
            text = changed.decode()
        except UnicodeDecodeError:
            continue  # never comes to be opened
        tried += 1
        with pytest.raises(NotVerified):
            open_checkpoint(text, _SIGNER.public_key)
    assert tried > 1000


def test_a_key_with_any_bit_flipped_is_refused() -> None:
    for changed in _bit_flips(_SIGNER.public_key.encode()):
        with pytest.raises(NotVerified):
            open_checkpoint(_NOTE, changed.decode(errors="replace"))


@pytest.mark.parametrize(
    "other",
    [
        Signer("rightful.example/w-1", bytes(32)),  # same name, another secret
        Signer("rightful.example/w-2", bytes(range(32))),  # another name, same secret
    ],
)
def test_another_key_is_refused(other: Signer) -> None:
    with pytest.raises(NotVerified, match="not signed by this key"):
        open_checkpoint(_NOTE, other.public_key)


def test_signatures_of_witnesses_are_passed_over() -> None:
    line = _WITNESS.sign_note(_CHECKPOINT.text).splitlines()[-1]
    assert open_checkpoint(f"{_NOTE}{line}\n", _SIGNER.public_key) == _CHECKPOINT
    first = _NOTE.replace("\n\n", f"\n\n{line}\n")
    assert open_checkpoint(first, _SIGNER.public_key) == _CHECKPOINT
    alone = _WITNESS.sign_note(_CHECKPOINT.text)
    with pytest.raises(NotVerified):
        open_checkpoint(alone, _SIGNER.public_key)


def test_one_wrong_signature_of_ours_beside_a_right_one_is_refused() -> None:
    wrong = _SIGNER.sign_note("something else\n").splitlines()[-1]
    with pytest.raises(NotVerified):
        open_checkpoint(f"{_NOTE}{wrong}\n", _SIGNER.public_key)


def test_a_checkpoint_of_another_ledger_is_refused_although_the_key_signed_it() -> None:
    foreign = Checkpoint("rightful.example/w-2", 1, _CHECKPOINT.root)
    with pytest.raises(NotVerified, match="another ledger"):
        open_checkpoint(_SIGNER.sign_note(foreign.text), _SIGNER.public_key)


_ROOT = base64.b64encode(_CHECKPOINT.root).decode()


@pytest.mark.parametrize(
    "body",
    [
        "rightful.example/w-1\n12\n",
        f"rightful.example/w-1\n012\n{_ROOT}\n",
        f"rightful.example/w-1\n-1\n{_ROOT}\n",
        f"rightful.example/w-1\n1_2\n{_ROOT}\n",
        f"rightful.example/w-1\n\u0661\n{_ROOT}\n",
        f"rightful.example/w-1\n12\n{_ROOT[:-4]}\n",
        f"rightful.example/w-1\n12\n {_ROOT}\n",
        f"rightful.example/w-1\n12\n{_ROOT}\n\nmore\n",
        f"\n12\n{_ROOT}\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NotVerified):
        open_checkpoint(_SIGNER.sign_note(body), _SIGNER.public_key)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        _NOTE[:-1],
        _NOTE.replace("\n", "\r\n"),
        _NOTE + "\n",
        _NOTE + "more\n",
        _CHECKPOINT.text,
        _CHECKPOINT.text + "\n\u2014 rightful.example/w-1 AAAA\n",
        "\ud800" + _NOTE,
        _NOTE + "x" * 1_000_000,
    ],
)
def test_a_text_that_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NotVerified):
        open_checkpoint(note, _SIGNER.public_key)
    with pytest.raises(NotVerified):
        open_checkpoint(_NOTE, note)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "non\u00a0breaking"])
def test_a_name_that_no_note_can_carry_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        Signer(name, bytes(32))


def test_a_signed_file_with_any_bit_flipped_is_refused() -> None:
    data, signature = b"a certificate", _SIGNER.sign(b"a certificate")
    verify_signature(data, signature, _SIGNER.public_key)
    for changed in _bit_flips(data):
        with pytest.raises(NotVerified):
            verify_signature(changed, signature, _SIGNER.public_key)
    for changed in (*_bit_flips(signature), b"", signature[:-1], signature + b"\0", os.urandom(64)):
        with pytest.raises(NotVerified):
            verify_signature(data, changed, _SIGNER.public_key)
    with pytest.raises(NotVerified):
        verify_signature(data, signature, _WITNESS.public_key)


def test_a_signature_under_a_checkpoint_is_none_under_a_file_nor_the_other_way_round() -> None:
    body = _CHECKPOINT.text
    under_note = base64.b64decode(_NOTE.split()[-1])[4:]
    with pytest.raises(NotVerified):
        verify_signature(body.encode(), under_note, _SIGNER.public_key)
    key_id = bytes.fromhex(_SIGNER.public_key.split("+")[1])
    moved = base64.b64encode(key_id + _SIGNER.sign(body.encode())).decode()
    with pytest.raises(NotVerified):
        open_checkpoint(f"{body}\n\u2014 {_SIGNER.name} {moved}\n", _SIGNER.public_key)
