"""Where a run starts again, from what, and what is said where bits can't be promised."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyroaring import BitMap64
from tests.workspaces import BINS, PEOPLE, records_of, train, weights

import rightful
from rightful.forgetting import Outcome, Plan, Target
from rightful.training import Checkpoint, Checkpoints, determinism
from rightful.training.bins import Bins
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.workspaces import Town

ONE, OTHER = PEOPLE["tuned"][3], PEOPLE["tuned"][7]
BASE = PEOPLE["base"][4]


def late_record(workspace: Workspace) -> tuple[int, int, int]:
    """The record of `tuned` that is used latest in the first epoch: it, its name, its step."""
    table = workspace.records.rows(workspace.trainer.runs.get(2).records)
    steps = Bins(8, BINS).of(workspace.records.keys(table), 0)
    place = int(steps.argmax())
    record = table.column("record").to_pylist()[place]
    return record, record - 60, int(steps[place])  # those of `tuned` came after the sixty of `base`


def damage(workspace: Workspace, run: int, steps: set[int]) -> None:
    checkpoints = workspace.trainer.checkpoints
    found = [each for each in checkpoints.of(run) if each.step in steps]
    assert {each.step for each in found} == steps
    for each in found:
        path = workspace.folder / each.path
        path.write_bytes(path.read_bytes()[:-1] + b"\x00")


def body(path: Path | None) -> dict[str, Any]:
    assert path is not None
    found: dict[str, Any] = json.loads(path.read_bytes())["body"]
    return found


def test_a_replay_starts_at_the_last_checkpoint_before_the_first_step_touched(
    trained: Workspace, town: "Town"
) -> None:
    record, name, step = late_record(trained)
    assert step >= 4
    plans: list[Plan] = []
    answer = trained.rights.erase_records([record], on_plan=plans.append)
    (replay,) = plans[0].replays
    assert replay.first_step == step
    assert 0 < replay.start <= step
    assert replay.steps == 16 - replay.start
    assert body(answer.certificate)["runs"][0]["steps_replayed"] == replay.steps
    assert weights(trained) == town.expected(lost=[("tuned", name)])


def test_a_replay_that_starts_on_the_way_has_the_losses_of_the_whole_run(
    trained: Workspace,
) -> None:
    record, _, _ = late_record(trained)
    before = {loss.step: loss for loss in trained.trainer.runs.losses(2)}
    plans: list[Plan] = []
    trained.rights.erase_records([record], on_plan=plans.append)
    after = {loss.step: loss for loss in trained.trainer.runs.losses(3)}
    start = plans[0].replays[0].start
    assert {s for s in after if s < start} == {s for s in before if s < start} != set()
    assert all(after[s] == before[s] for s in after if s < start)


def test_a_later_checkpoint_would_keep_the_influence(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the comparisons of this folder can fail: they do if a tainted checkpoint is used."""
    record, name, _ = late_record(trained)

    def tainted(checkpoints: Checkpoints, run: int, step: int) -> Checkpoint:
        return next(each for each in checkpoints.of(run) if each.step == BINS)

    monkeypatch.setattr("rightful.forgetting.replay.last_intact", tainted)
    trained.rights.erase_records([record])
    expected = town.expected(lost=[("tuned", name)])
    assert weights(trained)["base"] == expected["base"]
    assert weights(trained)["tuned"] != expected["tuned"]


def test_a_damaged_checkpoint_is_passed_over(trained: Workspace, town: "Town") -> None:
    record, name, step = late_record(trained)
    early = [c.step for c in trained.trainer.checkpoints.of(2) if c.step <= step]
    damage(trained, 2, {early[-1]})
    plans: list[Plan] = []
    answer = trained.rights.erase_records([record], on_plan=plans.append)
    assert plans[0].replays[0].start == early[-2]
    assert answer.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(lost=[("tuned", name)])


