"""Weights that people bring: read if they are only weights, never run, known by their bits."""

import pickle
import re
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rightful.errors import Damaged, InvalidInput, Refused
from rightful.training import ModelSpec, Program, weights
from rightful.training.lenet import LeNet
from rightful.training.weights import Weights
from rightful.workspace import Workspace


def state() -> Weights:
    torch.manual_seed(3)
    return LeNet().state_dict()


class RunsCode:
    """What unpickles into a call."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("suffix", ["pth", "pt", "bin"])
@pytest.mark.parametrize("wrapper", [None, "state_dict", "model_state_dict", "model"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_state_dict_is_read_however_it_was_saved(
    tmp_path: Path, suffix: str, wrapper: str | None, prefix: str
) -> None:
    named = {prefix + name: tensor for name, tensor in state().items()}
    saved: Any = {wrapper: named, "epoch": 3} if wrapper else named
    path = tmp_path / f"weights.{suffix}"
    torch.save(saved, path)
    assert weights.digest(weights.read(path)) == weights.digest(state())


def test_the_old_format_of_pytorch_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "old.pth"
    torch.save(state(), path, _use_new_zipfile_serialization=False)
    assert weights.digest(weights.read(path)) == weights.digest(state())


def test_safetensors_are_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(state(), path)
    assert weights.digest(weights.read(path)) == weights.digest(state())


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("by_torch", [True, False])
def test_a_pickle_that_runs_code_is_refused_and_its_code_does_not_run(
    tmp_path: Path, whole: bool, by_torch: bool
) -> None:
    marker, path = tmp_path / "it ran", tmp_path / "evil.pth"
    value: Any = RunsCode(marker) if whole else {**state(), "extra": RunsCode(marker)}
    if by_torch:
        torch.save(value, path)
    else:
        path.write_bytes(pickle.dumps(value))
    with pytest.raises(Refused, match="holds more than weights"):
        weights.read(path)
    assert not marker.exists()
    with path.open("rb") as file:
        if not by_torch:
            pickle.load(file)
            assert marker.exists(), "the pickle would have run"


def test_a_pickled_module_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "module.pth"
    torch.save(LeNet(), path)
    with pytest.raises(Refused, match="save the state_dict alone"):
        weights.read(path)


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_a_file_that_was_cut_is_damaged(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"weights.{suffix}"
    if suffix == "pth":
        torch.save(state(), path)
    else:
        safetensors.torch.save_file(state(), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Damaged, match=re.escape(f"{path} is no whole")):
        weights.read(path)


@pytest.mark.parametrize("data", [b"hello, these are no weights", b"\x00" * 1000, b"\x89PNG\r\n"])
@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_a_file_of_something_else_is_damaged(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"weights.{suffix}"
    path.write_bytes(data)
    with pytest.raises(Damaged, match="is no whole"):
        weights.read(path)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([torch.zeros(2)], "holds no named tensors"),
        (torch.zeros(2), "holds no named tensors"),
        ({}, "holds no named tensors"),
        ({"a": 3}, "holds other things than named tensors"),
        ({3: torch.zeros(2)}, "holds other things than named tensors"),
    ],
)
def test_what_holds_no_state_dict_is_told(tmp_path: Path, value: Any, said: str) -> None:
    path = tmp_path / "weights.pth"
    torch.save(value, path)
    with pytest.raises(InvalidInput, match=said):
        weights.read(path)


def test_a_missing_file_and_another_kind_of_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"there is no file .*absent\.pth"):
        weights.read(tmp_path / "absent.pth")
    (tmp_path / "weights.npz").touch()
    with pytest.raises(InvalidInput, match=r"read from \.safetensors, \.pth, \.pt and \.bin"):
        weights.read(tmp_path / "weights.npz")


def test_weights_that_dont_fit_are_told_by_name() -> None:
    few = state()
    del few["fc2.bias"]
    with pytest.raises(InvalidInput, match=r"mine: these weights lack fc2\.bias; use the model"):
        weights.load_into(LeNet(), few, "mine")
    with pytest.raises(InvalidInput, match="have too many: extra"):
        weights.load_into(LeNet(), {**state(), "extra": torch.zeros(1)}, "mine")
    with pytest.raises(InvalidInput, match=r"differ in shape: fc2\.bias, fc2\.weight;"):
        weights.load_into(LeNet(classes=3), state(), "mine")
    with pytest.raises(InvalidInput, match=r"have too many: a0, a1, a2, a3, a4 and others"):
        weights.load_into(LeNet(), {**state(), **{f"a{n}": torch.zeros(1) for n in range(9)}}, "m")


def test_weights_that_dont_fit_leave_the_network_as_it_was() -> None:
    network = LeNet()
    before = weights.digest(network.state_dict())
    with pytest.raises(InvalidInput):
        weights.load_into(network, {**state(), "fc2.bias": torch.zeros(3)}, "mine")
    assert weights.digest(network.state_dict()) == before


NAMED = st.dictionaries(
    st.text("abc.", min_size=1, max_size=4),
    st.lists(st.floats(width=32, allow_nan=False), max_size=4).map(torch.tensor),
    min_size=1,
    max_size=4,
)


@given(NAMED, NAMED)
@settings(max_examples=100)
def test_digests_are_equal_exactly_where_the_bits_are(one: Weights, other: Weights) -> None:
    def bits(named: Weights) -> dict[str, bytes]:
        return {name: tensor.numpy().tobytes() for name, tensor in named.items()}

    assert (weights.digest(one) == weights.digest(other)) == (bits(one) == bits(other))


def test_a_digest_tells_names_types_shapes_signs_and_nothing_of_order_or_layout() -> None:
    base = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    different = [
        {"a": base},
        {"b": base},
        {"a": base.double()},
        {"a": base.flatten()},
        {"a": torch.tensor([[-0.0, 1.0], [2.0, 3.0]])},
        {"a": base.to(torch.bfloat16)},
        {"a": torch.tensor(3)},
        {"a": base, "b": base},
    ]
    assert len({weights.digest(each) for each in different}) == len(different)
    assert weights.digest({"a": base, "b": base}) == weights.digest({"b": base, "a": base})
    assert weights.digest({"a": base.T.contiguous().T}) == weights.digest({"a": base})


def test_apart_gives_each_its_own_memory() -> None:
    layer = nn.Linear(2, 2)
    shared = {"a": layer.weight, "b": layer.weight.T}
    found = weights.apart(shared)
    assert len({tensor.data_ptr() for tensor in found.values()}) == 2
    assert weights.digest(found) == weights.digest(shared)
    assert not any(tensor.requires_grad for tensor in found.values())


def test_fine_tuning_from_a_file_keeps_the_file_so_that_the_run_can_be_done_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "start.pth"
    torch.save({"state_dict": {f"module.{n}": t for n, t in state().items()}}, path)
    recipe = Program(ModelSpec("rightful.training.lenet:LeNet"), epochs=1, bins=4, seed=1)
    first = workspace.trainer.finetune(recipe, model="tuned", parent=path)
    assert (first.parent, first.start_sha256) == (None, weights.digest(state()))
    kept = workspace.folder / f"weights/{first.start_sha256}.safetensors"
    assert weights.digest(weights.read(kept)) == first.start_sha256
    assert kept.stat().st_mode & 0o777 == 0o600
    again = workspace.trainer.finetune(recipe, model="tuned", parent=path)
    assert again.number == first.number


def test_a_file_that_is_refused_starts_no_run(workspace: Workspace, tmp_path: Path) -> None:
    path, marker = tmp_path / "evil.pth", tmp_path / "it ran"
    torch.save({"a": RunsCode(marker)}, path)
    recipe = Program(ModelSpec("rightful.training.lenet:LeNet"), epochs=1, bins=4, seed=1)
    with pytest.raises(Refused):
        workspace.trainer.finetune(recipe, model="tuned", parent=path)
    assert not marker.exists()
    assert workspace.trainer.runs.all() == []
    assert not (workspace.folder / "weights").exists()
