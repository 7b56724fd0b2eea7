"""A file of grants whose import is killed, whenever it happens, is whole in the end."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from rightful.grants import Grants
from rightful.ledger import Ledger
from rightful.registry.tables import grants as table

_IMPORT = """
import sys
from pathlib import Path
from rightful.grants import Grants, Notices, Purposes, bulk, import_grants
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import NameCipher, Sources, Subjects
from rightful.registry import Registry
folder = Path(sys.argv[1])
bulk._BATCH = 100
registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
key = WorkspaceKey(b"k" * 32)
ledger, keyring = Ledger(registry, key, "test"), Keyring(registry, key)
subjects = Subjects(registry, keyring, NameCipher(key))
grants = Grants(registry, keyring, subjects, Sources(registry, ledger),
    Purposes(registry, ledger), Notices(registry, ledger), ledger)
def told(rows, of):
    print("done", rows, flush=True)
done = import_grants(grants, folder / "grants.csv", on_progress=told)
print(done.added, done.held, done.quarantined)
"""

_ROWS = 6000
_BAD = 60


@pytest.fixture
def started(tmp_path: Path) -> Callable[[], "subprocess.Popen[str]"]:
    """Begins the import of a file in a process of its own, which says when a batch is kept."""
    kinds = ["consent" if n % 100 else "consnt" for n in range(_ROWS)]
    rows = [
        f"person {n % 4000},{kind},fine-tuning,2026-01-0{n // 4000 + 1}"
        for n, kind in enumerate(kinds)
    ]
    text = "\n".join(["subject,kind,purpose,valid_from", *rows, ""])
    (tmp_path / "grants.csv").write_text(text)
    command = [sys.executable, "-c", _IMPORT, str(tmp_path)]
    return lambda: subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ, text=True)


def test_an_import_killed_again_and_again_adds_every_grant_once(
    started: Callable[[], "subprocess.Popen[str]"],
    grants: Grants,
    ledger: Ledger,
    tmp_path: Path,
) -> None:
    seen = []
    for batches, patience in ((1, 0.0), (4, 0.02), (9, 0.05), (15, 0.005)):
        with started() as process:
            assert process.stdout is not None
            for _ in range(batches):
                process.stdout.readline()
            time.sleep(patience)
            process.send_signal(signal.SIGKILL)
        [(count,)] = grants.registry.rows(select(func.count()).select_from(table))
        seen.append(count)
    assert 0 < seen[0] < seen[-1]
    assert seen == sorted(seen)  # what was kept is not lost again
    assert seen[-1] < _ROWS - _BAD  # the last kill came in time, too
    with started() as process:
        assert process.stdout is not None
        *_, said = process.stdout.read().splitlines()
    added, held, bad = map(int, said.split())
    assert (added, held, bad) == (_ROWS - _BAD - seen[-1], seen[-1], _BAD)
    found = Counter((g.subject, g.valid_from) for g in grants.all())
    assert len(found) == sum(found.values()) == _ROWS - _BAD
    told = sum(e.facts["count"] for e in ledger.entries() if e.kind == "grants_imported")
    assert told == _ROWS - _BAD  # an act and its entry are kept together
    assert ledger.check() == []
    [quarantine] = (tmp_path / "quarantine").glob("grants-*.jsonl")
    assert len(quarantine.read_text().splitlines()) == _BAD
