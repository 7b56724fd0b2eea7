"""Every row of docs/bad-inputs.md: the command is given, and the answer is held against the page.

Whatever the answer, it shows no trace of Python and nothing that a file or a record holds, and
leaves the workspace as it was unless `_MAY_CHANGE` says what may.
"""

import hashlib
import json
import os
import pickle
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import torch
from pyroaring import BitMap64

import rightful
from rightful import moments
from rightful.cli import run
from rightful.registry import Registry
from rightful.workspace import Workspace

_PAGE = Path(__file__).parents[2] / "docs" / "bad-inputs.md"
_DESK = Path(__file__).parent / "programs" / "desk.py"

#: What stands in files and records on the desk, and must not stand in an answer.
_CONTENT = ("writer-", "aardvark", "daydreaming", "Dear", "cupboard", "2999", "someday", "Zo")

_IMPORTED = (
    *("quarantine/", "records.lance/", "table changes", "table counters", "table imports"),
    "table ledger",
)
#: The exit codes that come with an answer on standard output: success, "there was nothing", and
#: "a check found something".
_ANSWERED = (0, 8, 9)

_REQUESTED = ("table ledger", "table requests")

#: What of a workspace may change in a case, by how the names begin in what `_state` returns.
_MAY_CHANGE = {
    "rows without a subject": _IMPORTED,
    "rows with bad labels": _IMPORTED,
    "text that is not UTF-8": ("quarantine/", "table imports", "table ledger"),
    "no row that can be taken": ("quarantine/", "table imports", "table ledger"),
    "a file of grants with bad rows": (
        *("quarantine/", "table changes", "table counters", "table grants", "table ledger"),
    ),
    "a withdrawal in the future": ("quarantine/",),
    "access of somebody who is not held": _REQUESTED,
    "erasing somebody who is not held": _REQUESTED,
    # That there was such a run stays known; it will not go on.
    "labels that the network has no class for": ("table clearances", "table ledger", "table runs"),
    # What these leave is looked at when they have been given again.
    "a stopped run whose last checkpoint is cut": ("",),
    "a disk that is full during an import": ("",),
    "a disk that is full during training": ("",),
    "a disk that is full during an erasure": ("",),
}


@dataclass(frozen=True)
class Trial:
    """A row of the page; its answer in the lines that it shows."""

    case: str
    command: str
    code: int
    answer: list[str]


def _trials() -> list[Trial]:
    found = []
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and cells[1].startswith("`rightful "):
            case, command, code, answer = cells
            lines = [_code(line) for line in answer.split("<br>")]
            found.append(Trial(case, _code(command), int(code), lines))
    return found


def _given(command: str) -> int:
    """Give a command as the page has it; its exit code."""
    return run(shlex.split(command)[1:])


def _code(cell: str) -> str:
    """What stands between the backticks of a cell."""
    matched = re.fullmatch(r"`(?P<short>[^`]*)`|``\s?(?P<long>.*?)\s?``", cell)
    assert matched is not None, cell
    return matched["short"] or matched["long"]


# What is prepared for a case, and what is looked at after it

Scene = Callable[[Path, pytest.MonkeyPatch], AbstractContextManager[None]]
_SCENES: dict[str, Scene] = {}


def _scene(case: str) -> Callable[[Callable[..., Iterator[None]]], Callable[..., Iterator[None]]]:
    """Register what happens around the command of a case: before `yield`, and after."""

    def register(function: Callable[..., Iterator[None]]) -> Callable[..., Iterator[None]]:
        _SCENES[case] = contextmanager(function)
        return function

    return register


def _damage(case: str, harm: Callable[[Path], object]) -> None:
    """Register that something in the workspace is harmed before the command."""

    def harmed(desk: Path, _: pytest.MonkeyPatch) -> Iterator[None]:
        harm(desk / "people")
        yield

    _scene(case)(harmed)


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _replace(workspace: Path, *, old: str, new: str) -> None:
    path = workspace / "rightful.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _only(folder: Path, pattern: str) -> Path:
    (found,) = folder.rglob(pattern)
    return found


def _sql(workspace: Path, statement: str) -> None:
    with closing(sqlite3.connect(workspace / "registry.sqlite")) as connection:
        connection.execute(statement)
        connection.commit()


