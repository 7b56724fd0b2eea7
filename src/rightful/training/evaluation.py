"""What a model in force does: scores on cleared records, and answers for pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sqlalchemy import insert
from torch import nn

from rightful import canonical, moments
from rightful.clearance import Clearance, Clearances
from rightful.errors import InvalidInput, Refused
from rightful.records import content
from rightful.records.content import Image
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.registry.tables import evaluations
from rightful.training import determinism, networks, tasks, weights
from rightful.training.runs import Run
from rightful.training.tasks import Batch, ImageClassification, Task
from rightful.training.trainer import Trainer

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a model's weights scored on the records that a clearance let through."""

    model: str
    run: int
    purpose: str
    clearance: int
    metrics: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The class that a model finds likeliest for a picture, and how likely it finds each."""

    label: int
    probability: float
    probabilities: tuple[float, ...]


class Evaluator:
    """Uses models that are in force; one that is restricted is refused."""

    def __init__(
        self,
        registry: Registry,
        store: RecordStore,
        clearances: Clearances,
        trainer: Trainer,
    ) -> None:
        self._registry = registry
        self._store = store
        self._clearances = clearances
        self._trainer = trainer

    def evaluate(self, model: str, *, purpose: str = "model-evaluation") -> Evaluation:
        """Score a model on all records cleared for `purpose`, and keep the score.

        Raises:
            NotFound: there is no such model or purpose.
            Refused: the model is restricted, or no record is cleared.
            Damaged: its weights can't be read.
        """
        run, network, task = self._loaded(model)
        clearance = self._clearances.compute(purpose)
        if not clearance.cleared:
            raise Refused(
                f"no record is cleared for {purpose}, so there is nothing to score on; "
                f"`rightful clear {purpose}` tells why"
            )
        clearance = self._clearances.save(clearance)
        assert clearance.number is not None, "a clearance that was saved has a number"
        with torch.no_grad(), determinism.deterministic(run.environment["threads"]):
            metrics = task.evaluate(network, self._batches(task, clearance))
        row = {
            "run": run.number,
            "clearance": clearance.number,
            "metrics": canonical.encode(metrics).decode(),
            "at": moments.text(moments.now()),
        }
        with self._registry.transaction() as connection:
            connection.execute(insert(evaluations).values(**row))
        return Evaluation(model, run.number, purpose, clearance.number, metrics)

    def predict(self, model: str, pictures: Sequence[Image]) -> list[Prediction]:
        """What a model says of pictures, uint8 arrays as `rightful.records.content` has them.

        Raises as `evaluate`, and `InvalidInput` where a picture is not of the model's size.
        """
        if not pictures:
            raise InvalidInput("no picture was given; name at least one file")
        run, network, task = self._loaded(model)
        if not isinstance(task, ImageClassification):
            raise InvalidInput(f"the model {model} does not classify pictures")
        with torch.no_grad(), determinism.deterministic(run.environment["threads"]):
            rows = [row for each in pictures for row in task.predict(network, [each]).tolist()]
        return [Prediction(int(np.argmax(row)), max(row), tuple(row)) for row in rows]

    def _loaded(self, model: str) -> tuple[Run, nn.Module, Task]:
        run = self._trainer.runs.get(self._trainer.models.usable(model).run)
        network = networks.build(run.program)
        weights.load_into(network, self._trainer.last_weights(run), f"the model {model}")
        return run, network.eval(), tasks.of(run.program)

    def _batches(self, task: Task, clearance: Clearance) -> Iterator[Batch]:
        records = np.fromiter(clearance.cleared, np.int64, len(clearance.cleared))
        for start in range(0, len(records), _CHUNK):
            opened = self._store.open_cleared(clearance, records[start : start + _CHUNK])
            yield task.collate([content.decode(data) for data in opened])
