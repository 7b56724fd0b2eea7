"""`rightful grant`: on what ground data may be used. Withdrawing is `rightful withdraw`."""

from enum import StrEnum
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


class Format(StrEnum):
    """What grants are exchanged as, beside tables."""

    iso_27560 = "27560"


@command(app, "record")
def record(
    session: Session,
    kind: Annotated[
        str,
        Option(help="consent, separate_consent, contract, legitimate_interests, licence, …"),
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
    condition: Annotated[
        str | None, Option(help="The special condition, such as research or made_public.")
    ] = None,
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
            condition=condition,
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
    format_: Annotated[
        Format | None, Option("--format", help="27560: consent records, as JSON-LD.")
    ] = None,
) -> int | None:
    """Record the grants that another system has collected.

    The same file again, or a longer one, adds nothing twice. Stopped, it can be given again.
    """
    from rightful.grants import import_grants

    if not path.exists():
        raise InvalidInput(f"there is no file {path}; check the path")
    if format_ is not None:
        return _import_records(session, path)
    with session.progress(f"importing {path.name}") as progress:
        done = import_grants(
            session.workspace.grants,
            path,
            folder=session.workspace.folder,
            on_progress=progress,
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


@command(app, "export")
def export(
    session: Session,
    path: Annotated[Path, Argument(help="A new file: .jsonl, a record a line, or .jsonld.")],
    to: Annotated[str, Option(metavar="RECIPIENT", help="Who gets them; it is written down.")],
    format_: Annotated[
        Format, Option("--format", help="27560: consent records of ISO/IEC TS 27560.")
    ] = Format.iso_27560,
    subject: Annotated[str | None, Option(help="Only what this person granted.")] = None,
    address: Annotated[str | None, Option(help="The controller's postal address.")] = None,
    contact: Annotated[str | None, Option(help="Where the controller can be written to.")] = None,
    withdrawal: Annotated[
        str | None, Option(help="Where and how a person can withdraw consent.")
    ] = None,
) -> None:
    """Write what people granted as consent records, for somebody else. They name the people."""
    from rightful.grants import Controller
    from rightful.rights import give_consent_records

    assert format_ is Format.iso_27560
    workspace = session.workspace
    controller = Controller(
        workspace.config.controller,
        workspace.config.establishment,
        address=address,
        contact=contact,
        withdrawal=withdrawal,
        gdpr=any(pack.id == "eu.gdpr" for pack in workspace.packs),
    )
    done = give_consent_records(
        workspace.grants,
        workspace.records,
        workspace.disclosures,
        controller,
        path,
        to,
        subject=subject,
    )
    session.answer(
        {"file": path, "records": done.records, "people": len(done.people), "recipient": to},
        f"{path} holds {counted(done.records, 'record')}. That {to} gets them is written down.",
    )


def _import_records(session: Session, path: Path) -> int | None:
    from rightful.grants import import_records

    done = import_records(session.workspace.grants, path)
    shown = [f"{counted(done.added, 'grant')} added, {done.held:,} held already."]
    if done.ended:
        shown.append(f"{done.ended:,} of those are ended now.")
    if done.erased:
        shown.append(f"{done.erased:,} left out: they are about people who were erased.")
    session.answer(
        {name: getattr(done, name) for name in ("added", "held", "ended", "erased")}, *shown
    )
    return None if done.added or done.held else NOTHING


def _facts(grant: "Grant") -> dict[str, Any]:
    """A grant without its evidence, which may name the person; only whether it is known."""
    names = (
        *("kind", "purpose", "subject", "source", "valid_from", "valid_to", "withdrawn_at"),
        *("notice", "explicit", "given_by", "licence", "condition", "recorded_at"),
    )
    facts = {name: getattr(grant, name) for name in names}
    return {"grant": grant.number, **facts, "evidence": grant.evidence is not None}