_damage("a key file that others may read", lambda w: (w / "workspace.key").chmod(0o644))
_damage("a key file that is gone", lambda w: (w / "workspace.key").unlink())
_damage("a key file that is cut", lambda w: _cut(w / "workspace.key"))
_damage("a key file that is no text", lambda w: (w / "workspace.key").write_bytes(b"\xff" * 70))
_damage(
    "the key file of another workspace",
    lambda w: shutil.copy(w.parent / "other" / "workspace.key", w / "workspace.key"),
)
_damage("a registry that is gone", lambda w: (w / "registry.sqlite").unlink())
_damage("a registry that is no database", lambda w: (w / "registry.sqlite").write_text("x" * 9000))
_damage("a registry that is empty", lambda w: (w / "registry.sqlite").write_bytes(b""))
_damage("a registry that is cut", lambda w: _cut(w / "registry.sqlite"))
_damage(
    "a registry that a newer version wrote",
    lambda w: _sql(w, "UPDATE alembic_version SET version_num = '9999'"),
)
_damage(
    "a retention date that can't be read",
    lambda w: _sql(w, "UPDATE sources SET retention_until = 'someday'"),
)
_damage("a record store that is gone", lambda w: shutil.rmtree(w / "records.lance"))
_damage("a file of records that is gone", lambda w: _only(w / "records.lance", "*.lance").unlink())
_damage("a file of records that is cut", lambda w: _cut(_only(w / "records.lance", "*.lance")))
_damage("a manifest that is cut", lambda w: _cut(_only(w / "records.lance", "*.manifest")))
_damage("a checkpoint that is cut", lambda w: _cut(_only(w / "runs", "*.safetensors")))
_damage("a checkpoint that is gone", lambda w: _only(w / "runs", "*.safetensors").unlink())
for _case, _was, _is in (
    ("a workspace of a newer format", "format = 1", "format = 2"),
    ("a rightful.toml that is no TOML", "format = 1", "format: 1"),
    ("a rightful.toml with an unknown section", "[policy]", "[polices]"),
    ("a rightful.toml with an unknown entry", "packs =", "pakcs ="),
    ("a rightful.toml without a registry", "registry = ", "# "),
    ("a rightful.toml with a pack that is not there", '"cn.pipl"', '"xx.law"'),
    ("a rightful.toml with a malformed country", '"DE"', '"Germany"'),
    ("a rightful.toml with a market that is no place", "[policy]", 'markets = ["EU"]\n[policy]'),
    (
        "a rightful.toml with a licence without quotes",
        *("[policy]", '[licences.CC-BY-4.0]\ntraining = "permitted"\n[policy]'),
    ),
    (
        "a rightful.toml with a licence that says too little",
        *("[policy]", '[licences."LicenseRef-ours"]\ntraining = "permitted"\n[policy]'),
    ),
    ("a registry on a database of another kind", "sqlite:///registry.sqlite", "mysql://host/x"),
):
    _damage(_case, partial(_replace, old=_was, new=_is))


def _restricted(desk: Path, _: pytest.MonkeyPatch) -> Iterator[None]:
    """As an erasure leaves it that was stopped before the model had forgotten."""
    with rightful.open(desk / "people") as workspace:
        about = workspace.records.about(workspace.subjects.find("writer-ada"))
        with workspace.registry.transaction() as connection:
            records = BitMap64(about.column("record").to_pylist())
            assert workspace.forgetter.restrict(connection, records) == ["base"]
    yield


for _case in ("used", "asked", "given out", "trained on"):
    _scene(f"a restricted model is {_case}")(_restricted)


