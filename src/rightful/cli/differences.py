"""`rightful policy diff`: what is unlike in two versions of a pack, and for which records."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful.cli.commands import FOUND
from rightful.cli.comparing import as_facts
from rightful.cli.languages import Tongue
from rightful.cli.packs import choose
from rightful.cli.session import Session

if TYPE_CHECKING:
    from rightful.clearance.compare import Comparison
    from rightful.policy import Pack, Rule
    from rightful.policy.difference import FieldChange, PackDifference


def diff(
    session: Session,
    old: Annotated[str, Argument(help="A file, the id of a pack, or pinned:ID.")],
    new: Annotated[str, Argument(help="The other version, named the same way.")],
    purpose: Annotated[
        str | None, Argument(help="For which purpose to show the records whose answer changes.")
    ] = None,
    limit: Annotated[int, Option(min=0, help="How many records of each kind to name.")] = 10,
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> int | None:
    """Say what is unlike in two versions of a pack: rules, fields, and records if you like.

    Ends with 9 where anything is.
    """
    from rightful.clearance.compared import compared
    from rightful.policy.difference import difference

    first, last = choose(session, old), choose(session, new)
    found = difference(first, last)
    comparison = None if purpose is None else _exchanged(session, first, last, purpose)
    facts: dict[str, Any] = {
        "old": {"pack": first.id, "version": first.version, "sha256": first.sha256},
        "new": {"pack": last.id, "version": last.version, "sha256": last.sha256},
        "pack": found.fields,
        "added": [rule.id for rule in found.added],
        "removed": [rule.id for rule in found.removed],
        "changed": {change.rule: change.fields for change in found.changed},
        "records": None if comparison is None else as_facts(comparison, limit),
    }
    shown = list(_lines(found, language))
    if comparison is not None:
        shown += ["", compared(comparison, language.value, limit=limit)]
    session.answer(facts, *shown)
    return None if found.none and (comparison is None or comparison.same) else FOUND


def _exchanged(session: Session, old: "Pack", new: "Pack", purpose: str) -> "Comparison":
    """What is cleared with the old pack, against what is with the new one in its place."""
    from rightful import moments
    from rightful.clearance.compare import compare

    workspace = session.workspace
    others = [pack for pack in workspace.packs if pack.id not in (old.id, new.id)]
    at = moments.now()  # the same for both, so that time brings no difference
    before, after = (
        workspace.clearances_with([*others, pack]).compute(purpose, at=at) for pack in (old, new)
    )
    return compare(before, after)


def _lines(found: "PackDifference", language: Tongue) -> Iterator[str]:
    zh = language is Tongue.zh
    if found.none:
        yield "两个版本的内容相同。" if zh else "Both versions say the same."
        return
    yield from (_field("", change) for change in found.fields)
    for sign, word, rules in (
        ("+", "新增规则" if zh else "rule added", found.added),
        ("-", "删除规则" if zh else "rule removed", found.removed),
    ):
        yield from (f"{sign} {word}: {_named(rule, language)}" for rule in rules)
    for change in found.changed:
        yield f"~ {'规则有变' if zh else 'rule changed'}: {change.rule}"
        yield from (_field("    ", each) for each in change.fields)


def _named(rule: "Rule", language: Tongue) -> str:
    answer = rule.decision.word if rule.decision else rule.kind
    return f"{rule.id}, {rule.article}: {rule.title.within(language.value)} ({answer})"


def _field(indent: str, change: "FieldChange") -> str:
    lines = [f"{indent}{change.name}"]
    lines += [f"{indent}  - {change.before}"] if change.before is not None else []
    lines += [f"{indent}  + {change.after}"] if change.after is not None else []
    return "\n".join(lines)
