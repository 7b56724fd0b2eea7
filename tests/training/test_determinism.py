"""A step's randomness is the step's own, and the process is left as it was found."""

import hashlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from rightful.training import determinism


def draws() -> tuple[Any, ...]:
    return torch.rand(2).tolist(), random.random(), float(np.random.random())


@pytest.fixture(autouse=True)
def state_is_put_back() -> Iterator[None]:
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()
    yield
    torch.set_rng_state(states[0])
    random.setstate(states[1])
    np.random.set_state(states[2])


def test_what_happened_before_a_step_does_not_reach_its_draws() -> None:
    determinism.seed_step(7, 3)
    expected = draws()
    for _ in range(5):
        draws()
    determinism.seed_step(7, 2)
    draws()
    determinism.seed_step(7, 3)
    assert draws() == expected


def test_every_generator_differs_from_step_to_step_and_seed_to_seed() -> None:
    found = []
    for seed, step in ((7, 3), (7, 4), (8, 3), (73, 0)):
        determinism.seed_step(seed, step)
        found.append(draws())
    for kind in range(3):
        assert len({str(each[kind]) for each in found}) == 4


def test_a_step_is_seeded_by_the_hash_of_seed_and_step() -> None:
    value = hashlib.sha256(b"rightful step 7 3").digest()
    determinism.seed_step(7, 3)
    assert torch.initial_seed() == int.from_bytes(value[:8], "big") // 2
    assert random.random() == random.Random(value[8:16]).random()
    legacy = np.random.RandomState(int.from_bytes(value[16:20], "big"))
    assert np.random.random() == legacy.random_sample()


def test_threads_kernels_and_generators_come_back() -> None:
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    expected = draws()
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    before = torch.get_num_threads()
    with determinism.deterministic(1):
        assert torch.get_num_threads() == 1
        assert torch.are_deterministic_algorithms_enabled()
        draws()
    assert torch.get_num_threads() == before
    assert not torch.are_deterministic_algorithms_enabled()
    assert draws() == expected


def test_they_come_back_after_an_error_too_and_a_callers_warnings_stay_warnings() -> None:
    before = torch.get_num_threads()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        with pytest.raises(KeyError), determinism.deterministic(1):
            raise KeyError
        assert torch.get_num_threads() == before
        assert torch.is_deterministic_algorithms_warn_only_enabled()
    finally:
        torch.use_deterministic_algorithms(False)


def test_the_environment_names_what_bits_hang_on_and_takes_another_number_of_threads() -> None:
    here = determinism.environment()
    assert here["torch"] == torch.__version__
    assert here["threads"] == torch.get_num_threads()
    assert all(here[name] for name in ("device", "machine", "processor", "capability"))
    assert determinism.differences(here, determinism.environment(threads=77)) == ["threads"]


def test_differences_are_named_on_both_sides() -> None:
    assert determinism.differences({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 9, "d": 4}) == [
        "b",
        "c",
        "d",
    ]
