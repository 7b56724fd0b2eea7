"""The state of a run after a step: weights and optimiser in one safetensors file, written whole.

A file's bytes depend on the program, the step and the tensors alone, so two workspaces that trained
the same have the same files. The registry knows the path and SHA-256 of each.
"""

import hashlib
import math
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import safetensors
import safetensors.torch
import torch
from sqlalchemy import Connection, delete, insert, select
from torch import nn

from rightful import canonical, moments
from rightful.errors import Damaged, InvalidInput
from rightful.files import remove_unfinished, sync_folder, write_atomic
from rightful.registry import Registry
from rightful.registry.tables import checkpoints
from rightful.training import weights
from rightful.training.weights import Weights

FORMAT = "rightful-checkpoint/1"
_FOLDER = "runs"


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a checkpoint is written, and which are kept. It never changes a bit of the weights.

    `every` is in steps; None writes four in the first epoch, and one at the end of each after it.
    Every record is first used in the first epoch, so only checkpoints of that epoch can spare a
    forgetting any work: `first_epoch` keeps those and the latest, `latest` that alone, `all` every
    one.
    """

    every: int | None = None
    keep: Literal["first_epoch", "latest", "all"] = "first_epoch"

    def __post_init__(self) -> None:
        if self.every is not None and self.every < 1:
            raise InvalidInput("checkpoints: every must be 1 step or more")

    def due(self, done: int, bins: int, steps: int) -> bool:
        """Whether to write one after `done` steps."""
        every = self.every or (math.ceil(bins / 4) if done < bins else bins)
        return done == steps or done % every == 0 or done % bins == 0

    def keeps(self, step: int, bins: int) -> bool:
        """Whether an older checkpoint stays when a newer one is there."""
        return self.keep == "all" or (self.keep == "first_epoch" and step <= bins)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the state after `step` steps of a run lies."""

    run: int
    step: int
    path: str
    sha256: str


@dataclass(slots=True)
class State:
    """A run in memory: what a checkpoint holds."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    step: int = 0

    def tensors(self) -> Weights:
        """All of it by name."""
        found = {f"network/{name}": t for name, t in self.network.state_dict().items()}
        for place, values in self.optimizer.state_dict()["state"].items():
            for name, value in values.items():
                found[f"optimizer/{place}/{name}"] = torch.as_tensor(value)
        return weights.apart(found)

    def load(self, tensors: Weights, step: int) -> None:
        """Become what `tensors` returned after `step` steps."""
        network = {n.removeprefix("network/"): t for n, t in _starting(tensors, "network/")}
        self.network.load_state_dict(network)
        state: dict[int, dict[str, Any]] = {}
        for name, tensor in _starting(tensors, "optimizer/"):
            _, place, key = name.split("/", 2)
            state.setdefault(int(place), {})[key] = tensor
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})
        self.step = step


def _starting(tensors: Weights, prefix: str) -> Iterable[tuple[str, torch.Tensor]]:
    return ((name, tensor) for name, tensor in tensors.items() if name.startswith(prefix))


class Checkpoints:
    """The checkpoints of one workspace, in `runs/<run>/step-<step>.safetensors`."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self._registry = registry
        self._folder = folder

    def write(self, run: int, state: State, program_sha256: str) -> Checkpoint:
        """Write the file; it counts once `record` has been called for it."""
        about = {"format": FORMAT, "program": program_sha256, "step": state.step}
        # One entry: safetensors writes several in any order, and the bytes should be the same ones.
        metadata = {"rightful": canonical.encode(about).decode()}
        data = safetensors.torch.save(state.tensors(), metadata=metadata)
        path = f"{_FOLDER}/{run}/step-{state.step:09}.safetensors"
        (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._folder / path, data, mode=0o600)
        return Checkpoint(run, state.step, path, hashlib.sha256(data).hexdigest())

    def record(self, connection: Connection, checkpoint: Checkpoint) -> None:
        """Make a written file count, in the caller's transaction."""
        connection.execute(
            delete(checkpoints).where(
                checkpoints.c.run == checkpoint.run, checkpoints.c.step == checkpoint.step
            )
        )
        row = {name: getattr(checkpoint, name) for name in ("run", "step", "path", "sha256")}
        connection.execute(
            insert(checkpoints).values(**row, created_at=moments.text(moments.now()))
        )

    def of(self, run: int) -> list[Checkpoint]:
        """A run's checkpoints, the latest last."""
        query = select(checkpoints).where(checkpoints.c.run == run).order_by(checkpoints.c.step)
        return [Checkpoint(r.run, r.step, r.path, r.sha256) for r in self._registry.rows(query)]

    def read(self, checkpoint: Checkpoint) -> Weights:
        """The tensors of a checkpoint.

        Raises `Damaged` where its file is missing, or not the one that was written.
        """
        path = self._folder / checkpoint.path
        trouble = Damaged(
            f"the checkpoint {checkpoint.path} is missing or was changed; restore it from a "
            "backup, or train again"
        )
        try:
            data = path.read_bytes()
        except OSError:
            raise trouble from None
        if hashlib.sha256(data).hexdigest() != checkpoint.sha256:
            raise trouble
        try:
            return safetensors.torch.load(data)
        except safetensors.SafetensorError:
            raise trouble from None

    def weights(self, checkpoint: Checkpoint) -> Weights:
        """The network's part of a checkpoint. Raises `Damaged`."""
        tensors = self.read(checkpoint)
        return {n.removeprefix("network/"): t for n, t in _starting(tensors, "network/")}

    def intact(self, checkpoint: Checkpoint) -> bool:
        """Whether its file is there and is the one that was written."""
        try:
            data = (self._folder / checkpoint.path).read_bytes()
        except OSError:
            return False
        return hashlib.sha256(data).hexdigest() == checkpoint.sha256

    def adopt(self, checkpoint: Checkpoint, run: int, connection: Connection) -> Checkpoint:
        """Give another run a copy of a checkpoint, in the caller's transaction."""
        path = f"{_FOLDER}/{run}/step-{checkpoint.step:09}.safetensors"
        (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._folder / path, (self._folder / checkpoint.path).read_bytes(), mode=0o600)
        copy = Checkpoint(run, checkpoint.step, path, checkpoint.sha256)
        self.record(connection, copy)
        return copy

    def delete(self, unwanted: Iterable[Checkpoint]) -> None:
        """Delete files, then say so in the registry; done again, it does the rest."""
        for checkpoint in unwanted:
            path = self._folder / checkpoint.path
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)
            with self._registry.transaction() as connection:
                connection.execute(
                    delete(checkpoints).where(
                        checkpoints.c.run == checkpoint.run, checkpoints.c.step == checkpoint.step
                    )
                )

    def remove_strays(self, run: int) -> None:
        """Delete files of a run that a killed process wrote and nobody recorded."""
        folder = self._folder / _FOLDER / str(run)
        if not folder.is_dir():
            return
        remove_unfinished(folder)
        known = {self._folder / checkpoint.path for checkpoint in self.of(run)}
        for path in folder.glob("step-*.safetensors"):
            if path not in known:
                path.unlink(missing_ok=True)

    def remove_folder(self, run: int) -> None:
        """Delete all files of a run, whatever they are."""
        shutil.rmtree(self._folder / _FOLDER / str(run), ignore_errors=True)
