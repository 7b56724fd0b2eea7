"""The quarantine file names each bad row once and why, to its owner alone, and nothing else."""

import stat
from pathlib import Path

import pytest

from rightful.errors import Damaged
from rightful.records.quarantine import Quarantine
from rightful.records.readers import Reason

_THREE = [(1, Reason.NO_LABEL), (4, Reason.NOT_JSON), (9, Reason.NO_LABEL)]


def test_rows_stand_in_the_file_with_their_reason(folder: Path) -> None:
    quarantine = Quarantine(folder, 7)
    quarantine.write(_THREE[:1])
    quarantine.write(_THREE[1:])
    assert quarantine.path == folder / "quarantine" / "import-7.jsonl"
    assert quarantine.path.read_text() == (
        '{"reason":"no label","row":1}\n'
        '{"reason":"line is not JSON","row":4}\n'
        '{"reason":"no label","row":9}\n'
    )
    assert quarantine.reasons() == {"no label": 2, "line is not JSON": 1}


def test_only_the_owner_may_read_it(folder: Path) -> None:
    quarantine = Quarantine(folder, 7)
    quarantine.write(_THREE)
    assert stat.S_IMODE(quarantine.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(quarantine.path.parent.stat().st_mode) == 0o700


def test_without_bad_rows_there_is_no_file(folder: Path) -> None:
    quarantine = Quarantine(folder, 7)
    quarantine.write([])
    quarantine.cut(0)
    assert not quarantine.path.exists()
    assert quarantine.reasons() == {}


@pytest.mark.parametrize(("row", "left"), [(0, 0), (1, 0), (2, 1), (4, 1), (5, 2), (9, 2), (10, 3)])
def test_rows_from_a_number_on_are_cut_off(folder: Path, row: int, left: int) -> None:
    quarantine = Quarantine(folder, 7)
    quarantine.write(_THREE)
    quarantine.cut(row)
    assert sum(quarantine.reasons().values()) == left
    assert quarantine.path.exists() == (left > 0)
    quarantine.write([(n, r) for n, r in _THREE if n >= row])
    whole = Quarantine(folder, 8)
    whole.write(_THREE)
    assert quarantine.path.read_bytes() == whole.path.read_bytes()


@pytest.mark.parametrize(
    "torn", [b'{"reason":"no la', b'{"reason":"no label"}\n', b"\0\0\0", b"7\n"]
)
def test_what_a_crash_left_of_a_line_is_cut_off(folder: Path, torn: bytes) -> None:
    quarantine = Quarantine(folder, 7)
    quarantine.write(_THREE)
    whole = quarantine.path.read_bytes()
    with quarantine.path.open("ab") as file:
        file.write(torn)
    quarantine.cut(100)
    assert quarantine.path.read_bytes() == whole


def test_a_file_that_can_not_be_written_is_told(folder: Path) -> None:
    (folder / "quarantine").write_text("in the way")
    with pytest.raises(Damaged, match="run the import again"):
        Quarantine(folder, 7).write(_THREE)
