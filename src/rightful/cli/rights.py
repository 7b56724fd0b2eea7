"""`rightful erase`, `withdraw`, `rectify`, `forget`, `access`, `know`: what people may ask."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful.cli.commands import NOTHING
from rightful.cli.languages import Tongue
from rightful.cli.session import Session, counted, references, table
from rightful.errors import InvalidInput, NotFound, Refused

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rightful.forgetting import Debt, Done, Plan
    from rightful.rights import Answer
    from rightful.workspace import Workspace

People = Annotated[
    list[str] | None,
    Argument(metavar="[SUBJECT]...", help="Your references for the people; - reads them."),
]
PeopleFile = Annotated[
    Path | None,
    Option("--subjects-file", help="A file of references, one a line; - is standard input."),
]


def erase(
    session: Session,
    subjects: People = None,
    subjects_file: PeopleFile = None,
    record: Annotated[list[int] | None, Option(help="Single records, in place of people.")] = None,
    plan: Annotated[
        bool, Option("--plan", help="Only say what it would take; nothing is done.")
    ] = False,
) -> int | None:
    """Erase people, or single records: from the store, its old versions, and every model.

    It can't be undone. If it is stopped, the same command does the rest.
    """
    workspace = session.workspace
    if record and (subjects or subjects_file):
        raise InvalidInput("name either people or records to erase, not both")
    if plan:
        _answer_plan(session, record, subjects, subjects_file)
        return None
    plans = Plans(session)
    with session.progress("forgetting") as progress:
        if record:
            done = workspace.rights.erase_records(record, on_plan=plans, on_progress=progress)
            answers = [done]
        else:
            people = references(subjects or [], subjects_file)
            answers = workspace.rights.erase(people, on_plan=plans, on_progress=progress)
    return _answer(session, answers, [each.subject for each in answers], plans)


def rectify(
    session: Session,
    record: Annotated[int, Argument(help="The number of the record.")],
    label: Annotated[int | None, Option(help="What its label should be.")] = None,
    text: Annotated[str | None, Option(help="What its text should be.")] = None,
) -> int | None:
    """Correct a record; models become what they would have been had it been right at first."""
    given = {"label": label, "text": text}
    changes = {name: value for name, value in given.items() if value is not None}
    plans = Plans(session)
    with session.progress("forgetting") as progress:
        answer = session.workspace.rights.rectify(
            record, changes, on_plan=plans, on_progress=progress
        )
    return _answer(session, [answer], [f"record {record}"], plans)


def withdraw(
    session: Session,
    subjects: People = None,
    subjects_file: PeopleFile = None,
    purpose: Annotated[
        str | None, Option(help="Only consents that touch this purpose; else all.")
    ] = None,
) -> None:
    """Withdraw people's consent, at once. What models owe then, `rightful forget` does."""
    people = references(subjects or [], subjects_file)
    workspace = session.workspace
    workspace.purposes.names() if purpose is None else workspace.purposes.number(purpose)
    _check_held(workspace, people)  # all of them, before any is changed
    done = [workspace.rights.withdraw(each, purpose=purpose) for each in people]
    debts = done[-1].debts
    ended = sum(len(each.grants) for each in done)
    lines = [f"{counted(ended, 'consent')} withdrawn."]
    if debts:
        lines.append("Models that were trained on it owe a forgetting. Next: rightful forget")
    session.answer(
        {
            "withdrawals": [
                {"request": each.request, "grants": each.grants, "debts": _debts(each.debts)}
                for each in done
            ],
            "owed": bool(debts),
        },
        *lines,
    )


def forget(session: Session) -> None:
    """Make every model forget what it owes, and finish what was stopped half-way."""
    with session.progress("forgetting") as progress:
        done = session.workspace.rights.forget(on_plan=Plans(session), on_progress=progress)
    shown: list[Any] = [done_said(each) for each in done]
    session.answer(
        {"forgettings": [done_facts(each) for each in done]},
        *(shown or ["No model owes a forgetting; nothing was to be done."]),
    )


def access(
    session: Session,
    subject: Annotated[str, Argument(help="Your reference for the person; - reads it.")],
    to: Annotated[Path, Option(help="A new folder.")],
) -> None:
    """Write down for a person what is held about them, why, from where, and in which models."""
    (who,) = _one(references([subject], None))
    where = session.workspace.access.package(who, to)
    session.answer(
        {"package": where},
        f"{where} holds all that is held about this person. It is not encrypted: give it to "
        "nobody else.",
    )


def know(
    session: Session,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
    to: Annotated[Path | None, Option(help="Write it to this file; else it is printed.")] = None,
) -> None:
    """Write the page that tells the public what is held, for what, and what people may ask."""
    page = session.workspace.know.page(language.value)
    if to is None:
        session.answer({"language": language, "page": page}, page)
        return
    from rightful.files import write_atomic

    if not to.parent.is_dir():
        raise InvalidInput(f"{to}: there is no such folder; make it first")
    write_atomic(to, page.encode())
    session.answer({"language": language, "file": to}, f"{to} is written.")


