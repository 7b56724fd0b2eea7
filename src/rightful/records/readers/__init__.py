"""Reading what people have: JSON Lines, CSV, Parquet, pictures, IDX, the web.

    reader = open_reader(Path("digits.parquet"))
    for number, row in reader.rows(start=0):
        ...  # a dict of columns, or Unreadable(reason)

`records.mapping` says what the columns mean.
"""

import re
from pathlib import Path

from rightful.errors import InvalidInput
from rightful.records.readers.csv_file import CsvReader
from rightful.records.readers.html import HtmlReader, holds_pages
from rightful.records.readers.idx import IdxReader
from rightful.records.readers.image_folder import image_folder
from rightful.records.readers.jsonl import JsonlReader
from rightful.records.readers.parquet import ParquetReader
from rightful.records.readers.reader import Read, Reader, told
from rightful.records.readers.reasons import BadRow, Reason, Unreadable
from rightful.records.readers.warc import WarcReader

__all__ = [
    "FORMATS",
    "BadRow",
    "Read",
    "Reader",
    "Reason",
    "Unreadable",
    "open_reader",
]

#: What `--format` may be.
FORMATS = ("jsonl", "csv", "parquet", "image-folder", "idx", "html", "warc")

_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".warc": "warc",
    ".wet": "warc",
}


def open_reader(
    path: Path,
    format: str | None = None,  # noqa: A002 - what the command line calls it, too
    *,
    labels: Path | None = None,
    pattern: str | None = None,
) -> Reader:
    """A reader of `path`, by `format`, or by its name where none is given.

    `labels` is the file of labels for IDX, `pattern` says how the paths of an image folder are
    built, such as `{subject}/{label}/*.png`.

    Raises:
        InvalidInput: there is no such file, its format is unknown, or it is damaged.
    """
    if not path.exists():
        raise InvalidInput(f"there is no file or folder {path}; check the path")
    kind = format or _guess(path)
    if kind not in FORMATS:
        raise InvalidInput(f"format {kind!r} is unknown; known: {', '.join(FORMATS)}")
    # Pages come alone or in a folder.
    if kind != "html" and path.is_dir() != (kind == "image-folder"):
        raise InvalidInput(
            f"{path} is {'a' if path.is_dir() else 'no'} folder; give another format"
        )
    if labels is not None and kind != "idx":
        raise InvalidInput("a file of labels goes with format idx alone; map a column instead")
    if pattern is not None and kind != "image-folder":
        raise InvalidInput("a pattern goes with format image-folder alone; map columns instead")
    if kind == "image-folder":
        return image_folder(path, pattern)
    if kind == "html":
        return HtmlReader(path)
    with told(path), path.open("rb"):
        pass
    if kind == "idx":
        return IdxReader(path, labels)
    if kind == "warc":
        return WarcReader(path)
    if kind == "jsonl":
        return JsonlReader(path)
    return CsvReader(path) if kind == "csv" else ParquetReader(path)


def _guess(path: Path) -> str:
    if path.is_dir():
        return "html" if holds_pages(path) else "image-folder"
    name = path.name.lower()
    if name.endswith((".warc.gz", ".wet.gz")):
        return "warc"
    if re.search(r"idx\d-[a-z]+(\.gz)?$", name):
        return "idx"
    if found := _SUFFIXES.get(path.suffix.lower()):
        return found
    raise InvalidInput(
        f"the name of {path} does not tell its format; give one: {', '.join(FORMATS)}"
    )
