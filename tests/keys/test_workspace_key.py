"""The workspace key is secret, is kept whole, and gives unrelated keys for unrelated uses."""

import stat
from pathlib import Path

import pytest

from rightful.errors import Damaged, NotFound, Refused
from rightful.keys import WorkspaceKey

_SECRET = bytes(range(32))


def test_a_key_reads_back_and_only_its_owner_may(tmp_path: Path) -> None:
    made = WorkspaceKey.create(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert WorkspaceKey.load(tmp_path / "key").derive("a use") == made.derive("a use")


def test_two_keys_differ(tmp_path: Path) -> None:
    made = [WorkspaceKey.create(tmp_path / name).derive("a use") for name in ("one", "two")]
    assert made[0] != made[1]


def test_keys_for_different_uses_are_unrelated_and_none_is_the_secret() -> None:
    key = WorkspaceKey(_SECRET)
    derived = {key.derive("one"), key.derive("two"), _SECRET}
    assert len(derived) == 3
    assert {len(one) for one in derived} == {32}


def test_derivation_stays_the_same_in_every_version() -> None:
    # Workspaces in use stand on these bytes: HKDF-SHA256 without salt, then HMAC-SHA256.
    key = WorkspaceKey(_SECRET)
    assert key.derive("a use").hex().startswith("c5a12c1179e9aa89")
    assert key.keyed_hash("a use", b"data").hex().startswith("77191791d69a5cc9")


def test_a_keyed_hash_depends_on_key_use_and_data() -> None:
    one, other = WorkspaceKey(_SECRET), WorkspaceKey(bytes(32))
    hashes = {
        one.keyed_hash("use", b"data"),
        one.keyed_hash("use", b"date"),
        one.keyed_hash("other", b"data"),
        other.keyed_hash("use", b"data"),
    }
    assert len(hashes) == 4
    assert one.keyed_hash("use", b"data") in hashes


def test_nothing_of_the_secret_shows() -> None:
    key = WorkspaceKey(_SECRET)
    key.derive("a use")
    shown = repr(key) + str(vars(key))
    assert _SECRET.hex() not in shown
    assert repr(_SECRET) not in shown


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_secret_of_another_length_is_a_mistake(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        WorkspaceKey(bytes(size))


def test_a_missing_key_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="missing"):
        WorkspaceKey.load(tmp_path / "key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    WorkspaceKey.create(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(Refused, match="chmod 600"):
        WorkspaceKey.load(tmp_path / "key")


@pytest.mark.parametrize(
    "content",
    [b"", b"rightful-workspace-key/1 ", b"rightful-workspace-key/1 AAAA\n", b"\xff\xfe", b"!!!"],
)
def test_a_damaged_key_file_is_told_without_what_it_holds(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Damaged, match="restore it") as caught:
        WorkspaceKey.load(path)
    assert "AAAA" not in str(caught.value)


def test_a_folder_in_place_of_the_key_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir(mode=0o700)
    with pytest.raises(Damaged):
        WorkspaceKey.load(tmp_path / "key")
