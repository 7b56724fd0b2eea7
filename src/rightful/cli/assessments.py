"""`rightful assessment`: what was assessed, with what outcome."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from rightful import moments
from rightful.cli.commands import command, group
from rightful.cli.session import Session, read_text, table
from rightful.errors import InvalidInput

app = group("What was assessed, with what outcome.")


@command(app, "record")
def record(
    session: Session,
    kind: Annotated[
        str, Argument(help="compatibility, legitimate_interests, dpia, pipia, source_sampling, …")
    ],
    outcome: Annotated[str, Option(help="passed or failed.")],
    source: Annotated[str | None, Option(help="The source; else whatever the source.")] = None,
    purpose: Annotated[str | None, Option(help="The purpose; else whatever the purpose.")] = None,
    reference: Annotated[str | None, Option(help="Where its document is kept.")] = None,
    answer: Annotated[
        list[str] | None,
        Option(
            metavar="QUESTION=ANSWER",
            help="An answer; @FILE after the = reads it from a file. For each question once.",
        ),
    ] = None,
    sampled: Annotated[int | None, Option(help="Of a sampling: how many were looked at.")] = None,
    failed: Annotated[int | None, Option(help="Of those, how many were unfit.")] = None,
    total: Annotated[int | None, Option(help="How many there were to choose from.")] = None,
    made_at: Annotated[str | None, Option(metavar="MOMENT", help="When; else now.")] = None,
    valid_until: Annotated[
        str | None, Option(metavar="MOMENT", help="Until when it counts, if it runs out.")
    ] = None,
) -> None:
    """Record an assessment. A later one of its kind takes its place."""
    from rightful.grants import NewAssessment

    number = session.workspace.assessments.record(
        NewAssessment(
            kind,
            outcome,
            source=source,
            purpose=purpose,
            reference=reference,
            answers=None if answer is None else _answers(answer),
            sampled=sampled,
            failed=failed,
            total=total,
            made_at=moments.parse(made_at) if made_at else None,
            valid_until=moments.parse(valid_until) if valid_until else None,
        )
    )
    session.answer({"assessment": number}, f"Assessment {number} is recorded.")


@command(app, "list")
def list_(
    session: Session,
    source: Annotated[str | None, Option(help="Only what speaks for this source.")] = None,
    purpose: Annotated[str | None, Option(help="Only what speaks for this purpose.")] = None,
) -> None:
    """List assessments, the last one made first."""
    found = session.workspace.assessments.about(source=source, purpose=purpose)
    now = moments.now()
    names = (
        *("kind", "outcome", "source", "purpose", "reference", "answers", "sampled", "failed"),
        *("total", "made_at", "valid_until", "recorded_at"),
    )
    rows = [
        (
            *(each.number, each.kind, each.status(now), each.source, each.purpose),
            *(each.made_at.date(), each.valid_until and each.valid_until.date()),
            *(each.sampled, each.failed, each.total, each.reference),
        )
        for each in found
    ]
    columns = (
        *("#assessment", "kind", "status", "source", "purpose", "made", "until"),
        *("#sampled", "#failed", "#of", "reference"),
    )
    facts = [
        {
            "assessment": each.number,
            **{name: getattr(each, name) for name in names},
            "status": each.status(now),
        }
        for each in found
    ]
    session.answer(
        {"assessments": facts},
        table(columns, rows)
        if found
        else "No assessment yet; `rightful assessment record` keeps one.",
    )


def _answers(given: list[str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for each in given:
        question, equals, answer = each.partition("=")
        if not equals:
            raise InvalidInput("write an answer as QUESTION=ANSWER: link=…, or link=@link.txt")
        if question in answers:
            raise InvalidInput(f"the question {question!r} is answered twice; answer it once")
        answers[question] = read_text(Path(answer[1:])) if answer.startswith("@") else answer
    return answers
