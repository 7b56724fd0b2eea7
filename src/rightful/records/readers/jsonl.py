"""JSON Lines: one JSON object on each line. The number of a row is that of its line, from 0."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from rightful.errors import InvalidInput
from rightful.records.readers.lines import lines, refuse_other_encodings
from rightful.records.readers.reader import Read, Reader
from rightful.records.readers.reasons import Reason, Unreadable

#: Columns are those of this many first rows.
_LOOKED_AT = 1000


class JsonlReader(Reader):
    """Raises `InvalidInput` where none of the first rows is a JSON object."""

    format = "jsonl"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        refuse_other_encodings(path)
        seen: dict[str, None] = {}
        readable = False
        for _, row in islice(self.rows(), _LOOKED_AT):
            if not isinstance(row, Unreadable):
                readable = True
                seen.update(dict.fromkeys(row))
        if not readable:
            raise InvalidInput(
                f"{path}: none of the first rows is a JSON object on a line of its own; "
                "write it as JSON Lines, or give its --format"
            )
        self._columns = tuple(seen)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in the first 1,000 rows, in the order in which they come up."""
        return self._columns

    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        for number, line in enumerate(lines(self.path)):
            if number < start:
                continue
            if line is None:
                yield number, Unreadable(Reason.LINE_LONG)
            elif line.strip():
                yield number, _parse(line)


class _FieldTwice(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ: of two people named for one row, neither can be right."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _FieldTwice
    return value


def _constant(_: str) -> NoReturn:
    raise ValueError


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _parse(line: bytes) -> Read:
    try:
        row = _decoder.decode(line.decode())
    except UnicodeDecodeError:
        return Unreadable(Reason.NOT_UTF8)
    except _FieldTwice:
        return Unreadable(Reason.FIELD_TWICE)
    except (ValueError, RecursionError):
        return Unreadable(Reason.NOT_JSON)
    return row if isinstance(row, dict) else Unreadable(Reason.NOT_OBJECT)
