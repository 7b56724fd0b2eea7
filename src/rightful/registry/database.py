"""The registry: a database with transactions, migrations, a revision counter and a lock.

SQLite in a file by default, PostgreSQL by URL. Deleting is meant here: SQLite overwrites deleted
cells with zeros (`secure_delete`), and `Registry.scrub` rewrites the file and empties its
write-ahead log, so that a destroyed key is in none of them.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import alembic.command
import pyarrow as pa
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import (
    Connection,
    Engine,
    Select,
    TextClause,
    create_engine,
    event,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from rightful.errors import Busy, Damaged, InvalidInput, NotFound
from rightful.registry import sqlite
from rightful.registry.arrow import read
from rightful.registry.changes import Changes, between, note
from rightful.registry.tables import counters, properties

#: How long a writer waits for another one, in seconds.
PATIENCE = 60.0


class Registry:
    """The tables of one workspace.

    `transaction()` writes, all or nothing; `reading()` gives a consistent view and never waits for
    a writer. Both hand out a SQLAlchemy connection.
    """

    def __init__(self, url: str, folder: Path) -> None:
        """Name the database; nothing is opened yet. `folder` holds the lock files."""
        try:
            self.url: URL = make_url(url)
        except Exception:
            raise InvalidInput(
                "registry: not a database URL; use sqlite:///… or postgresql+psycopg://…"
            ) from None
        if self.url.get_backend_name() not in ("sqlite", "postgresql"):
            raise InvalidInput(
                f"registry: {self.url.get_backend_name()} is not supported; "
                "use sqlite:///… or postgresql+psycopg://…"
            )
        self.folder = folder

    @cached_property
    def engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_pre_ping=True, hide_parameters=True)
        # A connection a use: cheap for a file, and nothing is shared between threads or forks.
        engine = create_engine(
            self.url,
            poolclass=NullPool,
            connect_args={"timeout": PATIENCE},
            hide_parameters=True,  # values must not end up in the text of an error
        )
        event.listen(engine, "connect", sqlite.prepare)
        event.listen(engine, "begin", sqlite.begin)
        return engine

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """The file of a SQLite registry."""
        return Path(self.url.database or "")

    # Opening

    def create(self) -> None:
        """Make the tables, or bring those of an older version up to date."""
        self._migrate()

    def open(self) -> None:
        """Check that the tables are there and of a version that this code knows.

        Raises:
            NotFound: there is no registry at this place.
            Damaged: it is no database, or a newer version of Rightful wrote it.
        """
        if self.is_sqlite and not self.path.exists():
            raise NotFound(
                f"no registry at {self.path}; restore it from a backup, or mend `registry` in "
                "rightful.toml (`rightful init` makes a new workspace)"
            )
        revision = self._revision()
        script = ScriptDirectory.from_config(self._alembic())
        if revision is None:
            raise NotFound(
                "the registry holds no tables of Rightful; restore it from a backup, or mend "
                "`registry` in rightful.toml (`rightful init` makes a new workspace)"
            )
        if revision not in {known.revision for known in script.walk_revisions()}:
            raise Damaged(
                "this workspace was written by a newer version of Rightful; "
                "upgrade Rightful to open it. Nothing was changed"
            )
        if revision != script.get_current_head():
            self._migrate()

    def close(self) -> None:
        """Close the connections that are kept for the next use; it may still come."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def _alembic(self) -> AlembicConfig:
        config = AlembicConfig()
        folder = str(Path(__file__).parent / "migrations")
        config.set_main_option("script_location", folder.replace("%", "%%"))
        return config

    def _revision(self) -> str | None:
        with self._damage_told(), self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def _migrate(self) -> None:
        """Bring the tables up to date, all or nothing."""
        config = self._alembic()
        with (
            self._damage_told(),
            self.lock("migration"),
            self._writing(rightful_migrates=True) as connection,
        ):
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
            if self.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise Damaged(
                    "the registry can't be brought up to date: rows of it point at others that "
                    "are missing; restore it from a backup. Nothing was changed"
                )

    # Using

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes are kept all together, or not at all on any exception.

        One writes at a time: what a transaction reads stays true until it ends. Another one that
        waits longer than `PATIENCE` gets `Busy`.
        """
        with self._writing() as connection:
            yield connection

    @contextmanager
    def _writing(self, **options: bool) -> Iterator[Connection]:
        with self._damage_told(), self.engine.connect() as connection:
            connection = connection.execution_options(rightful_writes=True, **options)
            with connection.begin():
                if not self.is_sqlite:
                    _wait_in_line(connection)
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads, from one consistent view."""
        with self._damage_told(), self.engine.connect() as connection:
            if not self.is_sqlite:  # whose default shows each statement another view
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def rows(self, query: Select[Any]) -> list[Any]:
        """The rows that `query` yields."""
        with self.reading() as connection:
            return list(connection.execute(query))

    def arrow(
        self, query: Select[Any], schema: pa.Schema, connection: Connection | None = None
    ) -> pa.Table:
        """The rows that `query` yields as an Arrow table; columns in the order of `schema`.

        With the connection of a `reading()`, several tables come from one consistent view.
        """
        if connection is not None:
            return read(connection, query, schema)
        with self.reading() as connection:
            return read(connection, query, schema)

    @property
    def revision(self) -> int:
        """A number that grows with every change that may change who is cleared."""
        query = select(counters.c.value).where(counters.c.name == "revision")
        with self.reading() as connection:
            return connection.scalar(query) or 0

    @contextmanager
    def watching(self) -> Iterator[Callable[[], int]]:
        """A function that tells the revision of the moment, cheap enough to ask at every step."""
        query = select(counters.c.value).where(counters.c.name == "revision")
        with self._damage_told(), self.engine.connect() as connection:
            # Without a transaction around them, so that each question sees what is true then.
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            compiled = str(query.compile(self.engine, compile_kwargs={"literal_binds": True}))
            # By the driver's own cursor: at every step of a run, SQLAlchemy's is felt.
            cursor = connection.connection.cursor()

            def revision() -> int:
                try:
                    cursor.execute(compiled)
                    row = cursor.fetchone()
                except self.engine.dialect.loaded_dbapi.Error:  # ask so that trouble is told
                    return int(connection.exec_driver_sql(compiled).scalar() or 0)
                return int(row[0]) if row else 0

            yield revision

    def bump(
        self,
        connection: Connection,
        *,
        subjects: Iterable[int] | None = None,
        sources: Iterable[int] | None = None,
    ) -> None:
        """Say that what this transaction changes may change who is cleared.

        Only the records about one of `subjects` or out of one of `sources`, where these are
        given, and nothing at all where those given are empty; else any record.
        """
        people, places = frozenset(subjects or ()), frozenset(sources or ())
        anything = subjects is None and sources is None
        if anything or people or places:
            note(connection, self.take(connection, "revision", 1) + 1, people, places)

    def changes(self, connection: Connection, since: int) -> Changes:
        """What changed after the revision `since`, as the view of `connection` shows it."""
        query = select(counters.c.value).where(counters.c.name == "revision")
        return between(connection, since, connection.scalar(query) or 0)

    def take(self, connection: Connection, counter: str, amount: int) -> int:
        """Advance a counter and return its value before, as the first of `amount` numbers."""
        row = counters.c.name == counter
        done = connection.execute(
            update(counters).where(row).values(value=counters.c.value + amount)
        )
        if not done.rowcount:
            connection.execute(counters.insert().values(name=counter, value=amount))
            return 0
        return int(connection.scalar(select(counters.c.value).where(row)) or 0) - amount

    def property(self, connection: Connection, name: str) -> str | None:
        """A fact about the workspace itself."""
        return connection.scalar(select(properties.c.value).where(properties.c.name == name))

    @contextmanager
    def lock(self, name: str, *, patience: float = PATIENCE) -> Iterator[None]:
        """Keep other processes out of what `name` stands for.

        Raises:
            Busy: another process holds it, and still did after `patience` seconds.
        """
        if self.is_sqlite:
            self.folder.mkdir(parents=True, exist_ok=True)
            guard = FileLock(self.folder / f"{name}.lock", timeout=patience)
            try:
                guard.acquire()
            except Timeout:
                raise Busy(_held(name)) from None
            try:
                yield
            finally:
                guard.release()
        else:
            with self._advisory_lock(name, patience):
                yield

    @contextmanager
    def _advisory_lock(self, name: str, patience: float) -> Iterator[None]:
        # Held by the session, so that PostgreSQL frees it when this process dies.
        until = time.monotonic() + patience
        names = {"name": f"rightful {name}"}
        with self.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            wanted = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
            while not connection.scalar(wanted, names):
                if time.monotonic() > until:
                    raise Busy(_held(name))
                time.sleep(0.1)
            try:
                yield
            finally:
                connection.execute(
                    text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))"), names
                )

    def scrub(self) -> None:
        """Leave no trace of deleted rows in the database's files.

        PostgreSQL's own write-ahead log is not in reach from here: what it holds of a deleted row
        goes when the server recycles those segments, and archived ones stay until they are deleted.

        Raises:
            Busy: a reader still needs the deleted rows, or a writer did not let go.
        """
        until = time.monotonic() + PATIENCE
        with self._damage_told(), self.engine.connect() as connection:
            if self.is_sqlite:
                _scrub_sqlite(connection, until)
            else:
                _scrub_postgresql(connection.execution_options(isolation_level="AUTOCOMMIT"), until)

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            reason = str(error.orig).lower()
            if "locked" in reason or "lock timeout" in reason:
                raise Busy("the registry is in use by another process; try again") from None
            if "is full" in reason or "no space left" in reason:
                raise Damaged(
                    "the disk is full; free some room and run the command again"
                ) from None
            if "disk i/o" in reason or "unable to open" in reason:
                raise Damaged(
                    "the registry can't be read or written: its disk is full or fails; see to it, "
                    "then run the command again"
                ) from None
            if "malformed" in reason:
                raise Damaged("the registry was changed or cut; restore a backup") from None
            if not self.is_sqlite:
                raise Busy("the registry's database can't be reached; check its URL") from None
            raise
        except DatabaseError as error:
            if "not a database" in str(error.orig) or "malformed" in str(error.orig):
                raise Damaged(
                    f"the registry {self.path} is no whole SQLite database; restore a backup"
                ) from None
            raise


