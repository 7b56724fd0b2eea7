"""An import that dies at any moment goes on when it is run again, and each record is there once."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap64
from sqlalchemy import Connection, select

from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import (
    Imported,
    Importer,
    Mapping,
    NameCipher,
    RecordStore,
    Source,
    Sources,
    Subjects,
    open_reader,
    record_key,
)
from rightful.records.quarantine import Quarantine
from rightful.registry import Registry
from rightful.registry.tables import imports

_MAPPING = ["text=text", "subject=who", "reference=id"]
_LINES = [
    json.dumps({"id": "a", "text": "one", "who": "anna"}),
    "no JSON",
    json.dumps({"id": "a", "text": "one", "who": "anna"}),
    json.dumps({"id": "b", "text": "two", "who": "bert"}),
    json.dumps({"id": "a", "text": "other", "who": "anna"}),
    json.dumps({"id": "c", "text": "three", "who": ["anna", "carl"]}),
]
_KEYS = {record_key("mail", reference) for reference in "abc"}
_COUNTS = (3, 1, 0, 2)


@dataclass(frozen=True)
class _Place:
    """A workspace's lower rooms, opened as a new process would."""

    registry: Registry
    store: RecordStore
    ledger: Ledger
    importer: Importer
    file: Path

    @classmethod
    def open(cls, folder: Path) -> "_Place":
        registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
        key = WorkspaceKey(bytes(32))
        keyring, names = Keyring(registry, key), NameCipher(key)
        store = RecordStore(str(folder / "records.lance"), keyring, names)
        ledger = Ledger(registry, key, "test")
        sources, subjects = Sources(registry, ledger), Subjects(registry, keyring, names)
        importer = Importer(registry, keyring, sources, subjects, names, store, ledger, folder)
        return cls(registry, store, ledger, importer, folder.parent / "rows.jsonl")

    @classmethod
    def make(cls, folder: Path) -> "_Place":
        folder.mkdir(parents=True)
        place = cls.open(folder)
        place.registry.create()
        place.store.create()
        Sources(place.registry, place.ledger).declare(Source("mail"))
        place.file.write_text("".join(line + "\n" for line in _LINES))
        return place

    def run(self, batch: int) -> Imported:
        mapping = Mapping.parse(_MAPPING)
        return self.importer.run(open_reader(self.file), mapping, "mail", batch=batch)

    def check(self, done: Imported) -> None:
        """That everything is there, once."""
        assert (done.added, done.held, done.suppressed, done.quarantined) == _COUNTS
        table = self.store.metadata()
        keys = [key.tobytes() for key in self.store.keys(table)]
        assert (len(keys), set(keys)) == (3, _KEYS)
        records = table.column("record").to_numpy()

        class Everything:
            cleared = BitMap64(records.tolist())

        assert len(list(self.store.open_cleared(Everything(), records))) == 3
        assert done.quarantine is not None
        lines = done.quarantine.read_text().splitlines()
        assert [json.loads(line)["row"] for line in lines] == [1, 4]
        assert sum(done.reasons.values()) == 2
        _, *entries = self.ledger.entries()  # the first is about the source
        assert [(e.kind, e.facts["added"]) for e in entries] == [("import_finished", 3)]
        (row,) = self.registry.rows(select(imports))
        assert row.finished_at is not None
        assert row.pending is None


class _Killed(BaseException):
    """Ends an import as a kill would: nothing of it runs on but the release of its locks."""


