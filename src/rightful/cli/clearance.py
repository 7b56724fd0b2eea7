"""`rightful clear` and `rightful explain`: which records may be used, and why not the others."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful import moments
from rightful.cli.commands import NOTHING
from rightful.cli.languages import Tongue
from rightful.cli.session import Session, references
from rightful.errors import InvalidInput
from rightful.files import write_atomic

if TYPE_CHECKING:
    from datetime import datetime

    from rightful.clearance import Clearance, Explanation, Group, Groups
    from rightful.clearance.explain import Judged
    from rightful.policy import Language, Rule

#: Groups of records that are explained; `rightful.clearance.groups` has the same, and loads slowly.
_GROUPS = 10


def clear(
    session: Session,
    purpose: Annotated[str, Argument(help="What the records are to be used for.")],
    at: Annotated[str | None, Option(metavar="MOMENT", help="When; else now.")] = None,
    save: Annotated[bool, Option("--save", help="Keep the answer, with a number.")] = False,
    html: Annotated[
        Path | None, Option(metavar="FILE", help="Write the answer as a page to print or send.")
    ] = None,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> int | None:
    """Say which records may be used for a purpose, and which rules stand against the others."""
    from rightful.clearance.words import summarised

    clearances = session.workspace.clearances
    found = clearances.compute(purpose, at=moments.parse(at) if at else None)
    if save:
        found = clearances.save(found)
    sources = session.workspace.sources.names()
    shown = [summarised(found, language.value, sources=sources)]
    if found.number is not None:
        shown.append(f"Kept as clearance {found.number}.")
    if html is not None:
        _write_page(session, found, sources, html, language.value)
        shown.append(f"Written to {html}.")
    session.answer({**_facts(found, sources), "page": html}, *shown)
    return None if found.cleared else NOTHING


def explain(
    session: Session,
    record: Annotated[
        str, Argument(metavar="[RECORD]", help="A record's number; with an option below, none.")
    ],
    purpose: Annotated[
        str | None, Argument(metavar="PURPOSE", help="What it is to be used for.")
    ] = None,
    subject: Annotated[
        str | None,
        Option(metavar="REFERENCE", help="All records about a person; - reads standard input."),
    ] = None,
    source: Annotated[str | None, Option(metavar="NAME", help="All records of a source.")] = None,
    limit: Annotated[int, Option(min=1, help="How many groups of them to explain.")] = _GROUPS,
    at: Annotated[str | None, Option(metavar="MOMENT", help="When; else now.")] = None,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> int | None:
    """Say why one record may be used, or why not, rule by rule.

    Of a person or a source, records of which the same is said stand together, with one explained.
    """
    from rightful.clearance.words import explained

    moment = moments.parse(at) if at else None
    if subject is not None or source is not None:
        if purpose is not None:
            raise InvalidInput("name either a record, or a person or source; then only the purpose")
        return _explain_many(session, record, subject, source, limit, moment, language)
    if purpose is None:
        raise InvalidInput(
            "name a record and a purpose, or a person or source with --subject or --source"
        )
    if not (record.isascii() and record.removeprefix("-").isdecimal()):
        raise InvalidInput(f"{record!r} is no number of a record; write it as 17")
    found = session.workspace.clearances.explain(int(record), purpose, at=moment)
    session.answer(_explanation(found), explained(found, language.value))
    return None


def _explain_many(
    session: Session,
    purpose: str,
    subject: str | None,
    source: str | None,
    limit: int,
    at: "datetime | None",
    language: Tongue,
) -> int | None:
    from rightful.clearance.words import explained_groups

    workspace = session.workspace
    among = workspace.clearances.among(
        subject=None if subject is None else workspace.subjects.find(_only(subject)),
        source=None if source is None else workspace.sources.number(source),
    )
    found = workspace.clearances.explain_among(among, purpose, at=at, limit=limit)
    if found.records:
        session.answer(_groups(found), explained_groups(found, language.value))
        return None
    sentence = _none_held(subject is not None, source, language.value)
    session.answer({**_groups(found), "sentence": sentence}, sentence)
    return NOTHING


def _only(subject: str) -> str:
    found = references([subject], None)
    if len(found) != 1:
        raise InvalidInput("--subject is about one person; give one reference")
    return found[0]


def _none_held(person: bool, source: str | None, language: "Language") -> str:
    if language == "zh":
        about = "与此人有关的" if person else ""
        return f"未持有{f'来源 {source} 中' if source else ''}{about}任何记录"
    about = " about this person" if person else ""
    return f"No record{about} is held{f' from source {source}' if source else ''}"


def _write_page(
    session: Session,
    clearance: "Clearance",
    sources: dict[int, str],
    path: Path,
    language: "Language",
) -> None:
    from rightful.clearance.page.report import page

    written = page(session.workspace.clearances, clearance, sources, language)
    try:
        write_atomic(path, written.encode())
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise InvalidInput(f"{path} can't be written: {why}; name another file") from None


def _facts(clearance: "Clearance", sources: dict[int, str]) -> dict[str, Any]:
    from rightful.clearance.breakdown import breakdown

    parts = breakdown(clearance)
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
        "sources": [
            {
                "source": sources.get(each.source),
                "records": each.records,
                "decisions": each.decisions,
            }
            for each in parts.sources
        ],
        "by_pack": [
            {
                "pack": each.pack and each.pack.id,
                "rules_asked": each.asked,
                "decisions": each.decisions,
            }
            for each in parts.packs
        ],
        "not_asked": [
            {
                "pack": each.pack.id,
                "confidence": each.confidence,
                "rules": [rule.id for rule in each.rules],
            }
            for each in parts.unasked
        ],
        "overdue": [{"pack": each.id, "review_by": each.review_by} for each in parts.overdue],
        "sentence": clearance.summary,
    }


def _groups(groups: "Groups") -> dict[str, Any]:
    return {
        "purpose": groups.purpose,
        "at": groups.at,
        "packs": groups.packs,
        "records": groups.records,
        "decisions": groups.decisions,
        "groups": [_group(each) for each in groups.shown],
        "groups_not_shown": groups.hidden,
        "records_not_shown": groups.unshown,
    }


def _group(group: "Group") -> dict[str, Any]:
    return {
        "records": len(group.records),
        "decision": group.decision,
        "example": group.example.record,
        "judged": [_judged(each) for each in group.example.judged],
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
        "confidence": rule.confidence,
    }
