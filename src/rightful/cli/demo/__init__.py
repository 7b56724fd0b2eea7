"""`rightful demo`: the whole story once, on real handwriting and invented people."""

from pathlib import Path
from typing import Annotated

from typer import Option

from rightful.cli.session import Session


def demo(
    session: Session,
    folder: Annotated[
        Path, Option(help="Where its workspace is to be; one of an earlier demo is replaced.")
    ] = Path("demo-workspace"),
) -> None:
    """Train on real handwriting, then forget a writer, and prove it."""
    from rightful.cli.demo.story import tell

    tell(session, folder)
