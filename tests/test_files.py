"""A crash leaves the old file or the new one, never half of one."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rightful.files import UNFINISHED, remove_unfinished, write_atomic


def test_writes_what_it_was_given_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_atomic(tmp_path / "file", b"old")
    write_atomic(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_mode_is_as_asked_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o077)
    try:
        write_atomic(tmp_path / "file", b"x", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_a_secret_is_never_readable_by_others_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    flush = os.fsync

    def look(handle: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        flush(handle)

    monkeypatch.setattr(os, "fsync", look)
    write_atomic(tmp_path / "file", b"secret", mode=0o600)
    assert seen[0] == 0o600


def test_file_and_folder_are_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[bool] = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: flushed.append(stat.S_ISDIR(os.fstat(handle).st_mode))
    )
    write_atomic(tmp_path / "file", b"x")
    assert flushed == [False, True]


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomic(tmp_path / "file", b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


_WRITE_FOREVER = """
import sys
from pathlib import Path
from rightful.files import write_atomic
while True:
    for letter in (b"a", b"b"):
        write_atomic(Path(sys.argv[1]), letter * 1_000_000)
"""


def test_a_killed_write_leaves_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for pause in (0.0, 0.003, 0.011, 0.023):
        file.unlink(missing_ok=True)
        with subprocess.Popen([sys.executable, "-c", _WRITE_FOREVER, str(file)]) as writer:
            until = time.monotonic() + 60
            while not file.exists() and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(pause)
            writer.send_signal(signal.SIGKILL)
        assert file.read_bytes() in (b"a" * 1_000_000, b"b" * 1_000_000)


def test_leftovers_of_killed_writes_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / f"{UNFINISHED}abc").write_bytes(b"half")
    (tmp_path / "file").write_bytes(b"whole")
    remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
