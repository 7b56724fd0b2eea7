"""The full recipe of a training run, frozen and hashed. Data is not in it.

    weights = train(program, set of records)

So nothing here may be worked out from the data when a run starts. `bins`, above all: it is the
number of steps of an epoch, chosen once for about as many records as there are, and kept when some
leave.

>>> program = Program(model=ModelSpec("rightful.training.lenet:LeNet"), epochs=3, bins=350, seed=7)
>>> program.steps, program.sha256 == Program.from_dict(program.to_dict()).sha256
(1050, True)
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from rightful import canonical
from rightful.errors import InvalidInput

#: Which arithmetic the loop does; a change of it that may change a bit of the weights raises this.
LOOP = 1

TASKS = ("image-classification",)
LOSSES = ("cross-entropy",)
OPTIMIZERS = ("adam", "adamw", "sgd")
SCHEDULES = ("constant", "cosine")

#: A seed is a secret where that matters, so it has room for one.
LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which network: an `nn.Module` by import path (`package.module:Class`), with its arguments."""

    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        module, _, name = str(self.path).partition(":")
        if not all(part.isidentifier() for part in [*module.split("."), *name.split(".")]):
            raise InvalidInput(
                f"model: {self.path!r} is no import path such as package.module:Class"
            )


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How gradients become steps. `momentum` is for `sgd` alone, `betas` for the others."""

    name: str = "adam"
    learning_rate: float = 0.001
    betas: tuple[float, float] = (0.9, 0.999)
    momentum: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        _one_of("optimizer", self.name, OPTIMIZERS)
        _number("optimizer: learning_rate", self.learning_rate, above=0.0)
        _number("optimizer: weight_decay", self.weight_decay)
        _number("optimizer: momentum", self.momentum, below=1.0)
        if len(self.betas) != 2:
            raise InvalidInput("optimizer: betas are two numbers, such as [0.9, 0.999]")
        for beta in self.betas:
            _number("optimizer: betas", beta, below=1.0)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is done to pixels (0 to 1) before the network: `(x - mean) / std`.

    Constants, one for each channel or one for all. They are not fitted to records here; a
    normaliser that is fitted would be a run of its own.
    """

    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if not self.mean or len(self.mean) != len(self.std):
            raise InvalidInput("inputs: mean and std are two lists of equal length")
        for value in self.mean:
            _number("inputs: mean", value, least=-math.inf)
        for value in self.std:
            _number("inputs: std", value, above=0.0)


@dataclass(frozen=True)
class Program:
    """A recipe. Raises `InvalidInput` where it makes no sense.

    `bins` is the number of steps of an epoch; `batch_size` is what the sum of a step's losses is
    divided by, however many records its bin holds.
    """

    model: ModelSpec
    epochs: int
    bins: int
    seed: int
    batch_size: int = 64
    task: str = "image-classification"
    loss: str = "cross-entropy"
    optimizer: Optimizer = field(default_factory=Optimizer)
    schedule: str = "constant"
    inputs: Inputs = field(default_factory=Inputs)

    def __post_init__(self) -> None:
        _one_of("task", self.task, TASKS)
        _one_of("loss", self.loss, LOSSES)
        _one_of("schedule", self.schedule, SCHEDULES)
        for name, least, most in (
            ("epochs", 1, 10**6),
            ("bins", 1, 10**9),
            ("batch_size", 1, 10**9),
            ("seed", 0, LARGEST_SEED),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise InvalidInput(f"{name} must be a whole number from {least} to {most}")
        try:
            canonical.encode(dict(self.model.arguments))
        except (TypeError, ValueError):
            raise InvalidInput("model: its arguments must be plain values, as in JSON") from None

    @property
    def steps(self) -> int:
        """The number of steps of the whole run, empty bins included."""
        return self.epochs * self.bins

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the program in canonical form, in hexadecimal."""
        return canonical.digest(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values; `from_dict` takes it back."""
        table = asdict(self)
        table["model"] = {"path": self.model.path, "arguments": dict(self.model.arguments)}
        plain: dict[str, Any] = canonical.decode(
            canonical.encode({"loop": LOOP, **table}), "program"
        )
        return plain

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Self:
        """From plain values. Raises `InvalidInput` that names the field."""
        values = dict(table)
        loop = values.pop("loop", LOOP)
        if loop != LOOP:
            raise InvalidInput(
                f"program: it was written for loop {loop}, and this release has loop {LOOP}; "
                "use the release that wrote it"
            )
        _known("program", values, cls)
        for name, kind in (("model", ModelSpec), ("optimizer", Optimizer), ("inputs", Inputs)):
            if name in values:
                values[name] = _part(name, values[name], kind)
        for name in ("model", "epochs", "bins", "seed"):
            if name not in values:
                raise InvalidInput(f"program: {name} is missing")
        return cls(**values)

    @classmethod
    def load(cls, path: Path) -> Self:
        """From a TOML file. Raises `InvalidInput` that names the file."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InvalidInput(f"there is no program at {path}; check the path") from None
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput(f"{path} can't be read as TOML in UTF-8: {error}") from None
        except (OSError, UnicodeDecodeError):
            raise InvalidInput(f"{path} can't be read as TOML in UTF-8") from None
        try:
            return cls.from_dict(table)
        except InvalidInput as error:
            raise InvalidInput(f"{path}: {error}") from None


def _part(name: str, value: Any, kind: type[Any]) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{name} must be a table of its own, written [{name}]")
    _known(name, value, kind)
    values = {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
    try:
        return kind(**values)
    except TypeError:
        raise InvalidInput(f"{name}: a field is missing or is of the wrong type") from None


def _known(what: str, values: Mapping[str, Any], kind: type[Any]) -> None:
    names = [each.name for each in fields(kind)]
    for name in values:
        if name not in names:
            raise InvalidInput(f"{what}: {name} is unknown; known: {', '.join(names)}")


def _one_of(what: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidInput(f"{what}: {value!r} is not one of {', '.join(allowed)}")


def _number(
    what: str,
    value: Any,
    *,
    least: float = 0.0,
    above: float | None = None,
    below: float = math.inf,
) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidInput(f"{what} must be a number")
    if value < least or value >= below or (above is not None and value <= above):
        lowest = f"at least {least:g}" if above is None else f"above {above:g}"
        highest = "" if below == math.inf else f" and below {below:g}"
        raise InvalidInput(f"{what} is out of range; it must be {lowest}{highest}")
