"""What changed since a revision: whom and what a clearance has to look at again.

Each bump of the revision leaves at least one row, so that a gap tells that rows are gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from rightful.registry.tables import changes

#: A change that names more people and sources than this is told as one of everything.
MOST = 1000

#: How many rows are kept; who asks about longer ago is told that everything may have changed.
KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Changes:
    """The numbers of the subjects and sources that changed; with `everything`, those are empty."""

    subjects: frozenset[int] = frozenset()
    sources: frozenset[int] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.subjects or self.sources)


def note(
    connection: Connection, revision: int, subjects: frozenset[int], sources: frozenset[int]
) -> None:
    """Keep what became different with `revision`; nothing named stands for everything."""
    rows: list[dict[str, int | None]] = [
        {"revision": revision, "subject": number, "source": None} for number in sorted(subjects)
    ]
    rows += [{"revision": revision, "subject": None, "source": each} for each in sorted(sources)]
    if not 0 < len(rows) <= MOST:
        rows = [{"revision": revision, "subject": None, "source": None}]
    connection.execute(insert(changes), rows)
    newest = connection.scalar(select(func.max(changes.c.id))) or 0
    past = connection.scalar(
        select(func.max(changes.c.revision)).where(changes.c.id <= newest - KEPT)
    )
    if past is not None:  # a revision is kept whole, or not at all
        connection.execute(delete(changes).where(changes.c.revision <= past))


def between(connection: Connection, since: int, revision: int) -> Changes:
    """What changed after the revision `since`, up to and with `revision`."""
    if since == revision:
        return Changes()
    oldest = connection.scalar(select(func.min(changes.c.revision)))
    if oldest is None or oldest > since + 1 or since > revision:
        return Changes(everything=True)
    rows = connection.execute(
        select(changes.c.subject, changes.c.source).where(changes.c.revision > since)
    ).all()
    if any(row.subject is None and row.source is None for row in rows):
        return Changes(everything=True)
    return Changes(_numbers(row.subject for row in rows), _numbers(row.source for row in rows))


def _numbers(column: Iterable[int | None]) -> frozenset[int]:
    return frozenset(int(number) for number in column if number is not None)
