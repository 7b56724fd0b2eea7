"""A made-up workspace in a folder: real registry and record store, filled past the rooms.

What `_corpus` draws is written straight into the tables and the dataset, which takes a minute where
importing it would take hours. Contents are a few bytes that open with no key; people have the
reference that `reference` gives. A folder of the same sizes that is there already is used again.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa

import _corpus
import rightful
from rightful.policy.facts import USES
from rightful.policy.library import built_in
from rightful.records.names import KEY_BYTES, NameCipher
from rightful.records.store import SCHEMA
from rightful.workspace import Workspace

#: The purpose that the corpus's number stands for: it has those that every workspace begins with.
PURPOSE = "fine-tuning"

#: Where the controller turns to people.
MARKETS = ("EEA", "GB", "US", "US-CA", "CN", "BR", "IN", "KR")

#: Rows that are handed to the database at once.
_ROWS = 100_000
_MADE_AT = "2026-11-24T00:00:00.000000Z"


def build(folder: Path, records: int, subjects: int, grants: int) -> Workspace:
    """The workspace of these sizes, made in a folder of its own under `folder` if need be."""
    place = folder / f"workspace-{records}-{subjects}-{grants}"
    complete = place / "complete"
    if complete.exists():
        return rightful.open(place)
    shutil.rmtree(place, ignore_errors=True)  # one that was stopped
    made = rightful.init(
        place, controller="Bench", establishment="DE", markets=MARKETS, packs=built_in()
    )
    made.notices.publish("privacy", "We train a model on what you write.", "en")
    made.purposes.state(PURPOSE, **dict.fromkeys(USES, False))
    corpus = _corpus.Corpus(records, subjects, grants)
    _store(made.config.records, corpus)
    with sqlite3.connect(made.registry.path, isolation_level=None) as connection:
        _fill(connection, corpus, made.names)
    connection.close()
    with made.registry.transaction() as writing:
        made.registry.take(writing, "record", records + 1)
        made.registry.bump(writing)
    complete.touch()
    return made


def reference(number: int) -> str:
    """What the controller calls a person."""
    return f"person {number}"


def _store(uri: str, corpus: _corpus.Corpus) -> None:
    for batch in corpus.batches():
        rows = batch.num_rows
        first = int(batch.column("record")[0].as_py())
        drawn = np.random.default_rng((_corpus.SEED, 5, first))
        made = {
            "key": _bytes(drawn, rows, KEY_BYTES),
            "content_hash": _bytes(drawn, rows, 32),
            "sealed": pa.array([b"sealed"] * rows, pa.binary()),
        }
        columns = [
            made[field.name]
            if field.name in made
            else batch.column(field.name)
            if field.name in batch.column_names
            else pa.nulls(rows, field.type)
            for field in SCHEMA
        ]
        lance.write_dataset(pa.table(columns, schema=SCHEMA), uri, mode="append")


def _bytes(drawn: np.random.Generator, rows: int, width: int) -> pa.Array:
    buffer = pa.py_buffer(drawn.bytes(rows * width))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), rows, [None, buffer])


def _fill(connection: sqlite3.Connection, corpus: _corpus.Corpus, names: NameCipher) -> None:
    """All tables, in one transaction; indexes are made when their rows are there."""
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type = 'index' "
        "AND tbl_name IN ('grants', 'subjects')"
    ).fetchall()
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    _insert(connection, "sources", _sources())
    _insert(connection, "subjects", _people(corpus.people(), names))
    _insert(connection, "grants", _grounds(corpus.grounds()))
    for table in ("assessments", "reservations"):
        rows = getattr(_corpus, table)()
        made = pa.array([_MADE_AT] * len(rows))
        _insert(connection, table, rows.append_column("created_at", made))
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")


def _sources() -> pa.Table:
    table = _corpus.places()
    number = table.column("id").to_pylist()
    return _with(
        table,
        name=pa.array([f"source {each}" for each in number]),
        owner=_word(table.column("owner"), "the controller"),
        evidence=_word(table.column("evidence"), "drawer"),
        created_at=pa.array([_MADE_AT] * len(number)),
    )


def _people(people: pa.Table, names: NameCipher) -> pa.Table:
    numbers = people.column("id").to_pylist()
    return _with(
        people,
        lookup=pa.array((names.lookup(reference(number)) for number in numbers), pa.binary()),
        created_at=pa.array([_MADE_AT] * len(numbers)),
    )


def _grounds(grants: pa.Table) -> pa.Table:
    notice = grants.column("notice").to_numpy()
    return _with(
        grants,
        notice=pa.array(np.full(len(grants), _corpus.NOTICE), mask=~notice.astype(bool)),
        evidence=_word(grants.column("evidence"), "drawer"),
        created_at=grants.column("valid_from"),
    )


def _word(column: pa.ChunkedArray, word: str) -> pa.Array:
    """A word where the column says that there is one."""
    return pa.array([word if there else None for there in column.to_pylist()], pa.string())


def _with(table: pa.Table, **columns: pa.Array) -> pa.Table:
    kept = [name for name in table.column_names if name not in columns]
    return pa.table({**{name: table.column(name) for name in kept}, **columns})


def _insert(connection: sqlite3.Connection, table: str, rows: pa.Table) -> None:
    names = ", ".join(rows.column_names)
    places = ", ".join("?" * rows.num_columns)
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
    connection.executemany(statement, _rows(rows))


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
