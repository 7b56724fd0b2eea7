"""`rightful init`: a new workspace."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

import rightful
from rightful import config
from rightful.cli.session import Session


def init(
    session: Session,
    folder: Annotated[Path, Argument(help="A new or empty folder.")],
    controller: Annotated[str, Option(help="Who is responsible for the data.")],
    establishment: Annotated[str, Option(help="The controller's country, two letters.")],
    registry: Annotated[
        str, Option(help="Its database: sqlite:///… or postgresql+psycopg://…")
    ] = config.REGISTRY,
    records: Annotated[
        str, Option(help="Where records are stored: a folder, or an object store.")
    ] = config.RECORDS,
    pack: Annotated[
        list[str] | None,
        Option(help="A pack of rules to obey, by id or file; may be given several times."),
    ] = None,
    market: Annotated[
        list[str] | None,
        Option(help="Where you turn to people: DE, EEA, US-CA, …; may be given several times."),
    ] = None,
) -> None:
    """Make a workspace.

    Without --pack it obeys eu.gdpr and cn.pipl; `rightful policy list` shows all there are.
    """
    with rightful.init(
        folder,
        controller=controller,
        establishment=establishment,
        registry=registry,
        records=records,
        packs=pack or config.PACKS,
        markets=market or None,
    ) as made:
        facts = {
            "workspace": made.folder,
            "id": made.id,
            "controller": made.config.controller,
            "establishment": made.config.establishment,
            "markets": made.config.markets,
            "packs": [each.id for each in made.packs],
            "public_key": made.ledger.public_key,
        }
    session.answer(
        facts,
        f"{folder} is a workspace now. Keep a copy of its workspace.key in a safe place: without "
        "it nothing in there can be read.",
        f"Next: rightful -w {folder} source add NAME",
    )
