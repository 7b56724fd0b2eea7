"""`rightful source reservation`: what a source says of its use, as somebody saw it."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from rightful import moments
from rightful.cli.session import Session, plain, read_text, table
from rightful.errors import InvalidInput


def reservation(
    session: Session,
    source: Annotated[str, Argument(help="The source that says it.")],
    protocol: Annotated[
        str,
        Argument(
            help="robots, aipref, tdmrep, tdmrep.header, tdmrep.page, tdmrep.document, cawg, plus, "
            "rsl, noai, ai_txt, terms_reservation; or all, with --value none."
        ),
    ],
    statement: Annotated[
        str | None, Option(help="What was read there, such as a header, word for word.")
    ] = None,
    file: Annotated[Path | None, Option(help="The file with it, in UTF-8.")] = None,
    value: Annotated[
        str | None, Option(help="In place of the statement: what somebody saw it say.")
    ] = None,
    location: Annotated[
        str | None, Option(help="Where it was read, if it is about that place alone.")
    ] = None,
    path: Annotated[
        list[str] | None,
        Option(help="A path that the data was taken from; may be given several times."),
    ] = None,
    seen: Annotated[
        str | None, Option(metavar="MOMENT", help="When somebody looked; else now.")
    ] = None,
) -> None:
    """Keep what a source says of its use in a protocol.

    Nothing is fetched: give what was seen when the data was collected, or since.
    """
    if sum(each is not None for each in (statement, file, value)) != 1:
        raise InvalidInput("give what was seen by one of --statement, --file and --value")
    looks = session.workspace.reservations.observe(
        source,
        protocol,
        read_text(file) if file is not None else statement,
        value=value,
        location=location,
        seen_at=None if seen is None else moments.parse(seen),
        paths=path,
    )
    session.answer(
        {"source": source, "looks": [plain(look) for look in looks]},
        table(("protocol", "says"), [(look.form, look.value) for look in looks]),
    )


def reservations(
    session: Session,
    source: Annotated[str, Argument(help="The source that is asked about.")],
) -> None:
    """Show what a source says of its use, by the looks that count."""
    workspace = session.workspace
    seen = workspace.reservations.about(workspace.sources.number(source))
    session.answer(
        {"source": source, "reservations": plain(seen)},
        table(
            ("protocol", "says", "oldest look that counts"),
            [(fact, each.value or "?", each.seen_at) for fact, each in seen.items()],
        )
        if seen
        else f"Nobody looked yet; `rightful source reservation {source} PROTOCOL` keeps a look.",
    )
