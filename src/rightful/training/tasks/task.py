"""What every task offers to the loop, which knows no task."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from rightful.training.bins import Indices
from rightful.training.program import Program

#: The content of one record, as `rightful.records.content.decode` gives it.
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records ready for the network; the first axis of both counts them."""

    inputs: torch.Tensor
    targets: torch.Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, places: Sequence[int] | Indices) -> "Batch":
        """The records at these places."""
        chosen = torch.as_tensor(places, dtype=torch.long)
        return Batch(self.inputs[chosen], self.targets[chosen])


class Task(ABC):
    """One kind of learning, for one program."""

    #: What a program calls it.
    name: ClassVar[str]

    def __init__(self, program: Program) -> None:
        self.program = program

    @abstractmethod
    def collate(self, contents: Sequence[Content]) -> Batch:
        """Contents as tensors, in their order.

        Raises:
            InvalidInput: contents are not of this task, or don't fit together.
        """

    @abstractmethod
    def prepared(self, batch: Batch) -> Batch:
        """A batch as the network takes it; until its step it waits in less room."""

    @abstractmethod
    def loss(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        """The sum, not the mean, of the losses of a prepared batch's records."""

    @abstractmethod
    def evaluate(self, network: nn.Module, batches: Any) -> dict[str, Any]:
        """Metrics over batches that are not prepared yet, as plain values."""