def _lock_held(name: str) -> Callable[[Path, pytest.MonkeyPatch], Iterator[None]]:
    def held(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        # Nobody wants to wait a minute for it.
        defaults = Registry.lock.__wrapped__.__kwdefaults__  # type: ignore[attr-defined]
        monkeypatch.setitem(defaults, "patience", 0.2)
        began, ended = threading.Event(), threading.Event()

        def hold() -> None:
            with rightful.open(desk / "people") as workspace, workspace.registry.lock(name):
                began.set()
                ended.wait(60)

        other = threading.Thread(target=hold)
        other.start()
        assert began.wait(30)
        try:
            yield
        finally:
            ended.set()
            other.join()

    return held


_scene("two runs at once")(_lock_held("training"))
_scene("two imports at once")(_lock_held("import"))


@_scene("a grant that has expired")
@_scene("grants that have expired")
def _expired(desk: Path, _: pytest.MonkeyPatch) -> Iterator[None]:
    with rightful.open(desk / "people") as workspace:
        for name in ("ada", "bo", "cem", "dov", "eva"):
            for grant in workspace.grants.about(workspace.subjects.find(f"writer-{name}")):
                workspace.grants.expire(grant.number, moments.now())
    yield


@_scene("a pickle that runs code")
def _evil(desk: Path, _: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    ran = desk / "code-ran"
    assert not ran.exists()
    pickle.loads((desk / "evil.pth").read_bytes())
    assert ran.exists(), "the trap is a trap"
    ran.unlink()


@_scene("labels that the network has no class for")
def _too_few_classes(desk: Path, _: pytest.MonkeyPatch) -> Iterator[None]:
    """The run that failed is not one that waits to go on."""
    yield
    with rightful.open(desk / "people") as workspace:
        assert [run.status for run in workspace.trainer.runs.all()] == ["finished", "superseded"]


@_scene("a stopped run whose last checkpoint is cut")
def _stopped(desk: Path, _: pytest.MonkeyPatch) -> Iterator[None]:
    """It goes on from the one before, and ends with the bits of a run that nothing happened to."""
    from rightful.training import Program

    def stop(done: int, *_: object) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with rightful.open(desk / "people") as workspace:
        with pytest.raises(KeyboardInterrupt):
            workspace.trainer.pretrain(
                Program.load(desk / "program.toml"), model="late", on_progress=stop
            )
        latest = workspace.trainer.checkpoints.of(2)[-1]
        assert latest.step == 4
    _cut(desk / "people" / latest.path)
    yield
    with rightful.open(desk / "people") as workspace:
        base, late = (workspace.trainer.runs.get(number) for number in (1, 2))
    assert late.weights_sha256 == base.weights_sha256


@contextmanager
def _small_disk(workspace: Path, room: int) -> Iterator[None]:
    """Move a workspace to a disk that has only so many bytes of room left."""
    aside = workspace.rename(workspace.with_name("aside"))
    workspace.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(workspace)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk is not allowed here; it is for root")
    try:
        shutil.copytree(aside, workspace, dirs_exist_ok=True)
        disk = os.statvfs(workspace)
        ballast = disk.f_bavail * disk.f_frsize - room
        with (workspace / "ballast").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, ballast)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(workspace)], check=True)


def _full_disk(case: str, room: int, check: Callable[[Workspace], None]) -> None:
    """Register that a disk is full, and that the command does the rest once there is room."""

    def full(desk: Path, _: pytest.MonkeyPatch) -> Iterator[None]:
        (command,) = (trial.command for trial in _trials() if trial.case == case)
        with _small_disk(desk / "people", room):
            yield
            (desk / "people" / "ballast").unlink()
            assert _given(command) == 0
            with rightful.open(desk / "people") as workspace:
                assert not workspace.ledger.check()
                check(workspace)

    _scene(case)(full)


def _whole_import(workspace: Workspace) -> None:
    rows = workspace.records.metadata()
    # Of 400 rows, 66 are of somebody who was erased once.
    assert rows.num_rows == 20 + 400 - 66
    assert len(set(rows.column("key").to_pylist())) == rows.num_rows
    assert len(workspace.records.open_about(workspace.subjects.find("writer-ada"))) == 4 + 67


def _whole_run(workspace: Workspace) -> None:
    base, late = workspace.trainer.runs.all()
    assert late.weights_sha256 == base.weights_sha256
    assert [loss.step for loss in workspace.trainer.runs.losses(late.number)] == [
        loss.step for loss in workspace.trainer.runs.losses(base.number)
    ]


