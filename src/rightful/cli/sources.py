"""`rightful source`: where records come from."""

from typing import Annotated, Any

from typer import Argument, Option

from rightful.cli import reservations
from rightful.cli.commands import command, group
from rightful.cli.session import Session, table

app = group("Where records come from.")

_FIELDS = ("kind", "owner", "method", "public", "special_category", "criminal_offence")

#: What is shown of a source only where it is known.
_MORE = (
    *("retention_until", "purpose", "collected_from", "collected_to", "evidence"),
    *("lawfully_accessed", "infringing_site", "faces", "companion", "child_directed"),
    *("broker", "important_data"),
)


@command(app, "add")
def add(
    session: Session,
    name: Annotated[str, Argument(help="What the source is called. It is part of its records.")],
    kind: Annotated[
        str | None,
        Option(help="user_data, licensed, public_dataset, third_party_private, crawl, …"),
    ] = None,
    owner: Annotated[str | None, Option(help="Whose the data was.")] = None,
    method: Annotated[
        str | None, Option(help="How it was collected: form, upload, download, crawl, …")
    ] = None,
    public: Annotated[
        bool | None, Option("--public/--not-public", help="Taken from what was made public?")
    ] = None,
    special_category: Annotated[
        bool | None,
        Option(
            "--special-category/--no-special-category",
            help="Does it hold special categories of data (GDPR Art. 9, PIPL Art. 28)?",
        ),
    ] = None,
    criminal_offence: Annotated[
        bool | None,
        Option(
            "--criminal-offence/--no-criminal-offence",
            help="Does it hold data on criminal offences (GDPR Art. 10)?",
        ),
    ] = None,
    notice: Annotated[
        str | None, Option(help="The notice published for it: name, or name@version/language.")
    ] = None,
    retention_until: Annotated[
        str | None, Option(metavar="DAY", help="The last day of use, such as 2036-01-01.")
    ] = None,
    purpose: Annotated[
        str | None, Option(help="The purpose that it was collected for, by its name.")
    ] = None,
    collected_from: Annotated[
        str | None, Option(metavar="DAY", help="The first day of its collection.")
    ] = None,
    collected_to: Annotated[
        str | None, Option(metavar="DAY", help="The last day of its collection.")
    ] = None,
    evidence: Annotated[
        str | None,
        Option(help="Where the proof of the right to it is kept: licence, contract, record."),
    ] = None,
    lawfully_accessed: Annotated[
        bool | None,
        Option(
            "--lawfully-accessed/--not-lawfully-accessed",
            help="Was it had without getting round a paywall or another technical measure?",
        ),
    ] = None,
    infringing_site: Annotated[
        bool | None,
        Option(
            "--infringing-site/--no-infringing-site",
            help="Is it from a site listed as persistently infringing?",
        ),
    ] = None,
    faces: Annotated[
        bool | None, Option("--faces/--no-faces", help="Does it hold pictures of faces?")
    ] = None,
    companion: Annotated[
        bool | None,
        Option(
            "--companion/--not-companion",
            help="Is it conversations with a human-like companion service?",
        ),
    ] = None,
    child_directed: Annotated[
        bool | None,
        Option(
            "--child-directed/--not-child-directed",
            help="Is it from a service directed to children?",
        ),
    ] = None,
    broker: Annotated[
        bool | None, Option("--broker/--no-broker", help="Was it bought from a data broker?")
    ] = None,
    important_data: Annotated[
        bool | None,
        Option(
            "--important-data/--no-important-data",
            help="Is it important data (China, Data Security Law)?",
        ),
    ] = None,
) -> None:
    """Declare a source, or state more about one.

    What is left out is not known, and rules take it as such; it never counts as no.
    """
    from rightful.records.sources import Source

    workspace = session.workspace
    number = workspace.sources.declare(
        Source(
            name,
            kind=kind,
            owner=owner,
            method=method,
            public=public,
            special_category=special_category,
            criminal_offence=criminal_offence,
            notice=None if notice is None else workspace.notices.named(notice).number,
            retention_until=retention_until,
            purpose=purpose,
            collected_from=collected_from,
            collected_to=collected_to,
            evidence=evidence,
            lawfully_accessed=lawfully_accessed,
            infringing_site=infringing_site,
            faces=faces,
            companion=companion,
            child_directed=child_directed,
            broker=broker,
            important_data=important_data,
        )
    )
    session.answer(
        {"source": number, "name": name},
        f"Source {name} is declared. Next: rightful import FILE --source {name} --map …",
    )


@command(app, "list")
def list_(session: Session) -> None:
    """List the sources, with what is known of each."""
    notices = {each.number: str(each) for each in session.workspace.notices.all()}
    found = [
        {
            "source": number,
            "name": each.name,
            **{field: getattr(each, field) for field in _FIELDS},
            "notice": notices.get(each.notice or 0),
            **{field: getattr(each, field) for field in _MORE},
        }
        for number, each in session.workspace.sources.all().items()
    ]
    columns = ("name", *_FIELDS, "notice")
    shown = [
        [*("?" if each[column] is None else each[column] for column in columns), _more(each)]
        for each in found
    ]
    session.answer(
        {"sources": found},
        table([*(c.replace("_", " ") for c in columns), "what else is known"], shown)
        if found
        else "No source yet; `rightful source add NAME` declares one.",
    )


def _more(source: dict[str, Any]) -> str:
    said = {True: "yes", False: "no"}
    return "; ".join(
        f"{name.replace('_', ' ')}: {said.get(source[name], source[name])}"
        for name in _MORE
        if source[name] is not None
    )


command(app, "reservation")(reservations.reservation)
command(app, "reservations")(reservations.reservations)
