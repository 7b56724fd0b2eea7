"""Runs are kept whole, with who left them and how each step went."""

import pytest
from pyroaring import BitMap64

from rightful.errors import NotFound
from rightful.training import Loss, Program, Run, Runs
from rightful.workspace import Workspace


@pytest.fixture
def run(workspace: Workspace, program: Program) -> Run:
    return workspace.trainer.pretrain(program, model="base")


@pytest.fixture
def runs(workspace: Workspace) -> Runs:
    return workspace.trainer.runs


def test_a_run_keeps_its_program_records_and_environment(
    workspace: Workspace, run: Run, runs: Runs, program: Program
) -> None:
    kept = runs.get(run.number)
    assert kept.program == program
    assert kept.records == workspace.clearances.load(kept.clearance).cleared
    assert kept.environment["threads"] >= 1
    assert kept.finished
    assert kept.started_at < str(kept.finished_at)


def test_the_ledger_commits_to_the_records_and_names_none(workspace: Workspace, run: Run) -> None:
    (entry,) = (entry for entry in workspace.ledger.entries() if entry.kind == "run_started")
    assert entry.facts["program_sha256"] == run.program.sha256
    assert entry.facts["records"] == 200
    assert len(bytes.fromhex(entry.facts["records_root"])) == 32
    (cleared,) = (e for e in workspace.ledger.entries() if e.kind == "clearance_computed")
    assert entry.facts["records_root"] == cleared.facts["records"]
    assert b"person" not in entry.data


def test_a_run_that_is_not_there_is_told(runs: Runs) -> None:
    with pytest.raises(NotFound, match="there is no run 404"):
        runs.get(404)


def test_children_are_the_runs_that_start_from_a_runs_weights(
    workspace: Workspace, run: Run, runs: Runs, program: Program
) -> None:
    child = workspace.trainer.finetune(program, model="tuned", parent="base")
    assert [each.number for each in runs.children(run.number)] == [child.number]
    assert runs.children(child.number) == []
    assert runs.replacement(run.number) is None
    assert [each.number for each in runs.all()] == [run.number, child.number]


def test_departures_at_one_step_are_joined(run: Run, runs: Runs) -> None:
    runs.depart(run.number, 9, BitMap64([4, 5]))
    runs.depart(run.number, 3, BitMap64([1]))
    runs.depart(run.number, 9, BitMap64([5, 6]))
    assert runs.departed(run.number) == [(3, BitMap64([1])), (9, BitMap64([4, 5, 6]))]


def test_losses_are_dropped_from_a_step_on(run: Run, runs: Runs) -> None:
    losses = runs.losses(run.number)
    assert [loss.step for loss in losses] == list(range(24))
    runs.drop_losses(run.number, since=5)
    assert runs.losses(run.number) == losses[:5]
    runs.drop_losses(run.number)
    assert runs.losses(run.number) == []


def test_losses_come_back_as_they_were(workspace: Workspace, run: Run, runs: Runs) -> None:
    runs.drop_losses(run.number)
    new = [Loss(7, 0.1 + 0.2, 3), Loss(2, 1e-300, 1)]
    with workspace.registry.transaction() as connection:
        runs.add_losses(connection, run.number, new)
        runs.add_losses(connection, run.number, [])
    assert runs.losses(run.number) == [new[1], new[0]]


def test_a_run_begun_anew_has_no_losses_and_another_environment(run: Run, runs: Runs) -> None:
    runs.restart(run.number, {"threads": 5})
    assert runs.losses(run.number) == []
    assert runs.get(run.number).environment == {"threads": 5}
