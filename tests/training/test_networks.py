"""A network is built from its import path with the weights that the seed gives."""

from typing import Any

import pytest
import torch

from rightful.errors import InvalidInput
from rightful.training import ModelSpec, Program, networks, weights
from rightful.training.lenet import LeNet


def program(path: str, *, seed: int = 7, **arguments: Any) -> Program:
    return Program(ModelSpec(path, arguments), epochs=1, bins=1, seed=seed)


def test_the_seed_alone_gives_the_first_weights() -> None:
    built = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        built.append(weights.digest(networks.build(program("small_networks:Small")).state_dict()))
    assert built[0] == built[1]
    other = networks.build(program("small_networks:Small", seed=8))
    assert weights.digest(other.state_dict()) != built[0]


def test_building_leaves_the_callers_generator_as_it_was() -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    networks.build(program("small_networks:Small"))
    assert torch.equal(torch.rand(3), expected)


def test_arguments_reach_the_network() -> None:
    network = networks.build(program("rightful.training.lenet:LeNet", classes=3))
    assert isinstance(network, LeNet)
    assert network.fc2.out_features == 3


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("small_networks:Smell", "there is no small_networks:Smell"),
        ("absent.package:Net", "there is no absent.package:Net"),
        ("small_networks:Small.Inner", "there is no small_networks:Small.Inner"),
        ("small_networks:NOT_A_NETWORK", "is no torch.nn.Module"),
        ("torch.nn.functional:relu", "is no torch.nn.Module"),
    ],
)
def test_a_path_that_leads_to_no_network_is_told(path: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        networks.build(program(path))


@pytest.mark.parametrize("arguments", [{"depth": 3}, {"hidden": -1}, {"hidden": "wide"}])
def test_arguments_that_the_network_does_not_take_are_told(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="small_networks:Small does not take these arguments"):
        networks.build(program("small_networks:Small", **arguments))