def _check_held(workspace: "Workspace", people: list[str]) -> None:
    """Raise `NotFound` where somebody is not held; it says who by their place in the list."""
    held = workspace.subjects.numbers(people)
    missing = [str(place) for place, each in enumerate(people, 1) if each not in held]
    if len(people) == 1:
        workspace.subjects.find(people[0])
    elif missing:
        places = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        raise NotFound(
            f"{len(missing):,} of {len(people):,} people are not held here (by their place in the "
            f"list: {places}); check how they are written, or leave them out. Nothing was withdrawn"
        )


# Saying what was done


def _one(people: list[str]) -> list[str]:
    if len(people) != 1:
        raise InvalidInput("an access package is about one person; give one reference")
    return people


class Plans:
    """Tells each plan before it is carried out, and keeps which records it is about."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen: list[Plan] = []

    def __call__(self, plan: "Plan") -> None:
        self._seen.append(plan)
        if plan.replays:
            about = "" if plan.seconds is None else f", about {plan.seconds:,.0f} s"
            models = " and ".join(plan.models)
            self._session.note(f"{counted(plan.steps, 'step')} to train again of {models}{about}.")

    def recipients(self) -> list[str]:
        """Who was once given any of the records, and must be told."""
        disclosures = self._session.workspace.disclosures
        found = {d.recipient for plan in self._seen for d in disclosures.of(plan.records)}
        return sorted(found)


def _answer(
    session: Session, answers: "list[Answer]", names: Sequence[str | None], plans: Plans
) -> int | None:
    """Say what became of requests; the exit code is that of the worst."""
    from rightful.forgetting import Outcome

    rows = [
        (name, str(each.outcome), each.ground or each.certificate)
        for name, each in zip(names, answers, strict=True)
    ]
    told = plans.recipients()
    shown: list[Any] = [table(("who", "outcome", "certificate or ground"), rows)]
    if told:
        shown.append(f"They were given out before, which can't be undone. Tell: {', '.join(told)}")
    facts = ("request", "outcome", "forgetting", "certificate", "ground")
    session.answer(
        {
            "answers": [{name: getattr(each, name) for name in facts} for each in answers],
            "tell": told,
        },
        *shown,
    )
    outcomes = {each.outcome for each in answers}
    if Outcome.REFUSED in outcomes:
        return Refused.exit_code
    return NOTHING if Outcome.NOTHING_HELD in outcomes else None


def _answer_plan(
    session: Session, records: list[int] | None, subjects: list[str] | None, file: Path | None
) -> None:
    from pyroaring import BitMap64

    from rightful.forgetting import Target

    workspace = session.workspace
    if records:
        plan = workspace.forgetter.plan(Target("erase", BitMap64(records)))
    else:
        plan = workspace.rights.plan_erasure(references(subjects or [], file))
    erased = f"{counted(len(plan.records), 'record')} would be erased."
    session.answer(plan_facts(plan), erased, *plan_shown(plan), "Nothing was done.")


def plan_facts(plan: "Plan") -> dict[str, Any]:
    """What a plan takes, for programs."""
    names = ("run", "first_step", "start", "steps", "seconds")
    return {
        "records": len(plan.records),
        "models": plan.models,
        "replays": [{name: getattr(each, name) for name in names} for each in plan.replays],
        "discard": plan.discard,
        "steps": plan.steps,
        "seconds": plan.seconds,
    }


def plan_shown(plan: "Plan") -> "list[RenderableType]":
    """What is to be trained again, and thrown away, for people."""
    columns = ("#run", "#first step touched", "#starts at step", "#steps", "#seconds")
    rows = [
        (r.run, r.first_step, r.start, r.steps, r.seconds and f"{r.seconds:,.1f}")
        for r in plan.replays
    ]
    shown: list[RenderableType] = []
    if rows:
        shown += [f"To train again, for {', '.join(plan.models)}:", table(columns, rows)]
    if plan.discard:
        shown.append(f"Old runs to throw away: {', '.join(map(str, plan.discard))}")
    return shown


def _debts(debts: "tuple[Debt, ...]") -> list[dict[str, Any]]:
    return [
        {"run": d.run, "purpose": d.purpose, "models": d.models, "records": len(d.records)}
        for d in debts
    ]


def done_facts(done: "Done") -> dict[str, Any]:
    """A forgetting that was carried out, for programs."""
    return {
        "forgetting": done.number,
        "kind": done.plan.kind,
        "outcome": done.outcome,
        "records": len(done.plan.records),
        "models": done.plan.models,
        "steps": done.plan.steps,
        "certificates": list(done.certificates.values()),
    }


def done_said(done: "Done") -> str:
    """The same for people."""
    files = "\n".join(f"  {path}" for path in done.certificates.values())
    return (
        f"Forgetting {done.number}: {done.outcome}, {counted(len(done.plan.records), 'record')}, "
        f"{counted(done.plan.steps, 'step')} trained again.\n{files}"
    )
