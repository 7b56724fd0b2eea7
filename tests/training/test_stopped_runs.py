"""A run that was stopped, however hard, goes on and ends with the same bits."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import rightful
from rightful.errors import Damaged
from rightful.training import Cadence, Loss, Program, determinism
from rightful.workspace import Workspace

CADENCE = Cadence(3, "all")


class Stopped(Exception):
    """What a test stops a run with."""


def stop(workspace: Workspace, program: Program, steps: int) -> None:
    """Begin a run and break it off after so many steps."""

    def told(done: int, of: int, loss: Loss | None) -> None:
        if done == steps:
            raise Stopped

    with pytest.raises(Stopped):
        workspace.trainer.pretrain(program, model="base", cadence=CADENCE, on_progress=told)


def go_on(workspace: Workspace, program: Program) -> tuple[str | None, int]:
    """The digest that the command ends with, and how many steps it did."""
    steps: list[int] = []
    run = workspace.trainer.pretrain(
        program,
        model="base",
        cadence=CADENCE,
        on_progress=lambda *told: steps.append(told[0]),
    )
    assert [run.number for run in workspace.trainer.runs.all()] == [1]
    assert [loss.step for loss in workspace.trainer.runs.losses(1)] == list(range(24))
    return run.weights_sha256, len(steps)


@pytest.fixture
def whole(second: Workspace, program: Program) -> str | None:
    """The digest of a run that nobody stops."""
    return second.trainer.pretrain(program, model="base", cadence=CADENCE).weights_sha256


@pytest.mark.parametrize(
    ("stopped", "left"), [(1, 24), (3, 21), (4, 21), (11, 15), (23, 3), (24, 0)]
)
def test_an_exception_at_any_step_costs_only_the_steps_since_the_last_checkpoint(
    workspace: Workspace, program: Program, whole: str, stopped: int, left: int
) -> None:
    stop(workspace, program, stopped)
    assert workspace.trainer.models.all() == []
    assert go_on(workspace, program) == (whole, left)


def test_a_run_may_be_stopped_again_and_again(
    workspace: Workspace, program: Program, whole: str
) -> None:
    for steps in (2, 5, 6, 13, 20):
        stop(workspace, program, steps)
    assert go_on(workspace, program)[0] == whole


_KILLED = """
import os, signal, sys
from pathlib import Path

import rightful
from rightful.training import Cadence, Checkpoints, Models, Program, Runs

moment, folder, recipe = sys.argv[1:]

def die(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)

def dying(owner, name, at):
    act, calls = getattr(owner, name), []
    def wrapped(*args, **more):
        calls.append(1)
        if len(calls) == at:
            die()
        return act(*args, **more)
    setattr(owner, name, wrapped)

def told(done, of, loss):
    if moment == "between steps" and done == 10:
        die()

if moment == "before a checkpoint counts":
    dying(Checkpoints, "record", 3)
if moment == "while a checkpoint is written":
    import tempfile
    make, calls = tempfile.mkstemp, []
    def half(**more):
        handle, name = make(**more)
        if "runs" in name:
            calls.append(1)
            if len(calls) == 3:
                os.write(handle, b"half a checkpoint")
                die()
        return handle, name
    tempfile.mkstemp = half
if moment == "before old checkpoints are deleted":
    dying(Checkpoints, "delete", 5)
if moment == "before the run is finished":
    dying(Runs, "finish", 1)
if moment == "before the model is moved":
    dying(Models, "move", 1)

with rightful.open(folder) as workspace:
    workspace.trainer.pretrain(
        Program.load(Path(recipe)),
        model="base", cadence=Cadence(3, "latest"), on_progress=told,
    )
"""

_RECIPE = """
epochs = 3
bins = 8
seed = 7
batch_size = 25

