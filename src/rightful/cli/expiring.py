"""`rightful expire`: retention dates are kept to, by whoever starts this every night."""

from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from rightful import moments
from rightful.cli.commands import NOTHING
from rightful.cli.rights import Plans, done_facts, done_said, plan_facts, plan_shown
from rightful.cli.session import Session, counted, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rightful.rights import Due, Expiration

#: So many records whose date can't be read are named; who mends these finds the others.
_NAMED = 20


def expire(
    session: Session,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Only say what is due, and what it would take.")
    ] = False,
    at: Annotated[
        str | None, Option(help="What is due at this moment; one ahead with --dry-run only.")
    ] = None,
) -> int | None:
    """Delete what is past its retention date, and have every model forget it.

    It can't be undone. If it is stopped, the same command does the rest.
    """
    moment = None if at is None else moments.parse(at)
    expiry = session.workspace.expiry
    if dry_run:
        return _told(session, expiry.due(moment))
    plans = Plans(session)
    with session.progress("forgetting") as progress:
        found = expiry.expire(at=moment, on_plan=plans, on_progress=progress)
    return _answer(session, found, plans)


def _told(session: Session, due: "Due") -> int | None:
    """Say what is due, and what it would take."""
    facts, shown = _due(due)
    if not due.records:
        session.answer({**facts, "plan": None}, *shown, "Nothing would be deleted.")
        return NOTHING
    plan = session.workspace.expiry.plan(due)
    session.answer(
        {**facts, "plan": plan_facts(plan)},
        *shown,
        f"{counted(len(plan.records), 'record')} would be deleted.",
        *plan_shown(plan),
        "Nothing was done.",
    )
    return None


def _answer(session: Session, found: "Expiration", plans: Plans) -> int | None:
    """Say what became of what was due."""
    facts, shown = _due(found.due)
    done = [*found.finished, *([found.done] if found.done else [])]
    told = plans.recipients()
    shown += [done_said(each) for each in done]
    if found.seconds is not None:
        shown.append(f"It took {found.seconds:,.1f} s.")
    if found.done is None:
        shown.append("Nothing is due" + (", besides what was finished." if done else "."))
    if told:
        shown.append(f"They were given out before, which can't be undone. Tell: {', '.join(told)}")
    session.answer(
        {
            **facts,
            "outcome": found.outcome,
            "seconds": found.seconds,
            "forgettings": [done_facts(each) for each in done],
            "tell": told,
        },
        *shown,
    )
    return None if done else NOTHING


def _due(due: "Due") -> "tuple[dict[str, Any], list[RenderableType]]":
    """What is past its date, for programs and for people."""
    retained = due.retained
    unreadable = list(retained.unreadable)[:_NAMED]
    facts = {
        "at": retained.at,
        "past": len(retained.past),
        "due": len(due.records),
        "kept": [{"ground": k.ground, "records": len(k.records)} for k in due.kept],
        "unreadable": len(retained.unreadable),
        "unreadable_records": unreadable,
        "undated": retained.undated,
        "sources": [
            {
                "source": each.name,
                "number": each.source,
                "past": len(each.past),
                "due": len(each.past & due.records),
                "oldest": each.oldest,
                "unreadable": len(each.unreadable),
                "undated": each.undated,
            }
            for each in retained.sources
        ],
    }
    shown: list[RenderableType] = []
    if retained.past:
        rows = [
            (
                each.name or f"source {each.source}, which is not registered",
                len(each.past & due.records),
                len(each.past - due.records),
                str(each.oldest),
            )
            for each in retained.sources
            if each.past
        ]
        day = f"{retained.at:%Y-%m-%d}"
        shown.append(f"{counted(len(retained.past), 'record')} past the retention date on {day}:")
        shown.append(table(("source", "#to be deleted", "#kept", "oldest date"), rows))
    for kept in due.kept:
        shown.append(f"Kept: {counted(len(kept.records), 'record')}, {kept.ground}.")
    if unreadable:
        more = ", …" if len(retained.unreadable) > len(unreadable) else ""
        shown.append(
            f"{counted(len(retained.unreadable), 'record')} with a date that can't be read, which "
            f"are not deleted: {', '.join(map(str, unreadable))}{more}"
        )
    if retained.undated:
        shown.append(f"{counted(retained.undated, 'record')} without a retention date.")
    return facts, shown
