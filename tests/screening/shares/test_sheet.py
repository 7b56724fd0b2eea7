"""A sheet comes back from any spreadsheet, and nothing in it is read as more than it says."""

import csv
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput, NotFound
from rightful.screening.shares import sheet
from rightful.screening.shares.sheet import COLUMNS, FORMAT, Row

ROWS = [
    Row("i000001-aa", 'He said "no",\nand left; 你好', "", ""),
    Row("i000002-bb", '=HYPERLINK("http://mail.example")', "A.3.a:keygen", "0.900"),
    Row("i000003-cc", "x" * 40_000, "", ""),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "sheet.csv"
    sheet.write(found, {"draw": "d12", "seed": 7}, ROWS)
    return found


def _filled(path: Path, verdicts: list[str], delimiter: str = ",", encoding: str = "utf-8") -> None:
    """As a spreadsheet saves it: every row as long as the longest."""
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(keepends=True)))
    for row, verdict in zip(rows[-len(verdicts) :], verdicts, strict=True):
        row[COLUMNS.index("verdict")] = verdict
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(
            [*row, *[""] * (len(COLUMNS) - len(row))] for row in rows
        )


def test_its_owner_alone_may_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_sheet_as_it_was_written_has_no_verdict(path: Path) -> None:
    read = sheet.read(path)
    assert read.head == {"draw": "d12", "seed": "7"}
    assert [each.item for each in read.verdicts] == [row.item for row in ROWS]
    assert [each.fit for each in read.verdicts] == [None, None, None]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_whatever_a_spreadsheet_saves_is_read(path: Path, delimiter: str, encoding: str) -> None:
    _filled(path, ["Fit", " 不合格 ", ""], delimiter, encoding)
    assert [each.fit for each in sheet.read(path).verdicts] == [True, False, None]


def test_a_verdict_that_is_no_known_word_is_refused_by_its_row_and_not_quoted(path: Path) -> None:
    _filled(path, ["fit", "ann says no", "fit"])
    with pytest.raises(InvalidInput, match="row 7") as told:
        sheet.read(path)
    assert "ann" not in str(told.value)


def test_what_a_spreadsheet_would_run_is_text(path: Path) -> None:
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
    assert rows[-2][1].startswith("'=")


def test_a_text_that_no_cell_holds_is_cut_and_says_so(path: Path) -> None:
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
    assert len(rows[-1][1]) < 32_767
    assert "10,000 more characters" in rows[-1][1]


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_no_text_makes_rows_or_verdicts_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("one") / "sheet.csv"
    sheet.write(path, {"draw": "d1"}, [Row("i000001-aa", text, "", ""), ROWS[0]])
    read = sheet.read(path)
    assert [(each.item, each.fit) for each in read.verdicts] == [
        ("i000001-aa", None),
        ("i000001-aa", None),
    ]


def test_what_is_no_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        sheet.read(tmp_path / "none.csv")
    for data in (b"", b"item,verdict\na,fit\n", b"\xff\xfe\x00", FORMAT.encode() + b"\ndraw,d1\n"):
        (tmp_path / "other.csv").write_bytes(data)
        with pytest.raises(InvalidInput):
            sheet.read(tmp_path / "other.csv")
    with pytest.raises(InvalidInput):
        sheet.read(tmp_path)


def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="choose another place"):
        sheet.write(tmp_path / "none" / "sheet.csv", {}, [])
