"""`rightful purpose`: what a use of data is for."""

from typing import Annotated

from typer import Argument, Option

from rightful.cli.commands import command, group
from rightful.cli.session import Session

app = group("What a use of data is for.")


@command(app, "add")
def add(
    session: Session,
    name: Annotated[str, Argument(help="Small letters, digits and hyphens.")],
    parent: Annotated[
        str | None, Option(help="The purpose above it; what is granted for that covers this.")
    ] = None,
    dpv: Annotated[str | None, Option(help="Its term in the W3C Data Privacy Vocabulary.")] = None,
) -> None:
    """Add a purpose."""
    number = session.workspace.purposes.add(name, parent, dpv)
    session.answer({"purpose": number, "name": name}, f"{name} is a purpose now.")


@command(app, "list")
def list_(session: Session) -> None:
    """List the purposes as the tree that they are."""
    tree = session.workspace.purposes.tree()
    session.answer(
        {"purposes": [each._asdict() for each in tree]},
        "\n".join(
            "  " * each.depth + each.name + (f"  ({each.dpv})" if each.dpv else "") for each in tree
        ),
    )
