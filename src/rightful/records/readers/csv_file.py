"""CSV and TSV with a header line. Cells are text; the row after the header has number 0.

The separator is a tab in a `.tsv`, otherwise the one of comma, semicolon and tab that the header
has most of. Cells may hold line ends between double quotes.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from rightful.errors import InvalidInput
from rightful.records.readers.lines import MAX_LINE, lines, refuse_other_encodings
from rightful.records.readers.reader import Read, Reader
from rightful.records.readers.reasons import Reason, Unreadable

# What a column is hardly called, but a value often is.
_VALUE = re.compile(r"[-+]?\d+([.,]\d+)?|.*@.*|.{101,}", re.DOTALL)


class CsvReader(Reader):
    """Raises `InvalidInput` where the first line is no header."""

    format = "csv"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        refuse_other_encodings(path)
        source = _Lines(path)
        first = next((line for line in source if line.strip()), "")
        tabbed = path.suffix.lower() == ".tsv"
        self._separator = "\t" if tabbed else max(",;\t", key=first.count)
        self._columns = self._header()

    @property
    def columns(self) -> tuple[str, ...]:
        return self._columns

    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        number = -1  # the header
        for cells in self._records():
            if number >= start and cells != []:
                yield number, self._row(cells)
            if number >= 0 or cells != []:
                number += 1

    def _row(self, cells: list[str] | Reason) -> Read:
        if isinstance(cells, Reason):
            return Unreadable(cells)
        if len(cells) != len(self._columns):
            return Unreadable(Reason.CELLS)
        return dict(zip(self._columns, cells, strict=True))

    def _header(self) -> tuple[str, ...]:
        cells = next((cells for cells in self._records() if cells != []), [])
        if isinstance(cells, Reason) or not cells:
            raise InvalidInput(f"{self.path}: the header can't be read; save it as CSV in UTF-8")
        # Tables written by pandas have a first column without a name.
        names = tuple(cell.strip() or f"column {i}" for i, cell in enumerate(cells, 1))
        if any(_VALUE.fullmatch(name) for name in names):
            raise InvalidInput(
                f"{self.path}: the first line looks like a row, not a header; "
                "put a line with the names of the columns above it"
            )
        if len(set(names)) < len(names):
            raise InvalidInput(f"{self.path}: two columns have the same name; rename one")
        return names

    def _records(self) -> Iterator[list[str] | Reason]:
        """The cells of each record, the header first; `[]` for a blank line."""
        # Raised, never lowered: it is one number for the whole process.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
        source = _Lines(self.path)
        reader = csv.reader(source, delimiter=self._separator, strict=True)
        while True:
            source.trouble = None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield source.trouble or Reason.NOT_CSV
            else:
                yield source.trouble or cells


class _Lines(Iterator[str]):
    """Lines as text; `trouble` is why the last ones can't be trusted. `csv` takes no line ahead."""

    def __init__(self, path: Path) -> None:
        self._lines = lines(path)
        self.trouble: Reason | None = None

    def __next__(self) -> str:
        line = next(self._lines)
        if line is None:
            self.trouble = Reason.LINE_LONG
            return "\n"
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.trouble = Reason.NOT_UTF8
            return line.decode(errors="replace")
