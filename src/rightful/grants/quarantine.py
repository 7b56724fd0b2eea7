"""The rows of a file of grants that could not be taken: their numbers and why, nothing they hold.

The file gets its name when the import is done, so there is never half of one; after a crash the
import is given again, and so is the file. Only the owner may read it.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rightful import canonical
from rightful.errors import Damaged
from rightful.files import UNFINISHED, sync_folder


class Quarantine:
    """The quarantined rows of one file. `kept` is where they are, None if there are none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.reasons: Counter[str] = Counter()
        self.kept: Path | None = None

    def __enter__(self) -> "Quarantine":
        return self

    def add(self, rows: Sequence[tuple[int, str]]) -> None:
        """Add rows, whose numbers rise from call to call. Raises `Damaged` where it can't."""
        if not rows:
            return
        lines = [canonical.encode({"row": row, "reason": why}) + b"\n" for row, why in rows]
        with self._trouble_told():
            if self._file is None:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
                self._file = os.fdopen(os.open(self._unfinished, flags, 0o600), "wb")
            self._file.write(b"".join(lines))
        self.reasons.update(why for _, why in rows)

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Give the file its name. That of an earlier try goes where all rows could be taken."""
        if failed is not None:
            if self._file is not None:
                self._file.close()
                self._unfinished.unlink(missing_ok=True)
            return
        with self._trouble_told():
            if self._file is None:
                self._path.unlink(missing_ok=True)
                return
            with self._file as file:
                file.flush()
                os.fsync(file.fileno())
            self._unfinished.replace(self._path)
            sync_folder(self._path.parent)
        self.kept = self._path

    @property
    def _unfinished(self) -> Path:
        return self._path.with_name(f"{UNFINISHED}{self._path.name}")

    @contextmanager
    def _trouble_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = (error.strerror or "unknown error").lower()
            raise Damaged(
                f"{self._path} can't be written: {why}; mend that and import the file again. "
                "The grants that could be taken are kept"
            ) from None
