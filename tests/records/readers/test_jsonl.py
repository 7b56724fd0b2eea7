"""JSON Lines are read line by line, and a bad line costs that line alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.records.readers import Reason, Unreadable, lines, open_reader


def _rows(path: Path, start: int = 0) -> list[tuple[int, object]]:
    return [
        (number, row.reason if isinstance(row, Unreadable) else row)
        for number, row in open_reader(path).rows(start)
    ]


def _file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data)
    return path


def test_lines_have_their_number_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    path = _file(tmp_path, b'{"a": 1}\r\n\n{"b": "\xc3\xa9"}')
    assert _rows(path) == [(0, {"a": 1}), (2, {"b": "é"})]
    assert open_reader(path).columns == ("a", "b")
    assert _rows(path, 1) == [(2, {"b": "é"})]
    assert _rows(path, 3) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", Reason.NOT_JSON),
        (b'{"a": NaN}', Reason.NOT_JSON),
        (b"[" * 100_000, Reason.NOT_JSON),
        (b'{"a": ' + b"1" * 5000 + b"}", Reason.NOT_JSON),
        (b"[1]", Reason.NOT_OBJECT),
        (b"null", Reason.NOT_OBJECT),
        (b'{"a": "\xff"}', Reason.NOT_UTF8),
        (b'{"a": 1, "a": 2}', Reason.FIELD_TWICE),
        (b'{"a": {"b": 1, "b": 1}}', Reason.FIELD_TWICE),
    ],
)
def test_a_bad_line_is_told_and_the_next_still_comes(
    tmp_path: Path, line: bytes, reason: Reason
) -> None:
    path = _file(tmp_path, b'{"a": 0}\n' + line + b'\n{"a": 2}\n')
    assert _rows(path) == [(0, {"a": 0}), (1, reason), (2, {"a": 2})]


def test_a_line_that_is_too_long_is_skipped_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 20)
    long = json.dumps({"a": "x" * 75}).encode()
    path = _file(tmp_path, b'{"a": 0}\n' + long + b'\n{"a": 2}\n' + long)
    assert _rows(path) == [
        (0, {"a": 0}),
        (1, Reason.LINE_LONG),
        (2, {"a": 2}),
        (3, Reason.LINE_LONG),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    assert _rows(_file(tmp_path, b'\xef\xbb\xbf{"a": 1}\n')) == [(0, {"a": 1})]


@pytest.mark.parametrize(
    "data",
    [b"", b"\n \n", b"\xef\xbb\xbf", b"\xff\xfe{\0", b"a\0b", b"one\ntwo\n", b"[1]\n"],
)
def test_a_file_that_is_no_json_lines_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"rows\.jsonl"):
        open_reader(_file(tmp_path, data))


@given(
    rows=st.lists(st.dictionaries(st.sampled_from("abc"), st.integers() | st.text()), min_size=1),
    start=st.integers(0, 12),
)
@settings(max_examples=40)
def test_reading_from_a_row_on_gives_what_reading_all_gives(
    rows: list[dict[str, object]], start: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("jsonl") / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    expected = list(enumerate(rows))
    assert _rows(path) == expected
    assert _rows(path, start) == expected[start:]
