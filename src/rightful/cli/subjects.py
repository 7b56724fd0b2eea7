"""`rightful subject`: what stands about people until it is lifted."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

from typer import Option

from rightful.cli.commands import command, group
from rightful.cli.rights import People, PeopleFile
from rightful.cli.session import Session, counted, references

app = group("What stands about people until it is lifted.")


class What(StrEnum):
    """What can be lifted, as it is written on the command line."""

    RESTRICTION = "restriction"
    OBJECTION = "objection"
    OPT_OUT = "opt-out"


@command(app, "restrict")
def restrict(session: Session, subjects: People = None, subjects_file: PeopleFile = None) -> None:
    """Restrict what is done with people's data: it is kept, and no clearance holds it."""
    people = references(subjects or [], subjects_file)
    _answer(session, people, session.workspace.marks.restrict, "restricted")


@command(app, "object")
def object_(session: Session, subjects: People = None, subjects_file: PeopleFile = None) -> None:
    """Record that people object to what is done on legitimate interests."""
    people = references(subjects or [], subjects_file)
    _answer(session, people, session.workspace.marks.object_to, "objected")


@command(app, "opt-out")
def opt_out(session: Session, subjects: People = None, subjects_file: PeopleFile = None) -> None:
    """Record that people's data is not to be sold or shared."""
    people = references(subjects or [], subjects_file)
    _answer(session, people, session.workspace.marks.opt_out, "opted_out")


@command(app, "release")
def release(
    session: Session,
    from_: Annotated[
        list[What],
        Option("--from", help="restriction, objection or opt-out; may be given several times."),
    ],
    subjects: People = None,
    subjects_file: PeopleFile = None,
) -> None:
    """Lift what stands about people.

    Whoever asked for a restriction is told before it is lifted (GDPR Art. 18(3)).
    """
    from rightful.records.marks import Mark

    marks = {
        What.RESTRICTION: Mark.RESTRICTED,
        What.OBJECTION: Mark.OBJECTED,
        What.OPT_OUT: Mark.OPTED_OUT,
    }
    lift = session.workspace.marks.lift

    def act(reference: str) -> bool:
        lifted = [lift(reference, marks[each]) for each in dict.fromkeys(from_)]
        return any(lifted)

    _answer(session, references(subjects or [], subjects_file), act, "released")


def _answer(session: Session, people: list[str], act: Callable[[str], bool], what: str) -> None:
    find = session.workspace.subjects.find
    for each in people:  # all of them, before any is changed
        find(each)
    changed = sum([act(each) for each in people])
    held = len(people) - changed
    session.answer(
        {what: changed, "unchanged": held},
        f"{counted(changed, 'subject')} changed, {held:,} as before.",
    )
