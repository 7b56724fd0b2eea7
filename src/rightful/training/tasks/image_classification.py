"""Image classification: an image of uint8 and a class number; cross-entropy; accuracy."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from rightful.errors import InvalidInput
from rightful.training.program import Program
from rightful.training.tasks.task import Batch, Content, Task


class ImageClassification(Task):
    """`f(x)` gives logits (batch, classes) for images (batch, channels, height, width)."""

    name: ClassVar[str] = "image-classification"

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._mean = torch.tensor(program.inputs.mean).view(1, -1, 1, 1)
        self._std = torch.tensor(program.inputs.std).view(1, -1, 1, 1)
        self._as_they_are = program.inputs.mean == (0.0,) and program.inputs.std == (1.0,)

    def collate(self, contents: Sequence[Content]) -> Batch:
        """uint8 images (batch, channels, height, width), int64 labels (batch)."""
        if any("image" not in content or "label" not in content for content in contents):
            raise InvalidInput(
                "image-classification needs records with image and label; the clearance holds "
                "others, so choose a purpose that covers pictures only"
            )
        labels = [content["label"] for content in contents]
        return Batch(images([content["image"] for content in contents]), torch.tensor(labels))

    def prepared(self, batch: Batch) -> Batch:
        pixels = batch.inputs.to(torch.float32).div_(255)
        if not self._as_they_are:
            pixels = (pixels - self._mean) / self._std
        return Batch(pixels, batch.targets)

    def loss(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        return _loss(_logits(network, batch.inputs), batch.targets)

    def evaluate(self, network: nn.Module, batches: Iterable[Batch]) -> dict[str, Any]:
        """`records`, mean `loss`, `accuracy`, and `confusion`: rows are the true classes.

        Raises `InvalidInput` where the network's answers are no finite numbers.
        """
        total, confusion = 0.0, np.zeros((0, 0), np.int64)
        for batch in batches:
            ready = self.prepared(batch)
            logits = _logits(network, ready.inputs)
            total += float(_loss(logits, ready.targets))
            if not confusion.size:
                confusion = np.zeros((logits.shape[1], logits.shape[1]), np.int64)
            np.add.at(confusion, (ready.targets.numpy(), logits.argmax(1).numpy()), 1)
        if not math.isfinite(total):
            raise InvalidInput(
                "the model's answers are no finite numbers, so there is no score; "
                "train it with a lower learning rate"
            )
        count = int(confusion.sum())
        return {
            "records": count,
            "loss": total / count,
            "accuracy": float(np.trace(confusion)) / count,
            "confusion": confusion.tolist(),
        }

    def predict(self, network: nn.Module, pictures: Sequence[Any]) -> torch.Tensor:
        """Probabilities (pictures, classes) for uint8 arrays of equal shape."""
        ready = self.prepared(Batch(images(pictures), torch.zeros(len(pictures), dtype=torch.long)))
        return _logits(network, ready.inputs).softmax(1)


def images(pictures: Sequence[Any]) -> torch.Tensor:
    """Arrays of height x width (x channels) as one uint8 tensor (batch, channels, height, width).

    Raises `InvalidInput` where their shapes differ.
    """
    if len({picture.shape for picture in pictures}) > 1:
        raise InvalidInput(
            "pictures of different sizes can't be in one batch; bring them to one size before "
            "they are imported"
        )
    stacked = np.stack(list(pictures))
    if stacked.ndim == 3:
        return torch.from_numpy(stacked).unsqueeze(1)
    return torch.from_numpy(np.ascontiguousarray(stacked.transpose(0, 3, 1, 2)))


def _loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    if int(targets.max()) >= logits.shape[1]:
        raise InvalidInput(
            f"the model has {logits.shape[1]} classes and a label is beyond them; "
            "give the model more classes, or clear other records"
        )
    return functional.cross_entropy(logits, targets, reduction="sum")


def _logits(network: nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    try:
        logits: torch.Tensor = network(inputs)
    except RuntimeError:
        shape = " x ".join(str(size) for size in inputs.shape[1:])
        raise InvalidInput(
            f"the model does not take images of {shape} (channels x height x width); "
            "choose another model, or bring the pictures to the size that it takes"
        ) from None
    except ValueError:  # of batch normalisation, whose statistics need more than one picture
        raise InvalidInput(
            f"the model does not take a batch of {len(inputs)}; choose a model without batch "
            "normalisation, or a program with fewer bins"
        ) from None
    return logits
