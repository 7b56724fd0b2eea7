"""`rightful clear` and `rightful explain`: which records may be used, and why not the others."""

from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful import moments
from rightful.cli.commands import NOTHING
from rightful.cli.languages import Tongue
from rightful.cli.session import Session

if TYPE_CHECKING:
    from rightful.clearance import Clearance, Explanation
    from rightful.clearance.explain import Judged
    from rightful.policy import Rule


def clear(
    session: Session,
    purpose: Annotated[str, Argument(help="What the records are to be used for.")],
    at: Annotated[str | None, Option(metavar="MOMENT", help="When; else now.")] = None,
    save: Annotated[bool, Option("--save", help="Keep the answer, with a number.")] = False,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> int | None:
    """Say which records may be used for a purpose, and which rules stand against the others."""
    from rightful.clearance.words import summarised

    clearances = session.workspace.clearances
    found = clearances.compute(purpose, at=moments.parse(at) if at else None)
    if save:
        found = clearances.save(found)
    shown = [summarised(found, language.value)]
    if found.number is not None:
        shown.append(f"Kept as clearance {found.number}.")
    session.answer(_facts(found), *shown)
    return None if found.cleared else NOTHING


def explain(
    session: Session,
    record: Annotated[int, Argument(help="The number of the record.")],
    purpose: Annotated[str, Argument(help="What it is to be used for.")],
    at: Annotated[str | None, Option(metavar="MOMENT", help="When; else now.")] = None,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> None:
    """Say why one record may be used, or why not, rule by rule."""
    from rightful.clearance.words import explained

    found = session.workspace.clearances.explain(
        record, purpose, at=moments.parse(at) if at else None
    )
    session.answer(_explanation(found), explained(found, language.value))


def _facts(clearance: "Clearance") -> dict[str, Any]:
    return {
        "clearance": clearance.number,
        "purpose": clearance.purpose,
        "at": clearance.at,
        "valid_until": clearance.valid_until,
        "revision": clearance.revision,
        "packs": clearance.packs,
        "records": clearance.counts.records,
        "cleared": len(clearance.cleared),
        "decisions": clearance.about_all,
        "reasons": [
            {
                **_rule(why.rule, why.pack),
                "decision": why.rule.decision,
                "fired": why.fired,
                "unanswered": why.unanswered,
            }
            for why in clearance.reasons
        ],
        "sentence": clearance.summary,
    }


def _explanation(explanation: "Explanation") -> dict[str, Any]:
    return {
        "record": explanation.record,
        "purpose": explanation.purpose,
        "at": explanation.at,
        "decision": explanation.decision,
        "packs": explanation.packs,
        "judged": [_judged(each) for each in explanation.judged],
    }


def _judged(judged: "Judged") -> dict[str, Any]:
    return {
        "subject": judged.subject,
        "findings": [
            {
                **_rule(found.rule, found.pack),
                "answer": found.answer,
                "decision": found.decision,
                "facts": {known.name: known.value for known in found.facts},
                "missing": [known.name for known in found.missing],
            }
            for found in judged.findings
        ],
        "passed": judged.passed,
        "silent": judged.silent,
        "unsure": {pack: [known.name for known in missing] for pack, missing in judged.unsure},
    }


def _rule(rule: "Rule", pack: str | None) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "pack": pack,
        "article": rule.article,
        "title": {"en": rule.title.en, "zh": rule.title.zh},
    }
