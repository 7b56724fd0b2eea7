"""An export gives the same bytes each time, survives a crash, and never tells a second story."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from rightful.errors import Damaged, InvalidInput, Refused
from rightful.files import UNFINISHED, write_atomic
from rightful.keys import WorkspaceKey
from rightful.ledger import Ledger, exporting
from rightful.ledger.notes import Signer
from rightful.ledger.verify import ExportedLedger
from rightful.registry import Registry
from rightful.registry.tables import ledger_entries

Grow = Callable[[Ledger, int], None]


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _written(folder: Path) -> dict[str, int]:
    """Which file each name stands for; writing anew makes another one."""
    return {
        str(path.relative_to(folder)): path.stat().st_ino
        for path in folder.rglob("*")
        if path.is_file()
    }


class _Killed(BaseException):
    """What nothing catches, as nothing catches `kill -9`."""


def _dies_after(writes: int) -> Callable[[Path, bytes], None]:
    """Writes files that many times; then leaves one half-written and dies."""
    done = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal done
        if done == writes:
            (path.parent / f"{UNFINISHED}x").write_bytes(data[:3])
            raise _Killed
        done += 1
        write_atomic(path, data)

    return write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "somewhere" / "export"


def test_an_export_holds_the_ledger(ledger: Ledger, grow: Grow, folder: Path) -> None:
    grow(ledger, 300)
    ledger.export(folder)
    assert sorted(_contents(folder)) == [
        "checkpoint",
        "public.key",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ]
    exported = ExportedLedger(folder)
    assert exported.checkpoint == ledger.checkpoint()
    assert exported.verify(ledger.public_key).size == 300
    assert exported.entry(299) == ledger.entries(299)[0].data


def test_an_empty_ledger_can_be_exported(ledger: Ledger, folder: Path) -> None:
    ledger.export(folder)
    assert ExportedLedger(folder).verify(ledger.public_key).size == 0


def test_exporting_again_writes_nothing(ledger: Ledger, grow: Grow, folder: Path) -> None:
    grow(ledger, 300)
    ledger.export(folder)
    before = _written(folder)
    ledger.export(folder)
    assert _written(folder) == before


def test_another_folder_gets_the_same_bytes(
    ledger: Ledger, grow: Grow, folder: Path, tmp_path: Path
) -> None:
    grow(ledger, 300)
    ledger.export(folder)
    ledger.export(tmp_path / "other")
    assert _contents(folder) == _contents(tmp_path / "other")


def test_full_tiles_are_not_written_again_and_outgrown_partial_ones_go(
    ledger: Ledger, grow: Grow, folder: Path, tmp_path: Path
) -> None:
    grow(ledger, 300)
    ledger.export(folder)
    before = _written(folder)
    grow(ledger, 100)
    ledger.export(folder)
    assert (folder / "tile/0/001.p/44").exists()  # the old checkpoint may still be asked for
    grow(ledger, 200)
    ledger.export(folder)
    after = _written(folder)
    for name in ("tile/0/000", "tile/entries/000", "public.key"):
        assert after[name] == before[name]
    assert not (folder / "tile/0/001.p").exists()
    assert not (folder / "tile/entries/001.p").exists()

    fresh = tmp_path / "fresh"
    ledger.export(fresh)
    contents = _contents(folder)
    assert contents.items() >= _contents(fresh).items()
    assert ExportedLedger(folder).verify(ledger.public_key).size == 600


def test_a_crash_at_any_write_leaves_the_old_export_and_the_next_one_mends_it(
    ledger: Ledger, grow: Grow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(ledger, 250)
    ledger.export(folder)
    grow(ledger, 20)
    ledger.export(tmp_path / "fresh")
    writes = 6  # two bundles, three tiles, the checkpoint
    for survived in range(writes + 1):
        copy = tmp_path / f"crash {survived}"
        shutil.copytree(folder, copy)
        with monkeypatch.context() as patch:
            patch.setattr(exporting, "write_atomic", _dies_after(survived))
            if survived < writes:
                with pytest.raises(_Killed):
                    ledger.export(copy)
                assert ExportedLedger(copy).verify(ledger.public_key).size == 250
            else:
                ledger.export(copy)
        ledger.export(copy)
        assert _contents(copy) == _contents(tmp_path / "fresh")
        assert ExportedLedger(copy).verify(ledger.public_key).size == 270


def test_a_file_that_was_damaged_is_mended(ledger: Ledger, grow: Grow, folder: Path) -> None:
    grow(ledger, 300)
    ledger.export(folder)
    good = _contents(folder)
    for name in ("tile/0/000", "tile/entries/001.p/44", "public.key"):
        (folder / name).write_bytes(b"damaged")
    ledger.export(folder)
    assert _contents(folder) == good


def test_a_signature_of_a_witness_stays_until_the_ledger_grows(
    ledger: Ledger, grow: Grow, folder: Path
) -> None:
    grow(ledger, 3)
    ledger.export(folder)
    path = folder / "checkpoint"
    body = path.read_text().split("\n\n")[0] + "\n"
    line = Signer("witness.example", bytes(32)).sign_note(body).splitlines()[-1]
    path.write_text(f"{path.read_text()}{line}\n")
    ledger.export(folder)
    assert line in path.read_text()
    assert ExportedLedger(folder).verify(ledger.public_key).size == 3
    grow(ledger, 1)
    ledger.export(folder)
    assert path.read_text() == ledger.checkpoint()


def test_the_folder_of_another_ledger_is_left_alone(
    registry: Registry, ledger: Ledger, grow: Grow, folder: Path
) -> None:
    grow(ledger, 3)
    ledger.export(folder)
    before = _contents(folder)
    with pytest.raises(Refused, match="another workspace"):
        Ledger(registry, WorkspaceKey(bytes(range(32))), "w-1").export(folder)
    assert _contents(folder) == before


def test_a_registry_that_was_rewritten_is_not_signed_over_what_was_exported(
    registry: Registry, ledger: Ledger, grow: Grow, folder: Path
) -> None:
    grow(ledger, 300)
    ledger.export(folder)
    before = _contents(folder)
    with registry.transaction() as connection:
        entry = ledger.entries(7, 8)[0].data.replace(b"7", b"8")
        change = update(ledger_entries).where(ledger_entries.c.number == 7).values(entry=entry)
        connection.execute(change)
    grow(ledger, 1)
    assert ledger.check() == []  # nothing to see from inside
    with pytest.raises(Refused, match="is not how this workspace's ledger begins"):
        ledger.export(folder)
    assert _contents(folder) == before


def test_a_registry_from_an_older_backup_is_not_signed_over_what_was_exported(
    registry: Registry, ledger: Ledger, grow: Grow, folder: Path
) -> None:
    grow(ledger, 5)
    ledger.export(folder)
    with registry.transaction() as connection:
        connection.execute(delete(ledger_entries).where(ledger_entries.c.number >= 3))
    with pytest.raises(Refused, match="older"):
        ledger.export(folder)


def test_nothing_is_exported_while_an_entry_is_missing(
    registry: Registry, ledger: Ledger, grow: Grow, folder: Path
) -> None:
    grow(ledger, 5)
    with registry.transaction() as connection:
        connection.execute(delete(ledger_entries).where(ledger_entries.c.number == 3))
    with pytest.raises(Damaged):
        ledger.export(folder)
    assert not folder.exists()


def test_a_folder_that_is_a_file_is_refused(ledger: Ledger, grow: Grow, tmp_path: Path) -> None:
    grow(ledger, 1)
    (tmp_path / "file").write_text("here")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InvalidInput, match="can't be written"):
            ledger.export(folder)
    assert (tmp_path / "file").read_text() == "here"
