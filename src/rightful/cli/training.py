"""`rightful pretrain`, `rightful finetune`, `rightful program show`: weights and their recipes."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful.cli.commands import command, group
from rightful.cli.session import Session, counted
from rightful.errors import InvalidInput

if TYPE_CHECKING:
    from rightful.training import Loss, Program, Run
    from rightful.workspace import Workspace

app = group("Recipes of training runs.")

_NETWORK = "rightful.training.lenet:LeNet"
_EPOCHS = 3
_BATCH_SIZE = 64
_LEARNING_RATE = 0.001

Model = Annotated[str, Option(help="What the model is to be called.")]
ProgramFile = Annotated[
    Path | None, Option("--program", help="The whole recipe as TOML, in place of the options.")
]
Network = Annotated[
    str | None, Option(metavar="PATH:CLASS", help=f"A torch.nn.Module; else {_NETWORK}.")
]
Arguments = Annotated[
    list[str] | None,
    Option("--argument", metavar="NAME=VALUE", help="For the network, such as classes=26."),
]
Epochs = Annotated[int | None, Option(min=1, help=f"Else {_EPOCHS}.")]
NumberOfBins = Annotated[
    int | None,
    Option("--bins", min=1, help="Steps of an epoch; else cleared records / batch size."),
]
BatchSize = Annotated[
    int | None, Option(min=1, help=f"What a step's losses are divided by; else {_BATCH_SIZE}.")
]
LearningRate = Annotated[float | None, Option(help=f"Else {_LEARNING_RATE}.")]
OptimizerName = Annotated[str | None, Option("--optimizer", help="adam, adamw or sgd; else adam.")]
Seed = Annotated[int | None, Option(min=0, help="Else a random one.")]
Schedule = Annotated[str | None, Option(help="constant or cosine; else constant.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The recipe as far as it was typed; None is what was not."""

    network: str | None = None
    arguments: list[str] | None = None
    epochs: int | None = None
    bins: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    optimizer: str | None = None
    seed: int | None = None
    schedule: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether no part of the recipe was typed."""
        return not any(getattr(self, each.name) for each in fields(self)) and self.seed is None

    def fits(self, program: "Program") -> bool:
        """Whether a program may be the one that is meant: it has all that was typed."""
        has = {
            "network": program.model.path,
            "epochs": program.epochs,
            "bins": program.bins,
            "batch_size": program.batch_size,
            "learning_rate": program.optimizer.learning_rate,
            "optimizer": program.optimizer.name,
            "seed": program.seed,
            "schedule": program.schedule,
        }
        same = all(getattr(self, name) in (None, value) for name, value in has.items())
        return same and parsed(self.arguments) == dict(program.model.arguments)


def pretrain(
    session: Session,
    model: Model,
    program: ProgramFile = None,
    network: Network = None,
    argument: Arguments = None,
    epochs: Epochs = None,
    bins: NumberOfBins = None,
    batch_size: BatchSize = None,
    learning_rate: LearningRate = None,
    optimizer: OptimizerName = None,
    seed: Seed = None,
    schedule: Schedule = None,
    purpose: Annotated[str, Option(help="What the records must be cleared for.")] = "pretraining",
) -> None:
    """Train a model from random weights on the records that are cleared.

    If it is stopped, the same command goes on where it was.
    """
    asked = Asked(
        *(network, argument, epochs, bins, batch_size, learning_rate, optimizer, seed, schedule)
    )
    chosen = _program(session, "pretraining", model, purpose, program, asked, None)
    with session.progress("pretraining") as progress:
        run = session.workspace.trainer.pretrain(
            chosen, model=model, purpose=purpose, on_progress=_told(progress)
        )
    _answer(session, run)


def finetune(
    session: Session,
    model: Model,
    parent: Annotated[
        str, Option("--from", metavar="MODEL|FILE", help="Whose weights it starts from.")
    ],
    program: ProgramFile = None,
    network: Network = None,
    argument: Arguments = None,
    epochs: Epochs = None,
    bins: NumberOfBins = None,
    batch_size: BatchSize = None,
    learning_rate: LearningRate = None,
    optimizer: OptimizerName = None,
    seed: Seed = None,
    schedule: Schedule = None,
    purpose: Annotated[str, Option(help="What the records must be cleared for.")] = "fine-tuning",
) -> None:
    """Train a model from the weights of another, or of a file.

    If it is stopped, the same command goes on where it was.
    """
    asked = Asked(
        *(network, argument, epochs, bins, batch_size, learning_rate, optimizer, seed, schedule)
    )
    start = _start(session.workspace, parent)
    chosen = _program(session, "fine-tuning", model, purpose, program, asked, start)
    with session.progress("fine-tuning") as progress:
        run = session.workspace.trainer.finetune(
            chosen, model=model, parent=start, purpose=purpose, on_progress=_told(progress)
        )
    _answer(session, run)


@command(app, "show")
def show(
    session: Session,
    model: Annotated[str, Argument(help="A model, or with --run the number of a run.")],
    run: Annotated[bool, Option("--run", help="MODEL is the number of a run.")] = False,
) -> None:
    """Print the recipe of a model as TOML, for --program of somebody else."""
    trainer = session.workspace.trainer
    if run and not model.isdecimal():
        raise InvalidInput("with --run, give the number of a run, as `rightful status` shows it")
    found = trainer.runs.get(int(model) if run else trainer.models.get(model).run)
    facts = {"run": found.number, "sha256": found.program.sha256}
    session.answer({**facts, "program": found.program.to_dict()}, as_toml(found.program).rstrip())


# The recipe


def _program(
    session: Session,
    kind: str,
    model: str,
    purpose: str,
    file: Path | None,
    asked: Asked,
    start: str | Path | None,
) -> "Program":
    from rightful.training import ModelSpec, Optimizer, Program

    if file is not None:
        if not asked.nothing:
            raise InvalidInput("give the recipe either by --program or by options, not by both")
        return Program.load(file)
    before = _before(session.workspace, kind, model, purpose, asked, start)
    if before is not None:
        session.note(
            f"Run {before.number} has this recipe; its bins ({before.program.bins}) and seed are "
            f"kept{'' if before.finished else ', and it goes on where it was stopped'}."
        )
        return before.program
    size = asked.batch_size or _BATCH_SIZE
    return Program(
        model=ModelSpec(asked.network or _NETWORK, parsed(asked.arguments)),
        epochs=asked.epochs or _EPOCHS,
        bins=asked.bins or _bins(session, purpose, size),
        seed=_random_seed(session) if asked.seed is None else asked.seed,
        batch_size=size,
        optimizer=Optimizer(
            asked.optimizer or "adam",
            _LEARNING_RATE if asked.learning_rate is None else asked.learning_rate,
        ),
        schedule=asked.schedule or "constant",
    )


def _before(
    workspace: "Workspace",
    kind: str,
    model: str,
    purpose: str,
    asked: Asked,
    start: str | Path | None,
) -> "Run | None":
    """A run that was stopped, or is in force, and may be the one that is meant.

    Its bins and seed are kept, so that the same command given twice is the same recipe.
    """
    trainer = workspace.trainer
    in_force = {found.name: found.run for found in trainer.models.all()}.get(model)
    for run in reversed(trainer.runs.all()):
        stopped = run.status == "running" and run.replaces is None
        if (kind, model, purpose) != (run.kind, run.model, run.purpose):
            continue
        if not (stopped or run.number == in_force) or not asked.fits(run.program):
            continue
        if _sha256(workspace, start) == run.start_sha256:
            return run
    return None


def _sha256(workspace: "Workspace", start: str | Path | None) -> str | None:
    """Of the weights that a run would start from."""
    from rightful.training import weights

    if start is None:
        return None
    if isinstance(start, Path):
        return weights.digest(weights.read(start))
    trainer = workspace.trainer
    return trainer.runs.get(trainer.models.usable(start).run).weights_sha256


def _start(workspace: "Workspace", text: str) -> str | Path:
    """A model by its name, or else a file by its path."""
    if text in {model.name for model in workspace.trainer.models.all()}:
        return text
    path = Path(text)
    is_path = path.exists() or len(path.parts) > 1 or path.suffix in (".safetensors", ".pth", ".pt")
    return path if is_path else text


def _bins(session: Session, purpose: str, size: int) -> int:
    clearance = session.workspace.clearances.compute(purpose)
    clearance.require_records()
    bins = max(1, round(len(clearance.cleared) / size))
    session.note(
        f"{counted(bins, 'step')} an epoch (--bins), for {len(clearance.cleared):,} records now. "
        "The number is part of the program from here on and stays when records leave."
    )
    return bins


def _random_seed(session: Session) -> int:
    seed = int.from_bytes(os.urandom(8), "big") >> 1
    session.note(
        f"A random seed (--seed {seed}). It is part of the program; keep it a secret where people "
        "might adapt their requests to it."
    )
    return seed


def parsed(arguments: list[str] | None) -> dict[str, Any]:
    """`name=value` pairs; values are JSON, or text where they are not."""
    table: dict[str, Any] = {}
    for pair in arguments or []:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise InvalidInput(f"{pair!r} is no argument; write NAME=VALUE, such as classes=26")
        try:
            table[name] = json.loads(value)
        except ValueError:
            table[name] = value
    return table


def as_toml(program: "Program") -> str:
    """The program as TOML, which `Program.load` reads back as the same one."""
    table = program.to_dict()
    plain = {name: value for name, value in table.items() if not isinstance(value, dict)}
    lines = [f"{name} = {_toml(value)}" for name, value in plain.items()]
    for name, section in table.items():
        if isinstance(section, dict):
            lines += ["", f"[{name}]"]
            lines += [f"{key} = {_toml(value)}" for key, value in section.items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if value is None:
        raise InvalidInput(
            "TOML has no way to write an argument that is null; take it from --json instead"
        )
    # JSON's way to write text, numbers and truth values is TOML's, too.
    return json.dumps(value, ensure_ascii=False)


# What came of it


def _told(progress: Callable[[int, int], None]) -> "Callable[[int, int, Loss | None], None]":
    return lambda done, of, _: progress(done, of)


def _answer(session: Session, run: "Run") -> None:
    runs = session.workspace.trainer.runs
    left = sum(len(records) for _, records in runs.departed(run.number))
    facts = {
        "run": run.number,
        "model": run.model,
        "kind": run.kind,
        "purpose": run.purpose,
        "clearance": run.clearance,
        "records": len(run.records),
        "departed": left,
        "steps": run.program.steps,
        "bins": run.program.bins,
        "seed": run.program.seed,
        "program_sha256": run.program.sha256,
        "weights_sha256": run.weights_sha256,
    }
    last = runs.losses(run.number)[-run.program.bins :]
    facts["loss_of_last_epoch"] = sum(each.value for each in last) / len(last) if last else None
    lines = [
        f"{run.model} is in force: run {run.number}, {counted(run.program.steps, 'step')} over "
        f"{counted(len(run.records), 'record')}.",
        f"SHA-256 of its weights: {run.weights_sha256}",
    ]
    if left:
        lines.append(
            f"{counted(left, 'record')} left while it ran, so it owes a forgetting: rightful forget"
        )
    session.answer(facts, *lines)
