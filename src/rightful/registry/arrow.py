"""Bulk reads: what a query yields, as an Arrow table, past SQLAlchemy's rows.

Rows are fetched by the driver of the very connection that was given, so that several tables come
from one view. ADBC would be twice as fast, but brings an SQLite of its own: when that one closes
the file, the kernel drops the locks that Python's SQLite holds on it, and nothing would keep
another process from writing over what is being read.
"""

import gc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError

# Few enough to stay in the processor's cache while they are turned into columns.
_CHUNK = 2_000


def read(connection: Connection, query: Select[Any], schema: pa.Schema) -> pa.Table:
    """The rows that `query` yields; columns in the order of `schema`."""
    statement = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    dbapi = connection.dialect.loaded_dbapi
    batches = []
    try:
        with _uncollected(), closing(_cursor(connection)) as cursor:
            cursor.execute(statement, {})
            while rows := cursor.fetchmany(_CHUNK):
                batches.append(_batch(rows, schema))
    except dbapi.Error as error:  # so that it is told as every other error of the database is
        told = DBAPIError.instance(statement, None, error, dbapi.Error, hide_parameters=True)
        raise told from None
    return pa.Table.from_batches(batches, schema)


def _cursor(connection: Connection) -> Any:
    raw = connection.connection
    if connection.dialect.name == "sqlite":
        return raw.cursor()
    # One of the server's, by its name: another would first copy every row to this machine.
    return raw.cursor("rightful_bulk")


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    return pa.record_batch(
        [_column(values, field.type) for values, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _column(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(kind):  # SQLite's are numbers
        return pa.array([None if value is None else bool(value) for value in values], kind)
    return pa.array(values, kind)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look for circles among millions of plain rows."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
