"""The database that runs the rules reaches the table that it is handed, and nothing else."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from rightful.policy.database import database


def test_it_reads_the_tables_that_it_is_handed() -> None:
    with database(facts=pa.table({"record": [1, 2]})) as connection:
        assert connection.execute("SELECT sum(record) FROM facts").fetchall() == [(3,)]


def test_without_the_locks_the_file_below_could_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("secret\n17\n")
    with duckdb.connect(":memory:") as connection:
        assert connection.execute(f"SELECT * FROM '{path}'").fetchall() == [(17,)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM '{path}'",
        "SELECT * FROM read_csv('{path}')",
        "SELECT * FROM read_text('{path}')",
        "SELECT * FROM glob('{path}*')",
        "COPY (SELECT 1) TO '{path}'",
        "EXPORT DATABASE '{path}'",
        "ATTACH '{path}' AS other",
        "SELECT * FROM 'https://host.example/x.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET python_enable_replacements = true",
        "RESET enable_external_access",
        "PRAGMA enable_external_access = true",
    ],
)
def test_files_network_extensions_and_settings_are_out_of_reach(tmp_path: Path, query: str) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("secret\n17\n")
    with database(facts=pa.table({"record": [1]})) as connection, pytest.raises(duckdb.Error):
        connection.execute(query.format(path=path))
    assert path.read_text() == "secret\n17\n"
    assert [each.name for each in tmp_path.iterdir()] == ["secret.csv"]


def test_a_python_variable_is_no_table() -> None:
    secret = pa.table({"record": [17]})
    assert secret.num_rows == 1
    with database(facts=pa.table({"record": [1]})) as connection, pytest.raises(duckdb.Error):
        connection.execute("SELECT * FROM secret")


def test_nothing_of_one_database_is_in_the_next() -> None:
    with database(facts=pa.table({"record": [1]})) as connection:
        connection.execute("CREATE TABLE kept AS SELECT * FROM facts")
    with database() as connection, pytest.raises(duckdb.Error):
        connection.execute("SELECT * FROM kept")