def test_with_no_checkpoint_left_a_run_starts_from_the_beginning(
    trained: Workspace, town: "Town"
) -> None:
    record, name, _ = late_record(trained)
    damage(trained, 2, {each.step for each in trained.trainer.checkpoints.of(2)})
    plans: list[Plan] = []
    trained.rights.erase_records([record], on_plan=plans.append)
    assert plans[0].replays[0].start == 0
    assert weights(trained) == town.expected(lost=[("tuned", name)])


def test_a_checkpoint_damaged_after_the_plan_is_passed_over_too(
    trained: Workspace, town: "Town"
) -> None:
    record, name, _ = late_record(trained)
    told: list[int] = []

    def harm(plan: Plan) -> None:
        damage(trained, 2, {plan.replays[0].start})

    trained.rights.erase_records(
        [record], on_plan=harm, on_progress=lambda done, _: told.append(done)
    )
    assert weights(trained) == town.expected(lost=[("tuned", name)])
    assert min(told) >= 0


def test_a_parent_whose_last_weights_are_damaged_is_trained_again(
    trained: Workspace, town: "Town"
) -> None:
    damage(trained, 1, {16})
    plans: list[Plan] = []
    (answer,) = trained.rights.erase([ONE], on_plan=plans.append)
    parent, child = plans[0].replays
    assert (parent.run, parent.start, child.run) == (1, 8, 2)
    assert answer.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(without=[ONE])


def test_on_another_machine_a_forgetting_is_equivalent_and_says_why(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    real = determinism.environment

    def elsewhere(threads: int | None = None) -> dict[str, Any]:
        return {**real(threads), "processor": "another one"}

    monkeypatch.setattr("rightful.training.determinism.environment", elsewhere)
    monkeypatch.setattr("rightful.forgetting.replay.environment", elsewhere)
    record, name, _ = late_record(trained)
    answer = trained.rights.erase_records([record])
    assert answer.outcome is Outcome.EQUIVALENT
    said = body(answer.certificate)
    assert said["outcome"] == "equivalent"
    assert said["because"] == ["run 2 was trained with another processor"]
    assert said["runs"][0]["steps_replayed"] == 16  # bits of two machines don't make one result
    assert said["runs"][0]["environment"]["processor"] == "another one"

    def train_elsewhere(workspace: Workspace) -> None:
        train(workspace)

    assert weights(trained) == town.expected(train_elsewhere, lost=[("tuned", name)])


def test_whoever_leaves_during_a_replay_is_not_in_what_comes_of_it(
    trained: Workspace, town: "Town"
) -> None:
    left: list[int] = []

    def leave(done: int, of: int) -> None:
        if done == 9 and not left:
            left.append(done)
            with rightful.open(trained.folder) as elsewhere:
                elsewhere.rights.withdraw(OTHER)

    (answer,) = trained.rights.erase([ONE], on_progress=leave)
    assert left
    assert answer.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(without=[ONE], silent=[OTHER])
    said = body(answer.certificate)["runs"][0]
    assert (said["before"], said["after"], said["records_after"]) == (2, 4, 49)
    assert said["steps_replayed"] == 16
    statuses = {run.number: run.status for run in trained.trainer.runs.all()}
    assert statuses[3] == "superseded"  # what the other had a part in
    assert not (trained.folder / "runs" / "3").exists()
    assert trained.forgetter.debts() == []


def test_whoever_left_before_is_out_too(trained: Workspace, town: "Town") -> None:
    """A run that is trained again pays all that it owes."""
    trained.grants.withdraw(OTHER)
    assert [debt.run for debt in trained.forgetter.debts()] == [2]
    trained.rights.erase([ONE])
    assert trained.forgetter.debts() == []
    assert weights(trained) == town.expected(without=[ONE], silent=[OTHER])


def test_looking_at_a_plan_changes_nothing(trained: Workspace) -> None:
    before = (trained.ledger.size, weights(trained), trained.records.version)
    number = trained.subjects.find(BASE)
    plan = trained.forgetter.plan(Target("erase", BitMap64(records_of(trained, BASE)), (number,)))
    assert [replay.run for replay in plan.replays] == [1, 2]
    assert (trained.ledger.size, weights(trained), trained.records.version) == before
