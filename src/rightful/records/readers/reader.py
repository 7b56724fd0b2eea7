"""What every reader of files offers: columns, a digest of the file, rows from any row on."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from rightful.errors import InvalidInput
from rightful.records.readers.reasons import Unreadable

#: A row as a dict of columns, or why there is none.
Read = dict[str, Any] | Unreadable


class Reader(ABC):
    """One file (or folder) of rows. Holds nothing open between calls."""

    #: What `--format` calls it.
    format: ClassVar[str]

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The names of the fields that rows have."""

    @cached_property
    def file_digest(self) -> str:
        """SHA-256 of all that rows are read from, in hexadecimal; reads it through once."""
        return sha256(self.path)

    @abstractmethod
    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        """The rows whose number is `start` or more, with their numbers, which begin at 0.

        Numbers rise, but may leave gaps (blank lines). A row that can't be read comes as
        `Unreadable`; the rows after it still come.

        Raises:
            InvalidInput: the file ends early or is damaged; rows before that have come.
        """


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises `InvalidInput` where it can't be read."""
    with told(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in one sentence what the operating system has against `path`."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or "it is damaged").lower()
        raise InvalidInput(f"{path} can't be read: {why}; check the file and try again") from None
