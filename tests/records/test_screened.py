"""What was found in a record goes where the record goes, and its words are never kept with it."""

from collections.abc import Callable
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest
from pyroaring import BitMap64
from tests.records.test_store import _content, _files_with, _new, fill

from rightful.errors import NotFound
from rightful.keys import Holder, Keyring
from rightful.records import NameCipher, RecordStore
from rightful.records.screened import Screened, ScreenedRecords, Span
from rightful.records.store import SCHEMA
from rightful.registry import Registry

__all__ = ["fill"]  # a fixture

Fill = Callable[..., None]
_SPANS = (
    Span("email", 4, 20, 0.99, "email", b"0123456789abcdef"),
    Span("cn_id", 30, 48, 0.9, "cn_id"),
)


def _folder(store: RecordStore) -> Path:
    return Path(store._uri)


def _found(record: int) -> Screened:
    return Screened(record, _SPANS, frozenset({"government_id", "contact"}), "hold")


def _pending(screened: ScreenedRecords, version: str = "v1", **more: bool) -> list[list[int]]:
    return [part.records.tolist() for part in screened.pending(version, **more)]


def test_findings_are_written_into_the_rows_of_their_records(
    store: RecordStore, fill: Fill
) -> None:
    fill((1,), (2,), (3,))
    fill((4,), (5,))
    screened = ScreenedRecords(store)
    screened.write([_found(2), _found(5), Screened(4, (), frozenset(), "pass")], "v1")
    rows = {row["record"]: row for row in store.metadata().to_pylist()}
    assert {n: row["findings"] for n, row in rows.items()} == {
        **dict.fromkeys((1, 3)),
        **{n: ["cn_id", "email"] for n in (2, 5)},
        4: [],
    }
    assert (rows[2]["found"], rows[2]["verdict"]) == ("contact,government_id", "hold")
    assert (rows[4]["found"], rows[4]["verdict"], rows[4]["duplicate"]) == ("", "pass", None)
    assert screened.of(BitMap64([1, 2, 4])) == {2: _SPANS, 4: ()}
    assert list(store.open_to_screen(np.array([5, 1]))) == [_content(5), _content(1)]


def test_what_is_pending_was_never_screened_or_by_another_version(
    store: RecordStore, fill: Fill
) -> None:
    fill((1,), (2,), (3,))
    fill((4,), (5,))
    screened = ScreenedRecords(store)
    assert _pending(screened) == [[1, 2, 3], [4, 5]]
    screened.write([_found(n) for n in (1, 3, 4, 5)], "v1")
    assert _pending(screened) == [[2]]
    assert _pending(screened, "v2") == _pending(screened, again=True) == [[1, 2, 3], [4, 5]]
    assert screened.pending("v1", source=8) == []
    fill((6,))
    assert _pending(screened) == [[2], [6]]


def test_a_record_that_is_gone_takes_its_findings_with_it(store: RecordStore, fill: Fill) -> None:
    fill((1,), (2,))
    screened = ScreenedRecords(store)
    digest = b"a keyed hash that can be looked for"
    spans = (Span("email", 0, 5, 0.9, "email", digest),)
    screened.write([Screened(1, spans, frozenset(), "pass"), _found(2)], "v1")
    store.delete(BitMap64([1]))
    screened.write([Screened(1, spans, frozenset(), "pass")], "v2")  # screened while it went
    store.purge()
    assert screened.of(BitMap64([1, 2])) == {2: _SPANS}
    assert not _files_with(_folder(store), digest)


def test_a_corrected_record_has_yet_to_be_screened(store: RecordStore, fill: Fill) -> None:
    fill((1,))
    screened = ScreenedRecords(store)
    screened.write([_found(1)], "v1")
    screened.mark_duplicates(BitMap64([1]), BitMap64([1]))
    sealed, content_hash = store.seal_corrected(1, 2, b"another content")
    store.append_corrected(1, 2, sealed, content_hash)
    (row,) = store.rows(BitMap64([2])).to_pylist()
    assert {row[name] for name in ("findings", "found", "verdict", "screened_with")} == {None}
    assert row["duplicate"] is None
    assert _pending(screened) == [[2]]


def test_a_store_of_an_older_version_gets_the_columns_that_it_lacks(
    registry: Registry, keyring: Keyring, names: NameCipher, store: RecordStore, fill: Fill
) -> None:
    fill((1,))
    lacking = ["found", "verdict", "screened_with", "duplicate", "spans"]
    lance.dataset(store._uri).drop_columns(lacking)
    old = RecordStore(store._uri, keyring, names)
    (row,) = old.metadata().to_pylist()
    assert row["verdict"] is None
    old.append([_new(2)])
    ScreenedRecords(old).write([_found(1)], "v1")
    assert {row["record"]: row["verdict"] for row in old.metadata().to_pylist()} == {
        1: "hold",
        2: None,
    }
    assert set(lance.dataset(store._uri).schema.names) == set(SCHEMA.names)


# Records that turn out to be about more people


def test_a_linked_record_is_about_more_people_and_closes_with_any_of_their_keys(
    registry: Registry, keyring: Keyring, store: RecordStore, fill: Fill
) -> None:
    fill((1,), (2, 30), (3, 31))
    before = store.sealed(np.array([1, 2]))
    assert store.link({1: {30}, 2: {30, 31}, 3: {31}, 99: {30}}) == BitMap64([1, 2])
    store.purge()
    subjects = {row["record"]: row["subjects"] for row in store.metadata().to_pylist()}
    assert subjects == {1: [30], 2: [30, 31], 3: [31]}
    records = np.array([1, 2, 3])
    assert list(store.open_to_screen(records)) == [_content(n) for n in (1, 2, 3)]
    assert store.about(30).column("record").to_pylist() == [1, 2]
    for sealed in before:  # which the keys of before would open
        assert not _files_with(_folder(store), sealed)
    with registry.transaction() as connection:
        keyring.destroy(connection, [Holder("subject", 30)])
    with pytest.raises(NotFound):
        list(store.open_to_screen(np.array([1])))


def test_a_link_to_somebody_without_a_key_changes_nothing(store: RecordStore, fill: Fill) -> None:
    fill((1,), (2, 30))
    with pytest.raises(NotFound):
        store.link({1: {30}, 2: {77}})
    assert store.metadata().column("subjects").to_pylist() == [[], [30]]
    assert list(store.open_to_screen(np.array([1, 2]))) == [_content(1), _content(2)]


def test_other_columns_are_left_as_they_are(store: RecordStore, fill: Fill) -> None:
    fill((1,), (2, 30))
    before = store.metadata()
    store.update_columns(pa.table({"record": [2, 77], "verdict": ["drop", "drop"]}))
    after = store.metadata()
    assert after.column("verdict").to_pylist() == [None, "drop"]
    assert after.drop_columns("verdict").equals(before.drop_columns("verdict"))
