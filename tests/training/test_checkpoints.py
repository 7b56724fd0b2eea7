"""A checkpoint holds all of a run's state, in a file whose bytes hang on nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from rightful.errors import Damaged, InvalidInput
from rightful.training import Cadence, Checkpoint, Checkpoints, Optimizer, Program, Run, networks
from rightful.training import weights as files
from rightful.training.checkpoints import State
from rightful.training.loop import optimizer
from rightful.workspace import Workspace


@pytest.fixture
def run(workspace: Workspace, program: Program) -> Run:
    return workspace.trainer.pretrain(program, model="base", cadence=Cadence(8, "all"))


@pytest.fixture
def checkpoints(workspace: Workspace) -> Checkpoints:
    return workspace.trainer.checkpoints


def test_a_cadence_writes_at_its_step_at_the_end_of_an_epoch_and_at_the_last_step() -> None:
    due = [n for n in range(1, 31) if Cadence(7).due(n, bins=10, steps=30)]
    assert due == [7, 10, 14, 20, 21, 28, 30]
    four = [n for n in range(1, 41) if Cadence().due(n, bins=20, steps=40)]
    assert four == [5, 10, 15, 20, 40]
    assert [n for n in range(1, 16) if Cadence().due(n, bins=15, steps=15)] == [4, 8, 12, 15]
    assert [n for n in range(1, 10) if Cadence().due(n, bins=3, steps=9)] == [1, 2, 3, 6, 9]


@pytest.mark.parametrize(
    ("cadence", "kept"),
    [
        (Cadence(), [1, 10]),
        (Cadence(keep="latest"), []),
        (Cadence(keep="all"), [1, 10, 11, 20]),
    ],
)
def test_a_cadence_keeps_what_it_says(cadence: Cadence, kept: list[int]) -> None:
    assert [step for step in (1, 10, 11, 20) if cadence.keeps(step, bins=10)] == kept


def test_a_cadence_of_no_steps_is_refused() -> None:
    with pytest.raises(InvalidInput, match="every must be 1 step or more"):
        Cadence(0)


@pytest.mark.parametrize(
    "wanted",
    [
        Optimizer(),
        Optimizer("adamw", weight_decay=0.1),
        Optimizer("sgd", learning_rate=0.1),
        Optimizer("sgd", learning_rate=0.1, momentum=0.9),
    ],
)
def test_a_state_that_was_saved_goes_on_as_if_it_had_not_been(
    program: Program, wanted: Optimizer
) -> None:
    recipe = Program(program.model, epochs=1, bins=1, seed=0, optimizer=wanted)

    def fresh() -> State:
        network = networks.build(recipe)
        return State(network.eval(), optimizer(recipe, network))

    def step(state: State) -> None:
        state.optimizer.zero_grad()
        inputs = torch.linspace(-1, 1, 4 * 784).view(4, 784)
        state.network(inputs).square().sum().backward()
        state.optimizer.step()
        state.step += 1

    whole, first, second = fresh(), fresh(), fresh()
    for _ in range(3):
        step(first)
    second.load(first.tensors(), 3)
    for _ in range(4):
        step(second)
    for _ in range(7):
        step(whole)
    assert second.step == whole.step == 7
    assert files.digest(second.tensors()) == files.digest(whole.tensors())


def test_what_a_state_tells_is_not_changed_by_going_on(program: Program) -> None:
    network = networks.build(program)
    state = State(network, optimizer(program, network))
    told = state.tensors()
    before = files.digest(told)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(1)
    assert files.digest(told) == before


def test_a_file_says_its_format_program_and_step_and_only_its_owner_reads_it(
    workspace: Workspace, run: Run, checkpoints: Checkpoints
) -> None:
    path = workspace.folder / checkpoints.of(run.number)[0].path
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert json.loads(header["__metadata__"]["rightful"]) == {
        "format": "rightful-checkpoint/1",
        "program": run.program.sha256,
        "step": 8,
    }
    assert path.stat().st_mode & 0o777 == 0o600


def test_checkpoints_come_in_the_order_of_steps_and_hold_the_weights(
    workspace: Workspace, run: Run, checkpoints: Checkpoints
) -> None:
    found = checkpoints.of(run.number)
    assert [checkpoint.step for checkpoint in found] == [8, 16, 24]
    last = checkpoints.weights(found[-1])
    assert set(last) == {"first.weight", "first.bias", "last.weight", "last.bias"}
    assert files.digest(last) == run.weights_sha256 != files.digest(checkpoints.weights(found[0]))


def changed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize("harm", [changed, cut, Path.unlink])
def test_a_file_that_was_changed_cut_or_lost_is_damaged_and_not_intact(
    workspace: Workspace, run: Run, checkpoints: Checkpoints, harm: Any
) -> None:
    first, second, _ = checkpoints.of(run.number)
    harm(workspace.folder / first.path)
    assert not checkpoints.intact(first)
    assert checkpoints.intact(second)
    with pytest.raises(Damaged, match=rf"the checkpoint {first.path} is missing or was changed"):
        checkpoints.read(first)


def test_deleting_takes_the_file_and_the_row_and_may_be_done_again(
    workspace: Workspace, run: Run, checkpoints: Checkpoints
) -> None:
    first, *others = checkpoints.of(run.number)
    (workspace.folder / first.path).unlink()  # as a killed process leaves it
    checkpoints.delete([first])
    checkpoints.delete([first])
    assert checkpoints.of(run.number) == others
    checkpoints.delete(others)
    assert list((workspace.folder / "runs/1").iterdir()) == []


def test_writing_the_same_step_again_replaces_it(
    workspace: Workspace, run: Run, checkpoints: Checkpoints
) -> None:
    network = networks.build(run.program)
    state = State(network, optimizer(run.program, network), step=8)
    again = checkpoints.write(run.number, state, run.program.sha256)
    with workspace.registry.transaction() as connection:
        checkpoints.record(connection, again)
    assert [c.sha256 for c in checkpoints.of(run.number) if c.step == 8] == [again.sha256]
    assert checkpoints.intact(again)


def test_another_run_may_adopt_a_copy(
    workspace: Workspace, run: Run, checkpoints: Checkpoints
) -> None:
    other = workspace.trainer.pretrain(run.program, model="other")
    first = checkpoints.of(run.number)[0]
    with workspace.registry.transaction() as connection:
        copy = checkpoints.adopt(first, other.number, connection)
    assert copy == Checkpoint(
        other.number, 8, f"runs/{other.number}/step-000000008.safetensors", first.sha256
    )
    checkpoints.remove_folder(run.number)
    assert checkpoints.intact(copy)
    assert not checkpoints.intact(first)


def test_strays_of_killed_writes_go_and_what_counts_stays(
    workspace: Workspace, run: Run, checkpoints: Checkpoints
) -> None:
    folder = workspace.folder / "runs/1"
    known = sorted(path.name for path in folder.iterdir())
    (folder / "step-000000099.safetensors").write_bytes(b"never recorded")
    (folder / ".unfinished-x").write_bytes(b"half")
    checkpoints.remove_strays(run.number)
    assert sorted(path.name for path in folder.iterdir()) == known
    checkpoints.remove_strays(404)
