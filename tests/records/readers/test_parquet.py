"""Parquet is read by row group, from any row on, and values of odd types cost their row alone."""

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.records.readers import Reason, Unreadable, open_reader


def _file(tmp_path: Path, table: pa.Table, row_group_size: int = 1000) -> Path:
    path = tmp_path / "rows.parquet"
    pq.write_table(table, path, row_group_size=row_group_size)
    return path


@given(st.integers(1, 40), st.integers(1, 45), st.integers(0, 45))
@settings(max_examples=30)
def test_rows_come_in_order_from_any_on(
    tmp_path_factory: pytest.TempPathFactory, rows: int, group: int, start: int
) -> None:
    table = pa.table({"a": range(rows), "b": [f"text {n}" for n in range(rows)]})
    path = _file(tmp_path_factory.mktemp("parquet"), table, group)
    expected = list(enumerate(table.to_pylist()))
    assert list(open_reader(path).rows(start)) == expected[start:]


def test_real_rows_come_from_the_middle_on(shared_data: Path) -> None:
    reader = open_reader(shared_data / "handwriting.parquet")
    assert reader.columns == ("index", "image", "label", "writer", "split")
    number, row = next(reader.rows(50_000))
    assert isinstance(row, dict)
    expected = pq.read_table(reader.path).slice(50_000, 1).to_pylist()[0]
    assert (number, row) == (50_000, expected)


def test_an_empty_table_has_columns_and_no_rows(tmp_path: Path) -> None:
    path = _file(tmp_path, pa.table({"a": pa.array([], pa.int64())}))
    assert open_reader(path).columns == ("a",)
    assert list(open_reader(path).rows()) == []


def test_times_to_the_nanosecond_are_read_to_the_microsecond(tmp_path: Path) -> None:
    times = pa.array([1_000_000_123], pa.timestamp("ns", "UTC"))
    path = _file(tmp_path, pa.table({"a": times}))
    expected = datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=datetime.UTC)
    assert list(open_reader(path).rows()) == [(0, {"a": expected})]


def test_a_value_that_python_can_not_hold_costs_its_row_alone(tmp_path: Path) -> None:
    times = pa.array([0, 2**62, 1], pa.timestamp("us"))
    texts = pa.Array.from_buffers(
        pa.string(), 3, pa.array([b"a", b"b", b"\xff"], pa.binary()).buffers()
    )
    path = _file(tmp_path, pa.table({"a": times, "b": texts}))
    first, second, third = (row for _, row in open_reader(path).rows())
    assert isinstance(first, dict)
    assert second == Unreadable(Reason.NOT_ARROW)
    assert third == Unreadable(Reason.NOT_UTF8)


@pytest.mark.parametrize(
    "data", [b"", b"PAR1", b"not parquet at all", b"PAR1" + b"x" * 50 + b"PAR1"]
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match="not a whole Parquet file"):
        open_reader(path)


def test_a_file_that_was_cut_or_changed_is_told(tmp_path: Path) -> None:
    path = _file(tmp_path, pa.table({"a": range(10_000)}))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InvalidInput):
        open_reader(path)
    path.write_bytes(data[:100] + bytes(3000) + data[3100:])
    with pytest.raises(InvalidInput, match="not a whole Parquet file"):
        list(open_reader(path).rows())


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(InvalidInput, match="same name"):
        open_reader(_file(tmp_path, table))
