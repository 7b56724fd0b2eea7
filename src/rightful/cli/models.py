"""`rightful models`, `evaluate`, `predict`, `plot`: what models are there, and what they do."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful.cli.commands import command, group
from rightful.cli.session import Session, counted, table
from rightful.errors import InvalidInput

if TYPE_CHECKING:
    from rightful.records.content import Image
    from rightful.training import Loss
    from rightful.workspace import Workspace

app = group("The models in force.")


@command(app, "list")
def list_(session: Session) -> None:
    """List the models, with the run that each points at."""
    trainer = session.workspace.trainer
    found = [
        {
            "model": model.name,
            "status": model.status,
            "run": model.run,
            "kind": (run := trainer.runs.get(model.run)).kind,
            "purpose": run.purpose,
            "parent": run.parent,
            "records": len(run.records),
            "program_sha256": run.program.sha256,
            "weights_sha256": run.weights_sha256,
            "changed_at": model.changed_at,
        }
        for model in trainer.models.all()
    ]
    columns = ("model", "status", "#run", "kind", "#records", "weights_sha256")
    rows = [[each[column.removeprefix("#")] for column in columns] for each in found]
    session.answer(
        {"models": found},
        table([column.replace("_", " ") for column in columns], rows)
        if found
        else "No model yet; `rightful pretrain` makes one.",
    )


@command(app, "export")
def export(
    session: Session,
    model: Annotated[str, Argument(help="The model.")],
    to: Annotated[Path, Option(help="A new file, ending in .safetensors.")],
    recipient: Annotated[str, Option(help="Who gets it; they must be told of later erasures.")],
) -> None:
    """Give a model's weights out: a disclosure, which is written down with its recipient."""
    from rightful.rights.exports import export as give

    workspace = session.workspace
    done = give(workspace.trainer, workspace.disclosures, model, to, recipient)
    session.answer(
        {
            "disclosure": done.number,
            "model": model,
            "recipient": recipient,
            "file": to,
            "records": len(done.records),
            "what": done.what,
        },
        f"{to} holds the weights of {model}, written down as disclosure {done.number} to "
        f"{recipient}.",
        "Weights that were given out can't forget by themselves: a later erasure names whom to "
        "tell.",
    )


def evaluate(
    session: Session,
    model: Annotated[str, Argument(help="The model.")],
    purpose: Annotated[
        str, Option(help="What the records to score on must be cleared for.")
    ] = "model-evaluation",
    plot: Annotated[
        Path | None, Option(help="Draw which class is taken for which into this PNG.")
    ] = None,
) -> None:
    """Score a model on the records that are cleared for it."""
    done = session.workspace.evaluator.evaluate(model, purpose=purpose)
    metrics = done.metrics
    if plot is not None:
        from rightful.training import plots

        _check_png(plot)
        plots.confusion(plot, metrics["confusion"], f"{model}: {metrics['accuracy']:.2%} right")
    facts = {"model": model, "run": done.run, "purpose": purpose, "clearance": done.clearance}
    session.answer(
        {**facts, "metrics": metrics, "plot": plot},
        f"{model} is right on {metrics['accuracy']:.2%} of {counted(metrics['records'], 'record')} "
        f"(mean loss {metrics['loss']:.4f}).",
    )


def predict(
    session: Session,
    model: Annotated[str, Argument(help="The model.")],
    images: Annotated[list[Path], Argument(help="Pictures of the size that it takes.")],
) -> None:
    """Say which class a model takes pictures for."""
    pictures = [_picture(path) for path in images]
    found = session.workspace.evaluator.predict(model, pictures)
    answers = list(zip(images, found, strict=True))
    session.answer(
        {
            "model": model,
            "predictions": [
                {
                    "file": path,
                    "label": each.label,
                    "probability": each.probability,
                    "probabilities": each.probabilities,
                }
                for path, each in answers
            ],
        },
        table(
            ("file", "#label", "#probability"),
            [(path, each.label, f"{each.probability:.1%}") for path, each in answers],
        ),
    )


def plot(
    session: Session,
    model: Annotated[str, Argument(help="The model.")],
    to: Annotated[Path, Option(help="The PNG to draw.")],
) -> None:
    """Draw the losses of the runs that made a model."""
    from rightful.training import plots

    _check_png(to)
    plots.losses(to, curves(session.workspace, model))
    session.answer({"model": model, "plot": to}, f"{to} shows the losses of {model}.")


def curves(workspace: "Workspace", model: str) -> "dict[str, Sequence[Loss]]":
    """The losses of a model's run and of those that it came from, the oldest first."""
    runs = workspace.trainer.runs
    found: dict[str, Any] = {}
    at: int | None = workspace.trainer.models.get(model).run
    while at is not None:
        run = runs.get(at)
        found[f"{run.model}, {run.kind} (run {run.number})"] = runs.losses(at)
        at = run.parent
    return dict(reversed(found.items()))


def _check_png(path: Path) -> None:
    if path.suffix.lower() != ".png" or not path.parent.is_dir():
        raise InvalidInput(f"{path}: plots are drawn into a file .png, in a folder that is there")


def _picture(path: Path) -> "Image":
    from rightful.records.readers import BadRow, picture

    try:
        data = path.read_bytes()
    except OSError as error:
        why = (error.strerror or "it is damaged").lower()
        raise InvalidInput(f"{path} can't be read: {why}; check the path") from None
    try:
        return picture.read(data, None)
    except BadRow as bad:
        raise InvalidInput(f"{path}: {bad.reason}; save it as PNG") from None
