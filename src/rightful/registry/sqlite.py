"""How connections to SQLite are made and begin their transactions."""

from typing import Any

from sqlalchemy import Connection


def prepare(connection: Any, _record: Any) -> None:
    """Set up a new connection of the driver's."""
    # SQLAlchemy begins transactions itself (below), so that reading ones stay reading ones.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",  # readers go on while one writes
        "synchronous = FULL",  # what was said to be kept is kept, also over a power cut
        "secure_delete = ON",
        "cache_size = -65536",  # in KiB: thousands of keyed hashes touch pages all over an index
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Connection) -> None:
    """Begin what the connection's options say: one that reads, writes or brings tables up to date.

    Only one that writes waits for others that do.
    """
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":  # asks each question of the newest state
        return
    if options.get("rightful_migrates"):
        # A table that is written anew is first dropped, which others that point at it would forbid.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    writes = options.get("rightful_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