class _Fate:
    """Kills at the moment with a given number."""

    def __init__(self, moment: int) -> None:
        self._left = moment

    def tick(self) -> None:
        if self._left == 0:
            raise _Killed
        self._left -= 1

    def around(self, patch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        """Moments before and after each call."""
        call: Callable[..., Any] = getattr(owner, name)

        def watched(*arguments: Any, **options: Any) -> Any:
            self.tick()
            answer = call(*arguments, **options)
            self.tick()
            return answer

        patch.setattr(owner, name, watched)

    def in_transactions(self, patch: pytest.MonkeyPatch) -> None:
        """Moments before each transaction, before it is kept, and after."""
        call = Registry.transaction

        @contextmanager
        def watched(registry: Registry) -> Iterator[Connection]:
            self.tick()
            with call(registry) as connection:
                yield connection
                self.tick()
            self.tick()

        patch.setattr(Registry, "transaction", watched)


def _dies(place: _Place, moment: int, batch: int) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        fate = _Fate(moment)
        fate.in_transactions(patch)
        for owner, name in (
            (RecordStore, "append"),
            (RecordStore, "compact"),
            (Quarantine, "write"),
            (Quarantine, "cut"),
        ):
            fate.around(patch, owner, name)
        try:
            place.run(batch)
        except _Killed:
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize(("batch", "batch_then"), [(3, 3), (2, 6), (6, 1)])
def test_an_import_that_dies_at_any_moment_goes_on_where_it_was(
    tmp_path: Path, batch: int, batch_then: int
) -> None:
    _Place.make(tmp_path / "new" / "workspace")
    for moment in count():
        shutil.copytree(tmp_path / "new", tmp_path / "now")
        folder = tmp_path / "now" / "workspace"
        if not _dies(_Place.open(folder), moment, batch):
            break
        place = _Place.open(folder)
        before = place.registry.rows(select(imports))
        finished = bool(before) and before[0].finished_at is not None
        if not finished:  # else it died between being done and saying so
            place.check(place.run(batch_then))
        shutil.rmtree(tmp_path / "now")
    assert moment > 20


def test_an_import_may_die_again_and_again(tmp_path: Path) -> None:
    place = _Place.make(tmp_path / "workspace")
    deaths = 0
    for moment in range(7, 60):
        if not _dies(place, moment, 2):
            break
        deaths += 1
        place = _Place.open(tmp_path / "workspace")
    assert deaths > 3
    (row,) = place.registry.rows(select(imports))
    assert (row.added, row.held, row.suppressed, row.quarantined) == _COUNTS
    assert {key.tobytes() for key in place.store.keys(place.store.metadata())} == _KEYS
    assert place.store.metadata().num_rows == 3


def test_an_import_that_went_on_says_so(tmp_path: Path) -> None:
    place = _Place.make(tmp_path / "workspace")
    moment = next(m for m in count() if _dies(place, m, 3) and place.store.metadata().num_rows)
    assert moment > 0
    assert place.run(3).resumed is True


def test_records_that_were_erased_after_the_crash_do_not_hide_that_a_batch_was_stored(
    tmp_path: Path,
) -> None:
    place = _Place.make(tmp_path / "workspace")
    with pytest.MonkeyPatch.context() as patch:
        append = RecordStore.append

        def stored_and_killed(store: RecordStore, new: Any) -> None:
            append(store, new)
            raise _Killed

        patch.setattr(RecordStore, "append", stored_and_killed)
        with pytest.raises(_Killed):
            place.run(6)
    assert place.store.metadata().num_rows == 3
    place.store.delete(BitMap64([0]))
    place.store.purge()
    done = place.run(6)
    assert (done.added, done.held, done.suppressed, done.quarantined) == _COUNTS
    assert place.store.metadata().column("record").to_pylist() == [1, 2]


def test_a_full_disk_stops_an_import_that_goes_on_later(tmp_path: Path) -> None:
    place = _Place.make(tmp_path / "workspace")
    with pytest.MonkeyPatch.context() as patch:

        def full(_store: RecordStore, _new: Any) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(RecordStore, "append", full)
        with pytest.raises(OSError, match="No space left"):
            place.run(3)
    place.check(place.run(3))


_IMPORT = """
import sys
from pathlib import Path
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import *
from rightful.registry import Registry
folder = Path(sys.argv[1])
registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
key = WorkspaceKey(bytes(32))
keyring, names = Keyring(registry, key), NameCipher(key)
store = RecordStore(str(folder / "records.lance"), keyring, names)
ledger = Ledger(registry, key, "test")
sources, subjects = Sources(registry, ledger), Subjects(registry, keyring, names)
importer = Importer(registry, keyring, sources, subjects, names, store, ledger, folder)
mapping = Mapping.parse(["text=text", "subject=who", "reference=id"])
reader = open_reader(folder.parent / "rows.jsonl")
print("ready", flush=True)
done = importer.run(reader, mapping, "mail", batch=50)
print(done.added, done.held, done.quarantined)
"""


@pytest.mark.slow
def test_an_import_that_is_killed_whenever_it_happens_is_whole_in_the_end(tmp_path: Path) -> None:
    rows = 3000
    place = _Place.make(tmp_path / "workspace")
    lines = [
        json.dumps({"id": n, "text": f"text {n}", "who": f"person {n % 300}"}) for n in range(rows)
    ]
    lines[::100] = ["no JSON"] * (rows // 100)
    place.file.write_text("\n".join(lines))
    command = [sys.executable, "-c", _IMPORT, str(tmp_path / "workspace")]
    killed = 0
    for patience in (0.1, 0.3, 0.2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(patience)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
            else:
                break
    assert killed
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    table = place.store.metadata()
    good = {str(n) for n in range(rows) if n % 100}
    assert {key.tobytes() for key in place.store.keys(table)} == {
        record_key("mail", reference) for reference in good
    }
    assert table.num_rows == len(good)
    (row,) = place.registry.rows(select(imports))
    # Held: the last kill came too late, and the import was read once more.
    assert {row.added, row.held} == {0, len(good)}
    assert row.quarantined == rows // 100
    assert done.stdout.split()[1:] == [str(row.added), str(row.held), str(row.quarantined)]
