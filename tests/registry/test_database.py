"""The registry keeps all of a change or none, forgets what is deleted, and says what is wrong.

Each promise is tested on SQLite, and on PostgreSQL where a server is given.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from rightful.errors import Busy, Damaged, InvalidInput, NotFound
from rightful.registry import Registry, database
from rightful.registry.tables import counters, properties, wrapped_keys

#: Content that is easy to find in a file, and longer than a page of SQLite.
_BLOB = b"a wrapped key that must go " * 400

Make = Callable[[], Registry]


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Opens the same registry once more, as another process would; the first time, makes it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/registry.sqlite"
    else:
        url = request.getfixturevalue("postgresql_url")
    made: list[Registry] = []

    def build() -> Registry:
        registry = Registry(url, tmp_path)
        made.append(registry)
        registry.create() if len(made) == 1 else registry.open()
        return registry

    yield build
    for registry in made:
        registry.close()


@pytest.fixture
def registry(make: Make) -> Registry:
    return make()


@pytest.fixture
def sqlite(tmp_path: Path) -> Registry:
    registry = Registry(f"sqlite:///{tmp_path}/registry.sqlite", tmp_path)
    registry.create()
    return registry


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for others 0.2 seconds, in registries that are opened from now on."""
    monkeypatch.setattr(database, "PATIENCE", 0.2)


def _put(connection: Connection, name: str, value: str = "x") -> None:
    connection.execute(insert(properties).values(name=name, value=value))


def _names(registry: Registry) -> set[str]:
    return {row.name for row in registry.rows(select(properties.c.name))}


# All or nothing


def test_a_transaction_that_ends_well_is_kept(make: Make) -> None:
    with make().transaction() as connection:
        _put(connection, "kept")
    assert _names(make()) == {"kept"}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_takes_back_the_whole_transaction(
    make: Make, error: type[BaseException]
) -> None:
    registry = make()

    def fail() -> None:
        with registry.transaction() as connection:
            _put(connection, "one")
            registry.bump(connection)
            _put(connection, "two")
            raise error

    with pytest.raises(error):
        fail()
    assert _names(make()) == set()
    assert registry.revision == 0


def test_the_text_of_an_error_holds_no_values(registry: Registry) -> None:
    def twice() -> None:
        with registry.transaction() as connection:
            _put(connection, "same", "a person's name")
            _put(connection, "same", "a person's name")

    with pytest.raises(IntegrityError) as caught:
        twice()
    assert "a person's name" not in str(caught.value)


_DIE = """
import os, signal, sys
from pathlib import Path
from rightful.registry import Registry
from rightful.registry.tables import properties
registry = Registry(sys.argv[1], Path(sys.argv[2]))
with registry.transaction() as connection:
    connection.execute(properties.insert().values(name="half", value="x"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_transaction_leaves_nothing(make: Make) -> None:
    registry = make()
    with _run(_DIE, registry) as writer:
        writer.communicate(timeout=60)
    assert writer.returncode == -signal.SIGKILL
    assert _names(make()) == set()


# Counters


def test_counters_give_each_number_once(registry: Registry) -> None:
    with registry.transaction() as connection:
        assert registry.take(connection, "record", 3) == 0
        assert registry.take(connection, "record", 2) == 3
        assert registry.take(connection, "other", 1) == 0
    with registry.transaction() as connection:
        assert registry.take(connection, "record", 1) == 5


def test_two_writers_never_get_the_same_number(make: Make) -> None:
    make()
    taken: list[int] = []

    def draw() -> None:
        registry = make()
        for _ in range(25):
            with registry.transaction() as connection:
                taken.append(registry.take(connection, "record", 2))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(0, 200, 2))


def test_a_bump_changes_the_revision_when_its_transaction_is_kept(make: Make) -> None:
    registry, other = make(), make()
    assert registry.revision == 0
    with registry.transaction() as connection:
        registry.bump(connection)
        assert other.revision == 0
    assert other.revision == 1


def test_a_watcher_is_told_of_each_change_and_holds_up_nobody(make: Make) -> None:
    registry, other = make(), make()
    with registry.watching() as revision:
        assert revision() == 0
        for number in (1, 2, 3):
            with other.transaction() as connection:
                other.bump(connection)
            assert revision() == number
        other.scrub()


def test_a_fact_about_the_workspace_is_known_once_it_is_put(registry: Registry) -> None:
    with registry.transaction() as connection:
        _put(connection, "a", "1")
        assert registry.property(connection, "a") == "1"
        assert registry.property(connection, "c") is None


# Side by side


def test_a_reader_does_not_block_a_writer_and_keeps_its_view(make: Make) -> None:
    reader, writer = make(), make()
    with reader.reading() as view:
        assert view.execute(select(properties)).all() == []
        with writer.transaction() as connection:
            _put(connection, "later")
        assert _names(writer) == {"later"}
        assert view.execute(select(properties)).all() == []
    assert _names(reader) == {"later"}


def test_a_writer_does_not_block_a_reader(make: Make) -> None:
    writer, reader = make(), make()
    with writer.transaction() as connection:
        _put(connection, "unfinished")
        assert _names(reader) == set()
    assert _names(reader) == {"unfinished"}


def test_writers_wait_for_each_other(make: Make) -> None:
    first, second = make(), make()
    order: list[str] = []

    def write() -> None:
        with second.transaction() as connection:
            order.append("second")
            _put(connection, "second")

    thread = threading.Thread(target=write)
    with first.transaction() as connection:
        _put(connection, "first")
        thread.start()
        time.sleep(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.usefixtures("hurry")
def test_a_writer_that_waits_too_long_is_told_that_it_is_busy(make: Make) -> None:
    first, second = make(), make()
    with (
        first.transaction(),
        pytest.raises(Busy, match="another process"),
        second.transaction(),
    ):
        pytest.fail("two transactions at a time")


_HOLD = """
import sys
from pathlib import Path
from rightful.registry import Registry
with Registry(sys.argv[1], Path(sys.argv[2])).lock("records"):
    print("held", flush=True)
    sys.stdin.read()
