"""The one table that rules read: a row for each record and subject.

A record about nobody has one row, whose subject is NULL. In every column NULL means that the fact
is not known; `none` and `false` are knowledge: the registry was asked, and there is nothing.
`docs/facts.md` holds the same table, and `rightful.clearance` fills it.

>>> COLUMNS["age"].type
'INTEGER'
"""

import pyarrow as pa

from rightful.policy.facts.controller import CONTROLLER, USE, USES
from rightful.policy.facts.fact import Fact, Type, Value
from rightful.policy.facts.grounds import ASSESSED, BASIS, GROUNDS, OUTCOMES, STATUSES
from rightful.policy.facts.people import NO_REGION, PEOPLE
from rightful.policy.facts.screening import FOUND, SCREENING, SCREENING_VERDICTS
from rightful.policy.facts.sources import (
    METHODS,
    PERMISSIONS,
    RESERVATIONS,
    SOURCE_KINDS,
    SOURCES,
)

__all__ = [
    "ASSESSED",
    "COLUMNS",
    "FACTS",
    "FOUND",
    "GROUNDS",
    "GROUPS",
    "METHODS",
    "NO_REGION",
    "OUTCOMES",
    "PERMISSIONS",
    "RESERVATIONS",
    "SCHEMA",
    "SCREENING_VERDICTS",
    "SOURCE_KINDS",
    "STATUSES",
    "USES",
    "Fact",
    "Type",
    "Value",
    "table",
]

#: By what they are about, in the order of the documentation.
GROUPS: dict[str, tuple[Fact, ...]] = {
    "people": PEOPLE,
    "controller": CONTROLLER,
    "use": USE,
    "grounds": BASIS,
    "sources": SOURCES,
    "screening": SCREENING,
}

FACTS: tuple[Fact, ...] = tuple(fact for group in GROUPS.values() for fact in group)

#: By name, in the order of the table.
COLUMNS: dict[str, Fact] = {fact.name: fact for fact in FACTS}

_ARROW = {"BOOLEAN": pa.bool_(), "VARCHAR": pa.string(), "INTEGER": pa.int32()}

#: The table in Arrow. `record` and `subject` say whose facts these are; no rule can read them.
SCHEMA = pa.schema(
    [pa.field("record", pa.int64(), nullable=False), pa.field("subject", pa.int64())]
    + [pa.field(fact.name, _ARROW[fact.type]) for fact in FACTS]
)


def table(rows: list[dict[str, Value]]) -> pa.Table:
    """A facts table from rows; what a row leaves out is not known. For tests and examples."""
    return pa.Table.from_pylist(rows, schema=SCHEMA)
