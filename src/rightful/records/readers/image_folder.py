"""Folders of pictures, one row for each file, in the order of their paths.

What is known of a picture stands in its path (`{subject}/{label}/*.png`; without a pattern,
`{label}/*`) or in a `metadata.csv` or `metadata.jsonl` in the folder, whose column `file_name`
names the picture. Links that lead out of the folder are not followed.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.records.readers.csv_file import CsvReader
from rightful.records.readers.jsonl import JsonlReader
from rightful.records.readers.reader import Read, Reader, told
from rightful.records.readers.reasons import Reason, Unreadable

_PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
)
_METADATA = {"metadata.csv": CsvReader, "metadata.jsonl": JsonlReader}
_FILE_NAME = "file_name"
_OWN = ("image", "path")

#: The largest picture file that is read, in bytes.
MAX_FILE = 64 * 2**20


def image_folder(path: Path, pattern: str | None = None) -> Reader:
    """The reader of a folder: by `pattern` if one is given, else by its metadata, else by label.

    Raises `InvalidInput` where the folder has two files of metadata, or nothing to read.
    """
    found = [path / name for name in _METADATA if (path / name).is_file()]
    if pattern is not None or not found:
        return PathReader(path, pattern or "{label}/*")
    if len(found) > 1:
        raise InvalidInput(f"{path} has both metadata.csv and metadata.jsonl; keep one")
    return MetadataReader(path, _METADATA[found[0].name](found[0]))


class PathReader(Reader):
    """Pictures whose path says what they are. Raises `InvalidInput` where none fits the pattern."""

    format = "image-folder"

    def __init__(self, path: Path, pattern: str) -> None:
        super().__init__(path)
        self._text = pattern
        self._pattern = _compile(pattern)
        self._files = _pictures(path)
        if not any(self._pattern.fullmatch(name) for name in self._files):
            raise InvalidInput(
                f"{path} is a folder, and no picture in it fits {pattern!r}; give another pattern, "
                "or a file"
            )

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self._pattern.groupindex, *_OWN)

    @cached_property
    def file_digest(self) -> str:
        """SHA-256 over the pattern and the path and bytes of every picture."""
        whole = hashlib.sha256(canonical.encode(self._text))
        for name in self._files:
            whole.update(_file_line(self.path, name))
        return whole.hexdigest()

    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        for number in range(start, len(self._files)):
            name = self._files[number]
            match = self._pattern.fullmatch(name)
            known = match.groupdict() if match else None
            yield number, _row(self.path, name, known)


class MetadataReader(Reader):
    """Pictures listed in a file. Raises `InvalidInput` where it has no column `file_name`."""

    format = "image-folder"

    def __init__(self, path: Path, metadata: Reader) -> None:
        super().__init__(path)
        self._metadata = metadata
        if _FILE_NAME not in metadata.columns:
            raise InvalidInput(f"{metadata.path} has no column file_name; add one")
        if taken := set(metadata.columns) & set(_OWN):
            raise InvalidInput(f"{metadata.path}: rename the column {min(taken)}; it is set here")

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self._metadata.columns, *_OWN)

    @cached_property
    def file_digest(self) -> str:
        """SHA-256 over the metadata and the bytes of every picture that it names."""
        whole = hashlib.sha256(canonical.encode(self._metadata.file_digest))
        for _, row in self._metadata.rows():
            if not isinstance(row, Unreadable):
                whole.update(_file_line(self.path, row.get(_FILE_NAME)))
        return whole.hexdigest()

    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        for number, row in self._metadata.rows(start):
            if isinstance(row, Unreadable):
                yield number, row
            else:
                yield number, _row(self.path, row.get(_FILE_NAME), row)


def _row(folder: Path, name: object, known: dict[str, Any] | None) -> Read:
    if known is None:
        return Unreadable(Reason.PATTERN)
    image = _bytes(folder, name)
    return image if isinstance(image, Unreadable) else {**known, "image": image, "path": name}


def _bytes(folder: Path, name: object) -> bytes | Unreadable:
    """The bytes of one picture, which must lie in `folder` with all links resolved."""
    if not isinstance(name, str) or not name or "\0" in name:
        return Unreadable(Reason.NO_FILE)
    try:
        file = (folder / name).resolve()
        if not file.is_relative_to(folder.resolve()):
            return Unreadable(Reason.OUTSIDE)
        if not file.is_file():
            return Unreadable(Reason.NO_FILE)
        if file.stat().st_size > MAX_FILE:
            return Unreadable(Reason.FILE_LARGE)
        return file.read_bytes()
    except (OSError, RuntimeError, UnicodeError):  # RuntimeError: a link to itself
        return Unreadable(Reason.NO_FILE)


def _file_line(folder: Path, name: object) -> bytes:
    """What one picture adds to the digest of its folder."""
    data = _bytes(folder, name)
    told_of = str(data.reason) if isinstance(data, Unreadable) else hashlib.sha256(data).hexdigest()
    return os.fsencode(str(name)) + b"\0" + told_of.encode() + b"\n"


def _pictures(folder: Path) -> list[str]:
    """The paths of all pictures below `folder`, relative to it, sorted as bytes.

    Hidden files are left out: macOS puts a hidden `._x.png`, no picture, beside each `x.png`.
    """
    found = []
    with told(folder):
        for place, folders, files in os.walk(folder, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith(".")]
            if any((Path(place) / name).is_symlink() for name in folders):
                raise InvalidInput(
                    f"{folder} holds a link to another folder; put what it points to in its place"
                )
            below = Path(place).relative_to(folder)
            found += [
                (below / name).as_posix()
                for name in files
                if Path(name).suffix.lower() in _PICTURES and not name.startswith(".")
            ]
    return sorted(found, key=os.fsencode)


def _raise(error: OSError) -> None:
    raise error


def _compile(pattern: str) -> re.Pattern[str]:
    """`{subject}/{label}/*.png` as a regular expression; neither sort of gap holds a slash."""
    expression, names = "", set[str]()
    for part in re.split(r"(\{[^{}]*\}|\*)", pattern):
        if part == "*":
            expression += "[^/]*"
        elif part.startswith("{") and part.endswith("}"):
            name = part[1:-1]
            if not (name.isascii() and name.isidentifier()) or name in names or name in _OWN:
                raise InvalidInput(
                    f"pattern {pattern!r}: each name in braces is a word, other than image and "
                    "path, and stands once, as in {subject}/{label}/*.png"
                )
            names.add(name)
            expression += f"(?P<{name}>[^/]+?)"
        else:
            expression += re.escape(part)
    return re.compile(expression, re.DOTALL)
