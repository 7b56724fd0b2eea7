"""`rightful policy`: what the law says, as packs of rules."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from rightful import moments
from rightful.cli.commands import FOUND, command, group
from rightful.cli.languages import Tongue
from rightful.cli.session import Session, counted, table

if TYPE_CHECKING:
    from rightful.policy import Pack

app = group("What the law says, as packs of rules.")


@command(app, "list")
def list_(session: Session) -> None:
    """List the packs that come with Rightful, and those that the workspace obeys."""
    from rightful import policy

    obeyed = {pack.id: pack for pack in session.workspace.packs} if session.has_workspace else {}
    packs = {pack.id: pack for pack in policy.load(policy.built_in())} | obeyed
    today = moments.now().date()
    found = [
        {
            "pack": pack.id,
            "title": {"en": pack.title.en, "zh": pack.title.zh},
            "kind": pack.kind,
            "version": pack.version,
            "as_of": pack.as_of,
            "review_by": pack.review_by,
            "overdue": pack.overdue(today),
            "rules": len(pack.rules),
            "obeyed": pack.id in obeyed if session.has_workspace else None,
        }
        for pack in packs.values()
    ]
    columns = ("pack", "kind", "version", "#rules", "as of", "review by", "obeyed", "title")
    rows = [
        (
            *(p.id, p.kind, p.version, len(p.rules), p.as_of),
            f"{p.review_by}{' OVERDUE' if p.overdue(today) else ''}",
            *(f["obeyed"], p.title.en),
        )
        for p, f in zip(packs.values(), found, strict=True)
    ]
    session.answer({"packs": found}, table(columns, rows))


@command(app, "show")
def show(
    session: Session,
    pack: Annotated[str, Argument(help="Its id, or the file of one of your own.")],
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> None:
    """Show the rules of a pack with the articles that they come from."""
    from rightful import policy

    (found,) = policy.load([pack])
    rules = [
        {
            "rule": rule.id,
            "article": rule.article,
            "kind": rule.kind,
            "decision": rule.decision and rule.decision.word,
            "title": {"en": rule.title.en, "zh": rule.title.zh},
            "confidence": rule.confidence,
            "source": rule.source,
            "advisory": rule.advisory,
        }
        for rule in found.rules
    ]
    rows = [
        (
            *(r.id, r.article, r.kind, r.decision and r.decision.word, r.confidence),
            r.title.within(language.value),
        )
        for r in found.rules
    ]
    columns = ("rule", "article", "kind", "decision", "confidence", "title")
    session.answer(
        {"pack": found.id, "version": found.version, "sha256": found.sha256, "rules": rules},
        f"{found.title.within(language.value)} ({found.id} {found.version}), as of {found.as_of}, "
        f"to be reviewed by {found.review_by}. A reading of a text, not the text.",
        table(columns, rows),
    )


@command(app, "test")
def run_examples(
    session: Session,
    pack: Annotated[
        list[str] | None, Argument(help="Ids or files; else all that the workspace obeys.")
    ] = None,
) -> int | None:
    """Run the examples that packs bring along."""
    from rightful import policy

    failures: dict[str, list[str]] = {}
    count = 0
    for each in _wanted(session, pack):
        failures[each.id] = policy.check(each)
        count += sum(len(rule.examples) for rule in each.rules)
    failed = sum(len(found) for found in failures.values())
    lines = [f"{name}: {line}" for name, found in failures.items() for line in found]
    session.answer(
        {"examples": count, "failed": failed, "failures": failures},
        *lines,
        f"{counted(count, 'example')} in {counted(len(failures), 'pack')}, {failed:,} failed.",
    )
    return FOUND if failed else None


def _wanted(session: Session, named: list[str] | None) -> "tuple[Pack, ...]":
    from rightful import policy

    if named:
        return policy.load(named)
    if session.has_workspace:
        return session.workspace.packs
    return policy.load(policy.built_in())
