"""What is held already about the people and sources of some rows: nothing comes in twice."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from rightful.grants.grants import IDENTITY, Grants, identity
from rightful.registry.tables import grants as table

#: How many people stand in one question.
_CHUNK = 500

#: Where in an identity the beginning stands; a row that does not state it asks for any.
_START = IDENTITY.index("valid_from")


class Held:
    """The grants about the same people and sources as some rows, by what makes them the same.

    `newcomers` are people who are new by these rows, and have no grants yet. `only` can leave out
    some of the grants.
    """

    def __init__(
        self,
        connection: Connection,
        rows: Sequence[dict[str, Any]],
        newcomers: frozenset[int] = frozenset(),
        only: ColumnElement[bool] | None = None,
    ) -> None:
        self._only = true() if only is None else only
        self._by_identity: dict[tuple[Any, ...], dict[str, Any]] = {}
        named = {row["subject"] for row in rows if row["subject"] is not None}
        people = sorted(named - newcomers)
        for start in range(0, len(people), _CHUNK):
            self._load(connection, table.c.subject.in_(people[start : start + _CHUNK]))
        sources = {row["source"] for row in rows if row["subject"] is None}
        if sources:
            self._load(connection, table.c.subject.is_(None) & table.c.source.in_(sources))

    def find(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The grant that a row is, if it is held. A row without `valid_from` asks for any."""
        return self._by_identity.get(identity(row))

    def take(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The grant that a row is, which no other row can be then."""
        return self._by_identity.pop(identity(row), None)

    def add(self, row: dict[str, Any]) -> None:
        """Remember a row that is to be recorded, for the rows that follow."""
        known = identity(row)
        self._by_identity.setdefault(known, row)
        self._by_identity.setdefault((*known[:_START], None, *known[_START + 1 :]), row)

    def end(
        self, grants: Grants, connection: Connection, held: dict[str, Any], row: dict[str, Any]
    ) -> set[str]:
        """End a held grant where the row knows of an earlier end; returns the columns changed."""
        changed = {c for c in ("valid_to", "withdrawn_at") if _earlier(row[c], held[c])}
        if "id" in held:  # else it stands further up in the same batch, and is recorded so
            if "valid_to" in changed:
                grants.mark_expired(connection, held, row["valid_to"])
            if "withdrawn_at" in changed:
                grants.mark_withdrawn(connection, held, row["withdrawn_at"])
        held.update({column: row[column] for column in changed})
        return changed

    def _load(self, connection: Connection, which: Any) -> None:
        for row in connection.execute(select(table).where(which, self._only).order_by(table.c.id)):
            self.add(row._asdict())


def _earlier(new: str | None, known: str | None) -> bool:
    return new is not None and (known is None or new < known)
