"""What all commands have in common: `--json`, `--workspace`, and a session to work in."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from rightful.cli.session import Session, Stopped

P = ParamSpec("P")

#: Nothing went wrong, and there was nothing: no record cleared, no row taken, nobody held.
NOTHING = 8
#: A check found something that does not hold.
FOUND = 9

#: The options that every command has, besides its own.
Place = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        metavar="FOLDER",
        help="The workspace; else RIGHTFUL_WORKSPACE, or the nearest folder that is one.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]


def group(help: str) -> typer.Typer:  # noqa: A002 - what Typer calls it, too
    """A group of commands."""
    return typer.Typer(help=help, add_completion=False, rich_markup_mode=None)


def command(
    app: typer.Typer, name: str
) -> Callable[
    [Callable[Concatenate[Session, P], int | None]], Callable[Concatenate[Session, P], int | None]
]:
    """Make a function, whose first parameter is the session, a command of `app`.

    What it returns is the exit code; None is success.
    """

    def register(
        function: Callable[Concatenate[Session, P], int | None],
    ) -> Callable[Concatenate[Session, P], int | None]:
        app.command(name)(_typed(function))
        return function

    return register


def _typed(function: Callable[..., int | None]) -> Callable[..., None]:
    """The function as Typer wants it: with the common options, and without the session."""

    @wraps(function)
    def wrapper(
        context: typer.Context, workspace: Path | None, as_json: bool, **given: Any
    ) -> None:
        try:
            with Session(workspace or context.obj, as_json=as_json) as session:
                code = function(session, **given)
        except KeyboardInterrupt:
            raise Stopped(
                "stopped. Nothing is half-written: give the same command again, and it goes on"
            ) from None
        if code:
            raise typer.Exit(code)

    keyword = inspect.Parameter.KEYWORD_ONLY
    _, *own = inspect.signature(function, eval_str=True).parameters.values()
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(each.replace(kind=keyword) for each in own),
        inspect.Parameter("workspace", keyword, annotation=Place, default=None),
        inspect.Parameter("as_json", keyword, annotation=Json, default=False),
    ]
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {each.name: each.annotation for each in parameters}
    return wrapper
