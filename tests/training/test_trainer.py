"""A command trains once, says how it goes, leaves the process as it was, and refuses plainly."""

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

import rightful
from rightful.errors import Busy, InvalidInput, NotFound, Refused
from rightful.training import Cadence, Loss, ModelSpec, Optimizer, Program, trainer
from rightful.training import weights as files
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.training.conftest import Maker


def kinds(workspace: Workspace) -> list[str]:
    return [entry.kind for entry in workspace.ledger.entries()]


def test_a_run_ends_with_a_model_in_force_and_both_are_in_the_ledger(
    workspace: Workspace, program: Program
) -> None:
    run = workspace.trainer.pretrain(program, model="base")
    assert (run.status, run.kind, len(run.records)) == ("finished", "pretraining", 200)
    model = workspace.trainer.models.get("base")
    assert (model.run, model.status) == (run.number, "in_force")
    assert run.weights_sha256 == files.digest(workspace.trainer.last_weights(run))
    new = kinds(workspace)[-4:]
    assert new == ["clearance_computed", "run_started", "run_finished", "model_moved"]


def test_it_learns(workspace: Workspace, program: Program) -> None:
    longer = Program(program.model, epochs=30, bins=8, seed=7, batch_size=25)
    workspace.trainer.pretrain(longer, model="base")
    assert workspace.evaluator.evaluate("base").metrics["accuracy"] > 0.9


def test_the_same_command_twice_trains_once(workspace: Workspace, program: Program) -> None:
    first = workspace.trainer.pretrain(program, model="base")
    entries = kinds(workspace)
    steps: list[int] = []
    again = workspace.trainer.pretrain(
        program, model="base", on_progress=lambda *told: steps.append(told[0])
    )
    assert (again.number, steps, kinds(workspace)) == (first.number, [], entries)


def test_a_finetune_given_twice_trains_once(workspace: Workspace, program: Program) -> None:
    workspace.trainer.pretrain(program, model="base")
    first = workspace.trainer.finetune(program, model="tuned", parent="base")
    assert workspace.trainer.finetune(program, model="tuned", parent="base") == first


def test_once_the_records_are_others_it_trains_anew(workspace: Workspace, program: Program) -> None:
    first = workspace.trainer.pretrain(program, model="base")
    workspace.grants.withdraw("person3@people.example")
    second = workspace.trainer.pretrain(program, model="base")
    assert second.number != first.number
    assert second.weights_sha256 != first.weights_sha256
    assert workspace.trainer.models.get("base").run == second.number


def test_finetuning_starts_from_the_parents_weights(workspace: Workspace, program: Program) -> None:
    parent = workspace.trainer.pretrain(program, model="base")
    still = Program(
        program.model,
        epochs=1,
        bins=4,
        seed=1,
        optimizer=Optimizer("sgd", learning_rate=1e-30),
    )
    run = workspace.trainer.finetune(still, model="tuned", parent="base")
    assert (run.parent, run.start_sha256) == (parent.number, parent.weights_sha256)
    # Steps too small to change a bit leave what it started from.
    assert run.weights_sha256 == parent.weights_sha256


def test_progress_is_told_of_each_step_in_order(workspace: Workspace, program: Program) -> None:
    told: list[tuple[int, int, Loss | None]] = []
    run = workspace.trainer.pretrain(
        program, model="base", on_progress=lambda *what: told.append(what)
    )
    assert [(done, of) for done, of, _ in told] == [(n + 1, 24) for n in range(24)]
    losses = [loss for _, _, loss in told if loss is not None]
    assert losses == workspace.trainer.runs.losses(run.number)
    assert sum(loss.records for loss in losses) == 3 * 200


def test_how_often_checkpoints_are_written_does_not_reach_the_weights(
    workspace: Workspace, second: Workspace, program: Program
) -> None:
    often = workspace.trainer.pretrain(program, model="base", cadence=Cadence(1, "all"))
    seldom = second.trainer.pretrain(program, model="base", cadence=Cadence(24, "latest"))
    assert often.weights_sha256 == seldom.weights_sha256


@pytest.mark.parametrize(
    ("cadence", "left"),
    [
        (Cadence(), [2, 4, 6, 8, 24]),
        (Cadence(3), [3, 6, 8, 24]),
        (Cadence(5, "latest"), [24]),
        (Cadence(7, "all"), [7, 8, 14, 16, 21, 24]),
    ],
)
def test_the_cadence_says_which_checkpoints_are_there_at_the_end(
    workspace: Workspace, program: Program, cadence: Cadence, left: list[int]
) -> None:
    run = workspace.trainer.pretrain(program, model="base", cadence=cadence)
    found = workspace.trainer.checkpoints.of(run.number)
    assert [checkpoint.step for checkpoint in found] == left
    files_there = sorted(p.name for p in (workspace.folder / f"runs/{run.number}").iterdir())
    assert files_there == [f"step-{step:09}.safetensors" for step in left]


def test_the_callers_generators_and_threads_are_left_as_they_were(
    workspace: Workspace, program: Program
) -> None:
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    threads = torch.get_num_threads()
    expected = torch.rand(3).tolist(), random.random(), np.random.random()
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    workspace.trainer.pretrain(program, model="base")
    assert (torch.rand(3).tolist(), random.random(), np.random.random()) == expected
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


def test_where_nobody_is_cleared_it_refuses_and_leaves_no_run(
    maker: "Maker", program: Program
) -> None:
    with maker.empty("nobody") as nobody:
        with pytest.raises(Refused, match=r"no record is cleared for pretraining.*rightful clear"):
            nobody.trainer.pretrain(program, model="base")
        assert nobody.trainer.runs.all() == []


