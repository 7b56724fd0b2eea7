"""Networks for tests, small enough to train in a blink; programs name them by import path."""

import torch
from torch import nn


class Small(nn.Module):
    """A hidden layer with dropout, so that the random generators reach the weights."""

    def __init__(self, classes: int = 10, hidden: int = 12) -> None:
        super().__init__()
        self.first = nn.Linear(784, hidden)
        self.dropout = nn.Dropout(0.25)
        self.last = nn.Linear(hidden, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.last(self.dropout(torch.relu(self.first(images.flatten(1)))))
        return logits


class Tied(nn.Module):
    """Two names for one parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 784)
        self.second = nn.Linear(784, 784)
        self.second.weight = self.first.weight

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.second(torch.relu(self.first(images.flatten(1))))[:, :10]
        return logits


class Normalised(nn.Module):
    """Batch normalisation, which keeps statistics beside its parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(784)
        self.last = nn.Linear(784, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.last(self.norm(images.flatten(1)))
        return logits


#: What a path can lead to besides a network.
NOT_A_NETWORK = 7