[model]
path = "small_networks:Small"
"""


@pytest.mark.parametrize(
    "moment",
    [
        "between steps",
        "while a checkpoint is written",
        "before a checkpoint counts",
        "before old checkpoints are deleted",
        "before the run is finished",
        "before the model is moved",
    ],
)
def test_a_killed_process_leaves_a_run_that_goes_on_to_the_same_bits(
    workspace: Workspace, program: Program, whole: str, tmp_path: Path, moment: str
) -> None:
    recipe = tmp_path / "program.toml"
    recipe.write_text(_RECIPE)
    assert Program.load(recipe) == program
    workspace.close()
    importable = str(Path(__file__).parent / "importable")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, moment, str(workspace.folder), str(recipe)],
        env={**os.environ, "PYTHONPATH": importable, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with rightful.open(workspace.folder) as again:
        assert again.trainer.models.all() == []
        digest, steps = go_on(again, program)
        assert digest == whole
        assert steps < 24
        there = {path.name for path in (again.folder / "runs/1").iterdir()}
        known = {Path(found.path).name for found in again.trainer.checkpoints.of(1)}
        assert there == known


def damage(workspace: Workspace, *steps: int) -> None:
    """Change one byte in the middle of checkpoints."""
    for checkpoint in workspace.trainer.checkpoints.of(1):
        if checkpoint.step in steps:
            path = workspace.folder / checkpoint.path
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)


def test_a_damaged_checkpoint_is_passed_over_for_an_earlier_one(
    workspace: Workspace, program: Program, whole: str
) -> None:
    stop(workspace, program, 11)
    damage(workspace, 9)
    assert go_on(workspace, program) == (whole, 16)


def test_a_missing_checkpoint_is_passed_over_too(
    workspace: Workspace, program: Program, whole: str
) -> None:
    stop(workspace, program, 11)
    (workspace.folder / "runs/1/step-000000009.safetensors").unlink()
    assert go_on(workspace, program) == (whole, 16)


def test_with_all_checkpoints_damaged_a_run_starts_over(
    workspace: Workspace, program: Program, whole: str
) -> None:
    stop(workspace, program, 11)
    damage(workspace, 3, 6, 8, 9)
    assert go_on(workspace, program) == (whole, 24)


def test_a_finetune_that_was_stopped_before_its_first_checkpoint_starts_from_its_parent(
    workspace: Workspace, second: Workspace, program: Program
) -> None:
    def told(done: int, of: int, loss: Loss | None) -> None:
        if done == 2:
            raise Stopped

    for each in (workspace, second):
        each.trainer.pretrain(program, model="base")
    with pytest.raises(Stopped):
        workspace.trainer.finetune(
            program, model="tuned", parent="base", cadence=CADENCE, on_progress=told
        )
    stopped, never = (
        each.trainer.finetune(program, model="tuned", parent="base") for each in (workspace, second)
    )
    assert stopped.weights_sha256 == never.weights_sha256


def test_a_finetune_whose_parent_is_damaged_says_so(workspace: Workspace, program: Program) -> None:
    workspace.trainer.pretrain(program, model="base")
    damage(workspace, 24)
    with pytest.raises(Damaged, match=r"runs/1/step-000000024\.safetensors is missing or was"):
        workspace.trainer.finetune(program, model="tuned", parent="base")


def test_on_another_kind_of_machine_a_run_starts_over_and_says_where_it_was_made(
    workspace: Workspace, program: Program, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(workspace, program, 11)
    here = determinism.environment
    monkeypatch.setattr(
        determinism, "environment", lambda threads=None: {**here(threads), "torch": "99.0"}
    )
    digest, steps = go_on(workspace, program)
    # The machine is the same after all, so the bits are, too.
    assert (digest, steps) == (whole, 24)
    assert workspace.trainer.runs.get(1).environment["torch"] == "99.0"


def test_a_resumed_run_keeps_the_number_of_threads_that_it_began_with(
    workspace: Workspace, program: Program, whole: str
) -> None:
    stop(workspace, program, 11)
    began = torch.get_num_threads()
    torch.set_num_threads(1 if began > 1 else 2)
    try:
        assert go_on(workspace, program) == (whole, 15)
    finally:
        torch.set_num_threads(began)
    assert workspace.trainer.runs.get(1).environment["threads"] == began


def test_a_checkpoint_that_was_written_and_never_counted_is_removed(
    workspace: Workspace, program: Program, whole: str
) -> None:
    stop(workspace, program, 7)
    folder = workspace.folder / "runs/1"
    (folder / "step-000000099.safetensors").write_bytes(b"nobody knows this one")
    (folder / ".unfinished-abc").write_bytes(b"half")
    assert go_on(workspace, program)[0] == whole
    assert not (folder / "step-000000099.safetensors").exists()
    assert not (folder / ".unfinished-abc").exists()