"""


def _run(code: str, registry: Registry) -> subprocess.Popen[str]:
    url = registry.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", code, url, str(registry.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _held_elsewhere(registry: Registry) -> Iterator[subprocess.Popen[str]]:
    with _run(_HOLD, registry) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def test_a_lock_that_another_process_holds_is_busy(registry: Registry) -> None:
    with _held_elsewhere(registry):
        with pytest.raises(Busy, match=r"records.*try again"), registry.lock("records", patience=0):
            pytest.fail("two holders")
        with registry.lock("another name", patience=0):
            pass


def test_a_lock_is_free_when_its_holder_is_killed(registry: Registry) -> None:
    with _held_elsewhere(registry) as holder:
        holder.kill()
        with registry.lock("records", patience=30):
            pass


def test_a_lock_is_free_after_an_exception_inside(make: Make) -> None:
    registry, other = make(), make()
    with pytest.raises(RuntimeError), registry.lock("records"):
        raise RuntimeError
    with other.lock("records", patience=0):
        pass


# Opening


def test_creating_again_keeps_what_is_there(registry: Registry) -> None:
    with registry.transaction() as connection:
        _put(connection, "kept")
    registry.create()
    assert _names(registry) == {"kept"}


def test_a_registry_of_a_newer_version_is_refused_and_left_alone(make: Make) -> None:
    registry = make()
    with registry.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Damaged, match=r"newer version.*upgrade Rightful"):
        make()
    with registry.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_a_missing_file_is_not_found_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="rightful init"):
        Registry(f"sqlite:///{tmp_path}/registry.sqlite", tmp_path).open()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_damaged_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "registry.sqlite"
    file.write_bytes(b"not a database at all " * 500)
    before = file.read_bytes()
    with pytest.raises(Damaged, match="no whole SQLite database"):
        Registry(f"sqlite:///{file}", tmp_path).open()
    assert file.read_bytes() == before


def test_a_file_that_was_cut_is_damaged(sqlite: Registry) -> None:
    sqlite.scrub()
    size = sqlite.path.stat().st_size
    with sqlite.path.open("r+b") as file:
        file.truncate(size // 2)
    with pytest.raises(Damaged):
        sqlite.scrub()


def test_an_empty_database_is_not_found(postgresql_url: str, tmp_path: Path) -> None:
    registry = Registry(postgresql_url, tmp_path)
    with pytest.raises(NotFound, match="rightful init"):
        registry.open()
    registry.close()


def test_an_empty_file_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "registry.sqlite").touch()
    with pytest.raises(NotFound, match="rightful init"):
        Registry(f"sqlite:///{tmp_path}/registry.sqlite", tmp_path).open()


def test_a_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://someone:hush@127.0.0.1:9/registry"
    with pytest.raises(Busy, match="can't be reached") as caught:
        Registry(url, tmp_path).open()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "no url", "mysql://host/db", "postgresql+nothing"])
def test_other_urls_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="registry"):
        Registry(url, tmp_path)


# Deleting


def _traces(folder: Path) -> list[str]:
    """The files under `folder` in which the blob, or a good part of it, can be found."""
    needle = _BLOB[:54]
    return [p.name for p in folder.rglob("*") if p.is_file() and needle in p.read_bytes()]


def _put_blob(registry: Registry) -> None:
    with registry.transaction() as connection:
        connection.execute(
            insert(wrapped_keys).values(holder_kind="subject", holder=1, wrapped=_BLOB)
        )
        connection.execute(
            insert(wrapped_keys).values(holder_kind="subject", holder=2, wrapped=b"stays")
        )


def _delete_blob(registry: Registry) -> None:
    with registry.transaction() as connection:
        connection.execute(delete(wrapped_keys).where(wrapped_keys.c.holder == 1))


def _kept(registry: Registry) -> list[bytes]:
    return [bytes(row.wrapped) for row in registry.rows(select(wrapped_keys))]


def test_scrub_leaves_no_trace_of_a_deleted_blob(sqlite: Registry, tmp_path: Path) -> None:
    _put_blob(sqlite)
    assert _traces(tmp_path), "the search can't find what is there"
    _delete_blob(sqlite)
    sqlite.scrub()
    assert _traces(tmp_path) == []
    assert _kept(sqlite) == [b"stays"]


def test_scrub_leaves_no_trace_in_the_write_ahead_log(sqlite: Registry, tmp_path: Path) -> None:
    with sqlite.reading() as idle:  # the last connection to close would delete the log
        _put_blob(sqlite)
        assert "registry.sqlite-wal" in _traces(tmp_path), "the search can't find what is there"
        _delete_blob(sqlite)
        assert "registry.sqlite-wal" in _traces(tmp_path), "nothing to scrub"
        sqlite.scrub()
        assert _traces(tmp_path) == []
        assert idle.execute(select(wrapped_keys)).one().wrapped == b"stays"


def test_scrub_leaves_no_trace_of_what_was_replaced(sqlite: Registry, tmp_path: Path) -> None:
    _put_blob(sqlite)
    with sqlite.transaction() as connection:
        connection.execute(
            update(wrapped_keys).where(wrapped_keys.c.holder == 1).values(wrapped=b"new")
        )
    sqlite.scrub()
    assert _traces(tmp_path) == []


@pytest.mark.usefixtures("hurry")
def test_scrub_says_so_when_a_reader_still_sees_what_was_deleted(make: Make) -> None:
    registry, reader = make(), make()
    _put_blob(registry)
    with reader.reading() as view:
        assert len(view.execute(select(wrapped_keys)).all()) == 2
        _delete_blob(registry)
        with pytest.raises(Busy, match="a reader keeps"):
            registry.scrub()
    registry.scrub()
    assert _kept(registry) == [b"stays"]


@pytest.mark.usefixtures("hurry")
def test_scrub_says_so_when_a_writer_does_not_end(make: Make) -> None:
    registry, writer = make(), make()
    with writer.transaction() as connection:
        _put(connection, "unfinished")
        with pytest.raises(Busy):
            registry.scrub()
    registry.scrub()


def test_scrub_on_postgresql_leaves_no_trace_in_the_table(
    postgresql_url: str, tmp_path: Path
) -> None:
    registry = Registry(postgresql_url, tmp_path)
    registry.create()
    # Short, so that it is neither compressed nor moved out of the table's own file.
    blob = _BLOB[:500]
    with registry.transaction() as connection:
        connection.execute(
            insert(wrapped_keys).values(holder_kind="subject", holder=1, wrapped=blob)
        )
    assert _in_file_of_table(registry, blob), "the search can't find what is there"
    _delete_blob(registry)
    assert _in_file_of_table(registry, blob), "nothing to scrub"
    registry.scrub()
    assert not _in_file_of_table(registry, blob)
    registry.close()


def _in_file_of_table(registry: Registry, blob: bytes) -> bool:
    with registry.transaction() as connection:
        if not connection.scalar(text("SELECT current_setting('is_superuser')::bool")):
            pytest.skip("reading the server's files needs a superuser")
    with registry.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
    with registry.reading() as connection:
        path = "pg_relation_filepath('wrapped_keys')"
        found = f"SELECT position(CAST(:blob AS bytea) IN pg_read_binary_file({path}))"
        return bool(connection.scalar(text(found), {"blob": blob}))


def test_a_folder_with_odd_letters_in_its_name_works(tmp_path: Path) -> None:
    folder = tmp_path / "100 % ü 数据"
    folder.mkdir()
    registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
    registry.create()
    registry.open()
    assert (folder / "registry.sqlite").exists()


def test_counters_are_a_table_that_others_may_read(registry: Registry) -> None:
    with registry.transaction() as connection:
        registry.bump(connection)
    assert registry.rows(select(counters)) == [("revision", 1)]
