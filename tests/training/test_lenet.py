"""The LeNet of the mission, down to the number of its parameters."""

import torch

from rightful.training.lenet import LeNet


def test_it_is_two_convolutions_and_two_linear_layers() -> None:
    shapes = {name: tuple(each.shape) for name, each in LeNet().named_parameters()}
    assert shapes == {
        "conv1.weight": (20, 1, 5, 5),
        "conv1.bias": (20,),
        "conv2.weight": (50, 20, 5, 5),
        "conv2.bias": (50,),
        "fc1.weight": (500, 800),
        "fc1.bias": (500,),
        "fc2.weight": (10, 500),
        "fc2.bias": (10,),
    }


def test_it_gives_logits_for_each_image() -> None:
    logits = LeNet(classes=7, channels=3)(torch.rand(4, 3, 28, 28))
    assert logits.shape == (4, 7)
    assert (logits < 0).any(), "logits, not probabilities"


def test_each_image_is_answered_for_itself() -> None:
    network, images = LeNet().eval(), torch.rand(5, 1, 28, 28)
    alone = torch.cat([network(image[None]) for image in images])
    assert torch.allclose(network(images), alone, atol=1e-5)
