"""The loop: one for every task, pretraining and fine-tuning, first runs and replays.

    for each bin:
        ask the gate who may still be in it
        seed every generator from (seed, step)
        sum of losses / nominal batch size -> gradients -> optimiser

A step whose bin is empty changes nothing, but counts. Nothing else reaches the weights.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from rightful.errors import InvalidInput
from rightful.registry import Registry
from rightful.training import determinism
from rightful.training.checkpoints import State
from rightful.training.gate import Gate
from rightful.training.loader import Loader
from rightful.training.program import Program
from rightful.training.runs import Loss
from rightful.training.tasks import Task


def steps(
    state: State,
    task: Task,
    loader: Loader,
    gate: Gate,
    registry: Registry,
    done: Callable[[Loss | None], None],
) -> None:
    """Do the steps of a run from `state.step` to the last, calling `done` after each.

    Raises:
        InvalidInput: the loss is no finite number any more; the step is not done.
    """
    program, network, optimizer = task.program, state.network, state.optimizer
    network.train()
    with registry.watching() as revision:
        for opened in loader.bins(state.step, program.steps):
            gate.check(opened.step, revision)
            batch = opened.without(gate.departed).batch
            determinism.seed_step(program.seed, opened.step)
            result = None
            if batch is not None:
                for group in optimizer.param_groups:
                    group["lr"] = rate(program, opened.step)
                optimizer.zero_grad()
                loss = task.loss(network, task.prepared(batch))
                result = Loss(opened.step, _finite(loss, opened.step) / len(batch), len(batch))
                (loss / program.batch_size).backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            state.step = opened.step + 1
            done(result)
        # Whoever left during the last step was part of it, and is written down all the same.
        gate.check(program.steps, revision)


def _finite(loss: torch.Tensor, step: int) -> float:
    value = loss.item()
    if not math.isfinite(value):
        raise InvalidInput(
            f"the loss of step {step} is no finite number, so the run can't go on; "
            "try a program with a lower learning rate"
        )
    return value


def rate(program: Program, step: int) -> float:
    """The learning rate of a step: a function of the step's number alone."""
    if program.schedule == "constant":
        return program.optimizer.learning_rate
    return program.optimizer.learning_rate * 0.5 * (1 + math.cos(math.pi * step / program.steps))


def optimizer(program: Program, network: nn.Module) -> torch.optim.Optimizer:
    """The program's optimiser over all parameters that ask for a gradient."""
    wanted = program.optimizer
    parameters = [each for each in network.parameters() if each.requires_grad]
    rest: dict[str, Any] = {"lr": wanted.learning_rate, "weight_decay": wanted.weight_decay}
    if wanted.name == "sgd":
        return torch.optim.SGD(parameters, momentum=wanted.momentum, **rest)
    kind = torch.optim.Adam if wanted.name == "adam" else torch.optim.AdamW
    return kind(parameters, betas=wanted.betas, **rest)
