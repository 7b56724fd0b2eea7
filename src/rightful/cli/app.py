"""All commands in one place."""

from typing import Annotated

import typer

import rightful
from rightful.cli import (
    assessments,
    clearance,
    comparing,
    demo,
    expiring,
    grants,
    importing,
    ledger,
    models,
    notices,
    policy,
    purposes,
    requests,
    rights,
    screening,
    shares,
    sources,
    status,
    subjects,
    training,
    verifying,
    workspaces,
)
from rightful.cli.commands import Place, command, group

app = group("Train on what you may. Forget what you must. Prove both.")


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(rightful.__version__)
        raise typer.Exit


@app.callback()
def _everywhere(
    context: typer.Context,
    workspace: Place = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which this is."),
    ] = False,
) -> None:
    context.obj = workspace


command(app, "init")(workspaces.init)
command(app, "status")(status.status)
app.add_typer(sources.app, name="source")
command(app, "import")(importing.import_file)
app.add_typer(purposes.app, name="purpose")
app.add_typer(notices.app, name="notice")
app.add_typer(grants.app, name="grant")
app.add_typer(assessments.app, name="assessment")
app.add_typer(shares.app, name="shares")
command(app, "screen")(screening.screen)
app.add_typer(policy.app, name="policy")
command(app, "clear")(clearance.clear)
command(app, "explain")(clearance.explain)
app.add_typer(comparing.app, name="clearance")
command(app, "pretrain")(training.pretrain)
command(app, "finetune")(training.finetune)
app.add_typer(training.app, name="program")
command(app, "evaluate")(models.evaluate)
command(app, "predict")(models.predict)
command(app, "plot")(models.plot)
app.add_typer(models.app, name="models")
command(app, "erase")(rights.erase)
command(app, "forget")(rights.forget)
command(app, "expire")(expiring.expire)
command(app, "rectify")(rights.rectify)
command(app, "withdraw")(rights.withdraw)
command(app, "access")(rights.access)
command(app, "know")(rights.know)
app.add_typer(subjects.app, name="subject")
app.add_typer(requests.app, name="requests")
app.add_typer(ledger.app, name="ledger")
command(app, "verify")(verifying.verify)
command(app, "demo")(demo.demo)
