"""`rightful grant`: on what ground data may be used. Withdrawing is `rightful withdraw`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful import moments
from rightful.cli.commands import NOTHING, command, group
from rightful.cli.session import Session, counted, table
from rightful.errors import InvalidInput

if TYPE_CHECKING:
    from rightful.grants import Grant

app = group("On what ground data may be used.")


@command(app, "record")
def record(
    session: Session,
    kind: Annotated[
        str, Option(help="consent, contract, legitimate_interests, licence, no_personal_data, …")
    ],
    purpose: Annotated[str, Option(help="What for.")],
    subject: Annotated[str | None, Option(help="Your reference for the person.")] = None,
    source: Annotated[
        str | None, Option(help="The source; without --subject, everyone in it.")
    ] = None,
    from_: Annotated[
        str | None, Option("--from", metavar="MOMENT", help="Since when; else from now on.")
    ] = None,
    to: Annotated[str | None, Option(metavar="MOMENT", help="Until when, if it ends.")] = None,
    notice: Annotated[str | None, Option(help="What was shown: name, or name@2/en.")] = None,
    explicit: Annotated[
        bool | None,
        Option("--explicit/--not-explicit", help="Was consent given by an act of its own?"),
    ] = None,
    given_by: Annotated[str | None, Option(help="Who consented: self or guardian.")] = None,
    evidence: Annotated[str | None, Option(help="Where the proof is kept.")] = None,
    licence: Annotated[str | None, Option(help="The licence, as an SPDX expression.")] = None,
) -> None:
    """Record a ground for using data.

    For many at once, or to keep references out of the shell's history: `rightful grant import`.
    """
    from rightful.grants import NewGrant

    number = session.workspace.grants.record(
        NewGrant(
            kind,
            purpose,
            subject=subject,
            source=source,
            valid_from=moments.parse(from_) if from_ else None,
            valid_to=moments.parse(to) if to else None,
            notice=notice,
            explicit=explicit,
            given_by=given_by,
            evidence=evidence,
            licence=licence,
        )
    )
    session.answer({"grant": number}, f"Grant {number} is recorded.")


@command(app, "end")
def end(
    session: Session,
    number: Annotated[int, Argument(help="The grant, as `rightful grant list` numbers it.")],
    at: Annotated[str | None, Option(metavar="MOMENT", help="When; else now.")] = None,
) -> None:
    """Let a grant end. For a consent that somebody takes back: `rightful withdraw`."""
    moment = moments.parse(at) if at else moments.now()
    session.workspace.grants.expire(number, moment)
    session.answer({"grant": number, "valid_to": moment}, f"Grant {number} has an end now.")


@command(app, "list")
def list_(
    session: Session,
    subject: Annotated[str | None, Option(help="Only what this person granted.")] = None,
    limit: Annotated[int, Option(min=1, help="At most so many, the newest first.")] = 50,
) -> None:
    """List grants."""
    workspace = session.workspace
    if subject is not None:
        found = workspace.grants.about(workspace.subjects.find(subject))[:limit]
    else:
        found = workspace.grants.all(limit)
    now = moments.now()
    columns = ("#grant", "kind", "purpose", "#subject", "source", "status", "from", "to", "notice")
    rows = [
        (
            *(g.number, g.kind, g.purpose, g.subject, g.source, g.status(now)),
            *(g.valid_from.date(), g.valid_to and g.valid_to.date(), g.notice),
        )
        for g in found
    ]
    session.answer(
        {"grants": [{**_facts(g), "status": g.status(now)} for g in found]},
        table(columns, rows) if found else "No grant yet; `rightful grant record` keeps one.",
    )


@command(app, "import")
def import_(
    session: Session,
    path: Annotated[Path, Argument(help="CSV, JSON Lines or Parquet; docs/grants.md.")],
) -> int | None:
    """Record the grants that another system has collected.

    The same file again, or a longer one, adds nothing twice.
    """
    from rightful.grants import import_grants

    if not path.exists():
        raise InvalidInput(f"there is no file {path}; check the path")
    with session.progress(f"importing {path.name}") as progress:
        done = import_grants(
            session.workspace.grants,
            path,
            folder=session.workspace.folder,
            on_progress=lambda rows: progress(rows, 0),
        )
    shown: list[Any] = [f"{counted(done.added, 'grant')} added, {done.held:,} held already."]
    if done.withdrawn:
        shown.append(f"{done.withdrawn:,} of those are withdrawn now.")
    if done.quarantined:
        shown.append(f"{done.quarantined:,} could not be taken; {done.quarantine} names the rows:")
        shown.append(table(("#rows", "reason"), [(n, why) for why, n in done.reasons.items()]))
    names = ("added", "held", "withdrawn", "quarantined", "quarantine", "reasons")
    session.answer({name: getattr(done, name) for name in names}, *shown)
    return None if done.added or done.held else NOTHING


def _facts(grant: "Grant") -> dict[str, Any]:
    """A grant without its evidence, which may name the person; only whether it is known."""
    names = (
        *("kind", "purpose", "subject", "source", "valid_from", "valid_to", "withdrawn_at"),
        *("notice", "explicit", "given_by", "licence", "recorded_at"),
    )
    facts = {name: getattr(grant, name) for name in names}
    return {"grant": grant.number, **facts, "evidence": grant.evidence is not None}
