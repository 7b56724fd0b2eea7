"""A program is the whole recipe: read from TOML, hashed, and refused where it makes no sense."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.training import Inputs, ModelSpec, Optimizer, Program

WHOLE = """
epochs = 3
bins = 350
seed = 7
batch_size = 32
task = "image-classification"
loss = "cross-entropy"
schedule = "cosine"

[model]
path = "rightful.training.lenet:LeNet"
arguments = { classes = 10 }

[optimizer]
name = "adamw"
learning_rate = 0.002
betas = [0.8, 0.99]
momentum = 0.0
weight_decay = 0.01

[inputs]
mean = [0.1307]
std = [0.3081]
"""

LENET = ModelSpec("rightful.training.lenet:LeNet")
PLAIN: dict[str, Any] = {
    "model": {"path": "rightful.training.lenet:LeNet"},
    "epochs": 1,
    "bins": 2,
    "seed": 3,
}


def load(tmp_path: Path, text: str) -> Program:
    path = tmp_path / "program.toml"
    path.write_text(text)
    return Program.load(path)


def test_a_toml_file_says_every_field(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE) == Program(
        ModelSpec("rightful.training.lenet:LeNet", {"classes": 10}),
        epochs=3,
        bins=350,
        seed=7,
        batch_size=32,
        schedule="cosine",
        optimizer=Optimizer("adamw", 0.002, (0.8, 0.99), 0.0, 0.01),
        inputs=Inputs((0.1307,), (0.3081,)),
    )


def test_what_a_file_leaves_out_has_a_default(tmp_path: Path) -> None:
    text = "epochs = 1\nbins = 2\nseed = 3\nmodel = { path = 'rightful.training.lenet:LeNet' }"
    assert load(tmp_path, text) == Program(LENET, epochs=1, bins=2, seed=3)


POSITIVE = st.floats(1e-9, 1e3)
OPTIMIZERS = st.builds(
    Optimizer,
    st.sampled_from(["adam", "adamw", "sgd"]),
    POSITIVE,
    st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)),
    st.floats(0, 0.999),
    st.floats(0, 10),
)
INPUTS = st.lists(st.tuples(st.floats(-9, 9), POSITIVE), min_size=1, max_size=3).map(
    lambda pairs: Inputs(tuple(m for m, _ in pairs), tuple(s for _, s in pairs))
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "model": st.builds(
        ModelSpec,
        st.sampled_from(["a:B", "a.b:C", "a.b:C.D"]),
        st.dictionaries(st.sampled_from(["classes", "channels"]), st.integers(0, 9)),
    ),
    "epochs": st.integers(1, 9),
    "bins": st.integers(1, 9),
    "seed": st.integers(0, 2**63 - 1),
    "batch_size": st.integers(1, 9),
    "optimizer": OPTIMIZERS,
    "schedule": st.sampled_from(["constant", "cosine"]),
    "inputs": INPUTS,
}
PROGRAMS = st.builds(Program, **FIELDS)


@given(PROGRAMS)
@settings(max_examples=60)
def test_plain_values_give_the_same_program_and_hash_back(program: Program) -> None:
    again = Program.from_dict(program.to_dict())
    assert again == program
    assert again.sha256 == program.sha256


@given(PROGRAMS, st.sampled_from(sorted(FIELDS)), st.data())
@settings(max_examples=100)
def test_the_hash_is_another_when_any_field_is(
    program: Program, name: str, data: st.DataObject
) -> None:
    values = {field: getattr(program, field) for field in FIELDS}
    other = Program(**{**values, name: data.draw(FIELDS[name])})
    assert (other.sha256 == program.sha256) == (other == program)


def test_each_field_of_the_recipe_is_in_the_hash() -> None:
    base: dict[str, Any] = {"model": LENET, "epochs": 3, "bins": 8, "seed": 7}
    changes: list[dict[str, Any]] = [
        {},
        {"model": ModelSpec("small_networks:Small")},
        {"model": ModelSpec(LENET.path, {"classes": 4})},
        {"epochs": 4},
        {"bins": 9},
        {"seed": 8},
        {"batch_size": 65},
        {"schedule": "cosine"},
        {"optimizer": Optimizer("sgd")},
        {"optimizer": Optimizer(learning_rate=0.002)},
        {"optimizer": Optimizer(betas=(0.8, 0.999))},
        {"optimizer": Optimizer(momentum=0.5)},
        {"optimizer": Optimizer(weight_decay=0.1)},
        {"inputs": Inputs(mean=(0.5,))},
        {"inputs": Inputs(std=(0.5,))},
    ]
    assert len({Program(**{**base, **change}).sha256 for change in changes}) == len(changes)


def test_the_order_of_arguments_is_not_in_the_hash() -> None:
    one, other = {"classes": 3, "channels": 1}, {"channels": 1, "classes": 3}
    hashes = {
        Program(ModelSpec(LENET.path, arguments), 1, 2, 3).sha256 for arguments in (one, other)
    }
    assert len(hashes) == 1


def test_steps_are_epochs_times_bins() -> None:
    assert Program(LENET, epochs=3, bins=350, seed=7).steps == 1050


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layers": 3}, "program: layers is unknown; known: model, epochs"),
        ({"epochs": 0}, "epochs must be a whole number from 1"),
        ({"epochs": "3"}, "epochs must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"bins": 2.0}, "bins must be a whole number"),
        ({"bins": -1}, "bins must be a whole number"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"seed": 2**63}, "seed must be a whole number from 0"),
        ({"batch_size": 0}, "batch_size must be a whole number"),
        ({"task": "poetry"}, "task: 'poetry' is not one of image-classification"),
        ({"loss": "mse"}, "loss: 'mse' is not one of cross-entropy"),
        ({"schedule": ["cosine"]}, "schedule: ['cosine'] is not one of constant, cosine"),
        ({"model": "a:B"}, "model must be a table of its own, written [model]"),
        ({"model": {}}, "model: a field is missing or is of the wrong type"),
        ({"model": {"path": 3}}, "model: 3 is no import path such as package.module:Class"),
        ({"model": {"path": "LeNet"}}, "model: 'LeNet' is no import path"),
        ({"model": {"path": "a:B()"}}, "model: 'a:B()' is no import path"),
        ({"model": {"path": "a:B", "weights": "x"}}, "model: weights is unknown"),
        ({"model": {"path": "a:B", "arguments": 3}}, "its arguments must be plain values"),
        ({"model": {"path": "a:B", "arguments": {"x": float("nan")}}}, "must be plain values"),
        ({"optimizer": {"name": "lion"}}, "optimizer: 'lion' is not one of adam, adamw, sgd"),
        ({"optimizer": {"learning_rate": 0}}, "optimizer: learning_rate is out of range"),
        ({"optimizer": {"learning_rate": "fast"}}, "optimizer: learning_rate must be a number"),
        ({"optimizer": {"learning_rate": float("nan")}}, "learning_rate must be a number"),
        ({"optimizer": {"betas": [0.9]}}, "optimizer: betas are two numbers"),
        ({"optimizer": {"betas": [0.9, 1]}}, "optimizer: betas is out of range"),
        ({"optimizer": {"betas": 3}}, "optimizer: a field is missing or is of the wrong type"),
        ({"optimizer": {"momentum": 1}}, "optimizer: momentum is out of range"),
        ({"optimizer": {"weight_decay": -1}}, "optimizer: weight_decay is out of range"),
        ({"inputs": {"mean": []}}, "inputs: mean and std are two lists of equal length"),
        ({"inputs": {"mean": [0, 0]}}, "inputs: mean and std are two lists of equal length"),
        ({"inputs": {"std": [0]}}, "inputs: std is out of range"),
        ({"inputs": {"mean": ["x"]}}, "inputs: mean must be a number"),
        ({"loop": 2}, "it was written for loop 2, and this release has loop 1"),
    ],
)
def test_what_makes_no_sense_is_answered_with_a_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(said)):
        Program.from_dict({**PLAIN, **change})


@pytest.mark.parametrize("name", ["model", "epochs", "bins", "seed"])
def test_a_field_that_has_no_default_is_asked_for_by_name(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"program: {name} is missing"):
        Program.from_dict({key: value for key, value in PLAIN.items() if key != name})


def test_a_file_that_cant_be_read_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    with pytest.raises(InvalidInput, match=re.escape(f"there is no program at {absent}")):
        Program.load(absent)
    with pytest.raises(InvalidInput, match=r"program\.toml can't be read as TOML"):
        load(tmp_path, "epochs = ")
    (tmp_path / "latin.toml").write_bytes(b'task = "caf\xe9"')
    with pytest.raises(InvalidInput, match=r"latin\.toml can't be read as TOML in UTF-8"):
        Program.load(tmp_path / "latin.toml")


def test_a_wrong_field_of_a_file_is_named_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"program\.toml: epochs must be"):
        load(tmp_path, WHOLE.replace("epochs = 3", "epochs = 0"))
