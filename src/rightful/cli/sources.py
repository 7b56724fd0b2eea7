"""`rightful source`: where records come from."""

from typing import Annotated

from typer import Argument, Option

from rightful.cli.commands import command, group
from rightful.cli.session import Session, table

app = group("Where records come from.")

_FIELDS = ("kind", "owner", "method", "public", "special_category", "criminal_offence")


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
            "retention_until": each.retention_until,
        }
        for number, each in session.workspace.sources.all().items()
    ]
    columns = ("name", *_FIELDS, "notice", "retention_until")
    shown = [["?" if each[c] is None else each[c] for c in columns] for each in found]
    session.answer(
        {"sources": found},
        table([c.replace("_", " ") for c in columns], shown)
        if found
        else "No source yet; `rightful source add NAME` declares one.",
    )
