"""What `docs/ledger.md` tells auditors to run works, and refuses what it should."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rightful.ledger.exporting import write_export
from rightful.ledger.notes import Signer
from rightful.ledger.tree import Tree
from rightful.ledger.verify import ExportedLedger

_PAGE = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")
_SIGNER = Signer("rightful.example/w-1", bytes(32))

_needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl")


def _block(opening: str, inside: str = "") -> str:
    """The one block on the page that opens so and holds `inside`."""
    found = re.findall(rf"```{re.escape(opening)}\n(.*?)```", _PAGE, flags=re.DOTALL)
    (block,) = [text for text in found if inside in text]
    return str(block)


def _run(folder: Path) -> "subprocess.CompletedProcess[str]":
    (folder / "check.py").write_text(_block('python title="check.py"'), encoding="utf-8")
    command = _block("sh").replace("python3", sys.executable)
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )


def _export(folder: Path, size: int) -> Path:
    leaves = [f"entry {number}".encode() for number in range(size)]
    tree = Tree(leaves)
    write_export(folder / "exported", tree, lambda start, stop: leaves[start:stop], _SIGNER)
    return folder / "exported"


@_needs_openssl
@pytest.mark.parametrize("size", [0, 1, 256, 700])
def test_an_export_is_verified_without_rightful(tmp_path: Path, size: int) -> None:
    _export(tmp_path, size)
    done = _run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"rightful.example/w-1: {size} entries with root " in done.stdout
    assert "Signature Verified Successfully" in done.stdout


@_needs_openssl
@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("checkpoint", "w-1\n", "w-2\n", "Signature Verification Failure"),
        ("tile/entries/000", "entry 7", "entry X", "not the entries of this checkpoint"),
    ],
)
def test_a_changed_export_is_refused_without_rightful(
    tmp_path: Path, name: str, old: str, new: str, why: str
) -> None:
    path = _export(tmp_path, 300) / name
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), 1))
    done = _run(tmp_path)
    assert done.returncode != 0
    assert why in done.stdout + done.stderr


def test_an_export_is_verified_with_rightful_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(_export(tmp_path, 40) / "checkpoint", tmp_path / "checkpoint-of-last-year")
    _export(tmp_path, 300)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"public_key": _SIGNER.public_key}
    exec(_block("python", "ExportedLedger"), names)
    exported = names["exported"]
    assert isinstance(exported, ExportedLedger)
    assert names["proof"] == exported.inclusion(7, 300)
