"""`rightful notice`: the texts that people were shown."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from rightful.cli.commands import command, group
from rightful.cli.session import Session, plain, read_text, table
from rightful.errors import InvalidInput

app = group("The texts that people were shown.")


@command(app, "publish")
def publish(
    session: Session,
    name: Annotated[str, Argument(help="What it is called; versions are counted.")],
    language: Annotated[str, Option(help="The language of the text, such as en or zh-CN.")],
    file: Annotated[Path | None, Option(help="The file with the text, in UTF-8.")] = None,
    text: Annotated[str | None, Option(help="The text itself.")] = None,
) -> None:
    """Keep a text as the newest version of a notice."""
    if (file is None) == (text is None):
        raise InvalidInput("give the text of the notice either by --file or by --text")
    said = text if text is not None else read_text(file or Path())
    notice = session.workspace.notices.publish(name, said, language)
    session.answer(
        {**plain(notice), "notice": str(notice)},
        f"{notice} is published. Grants and sources name it so.",
    )


@command(app, "list")
def list_(session: Session) -> None:
    """List every version of every notice."""
    found = session.workspace.notices.all()
    session.answer(
        {"notices": [{**plain(each), "notice": str(each)} for each in found]},
        table(("notice", "SHA-256 of its text"), [(each, each.sha256) for each in found])
        if found
        else "No notice yet; `rightful notice publish` keeps one.",
    )
