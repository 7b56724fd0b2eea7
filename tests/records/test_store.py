"""Records open for a clearance alone, and once deleted and purged leave no bytes behind."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap64

from rightful.errors import Damaged, NotFound, Refused
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.records import NameCipher, NewRecord, RecordStore, record_key
from rightful.registry import Registry

Fill = Callable[..., None]


@dataclass(frozen=True)
class _Clearance:
    cleared: BitMap64


def _content(record: int) -> bytes:
    return b"what record %d holds, which is long enough to be looked for" % record


def _new(record: int, *people: int) -> NewRecord:
    return NewRecord(record, 7, people, record_key("s", str(record)), _content(record))


def _all(*records: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(records, np.int64)


def _open(store: RecordStore, *records: int) -> list[bytes]:
    return list(store.open_cleared(_Clearance(BitMap64(records)), _all(*records)))


def _files_with(folder: Path, data: bytes) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and data in p.read_bytes()]


@pytest.fixture
def fill(registry: Registry, keyring: Keyring, store: RecordStore) -> Fill:
    """Stores records, given as number and people, of whom each gets a key first."""

    def fill(*records: tuple[int, ...]) -> None:
        holders = {Holder("subject", n) for _, *people in records for n in people}
        holders |= {Holder("source", 7)}
        with registry.transaction() as connection:
            keyring.create(connection, holders - keyring.load(holders).keys())
        store.append([_new(*record) for record in records])

    return fill


def test_an_empty_store_is_one(store: RecordStore) -> None:
    assert store.metadata().num_rows == 0
    assert store.about(1).num_rows == 0
    assert store.rows(BitMap64([1])).num_rows == 0
    assert store.keys(store.metadata()).shape == (0, 16)
    assert store.open_about(1) == {}
    assert store.sealed(_all()) == []
    assert store.holders(_all()) == []
    store.append([])
    store.purge()
    assert store.metadata().num_rows == 0


def test_records_open_as_they_were_stored_in_the_order_asked_for(
    store: RecordStore, fill: Fill
) -> None:
    fill((0, 1), (1, 2), (2,))
    fill((3, 1, 2), (4, 1))
    assert _open(store, 4, 0, 3, 2, 1, 0) == [_content(n) for n in (4, 0, 3, 2, 1, 0)]


def test_a_record_outside_the_clearance_closes_all(store: RecordStore, fill: Fill) -> None:
    fill((0, 1), (1, 1))
    with pytest.raises(Refused, match="none was opened"):
        store.open_cleared(_Clearance(BitMap64([0])), _all(0, 1))


def test_facts_lie_in_the_clear_and_content_key_and_its_hash_do_not(
    store: RecordStore, fill: Fill, folder: Path, names: NameCipher
) -> None:
    fill((0, 1))
    assert not _files_with(folder, _content(0)[:16])
    assert not _files_with(folder, record_key("s", "0"))
    assert store.keys(store.metadata())[0].tobytes() == record_key("s", "0")
    hashed = store.metadata().column("content_hash").to_pylist()
    assert hashed == [names.content_hash(_content(0))]


def test_what_is_known_and_not_known_of_a_record_reads_back(
    store: RecordStore, keyring: Keyring, registry: Registry
) -> None:
    with registry.transaction() as connection:
        keyring.create(connection, [Holder("subject", 1)])
    known = ("2026-01-02T00:00:00.000000Z", "2030-01-01", ("de", "zh-CN"))
    store.append(
        [
            NewRecord(0, 7, (1,), bytes(16), b"a", *known, special_category=True),
            NewRecord(1, 7, (1,), b"k" * 16, b"b", special_category=False),
            NewRecord(2, 7, (1,), b"l" * 16, b"c"),
        ]
    )
    rows = store.metadata().drop_columns(["key", "content_hash"]).to_pylist()
    told = [(r["collected_at"], r["retention_until"], r["languages"]) for r in rows]
    assert told == [(*known[:2], list(known[2])), (None, None, None), (None, None, None)]
    assert [row["special_category"] for row in rows] == [True, False, None]
    assert {row["findings"] for row in rows} == {None}


def test_a_person_has_all_records_about_them_also_those_about_others_too(
    store: RecordStore, fill: Fill
) -> None:
    fill((0, 1), (1, 2), (2, 1, 2))
    fill((3, 2, 3), (4, 1), (5,))
    assert store.about(1).column("record").to_pylist() == [0, 2, 4]
    assert store.about(3).column("subjects").to_pylist() == [[2, 3]]
    assert store.open_about(1) == {n: _content(n) for n in (0, 2, 4)}
    assert store.open_about(99) == {}


def test_a_record_is_sealed_under_its_people_or_else_its_source(
    store: RecordStore, fill: Fill
) -> None:
    fill((0, 1, 2), (1,))
    assert store.holders(_all(1, 0)) == [
        [Holder("source", 7)],
        [Holder("subject", 1), Holder("subject", 2)],
    ]


def test_one_destroyed_key_closes_a_record_about_several(
    store: RecordStore, fill: Fill, registry: Registry, keyring: Keyring
) -> None:
    fill((0, 1, 2), (1, 2))
    with registry.transaction() as connection:
        keyring.destroy(connection, [Holder("subject", 1)])
    with pytest.raises(NotFound, match="subject 1"):
        _open(store, 0)
    assert _open(store, 1) == [_content(1)]


def test_nothing_is_stored_for_somebody_without_a_key(store: RecordStore, fill: Fill) -> None:
    fill((0, 1))
    with pytest.raises(NotFound):
        store.append([_new(1, 1), _new(2, 99)])
    assert store.metadata().column("record").to_pylist() == [0]


def test_a_record_that_is_not_held_is_not_found(store: RecordStore, fill: Fill) -> None:
    fill((0, 1), (5, 1))
    for missing in (3, 6):
        with pytest.raises(NotFound):
            _open(store, 0, missing)
        with pytest.raises(NotFound):
            store.holders(_all(missing))
    assert store.rows(BitMap64([5, 6])).column("record").to_pylist() == [5]


def test_deleted_and_purged_records_leave_no_byte(
    store: RecordStore, fill: Fill, folder: Path
) -> None:
    for first in range(0, 60, 10):
        fill(*((n, 1 + n % 3) for n in range(first, first + 10)))
    gone = _all(*(n for n in range(60) if n % 3 == 0 or n >= 50))
    rows = store.rows(BitMap64(gone.tolist())).to_pylist()
    sealed = store.sealed(gone)
    traces = sealed + [row[name] for row in rows for name in ("key", "content_hash")]
    assert all(_files_with(folder, trace) for trace in traces)
    store.delete(BitMap64(gone.tolist()))
    store.purge()
    assert not any(_files_with(folder, trace) for trace in traces)
    left = [n for n in range(50) if n % 3]
    assert store.metadata().column("record").to_pylist() == left
    assert _open(store, *left) == [_content(n) for n in left]
    with pytest.raises(NotFound):
        store.sealed(gone)


def test_a_purge_takes_what_an_unfinished_write_left(
    store: RecordStore, fill: Fill, folder: Path
) -> None:
    fill((0, 1))
    orphan = folder / "records.lance" / "data" / "killed.lance"
    orphan.write_bytes(b"half a file")
    store.purge()
    assert not orphan.exists()
    assert _open(store, 0) == [_content(0)]


def test_a_purge_after_a_compaction_leaves_no_byte(
    store: RecordStore, fill: Fill, folder: Path
) -> None:
    for n in range(4):
        fill((n, 1))
    sealed = store.sealed(_all(2))[0]
    store.compact()
    assert len(_files_with(folder, sealed)) == 2
    store.delete(BitMap64([2]))
    store.purge()
    assert not _files_with(folder, sealed)
    assert _open(store, 0, 1, 3) == [_content(n) for n in (0, 1, 3)]


def test_a_reader_goes_on_through_another_ones_purge(
    store: RecordStore, fill: Fill, folder: Path, keyring: Keyring, names: NameCipher
) -> None:
    for n in range(6):
        fill((n, 1 + n % 2))
    reader = RecordStore(str(folder / "records.lance"), keyring, names)
    opened = reader.open_cleared(_Clearance(BitMap64(range(6))), _all(*range(6)))
    assert next(opened) == _content(0)
    reader.sealed(_all(0))
    store.delete(BitMap64([1]))
    store.purge()
    assert len(reader.sealed(_all(5, 0, 3))) == 3
    assert reader.about(2).column("record").to_pylist() == [3, 5]
    with pytest.raises(NotFound):
        reader.sealed(_all(1))
    assert _open(reader, 5, 3) == [_content(5), _content(3)]


def test_a_reader_sees_what_another_one_added(
    store: RecordStore, fill: Fill, folder: Path, keyring: Keyring, names: NameCipher
) -> None:
    reader = RecordStore(str(folder / "records.lance"), keyring, names)
    before = reader.version
    assert reader.metadata().num_rows == 0
    fill((0, 1))
    assert reader.version != before
    assert _open(reader, 0) == [_content(0)]


def test_deleting_thousands_takes_exactly_those(store: RecordStore, fill: Fill) -> None:
    fill(*((n, 1) for n in range(2600)))
    store.delete(BitMap64(range(100, 2500)))
    kept = [*range(100), *range(2500, 2600)]
    assert store.metadata().column("record").to_pylist() == kept
    store.delete(BitMap64())
    assert store.metadata().num_rows == len(kept)


@given(data=st.data())
@settings(max_examples=12)
def test_the_store_holds_what_was_put_in_and_not_taken_out(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("store")
    registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
    registry.create()
    key = WorkspaceKey(bytes(32))
    keyring = Keyring(registry, key)
    with registry.transaction() as connection:
        keyring.create(connection, [Holder("subject", n) for n in range(4)])
        keyring.create(connection, [Holder("source", 7)])
    store = RecordStore(str(folder / "records.lance"), keyring, NameCipher(key))
    store.create()
    expected: dict[int, set[int]] = {}
    following = 0
    for _ in range(data.draw(st.integers(1, 5))):
        step = data.draw(st.sampled_from(["append", "append", "delete", "purge", "compact"]))
        if step == "append":
            people = data.draw(st.lists(st.sets(st.integers(0, 3)), min_size=1, max_size=4))
            store.append([_new(n, *sorted(p)) for n, p in enumerate(people, following)])
            expected.update(enumerate(people, following))
            following += len(people)
        elif step == "delete" and expected:
            gone = data.draw(st.sets(st.sampled_from(sorted(expected))))
            store.delete(BitMap64(gone))
            expected = {n: people for n, people in expected.items() if n not in gone}
        elif step == "purge":
            store.purge()
        else:
            store.compact()
        assert _open(store, *expected) == [_content(n) for n in expected]
        for person in range(4):
            about = store.about(person).column("record").to_pylist()
            assert about == [n for n, people in expected.items() if person in people]
    shutil.rmtree(folder)


def test_making_a_store_that_is_there_leaves_its_records(store: RecordStore, fill: Fill) -> None:
    fill((0, 1))
    store.create()
    assert _open(store, 0) == [_content(0)]


def test_a_corrected_record_keeps_name_and_people_and_is_stored_once(
    store: RecordStore, fill: Fill, names: NameCipher
) -> None:
    fill((0, 1, 2), (1, 1))
    assert store.open_to_correct(0) == _content(0)
    sealed, hashed = store.seal_corrected(0, 2, b"corrected")
    for _ in range(2):
        store.append_corrected(0, 2, sealed, hashed)
    store.delete(BitMap64([0]))
    store.purge()
    assert store.metadata().column("record").to_pylist() == [1, 2]
    assert _open(store, 2) == [b"corrected"]
    (row,) = store.rows(BitMap64([2])).to_pylist()
    assert (row["subjects"], row["content_hash"]) == ([1, 2], names.content_hash(b"corrected"))
    assert store.keys(store.rows(BitMap64([2])))[0].tobytes() == record_key("s", "0")
    with pytest.raises(NotFound):
        store.open_to_correct(0)


# What the operating system does to it


def test_a_version_that_is_purged_while_it_is_read_is_read_anew(
    store: RecordStore,
    fill: Fill,
    folder: Path,
    keyring: Keyring,
    names: NameCipher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill((0, 1))
    fill((1, 1))
    reader = RecordStore(str(folder / "records.lance"), keyring, names)
    opened = reader._dataset

    def purged_meanwhile() -> object:
        monkeypatch.undo()
        dataset = opened()
        store.delete(BitMap64([0]))
        store.purge()
        return dataset

    monkeypatch.setattr(reader, "_dataset", purged_meanwhile)
    assert reader.metadata().column("record").to_pylist() == [1]


def test_a_missing_store_is_told(store: RecordStore, folder: Path) -> None:
    shutil.rmtree(folder / "records.lance")
    with pytest.raises(NotFound, match="record store is missing"):
        store.metadata()


def test_a_store_whose_file_is_missing_is_damaged(
    store: RecordStore, fill: Fill, folder: Path, keyring: Keyring, names: NameCipher
) -> None:
    fill((0, 1))
    for file in (folder / "records.lance" / "data").iterdir():
        file.unlink()
    with pytest.raises(Damaged, match="restore it from a backup"):
        RecordStore(str(folder / "records.lance"), keyring, names).metadata()
    with pytest.raises(Damaged):
        _open(store, 0)


def test_a_changed_byte_of_content_is_noticed(
    store: RecordStore, fill: Fill, folder: Path, keyring: Keyring, names: NameCipher
) -> None:
    fill((0, 1))
    sealed = store.sealed(_all(0))[0]
    (file,) = _files_with(folder, sealed)
    data = bytearray(file.read_bytes())
    data[data.index(sealed) + 20] ^= 1
    file.write_bytes(data)
    with pytest.raises(Damaged):
        _open(RecordStore(str(folder / "records.lance"), keyring, names), 0)


_DIE = """
import os, signal, sys
from pathlib import Path
import lance
from rightful.keys import Keyring, WorkspaceKey
from rightful.records import NameCipher, NewRecord, RecordStore
from rightful.registry import Registry
folder = Path(sys.argv[1])
registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
key = WorkspaceKey(bytes(range(32)))
store = RecordStore(str(folder / "records.lance"), Keyring(registry, key), NameCipher(key))
write = lance.write_dataset
def die(*args, **options):
    write(args[0], str(folder / "elsewhere.lance"))  # as far as writing goes
    os.kill(os.getpid(), signal.SIGKILL)
lance.write_dataset = die
store.append([NewRecord(9, 7, (1,), bytes(16), b"lost")])
"""


def test_an_append_that_was_killed_stored_nothing(
    store: RecordStore, fill: Fill, folder: Path
) -> None:
    fill((0, 1))
    done = subprocess.run([sys.executable, "-c", _DIE, folder], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    assert store.metadata().column("record").to_pylist() == [0]
    fill((1, 1))
    assert _open(store, 1, 0) == [_content(1), _content(0)]
