"""Parquet, read in batches of some megabytes; rows before `start` are skipped by row group."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rightful.errors import InvalidInput
from rightful.records.readers.reader import Read, Reader
from rightful.records.readers.reasons import Reason, Unreadable

_BATCH_BYTES = 16 * 2**20
_BATCH_ROWS = 4096


class ParquetReader(Reader):
    """Raises `InvalidInput` where the file is not a whole Parquet file."""

    format = "parquet"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            with pq.ParquetFile(path) as file:
                self._columns = tuple(str(name) for name in file.schema_arrow.names)
        except (pa.ArrowException, OSError):
            raise self._damaged() from None
        if len(set(self._columns)) < len(self._columns):
            raise InvalidInput(f"{path}: two columns have the same name; rename one")

    @property
    def columns(self) -> tuple[str, ...]:
        return self._columns

    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        try:
            with pq.ParquetFile(self.path) as file:
                yield from _rows(file, start)
        except (pa.ArrowException, OSError):
            raise self._damaged() from None

    def _damaged(self) -> InvalidInput:
        return InvalidInput(
            f"{self.path} is not a whole Parquet file; it was cut or changed: get it again"
        )


def _rows(file: Any, start: int) -> Iterator[tuple[int, Read]]:
    first = 0
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        after = first + group.num_rows
        if after > start:
            row_bytes = max(1, group.total_byte_size // group.num_rows)
            size = max(1, min(_BATCH_ROWS, _BATCH_BYTES // row_bytes))
            for batch in file.iter_batches(size, row_groups=[number]):
                skipped = min(max(0, start - first), batch.num_rows)
                yield from enumerate(_read(batch.slice(skipped)), first + skipped)
                first += batch.num_rows
        first = after


def _read(batch: Any) -> list[Any]:
    """The rows of a batch, one by one where one of them can't be turned into Python values."""
    try:
        rows: list[Any] = _without_nanoseconds(batch).to_pylist()
        return rows
    except (ValueError, OverflowError, pa.ArrowException) as error:
        if batch.num_rows > 1:
            return [row for i in range(batch.num_rows) for row in _read(batch.slice(i, 1))]
        broken = isinstance(error, UnicodeDecodeError)
        return [Unreadable(Reason.NOT_UTF8 if broken else Reason.NOT_ARROW)]


def _without_nanoseconds(batch: Any) -> Any:
    """With times to the microsecond, which is what Python's `datetime` holds."""
    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
        else field
        for field in batch.schema
    ]
    schema = pa.schema(fields)
    return batch if schema.equals(batch.schema) else batch.cast(schema, safe=False)
