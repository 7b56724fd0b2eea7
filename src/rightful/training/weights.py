"""Weights in files: reading those that people bring, and naming weights by what they are.

Files are safetensors, or PyTorch's `.pth` through its weights-only loader. A pickle that would run
code is refused: see https://docs.pytorch.org/docs/stable/generated/torch.load.html.
"""

import hashlib
import pickle
import pickletools
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import nn

from rightful.errors import Damaged, InvalidInput, Refused

Weights = dict[str, torch.Tensor]

# What people wrap a state_dict in.
_WRAPPERS = ("state_dict", "model_state_dict", "model")


def read(path: Path) -> Weights:
    """The named tensors in a file of weights.

    Raises:
        InvalidInput: there is no such file, or it holds no named tensors.
        Refused: it is a pickle that would run code.
        Damaged: it is cut or changed.
    """
    if not path.is_file():
        raise InvalidInput(f"there is no file {path}; check the path")
    if path.suffix == ".safetensors":
        try:
            return safetensors.torch.load_file(path)
        except (safetensors.SafetensorError, OSError):
            raise Damaged(f"{path} is no whole safetensors file; get it again") from None
    if path.suffix in (".pth", ".pt", ".bin"):
        return _state(path, _unpickled(path))
    raise InvalidInput(f"{path}: weights are read from .safetensors, .pth, .pt and .bin files")


def _unpickled(path: Path) -> Any:
    damaged = Damaged(f"{path} is no whole file of PyTorch weights; get it again")
    try:
        with warnings.catch_warnings(action="ignore"):  # about protocols of pickle
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        if not _is_pickle(path):
            raise damaged from None
        raise Refused(
            f"{path} holds more than weights: loading it would run code that is in it, so it was "
            "not opened; save the state_dict alone, best as safetensors"
        ) from None
    except Exception:  # a stranger's bytes can lead the reader anywhere
        raise damaged from None


def _is_pickle(path: Path) -> bool:
    """Whether a file is one at all, plain or in a zip. Nothing of it is run."""
    if zipfile.is_zipfile(path):
        return True
    try:
        with path.open("rb") as file:
            return any(operation.name == "STOP" for operation, _, _ in pickletools.genops(file))
    except ValueError:
        return False


def _state(path: Path, value: Any) -> Weights:
    for wrapper in _WRAPPERS:
        if isinstance(value, Mapping) and isinstance(value.get(wrapper), Mapping):
            value = value[wrapper]
    if not isinstance(value, Mapping) or not value:
        raise InvalidInput(f"{path} holds no named tensors; save the state_dict of a model")
    if not all(isinstance(k, str) and isinstance(t, torch.Tensor) for k, t in value.items()):
        raise InvalidInput(f"{path} holds other things than named tensors; save a state_dict alone")
    # Saved from DataParallel, every name starts so.
    return {name.removeprefix("module."): tensor for name, tensor in value.items()}


def load_into(network: nn.Module, weights: Mapping[str, torch.Tensor], origin: str) -> None:
    """Give `network` these weights, all of them.

    Raises:
        InvalidInput: names or shapes don't fit; `origin` says in the sentence whose they are.
    """
    wanted = network.state_dict()
    for words, names in (
        ("lack", sorted(wanted.keys() - weights.keys())),
        ("have too many:", sorted(weights.keys() - wanted.keys())),
        (
            "differ in shape:",
            sorted(n for n in wanted if n in weights and not _fits(wanted, weights, n)),
        ),
    ):
        if names:
            shown = ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")
            raise InvalidInput(
                f"{origin}: these weights {words} {shown}; use the model they are of"
            )
    network.load_state_dict(dict(weights))


def _fits(wanted: Weights, weights: Mapping[str, torch.Tensor], name: str) -> bool:
    return wanted[name].shape == weights[name].shape


def apart(weights: Mapping[str, torch.Tensor]) -> Weights:
    """The same with memory of its own for each, as a safetensors file wants; some models share."""
    return {
        name: tensor.detach().clone(memory_format=torch.contiguous_format)
        for name, tensor in weights.items()
    }


def digest(weights: Mapping[str, torch.Tensor]) -> str:
    """SHA-256 over names, types, shapes and bits in the order of names, in hexadecimal.

    Equal for equal weights, in whatever file they lie.
    """
    total = hashlib.sha256(b"rightful weights\x00")
    for name in sorted(weights):
        tensor = weights[name].detach().cpu().contiguous()
        total.update(f"{name}\x00{tensor.dtype}\x00{tuple(tensor.shape)}\x00".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().tobytes())
    return total.hexdigest()
