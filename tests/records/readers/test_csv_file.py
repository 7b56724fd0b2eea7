"""CSV is read as others write it, and a bad row is told with its number."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.records.readers import Reason, Unreadable, lines, open_reader


def _rows(path: Path, start: int = 0) -> list[tuple[int, object]]:
    return [
        (number, row.reason if isinstance(row, Unreadable) else tuple(row.values()))
        for number, row in open_reader(path).rows(start)
    ]


def _file(tmp_path: Path, text: str | bytes, name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a,b\n1,2\n", "rows.csv"),
        ("a;b\r\n1;2\r\n", "rows.csv"),
        ("a\tb\n1\t2", "rows.csv"),
        ("a\tb\n1\t2", "rows.tsv"),
        ("\ufeffa,b\n1,2\n", "rows.csv"),
        ('"a","b"\n"1","2"\n', "rows.csv"),
        ("\n\na , b\n1,2\n", "rows.csv"),
    ],
)
def test_tables_of_all_sorts_read_the_same(tmp_path: Path, text: str, name: str) -> None:
    path = _file(tmp_path, text, name)
    assert open_reader(path).columns == ("a", "b")
    assert _rows(path) == [(0, ("1", "2"))]


def test_cells_may_hold_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    path = _file(tmp_path, 'a,b\n"x,y","say ""hi"""\n"two\nlines",3\n')
    assert _rows(path) == [(0, ("x,y", 'say "hi"')), (1, ("two\nlines", "3"))]


def test_blank_lines_keep_their_number(tmp_path: Path) -> None:
    path = _file(tmp_path, "a,b\n1,2\n\n3,4\n")
    assert _rows(path) == [(0, ("1", "2")), (2, ("3", "4"))]
    assert _rows(path, 1) == [(2, ("3", "4"))]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1", Reason.CELLS),
        (b"1,2,3", Reason.CELLS),
        (b'"1"x,2', Reason.NOT_CSV),
        (b"\xff,2", Reason.NOT_UTF8),
    ],
)
def test_a_bad_row_is_told_and_the_next_still_comes(
    tmp_path: Path, row: bytes, reason: Reason
) -> None:
    path = _file(tmp_path, b"a,b\n1,2\n" + row + b"\n5,6\n")
    assert _rows(path) == [(0, ("1", "2")), (1, reason), (2, ("5", "6"))]


def test_a_quote_that_is_never_closed_is_told(tmp_path: Path) -> None:
    path = _file(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n')
    assert _rows(path) == [(0, ("1", "2")), (1, Reason.NOT_CSV)]


def test_a_line_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 20)
    path = _file(tmp_path, "a,b\n1," + "x" * 50 + "\n3,4\n")
    assert _rows(path) == [(0, Reason.LINE_LONG), (1, ("3", "4"))]


def test_a_cell_may_be_longer_than_python_takes_by_itself(tmp_path: Path) -> None:
    assert lines.MAX_LINE > 200_000
    path = _file(tmp_path, "a,b\n1," + "x" * 200_000 + "\n")
    assert _rows(path) == [(0, ("1", "x" * 200_000))]


def test_a_column_without_a_name_gets_one(tmp_path: Path) -> None:
    assert open_reader(_file(tmp_path, ",a\n0,1\n")).columns == ("column 1", "a")


@pytest.mark.parametrize(
    "text",
    ["", "\n", "1,2\n3,4\n", "anna@example.org,7\n", "a,a\n1,2\n", "\0", b"\xff\xfea\0", b"\xff\n"],
)
def test_a_file_without_a_header_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"rows\.csv") as caught:
        open_reader(_file(tmp_path, text))
    assert "anna" not in str(caught.value)


@given(
    rows=st.lists(st.tuples(st.text("ab,;\"'é ", min_size=1), st.text('x\n\t"')), max_size=8),
    start=st.integers(0, 9),
)
@settings(max_examples=60)
def test_what_python_writes_reads_back_from_any_row_on(
    rows: list[tuple[str, str]], start: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("first", "second"), *rows])
    expected = list(enumerate(rows))
    assert _rows(path) == expected
    assert _rows(path, start) == expected[start:]
