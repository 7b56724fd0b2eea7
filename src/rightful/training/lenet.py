"""LeNet, as the mission gives it (after LeCun et al. 1998): two convolutions, two linear layers.

>>> LeNet()(torch.zeros(2, 1, 28, 28)).shape
torch.Size([2, 10])
"""

import torch
from torch import nn
from torch.nn import functional


class LeNet(nn.Module):
    """Logits of `classes` classes, (batch, classes), for images (batch, channels, 28, 28)."""

    def __init__(self, classes: int = 10, channels: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(800, 500)
        self.fc2 = nn.Linear(500, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = functional.max_pool2d(functional.relu(self.conv1(images)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        x = functional.relu(self.fc1(x.flatten(1)))
        logits: torch.Tensor = self.fc2(x)
        return logits
