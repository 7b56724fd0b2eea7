"""Thousands of rows at once, asked for and inserted at the speed of the database's own driver."""

from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
)

#: The bytes of a keyed hash.
_WIDTH = 32


def digests_among(column: ColumnElement[Any], digests: Collection[bytes]) -> ColumnElement[bool]:
    """Whether a column of hashes of 32 bytes has one of `digests`.

    A list of as many parameters costs more to write down and to bind than the database needs to
    find the rows. So the hashes go side by side in one byte string, and it takes them apart.
    """
    packed = bindparam(None, b"".join(digests), LargeBinary)
    count = literal(len(digests), Integer)
    first = select(literal(0, Integer).label("place")).where(count > 0)
    places = first.cte("places", recursive=True)
    next_place = places.c.place + 1
    places = places.union_all(select(next_place.label("place")).where(next_place < count))
    taken = func.substr(packed, places.c.place * _WIDTH + 1, _WIDTH, type_=LargeBinary)
    return column.in_(select(taken))


def insert_many(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that have the same columns. Values are given as the driver takes them."""
    if not rows:
        return
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    given: Sequence[Any] = rows
    if compiled.positiontup is not None:
        take = itemgetter(*compiled.positiontup)
        given = [take(row) for row in rows] if len(rows[0]) > 1 else [(take(r),) for r in rows]
    connection.exec_driver_sql(str(compiled), given)


def insert_numbered(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]]
) -> list[int]:
    """Insert rows of a table whose `id` the database gives out; returns theirs, in order.

    In a transaction that writes: one does at a time, so what stands above the last number
    afterwards is what was inserted.
    """
    last = connection.scalar(select(func.max(table.c.id))) or 0
    insert_many(connection, table, rows)
    new = select(table.c.id).where(table.c.id > last).order_by(table.c.id)
    return [int(number) for number in connection.scalars(new)]
