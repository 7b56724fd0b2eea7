"""The arithmetic of a step: rates by number, a sum over a nominal batch, generators by step."""

import math
from typing import Any

import pytest
import torch

from rightful.training import ModelSpec, Optimizer, Program, determinism, loop, networks, tasks
from rightful.training import weights as files
from rightful.training.tasks import Batch, ImageClassification
from rightful.workspace import Workspace


def program(**changes: Any) -> Program:
    base: dict[str, Any] = {
        "model": ModelSpec("small_networks:Small"),
        "epochs": 2,
        "bins": 5,
        "seed": 7,
    }
    return Program(**{**base, **changes})


def test_a_constant_rate_stays_and_a_cosine_falls_to_nothing() -> None:
    constant = program(optimizer=Optimizer(learning_rate=0.3))
    assert [loop.rate(constant, step) for step in range(10)] == [0.3] * 10
    cosine = program(optimizer=Optimizer(learning_rate=0.3), schedule="cosine")
    rates = [loop.rate(cosine, step) for step in range(10)]
    assert rates[0] == 0.3
    assert rates[5] == pytest.approx(0.15)
    assert rates == sorted(rates, reverse=True)
    assert rates[9] == pytest.approx(0.3 * (1 + math.cos(0.9 * math.pi)) / 2)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)],
)
def test_the_optimiser_is_the_programs(name: str, kind: type) -> None:
    recipe = program(optimizer=Optimizer(name, 0.02, (0.7, 0.8), 0.6, 0.1))
    made = loop.optimizer(recipe, networks.build(recipe))
    (group,) = made.param_groups
    assert type(made) is kind
    assert (group["lr"], group["weight_decay"]) == (0.02, 0.1)
    assert group["momentum"] == 0.6 if name == "sgd" else group["betas"] == (0.7, 0.8)


def test_frozen_parameters_are_not_in_the_optimiser() -> None:
    network = networks.build(program())
    network.get_submodule("first").requires_grad_(False)
    (group,) = loop.optimizer(program(), network).param_groups
    assert len(group["params"]) == 2


def test_a_run_is_the_plain_loop_over_its_bins(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = program(
        optimizer=Optimizer("sgd", 0.1, momentum=0.5), batch_size=30, schedule="cosine"
    )
    batches: list[Batch] = []
    prepared = ImageClassification.prepared

    def spy(self: ImageClassification, batch: Batch) -> Batch:
        ready = prepared(self, batch)
        batches.append(Batch(ready.inputs.clone(), ready.targets.clone()))
        return ready

    monkeypatch.setattr(ImageClassification, "prepared", spy)
    run = workspace.trainer.pretrain(recipe, model="base")
    assert len(batches) == 10
    network = networks.build(recipe).train()
    plain = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.5)
    with determinism.deterministic(run.environment["threads"]):
        for step, batch in enumerate(batches):
            determinism.seed_step(7, step)
            plain.param_groups[0]["lr"] = 0.1 * 0.5 * (1 + math.cos(math.pi * step / 10))
            plain.zero_grad()
            logits = network(batch.inputs)
            loss = torch.nn.functional.cross_entropy(logits, batch.targets, reduction="sum")
            (loss / 30).backward()  # type: ignore[no-untyped-call]
            plain.step()
    assert files.digest(network.state_dict()) == run.weights_sha256


def test_a_recorded_loss_is_the_mean_over_the_bins_records(workspace: Workspace) -> None:
    still = program(optimizer=Optimizer("sgd", 1e-30), epochs=1, bins=1, batch_size=7)
    run = workspace.trainer.pretrain(still, model="base")
    (loss,) = workspace.trainer.runs.losses(run.number)
    # A network that knows nothing of ten classes.
    assert (loss.step, loss.records) == (0, 200)
    assert loss.value == pytest.approx(math.log(10), abs=0.2)
    assert isinstance(tasks.of(still), ImageClassification)
