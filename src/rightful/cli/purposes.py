"""`rightful purpose`: what a use of data is for."""

from enum import StrEnum
from typing import Annotated

from typer import Argument, Option

from rightful.cli.commands import command, group
from rightful.cli.session import Session, table

app = group("What a use of data is for.")


class Answer(StrEnum):
    """What can be said of a use. What is not known is left out."""

    YES = "yes"
    NO = "no"


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


@command(app, "state")
def state(
    session: Session,
    name: Annotated[str, Argument(help="The purpose.")],
    generative: Annotated[
        Answer | None, Option(help="Does the model generate language, images, sound or film?")
    ] = None,
    general_purpose: Annotated[
        Answer | None, Option(help="Is it a general-purpose model (AI Act Art. 3(63))?")
    ] = None,
    high_risk: Annotated[
        Answer | None, Option(help="Is it for a high-risk system (AI Act Art. 6)?")
    ] = None,
    face_recognition: Annotated[
        Answer | None, Option(help="Does it recognise people by their faces?")
    ] = None,
    significant_decisions: Annotated[
        Answer | None, Option(help="Is it for decisions on people with legal or similar effects?")
    ] = None,
    commercial: Annotated[Answer | None, Option(help="Is the use commercial?")] = None,
    research: Annotated[Answer | None, Option(help="Is it scientific research?")] = None,
    published: Annotated[
        Answer | None, Option(help="Are the model or the data given to the public?")
    ] = None,
) -> None:
    """Say what the use is that a purpose stands for.

    It holds for the purposes under it, too, where they do not say otherwise. What is left out
    stays as it was; what nobody has said is not known, and rules take it as such.
    """
    given = {
        "generative": generative,
        "general_purpose": general_purpose,
        "high_risk": high_risk,
        "face_recognition": face_recognition,
        "significant_decisions": significant_decisions,
        "commercial": commercial,
        "research": research,
        "published": published,
    }
    facts = {fact: None if said is None else said is Answer.YES for fact, said in given.items()}
    purposes = session.workspace.purposes
    purposes.state(name, **facts)
    uses = purposes.uses(name)
    rows = [(fact.replace("_", " "), "?" if said is None else said) for fact, said in uses.items()]
    session.answer({"name": name, "uses": uses}, table((name, "is it so?"), rows))
