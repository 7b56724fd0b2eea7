"""Lines of a text file, one at a time and never more than `MAX_LINE` bytes of it in memory."""

from collections.abc import Iterator
from pathlib import Path

from rightful.errors import InvalidInput
from rightful.records.readers.reader import told

#: The longest line that is read, in bytes.
MAX_LINE = 64 * 2**20

_BOM = b"\xef\xbb\xbf"


def lines(path: Path) -> Iterator[bytes | None]:
    """The lines of `path` with their ends, without a byte order mark; None for one too long.

    Raises `InvalidInput` where the file can't be read.
    """
    with told(path), path.open("rb") as file:
        first = True
        while line := file.readline(MAX_LINE):
            long = len(line) == MAX_LINE and not line.endswith(b"\n")
            while long and (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            yield None if long else line.removeprefix(_BOM) if first else line
            first = False


def refuse_other_encodings(path: Path) -> None:
    """Raise `InvalidInput` where `path` is empty, UTF-16, or no text at all."""
    with told(path), path.open("rb") as file:
        start = file.read(4096)
    if not start.removeprefix(_BOM).strip():
        raise InvalidInput(f"{path} is empty; there is nothing to import")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start:
        raise InvalidInput(f"{path} is not text in UTF-8; save it as UTF-8, or give its --format")
