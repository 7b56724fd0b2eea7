"""`rightful clearance compare`: which records entered and left between two clearances, and why."""

import re
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful import moments
from rightful.cli.commands import command, group
from rightful.cli.languages import Tongue
from rightful.cli.session import Session
from rightful.errors import InvalidInput

if TYPE_CHECKING:
    from pyroaring import BitMap64

    from rightful.clearance import Clearance
    from rightful.clearance.compare import Cause, Comparison, Place

app = group("Clearances that were kept, and what changed between them.")

_NOW = "now"
_NUMBER = re.compile("[0-9]{1,18}")


@command(app, "compare")
def compare(
    session: Session,
    before: Annotated[str, Argument(help="The number of a clearance, a moment, or now.")],
    after: Annotated[str, Argument(help="The later one, named the same way.")],
    purpose: Annotated[
        str | None, Option(help="For moments; else that of the clearance that has a number.")
    ] = None,
    limit: Annotated[int, Option(min=0, help="How many records of each kind to name.")] = 10,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> None:
    """Say which records entered and left between two clearances, and which rules brought it.

    Of one with a number only what it cleared is kept; of moments all is known.
    """
    from rightful.clearance.compare import compare as compared_
    from rightful.clearance.compared import compared

    kept = {name: _kept(session, name) for name in (before, after) if _NUMBER.fullmatch(name)}
    meant = purpose or next((each.purpose for each in kept.values()), None)
    first, last = (
        kept[name] if name in kept else _computed(session, name, meant) for name in (before, after)
    )
    found = compared_(first, last)
    session.answer(as_facts(found, limit), compared(found, language.value, limit=limit))


def _kept(session: Session, name: str) -> "Clearance":
    return session.workspace.clearances.load(int(name))


def _computed(session: Session, name: str, purpose: str | None) -> "Clearance":
    if purpose is None:
        raise InvalidInput("say for which purpose with --purpose; a moment alone does not tell")
    at = None if name == _NOW else moments.parse(name)
    return session.workspace.clearances.compute(purpose, at=at)


def as_facts(comparison: "Comparison", limit: int) -> dict[str, Any]:
    """A comparison for a program: numbers of all, and some of the records themselves."""
    moves = comparison.counts
    return {
        "same": comparison.same,
        "before": _clearance(comparison.before),
        "after": _clearance(comparison.after),
        "entered": _records(comparison.entered, limit),
        "left": _records(comparison.left, limit),
        "added": None if comparison.added is None else len(comparison.added),
        "removed": None if comparison.removed is None else len(comparison.removed),
        "lifted": None if comparison.lifted is None else [*map(_cause, comparison.lifted)],
        "brought": None if comparison.brought is None else [*map(_cause, comparison.brought)],
        "moves": None
        if moves is None
        else [
            {"before": _place(first), "after": _place(last), "records": number}
            for (first, last), number in moves.items()
        ],
    }


def _clearance(clearance: "Clearance") -> dict[str, Any]:
    return {
        "clearance": clearance.number,
        "purpose": clearance.purpose,
        "at": clearance.at,
        "packs": clearance.packs,
        "records": clearance.counts.records,
        "cleared": len(clearance.cleared),
    }


def _records(records: "BitMap64", limit: int) -> dict[str, Any]:
    return {"count": len(records), "records": list(islice(records, limit))}


def _cause(cause: "Cause") -> dict[str, Any]:
    return {
        "rule": cause.rule.id,
        "pack": cause.pack,
        "article": cause.rule.article,
        "title": cause.rule.title,
        "fired": len(cause.fired),
        "unanswered": len(cause.unanswered),
    }


def _place(place: "Place") -> str | None:
    return None if place is None else place.word