def _whole_erasure(workspace: Workspace) -> None:
    assert workspace.records.metadata().num_rows == 16
    assert not workspace.subjects.numbers(["writer-ada"])
    assert not workspace.forgetter.unfinished()
    assert not workspace.requests.all(still_open=True)
    outcomes = [request.outcome for request in workspace.requests.all()]
    assert outcomes == ["never trained", "exact"]
    assert workspace.trainer.models.usable("base").run != 1


_full_disk("a disk that is full during an import", 300_000, _whole_import)
_full_disk("a disk that is full during training", 8_000_000, _whole_run)
_full_disk("a disk that is full during an erasure", 3_000_000, _whole_erasure)
_full_disk("a disk that is full before an erasure", 20_000, _whole_erasure)


# The trials


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the page's commands name, laid out once."""
    folder = tmp_path_factory.mktemp("bad-inputs")
    # Bits are compared with what this process trains, so it must have as many threads.
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    subprocess.run([sys.executable, str(_DESK), str(folder)], check=True, env=os.environ | threads)
    return folder


@pytest.fixture
def place(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk for one command: workspaces of its own, and links to the files."""
    folder = (tmp_path / "desk").resolve()
    folder.mkdir()
    for found in desk.iterdir():
        if found.name in ("people", "other"):
            shutil.copytree(found, folder / found.name)
        else:
            (folder / found.name).symlink_to(found)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RIGHTFUL_WORKSPACE", "people")
    return folder


def _state(workspace: Path) -> dict[str, object]:
    """All that a workspace holds: the rows of its registry, and its other files."""
    state: dict[str, object] = {}
    for path in sorted(workspace.rglob("*")):
        name = path.relative_to(workspace).as_posix()
        if path.is_file() and not name.startswith(("locks/", "registry.sqlite-")):
            state[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        where = f"file:{workspace / 'registry.sqlite'}?mode=rw"  # which never makes a new one
        with closing(sqlite3.connect(where, uri=True)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                state[f"table {name}"] = connection.execute(f"SELECT * FROM {name}").fetchall()
    except sqlite3.Error:
        return state  # it is damaged, and its bytes are all that can be compared
    state.pop("registry.sqlite", None)  # its bytes may differ where its rows don't
    return state


@pytest.mark.parametrize("trial", _trials(), ids=lambda trial: trial.case)
def test_a_bad_input_is_answered_as_the_page_says(
    trial: Trial,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = _SCENES.get(trial.case)
    with scene(place, monkeypatch) if scene else nullcontext():
        before, beside = _state(place / "people"), sorted(place.iterdir())
        code = _given(trial.command)
        said = capsys.readouterr()
        after = _state(place / "people")
        assert sorted(place.iterdir()) == beside
    out, err = (text.replace(str(place), "/desk") for text in said)
    if code in _ANSWERED:
        assert set(trial.answer) <= {line.strip() for line in out.splitlines()}
    else:
        assert not out
        assert err.splitlines()[-1:] == [f"rightful: {line}" for line in trial.answer]
    assert code == trial.code
    assert "Traceback" not in out + err
    typed = trial.command
    assert [word for word in _CONTENT if word in out + err and word not in typed] == []
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    allowed = _MAY_CHANGE.get(trial.case, ())
    assert {name for name in changed if not name.startswith(allowed)} == set()


def _one_of_each_kind() -> list[Trial]:
    """For each exit code of errors, the first row for which nothing is prepared."""
    plain = (t for t in reversed(_trials()) if t.case not in _SCENES and t.code not in _ANSWERED)
    return list({trial.code: trial for trial in plain}.values())


@pytest.mark.parametrize("trial", _one_of_each_kind(), ids=lambda trial: trial.case)
def test_with_json_the_same_answer_is_one_object(
    trial: Trial, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _given(f"{trial.command} --json") == trial.code
    said = capsys.readouterr()
    assert json.loads(said.out) == {"error": trial.answer[0], "exit_code": trial.code}
    assert not said.err


def test_whatever_is_prepared_here_is_on_the_page() -> None:
    cases = [trial.case for trial in _trials()]
    assert (_SCENES.keys() | _MAY_CHANGE.keys()) <= set(cases)
    assert all(cases.count(case) == 1 for case in _SCENES)
    assert len(cases) > 100