@pytest.mark.parametrize(
    ("path", "arguments", "said"),
    [
        ("small_networks:Absent", {}, "there is no small_networks:Absent"),
        ("no_such_package:Net", {}, "there is no no_such_package:Net"),
        ("small_networks:NOT_A_NETWORK", {}, r"is no torch\.nn\.Module"),
        ("small_networks:Small", {"depth": 3}, "does not take these arguments"),
        ("small_networks:Small", {"hidden": -1}, "does not take these arguments"),
    ],
)
def test_a_network_that_cant_be_built_is_told_before_anything_is_written(
    workspace: Workspace, path: str, arguments: dict[str, int], said: str
) -> None:
    wrong = Program(ModelSpec(path, arguments), epochs=1, bins=2, seed=0)
    with pytest.raises(InvalidInput, match=said):
        workspace.trainer.pretrain(wrong, model="base")
    assert workspace.trainer.runs.all() == []


def test_labels_beyond_the_models_classes_are_answered_with_a_sentence(
    workspace: Workspace,
) -> None:
    few = Program(ModelSpec("small_networks:Small", {"classes": 3}), epochs=1, bins=2, seed=0)
    with pytest.raises(InvalidInput, match="3 classes and a label is beyond them"):
        workspace.trainer.pretrain(few, model="base")


def test_pictures_that_the_model_does_not_take_are_answered_with_a_sentence(
    workspace: Workspace,
) -> None:
    colour = Program(
        ModelSpec("rightful.training.lenet:LeNet", {"channels": 3}), epochs=1, bins=2, seed=0
    )
    with pytest.raises(InvalidInput, match="does not take images of 1 x 28 x 28"):
        workspace.trainer.pretrain(colour, model="base")


def test_a_run_that_diverges_stops_with_a_sentence_and_makes_no_model(
    workspace: Workspace, program: Program
) -> None:
    wild = Program(
        program.model, epochs=3, bins=8, seed=7, optimizer=Optimizer("sgd", learning_rate=1e30)
    )
    with pytest.raises(InvalidInput, match=r"the loss of step \d+ is no finite number"):
        workspace.trainer.pretrain(wild, model="base")
    assert workspace.trainer.models.all() == []


def test_batch_normalisation_trains_the_same_twice_and_a_batch_of_one_is_told(
    workspace: Workspace, second: Workspace
) -> None:
    spec = ModelSpec("small_networks:Normalised")
    usual = Program(spec, epochs=1, bins=4, seed=0)
    digests = {w.trainer.pretrain(usual, model="b").weights_sha256 for w in (workspace, second)}
    assert len(digests) == 1
    with pytest.raises(InvalidInput, match="does not take a batch of 1"):
        workspace.trainer.pretrain(Program(spec, epochs=1, bins=400, seed=0), model="c")


def test_weights_that_share_memory_are_trained_kept_and_loaded(workspace: Workspace) -> None:
    tied = Program(ModelSpec("small_networks:Tied"), epochs=1, bins=4, seed=0)
    run = workspace.trainer.pretrain(tied, model="tied")
    kept = workspace.trainer.last_weights(run)
    assert torch.equal(kept["first.weight"], kept["second.weight"])
    assert 0 <= workspace.evaluator.evaluate("tied").metrics["accuracy"] <= 1


@pytest.mark.parametrize("name", ["", "../up", ".hidden", "a b", "x" * 101, "käse"])
def test_a_name_that_could_be_a_path_is_no_models_name(
    workspace: Workspace, program: Program, name: str
) -> None:
    with pytest.raises(InvalidInput, match="a model's name is letters"):
        workspace.trainer.pretrain(program, model=name)


def test_a_parent_that_is_not_there_is_answered_with_those_there_are(
    workspace: Workspace, program: Program
) -> None:
    with pytest.raises(NotFound, match="none yet"):
        workspace.trainer.finetune(program, model="tuned", parent="base")
    workspace.trainer.pretrain(program, model="base")
    with pytest.raises(NotFound, match="there are: base"):
        workspace.trainer.finetune(program, model="tuned", parent="bass")


def test_a_restricted_parent_is_refused(workspace: Workspace, program: Program) -> None:
    workspace.trainer.pretrain(program, model="base")
    with workspace.registry.transaction() as connection:
        workspace.trainer.models.restrict(connection, ["base"])
    with pytest.raises(Refused, match="the model base is restricted"):
        workspace.trainer.finetune(program, model="tuned", parent="base")
    assert len(workspace.trainer.runs.all()) == 1


def test_weights_of_another_network_are_refused_by_the_names_that_dont_fit(
    workspace: Workspace, program: Program
) -> None:
    workspace.trainer.pretrain(program, model="base")
    wider = Program(ModelSpec("small_networks:Small", {"hidden": 20}), epochs=1, bins=2, seed=0)
    with pytest.raises(InvalidInput, match=r"the model base.*differ in shape: first\.bias"):
        workspace.trainer.finetune(wider, model="tuned", parent="base")


def test_one_run_goes_at_a_time(
    workspace: Workspace, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "_PATIENCE", 0.05)
    told: list[str] = []

    def other(done: int, of: int, loss: Loss | None) -> None:
        if done == 1:
            with rightful.open(workspace.folder) as elsewhere, pytest.raises(Busy) as error:
                elsewhere.trainer.pretrain(program, model="other")
            told.append(str(error.value))

    workspace.trainer.pretrain(program, model="base", on_progress=other)
    assert "another process is working on this workspace (training)" in told[0]
