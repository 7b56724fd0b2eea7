"""The sheet that people review on: a table of items to open in any spreadsheet, and read back.

It holds personal data in the clear. What is read back is its draw, and the verdict of each item;
whatever else was changed in it does not matter, and a verdict that is missing is never a pass.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rightful.errors import InvalidInput, NotFound
from rightful.files import write_atomic

FORMAT = "rightful shares sheet 1"

COLUMNS = ("item", "text", "keywords", "classifier", "verdict", "note")

#: What a person may write as a verdict, in whatever case. A word of each kind comes first.
FIT = ("fit", "pass", "passed", "ok", "合格", "通过")
UNFIT = ("unfit", "fail", "failed", "不合格", "不通过")

#: Spreadsheets cut a cell at 32,767 characters, and what follows into cells of its own.
LONGEST = 30_000

#: A cell that begins so would be run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_DELIMITERS = ",;\t"
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it is put before a person."""

    item: str
    text: str
    keywords: str
    classifier: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person wrote of one item. `fit` is None where they wrote nothing."""

    line: int
    """The row of the spreadsheet."""
    item: str
    fit: bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it came back: what its head says, and the verdicts in its order."""

    head: Mapping[str, str]
    verdicts: Sequence[Verdict]


def write(path: Path, head: Mapping[str, object], rows: Iterable[Row]) -> None:
    """Write a sheet that its owner alone may read, whole or not at all.

    Raises `InvalidInput` where it can't be written there.
    """
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow([FORMAT])
    for name, value in head.items():
        lines.writerow([name, safe(str(value))])
    lines.writerow([])
    lines.writerow(COLUMNS)
    for row in rows:
        text = row.text
        if len(text) > LONGEST:
            more = len(text) - LONGEST
            text = f"{text[:LONGEST]} […] ({more:,} more characters: read them on the page)"
        lines.writerow([row.item, safe(text), safe(row.keywords), safe(row.classifier), "", ""])
    # Excel takes a file without this mark for one in the alphabet of its country.
    keep(path, written.getvalue().encode("utf-8-sig"))


def keep(path: Path, data: bytes) -> None:
    """Write a file that its owner alone may read. Raises `InvalidInput`."""
    try:
        write_atomic(path, data, mode=0o600)
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise InvalidInput(f"{path} can't be written: {why}; choose another place") from None


def safe(text: str) -> str:
    """A text as a spreadsheet shows it, and does not run it."""
    seen = "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return f"'{seen}" if seen.startswith(_FORMULA) else seen


def read(path: Path) -> Sheet:
    """The sheet in a file, as a spreadsheet wrote it, whatever it uses between cells.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is no sheet, or a verdict is no word that is known; the row is named.
    """
    text = _text(path)
    begun = text.removeprefix('"')
    if not begun.startswith(FORMAT):
        raise InvalidInput(f"{path} is no sheet of `rightful shares draw`; give the one it wrote")
    after = begun.removeprefix(FORMAT).removeprefix('"')[:1]
    limit = csv.field_size_limit(_LARGEST)
    try:
        delimiter = after if after in _DELIMITERS and after else _delimiter(text)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise InvalidInput(f"{path} is no table any more; save it as CSV") from None
    finally:
        csv.field_size_limit(limit)
    return _sheet(path, rows)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no sheet {path}; check the path") from None
    except OSError as error:
        why = (error.strerror or "it is damaged").lower()
        raise InvalidInput(f"{path} can't be read: {why}; check the path") from None
    for encoding in ("utf-8-sig", "gb18030"):  # the second is what Excel writes in China
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(f"{path} is not text in UTF-8; save it as CSV in UTF-8")


def _delimiter(text: str) -> str:
    """What stands between cells, from the row of columns' names."""
    for line in text.splitlines():
        for each in _DELIMITERS:
            if [cell.strip('"') for cell in line.split(each)][: len(COLUMNS)] == list(COLUMNS):
                return each
    return ","


def _sheet(path: Path, rows: Sequence[Sequence[str]]) -> Sheet:
    head: dict[str, str] = {}
    for number, row in enumerate(rows[1:], 2):
        names = [cell.strip() for cell in row]
        if "item" in names and "verdict" in names:
            item, verdict = names.index("item"), names.index("verdict")
            below = enumerate(rows[number:], number + 1)
            verdicts = [
                _verdict(path, line, cells, item, verdict) for line, cells in below if any(cells)
            ]
            return Sheet(head, verdicts)
        if any(names):
            head[names[0]] = names[1] if len(names) > 1 else ""
    raise InvalidInput(f"{path} lacks the row that names its columns; take the sheet as it was")


def _verdict(path: Path, line: int, cells: Sequence[str], item: int, verdict: int) -> Verdict:
    named = cells[item].strip() if len(cells) > item else ""
    word = cells[verdict].strip().casefold() if len(cells) > verdict else ""
    if word and word not in FIT and word not in UNFIT:
        raise InvalidInput(
            f"{path}, row {line}: the verdict is no word that is known; write {FIT[0]} or "
            f"{UNFIT[0]}, 合格 or 不合格"
        )
    return Verdict(line, named, None if not word else word in FIT)
