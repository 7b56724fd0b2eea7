"""A DuckDB in memory that reaches nothing but the Arrow tables it is handed.

No files, no network, no extensions, no Python variables by name, and no way to change that: the
configuration is locked. Rules can't write SQL (see `rightful.policy.expression`); this is what
stands behind that, should it ever fail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

_CLOSED: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


@contextmanager
def database(**tables: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty, locked database in which `tables` can be read by their names."""
    with duckdb.connect(":memory:", config=_CLOSED) as connection:
        # Drawn into whatever is printed; it can't be set with the others.
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET lock_configuration = true")
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
