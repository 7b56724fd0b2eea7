"""Building the network that a program names: any `nn.Module` by its import path."""

import importlib
from typing import Any

import torch
from torch import nn

from rightful.errors import InvalidInput
from rightful.training.program import Program


def build(program: Program) -> nn.Module:
    """The program's network with the random weights that its seed gives.

    Raises:
        InvalidInput: the import path leads nowhere, or its arguments don't fit.
    """
    spec = program.model
    module, _, name = spec.path.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        raise InvalidInput(
            f"model: there is no {spec.path}; check its spelling and that it is installed"
        ) from None
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise InvalidInput(f"model: {spec.path} is no torch.nn.Module; name a class that is one")
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(program.seed)
        try:
            network: nn.Module = found(**spec.arguments)
            return network
        except (TypeError, ValueError, RuntimeError):
            raise InvalidInput(
                f"model: {spec.path} does not take these arguments; check their names and values"
            ) from None
