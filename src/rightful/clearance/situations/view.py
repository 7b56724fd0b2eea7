"""The registry as it stood at one revision: whom, whence, on what ground, and what was assessed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, Table, func, select

from rightful import moments
from rightful.clearance.situations.coding import Ints
from rightful.clearance.situations.granted import GrantArrays, grant_arrays
from rightful.clearance.situations.instants import instants, micros, moment
from rightful.clearance.situations.people import PeopleArrays, people_arrays
from rightful.policy.facts import USES
from rightful.registry import Registry
from rightful.registry.tables import (
    assessments,
    counters,
    grants,
    purposes,
    reservations,
    sources,
    subjects,
)

#: What is read of each table, and as what. Of a ground's evidence and notice, only whether it is
#: there: where the proof is kept may name the person.
COLUMNS: dict[Table, dict[str, Any]] = {
    subjects: {
        "id": pa.int64(),
        "residence": pa.string(),
        "birth_year": pa.int64(),
        "restricted_at": pa.string(),
        "objected_at": pa.string(),
        "opted_out_at": pa.string(),
        "erased_at": pa.string(),
    },
    sources: {
        "id": pa.int64(),
        "kind": pa.string(),
        "owner": pa.bool_(),
        "method": pa.string(),
        "public": pa.bool_(),
        "special_category": pa.bool_(),
        "criminal_offence": pa.bool_(),
        "notice": pa.int64(),
        "retention_until": pa.string(),
        "purpose": pa.int64(),
        "collected_from": pa.string(),
        "collected_to": pa.string(),
        "evidence": pa.bool_(),
        "lawfully_accessed": pa.bool_(),
        "infringing_site": pa.bool_(),
        "faces": pa.bool_(),
        "companion": pa.bool_(),
        "child_directed": pa.bool_(),
        "broker": pa.bool_(),
        "important_data": pa.bool_(),
    },
    grants: {
        "id": pa.int64(),
        "kind": pa.string(),
        "subject": pa.int64(),
        "source": pa.int64(),
        "purpose": pa.int64(),
        "valid_from": pa.string(),
        "valid_to": pa.string(),
        "withdrawn_at": pa.string(),
        "notice": pa.bool_(),
        "explicit": pa.bool_(),
        "given_by": pa.string(),
        "evidence": pa.bool_(),
        "licence": pa.string(),
        "condition": pa.string(),
    },
    purposes: {
        "id": pa.int64(),
        "name": pa.string(),
        "parent": pa.int64(),
        **dict.fromkeys(USES, pa.bool_()),
    },
    assessments: {
        "id": pa.int64(),
        "kind": pa.string(),
        "source": pa.int64(),
        "purpose": pa.int64(),
        "outcome": pa.string(),
        "sampled": pa.int64(),
        "failed": pa.int64(),
        "total": pa.int64(),
        "made_at": pa.string(),
        "valid_until": pa.string(),
    },
    reservations: {
        "id": pa.int64(),
        "source": pa.int64(),
        "protocol": pa.string(),
        "value": pa.string(),
        "location": pa.string(),
        "seen_at": pa.string(),
    },
}

#: Texts of which is read only whether they say anything.
_SAID = ("owner", "evidence")


@dataclass(frozen=True)
class RegistryView:
    """Whom, whence and on what ground, as the registry stood at one revision."""

    revision: int
    at: datetime
    """The moment that is asked about."""
    people: PeopleArrays
    sources: pa.Table
    purposes: pa.Table
    assessments: pa.Table
    reservations: pa.Table
    grounds: GrantArrays
    """The grants, sorted and ready to be asked."""
    for_everyone: pa.Table
    """Those grants that are for everyone in a source."""

    @classmethod
    def of(cls, revision: int, at: datetime, tables: Mapping[str, pa.Table]) -> "RegistryView":
        """The view that tables make which have the columns COLUMNS."""
        others = (sources, purposes, assessments, reservations)
        given = tables[grants.name]
        return cls(
            revision,
            at,
            people=people_arrays(tables[subjects.name]),
            **{table.name: tables[table.name] for table in others},
            grounds=grant_arrays(given),
            for_everyone=given.filter(pc.is_null(given.column("subject"))),
        )

    def valid_until(self, covering: Collection[int]) -> datetime:
        """The earliest moment after the view's at which time alone may change an answer.

        A grant that could speak begins, ends or is withdrawn then, an assessment runs out, or a day
        begins in UTC, by which ages and terms are counted.
        """
        turns = self.grounds.turns(self.at, covering)
        found = [moment(int(turns.instants.min()))] if len(turns.instants) else []
        return min([self._without_grants(), *found])

    def changes_for_all(self, covering: Collection[int]) -> datetime:
        """The same, without what is about the grants of single people."""
        turns = self.grounds.turns(self.at, covering)
        instants = turns.instants[turns.subject < 0]
        found = [moment(int(instants.min()))] if len(instants) else []
        return min([self._without_grants(), *found])

    def turns(self, until: datetime, covering: Collection[int]) -> list[tuple[datetime, int]]:
        """The moments before `until` at which a grant of a person begins or ends, and whose."""
        turns = self.grounds.turns(self.at, covering)
        soon = (turns.instants < micros(until)) & (turns.subject >= 0)
        pairs = zip(turns.instants[soon].tolist(), turns.subject[soon].tolist(), strict=True)
        return [(moment(instant), subject) for instant, subject in pairs]

    def renumbered(self, numbers: Ints) -> "RegistryView":
        """Of those people alone, each called by its place among their sorted `numbers`.

        What is looked up by a person's number then takes as much room as there are people.
        """
        theirs = self.grounds.subject
        grounds = self.grounds.part((theirs < 0) | np.isin(theirs, numbers))
        whose = np.where(grounds.subject < 0, -1, np.searchsorted(numbers, grounds.subject))
        people, grounds = self.people.renumbered(numbers), replace(grounds, subject=whose)
        return replace(self, people=people, grounds=grounds)

    def _without_grants(self) -> datetime:
        marked = self.people.next_change(self.at)
        later = [_next_day(self.at), *([marked] if marked else [])]
        for table, names in (
            (self.assessments, ("made_at", "valid_until")),
            (self.reservations, ("seen_at",)),
        ):
            for name in names:
                later += _after(table.column(name), self.at)
        return min(later)


def view(
    registry: Registry, at: datetime | None = None, *, about: Collection[int] | None = None
) -> RegistryView:
    """One consistent view of the registry; `at` is the present moment if it is not given.

    `about` reads only those subjects and their grants, with all that is not about one person.

    The present is looked up after the view was taken. Before, it could be a moment earlier than a
    withdrawal that the view holds, which would then seem to lie in the future while the view's
    revision says that it was heeded.
    """
    with registry.reading() as connection:
        revision = _revision(connection)
        tables = _tables(registry, connection, about)
    return RegistryView.of(revision, at or moments.now(), tables)


def later(
    registry: Registry,
    connection: Connection,
    before: RegistryView,
    at: datetime,
    about: Collection[int],
) -> RegistryView:
    """What a connection shows of some people, if only what is about single people changed.

    All that is not about one person is as it was in a view `before`.
    """
    people = people_arrays(_arrow(registry, connection, subjects, about))
    theirs = _arrow(registry, connection, grants, about, everyone=False)
    grounds = grant_arrays(pa.concat_tables([before.for_everyone, theirs]))
    revision = _revision(connection)
    return replace(before, revision=revision, at=at, people=people, grounds=grounds)


def _revision(connection: Connection) -> int:
    query = select(counters.c.value).where(counters.c.name == "revision")
    return connection.scalar(query) or 0


def _tables(
    registry: Registry, connection: Connection, about: Collection[int] | None
) -> dict[str, pa.Table]:
    return {table.name: _arrow(registry, connection, table, about) for table in COLUMNS}


def _arrow(
    registry: Registry,
    connection: Connection,
    table: Table,
    about: Collection[int] | None,
    *,
    everyone: bool = True,
) -> pa.Table:
    """A table, of which only what is `about` some people where they are named; and for everyone."""
    columns = COLUMNS[table]
    query = select(*(_read(table, name, kind).label(name) for name, kind in columns.items()))
    if about is not None and table is subjects:
        query = query.where(subjects.c.id.in_(about))
    if about is not None and table is grants:
        theirs = grants.c.subject.in_(about)
        query = query.where(grants.c.subject.is_(None) | theirs if everyone else theirs)
    return registry.arrow(query, pa.schema(list(columns.items())), connection)


def _read(table: Table, name: str, kind: Any) -> ColumnElement[Any]:
    column = table.c[name]
    if kind == pa.bool_() and name in _SAID:
        return func.trim(func.coalesce(column, "")) != ""
    if table is grants and name == "notice":
        return column.is_not(None)
    return column


def _after(column: pa.ChunkedArray, at: datetime) -> list[datetime]:
    """The earliest moment of a column after another one; none where there is none."""
    found = instants(column, empty=0, unreadable=0)
    later = found[found > micros(at)]
    return [moment(int(later.min()))] if len(later) else []


def _next_day(at: datetime) -> datetime:
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return today + timedelta(days=1)
    except OverflowError:  # the last day of the calendar
        return datetime.max.replace(tzinfo=UTC)
