"""What must be the same for the same bits: generators, kernels, and the machine they run on."""

import hashlib
import platform
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch


def seed_step(seed: int, step: int) -> None:
    """Set every generator from the program's seed and the step's number, and nothing else."""
    value = hashlib.sha256(f"rightful step {seed} {step}".encode()).digest()
    # Not torch.manual_seed, which looks for devices first: at every step, that is felt.
    torch.default_generator.manual_seed(int.from_bytes(value[:8], "big") >> 1)
    random.seed(value[8:16])
    np.random.seed(int.from_bytes(value[16:20], "big"))


def environment(threads: int | None = None) -> dict[str, Any]:
    """What, besides program and records, the bits of weights may hang on."""
    return {
        "device": "cpu",
        "machine": platform.machine(),
        "processor": _processor(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "threads": threads or torch.get_num_threads(),
    }


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """The names of what differs between two environments."""
    return sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )


@contextmanager
def deterministic(threads: int) -> Iterator[None]:
    """Deterministic kernels on this many threads; the process's own settings come back after.

    The states of the generators come back too, so that a program around ours is not disturbed.
    """
    before = torch.get_num_threads()
    was = torch.are_deterministic_algorithms_enabled()
    warned = torch.is_deterministic_algorithms_warn_only_enabled()
    states = random.getstate(), np.random.get_state()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.use_deterministic_algorithms(was, warn_only=warned)
        torch.set_num_threads(before)
        random.setstate(states[0])
        np.random.set_state(states[1])


@cache
def _processor() -> str:
    """The model of the processor: kernels choose their blocks by its caches and instructions."""
    told = Path("/proc/cpuinfo")  # Linux; elsewhere Python knows
    lines = told.read_text().splitlines() if told.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or "unknown")