def _held(name: str) -> str:
    return f"another process is working on this workspace ({name}); try again when it is done"


def _scrub_sqlite(connection: Connection, until: float) -> None:
    # Not through SQLAlchemy, which would begin a transaction: VACUUM refuses to run in one.
    raw = connection.connection.dbapi_connection
    assert raw is not None
    try:
        raw.execute("VACUUM")
        while raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > until:
                raise Busy("a reader keeps old pages of the registry; try again")
            time.sleep(0.05)
    except sqlite3.OperationalError as error:
        raise OperationalError("VACUUM", None, error) from None


def _scrub_postgresql(connection: Connection, until: float) -> None:
    # VACUUM keeps what an older snapshot can still see, and says nothing: wait those out first.
    started = connection.scalar(text("SELECT clock_timestamp()"))
    older = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend' "
        "AND backend_xmin IS NOT NULL AND xact_start < :started"
    )
    while connection.scalar(older, {"started": started}):
        if time.monotonic() > until:
            raise Busy("a reader keeps old rows of the registry; try again")
        time.sleep(0.05)
    try:
        connection.execute(_lock_timeout(local=False))
        connection.execute(text("VACUUM FULL"))
    finally:
        connection.execute(text("RESET lock_timeout"))


def _wait_in_line(connection: Connection) -> None:
    """Let one write at a time, as SQLite does; the lock ends with the transaction."""
    connection.execute(_lock_timeout(local=True))
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('rightful writes', 0))"))


def _lock_timeout(*, local: bool) -> TextClause:
    setting = text("SELECT set_config('lock_timeout', :milliseconds, :local)")
    return setting.bindparams(milliseconds=str(int(PATIENCE * 1000)), local=local)
