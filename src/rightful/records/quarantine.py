"""The file of rows that an import could not take: their numbers and why, and nothing they hold.

    {"reason":"no label","row":17}

Only the owner may read it. Each batch is on disk before the registry counts it, so after a crash
the rows that the registry has not counted are cut off and read again, and each stands here once.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rightful import canonical
from rightful.errors import Damaged
from rightful.files import sync_folder
from rightful.records.readers.reasons import Reason

FOLDER = "quarantine"


class Quarantine:
    """The quarantined rows of one import. The file is there once there is a row for it."""

    def __init__(self, workspace: Path, number: int) -> None:
        self.path = workspace / FOLDER / f"import-{number}.jsonl"

    def write(self, rows: Sequence[tuple[int, Reason]]) -> None:
        """Add rows, whose numbers rise, and flush them to disk. Raises `Damaged` where it can't."""
        if not rows:
            return
        lines = [
            canonical.encode({"row": row, "reason": str(reason)}) + b"\n" for row, reason in rows
        ]
        with self._trouble_told():
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "ab") as file:
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self.path.parent)

    def cut(self, row: int) -> None:
        """Take out the rows from number `row` on, and what a crash left of a line."""
        with self._trouble_told():
            kept = sum(len(line) for number, _, line in self._lines() if number < row)
            if kept:
                os.truncate(self.path, kept)
            else:
                self.path.unlink(missing_ok=True)

    def reasons(self) -> dict[str, int]:
        """How many rows there are for each reason, the most frequent first."""
        with self._trouble_told():
            return dict(Counter(reason for _, reason, _ in self._lines()).most_common())

    def _lines(self) -> Iterator[tuple[int, str, bytes]]:
        """The number, the reason and the bytes of each line, up to one that is none."""
        try:
            with self.path.open("rb") as file:
                for line in file:
                    entry = json.loads(line)
                    yield entry["row"], entry["reason"], line
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return

    @contextmanager
    def _trouble_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = (error.strerror or "unknown error").lower()
            raise Damaged(
                f"{self.path} can't be written or read: {why}; mend that, then run the import "
                "again. What was stored before is unharmed"
            ) from None
