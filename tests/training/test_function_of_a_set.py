"""Weights are a function of the program and the set of records alone, bit for bit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import torch

from rightful.training import Cadence, ModelSpec, Optimizer, Program
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.training.conftest import Maker, Seen

Rows = list[dict[str, Any]]


def trained(workspace: Workspace, program: Program) -> str:
    digest = workspace.trainer.pretrain(program, model="base").weights_sha256
    assert digest is not None
    return digest


def numbers(workspace: Workspace) -> dict[bytes, int]:
    """The number of each record to train on, by its key."""
    table = workspace.records.rows(workspace.clearances.compute("pretraining").cleared)
    keys = [key.tobytes() for key in workspace.records.keys(table)]
    return dict(zip(keys, table.column("record").to_pylist(), strict=True))


def test_neither_order_nor_format_nor_batches_of_import_reach_the_weights(
    workspace: Workspace, maker: "Maker", rows: Rows, program: Program
) -> None:
    with maker.empty("other") as other:
        backwards = rows[::-1]
        maker.add(other, backwards[:70], format="jsonl", batch=13)
        maker.add(other, backwards[70:], format="parquet", batch=50)
        maker.consent(other)
        ours, theirs = numbers(workspace), numbers(other)
        assert len(ours) == 200
        assert ours.keys() == theirs.keys()
        assert ours != theirs
        assert trained(other, program) == trained(workspace, program)


def test_the_numbers_of_records_and_people_do_not_reach_the_weights(
    workspace: Workspace, maker: "Maker", rows: Rows, program: Program
) -> None:
    with maker.empty("other") as other:
        # Others came first, and none of them has consented.
        strangers = [{**row, "number": row["number"] + 1000, "who": "x.example"} for row in rows]
        maker.add(other, strangers[:55])
        maker.add(other, rows)
        maker.consent(other)
        ours, theirs = numbers(workspace), numbers(other)
        assert all(theirs[key] != number for key, number in ours.items())
        assert trained(other, program) == trained(workspace, program)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_without_a_person_is_as_if_that_person_had_never_come(
    workspace: Workspace, maker: "Maker", rows: Rows, program: Program, optimizer: str
) -> None:
    recipe = Program(
        program.model,
        epochs=2,
        bins=8,
        seed=3,
        batch_size=25,
        schedule="cosine",
        optimizer=Optimizer(optimizer, weight_decay=0.01),
    )
    everybody = trained(workspace, recipe)
    workspace.grants.withdraw("person4@people.example")
    others = [row for row in rows if row["who"] != "person4@people.example"]
    with maker.full("never", others) as never:
        assert trained(workspace, recipe) == trained(never, recipe) != everybody


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_the_same_holds_of_the_lenet_and_of_fine_tuning_on_two_threads(
    workspace: Workspace, maker: "Maker", rows: Rows
) -> None:
    lenet = ModelSpec("rightful.training.lenet:LeNet")
    first = Program(lenet, epochs=1, bins=6, seed=3, batch_size=32)
    then = Program(lenet, epochs=1, bins=5, seed=4, batch_size=32)
    workspace.grants.withdraw("person0@people.example")
    with maker.full("never", [row for row in rows if row["number"] % 10]) as never:
        ends = []
        for each in (workspace, never):
            trained(each, first)
            ends.append(each.trainer.finetune(then, model="tuned", parent="base").weights_sha256)
        assert ends[0] == ends[1]


def test_every_field_of_a_program_that_should_reach_the_weights_does(
    workspace: Workspace, program: Program
) -> None:
    base: dict[str, Any] = {"model": program.model, "epochs": 1, "bins": 8, "seed": 7}
    programs = [
        Program(**base),
        Program(**{**base, "epochs": 2}),
        Program(**{**base, "bins": 7}),
        Program(**{**base, "seed": 8}),
        Program(**base, batch_size=32),
        Program(**base, schedule="cosine"),
        Program(**base, optimizer=Optimizer(learning_rate=0.002)),
        Program(**base, optimizer=Optimizer("sgd")),
    ]
    assert len({trained(workspace, each) for each in programs}) == len(programs)


def test_an_empty_bin_changes_nothing_but_its_step_counts(
    workspace: Workspace, program: Program
) -> None:
    many = Program(program.model, epochs=1, bins=400, seed=7, batch_size=1)
    losses = []
    run = workspace.trainer.pretrain(
        many,
        model="base",
        cadence=Cadence(1, "all"),
        on_progress=lambda *told: losses.append(told[2]),
    )
    empty = [step for step, loss in enumerate(losses) if loss is None]
    assert len(losses) == 400
    assert 150 < len(empty) < 330  # 400 x e^(-1/2) are to be expected
    checkpoints = {c.step: c for c in workspace.trainer.checkpoints.of(run.number)}
    read = workspace.trainer.checkpoints.read
    for step in [step for step in empty if step][:5]:
        before, after = read(checkpoints[step]), read(checkpoints[step + 1])
        assert all(before[name].equal(after[name]) for name in before)
    assert [loss.step for loss in workspace.trainer.runs.losses(run.number)] == [
        step for step in range(400) if step not in empty
    ]


def test_checkpoints_have_the_same_bytes_in_every_workspace(
    workspace: Workspace, maker: "Maker", rows: Rows, program: Program
) -> None:
    with maker.full("other", rows[::-1]) as other:
        for each in (workspace, other):
            each.trainer.pretrain(program, model="base", cadence=Cadence(2, "all"))
        ours, theirs = (
            {path.name: path.read_bytes() for path in (each.folder / "runs/1").iterdir()}
            for each in (workspace, other)
        )
        assert len(ours) == 12
        assert ours == theirs


def test_every_record_is_in_one_step_of_each_epoch(
    workspace: Workspace, program: Program, seen: "Seen"
) -> None:
    trained(workspace, program)
    for epoch in range(3):
        bins = seen.records[8 * epoch : 8 * epoch + 8]
        assert sorted(record for each in bins for record in each) == list(range(200))


def test_taking_a_person_out_leaves_everyone_else_in_step_and_order(
    workspace: Workspace, second: Workspace, program: Program, seen: "Seen"
) -> None:
    trained(workspace, program)
    everybody = [list(records) for records in seen.records]
    seen.records.clear()
    second.grants.withdraw("person6@people.example")
    trained(second, program)
    without = [[record for record in records if record % 10 != 6] for records in everybody]
    assert seen.records == without
