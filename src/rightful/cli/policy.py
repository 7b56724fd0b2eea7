"""`rightful policy`: what the law says, as packs of rules."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from rightful import moments
from rightful.cli import packs
from rightful.cli.commands import FOUND, command, group
from rightful.cli.differences import diff
from rightful.cli.languages import Tongue
from rightful.cli.packs import choose, lint, new, pin, unpin
from rightful.cli.session import Session, counted, table

if TYPE_CHECKING:
    from rightful.policy import Pack, Rule

app = group("What the law says, as packs of rules.")


@command(app, "list")
def list_(session: Session) -> None:
    """List the packs that come with Rightful, and those that the workspace obeys."""
    from rightful import policy
    from rightful.policy import pins

    obeyed: dict[str, Pack] | None = None
    pinned: set[str] = set()
    if session.has_workspace:
        workspace = session.workspace
        obeyed = {pack.id: pack for pack in workspace.packs}
        pinned = {pin.id for pin in pins.pins(workspace.pinned).values()}
    listed = {pack.id: pack for pack in policy.load(policy.built_in())} | (obeyed or {})
    on = packs.turned_on(session)
    found = [_listed(listed[name], on, obeyed, pinned) for name in sorted(listed)]
    columns = ("pack", "kind", "version", "#rules", "advisory", "as of", "review by", "obeyed")
    rows = [
        (
            *(f["pack"], f["kind"], f["version"], f["rules"]),
            f"{f['advisory']}{f', {many} on' if (many := f['turned_on']) else ''}",
            *(f["as_of"], f"{f['review_by']}{' OVERDUE' if f['overdue'] else ''}"),
            "pinned" if f["pinned"] and f["obeyed"] else f["obeyed"],
            *(f["sha256"][:12], f["title"]["en"]),
        )
        for f in found
    ]
    session.answer({"packs": found}, table((*columns, "sha256", "title"), rows))


def _listed(
    pack: "Pack", on: frozenset[str], obeyed: Collection[str] | None, pinned: Collection[str]
) -> dict[str, Any]:
    """What is told of a pack in the list; `obeyed` is None where there is no workspace."""
    return {
        "pack": pack.id,
        "title": {"en": pack.title.en, "zh": pack.title.zh},
        "kind": pack.kind,
        "version": pack.version,
        "sha256": pack.sha256,
        "as_of": pack.as_of,
        "review_by": pack.review_by,
        "overdue": pack.overdue(moments.now().date()),
        "rules": len(pack.rules),
        "advisory": sum(rule.advisory for rule in pack.rules),
        "turned_on": sum(rule.advisory and _is_on(pack, rule, on) for rule in pack.rules),
        "confidence": Counter(rule.confidence for rule in pack.rules),
        "obeyed": None if obeyed is None else pack.id in obeyed,
        "pinned": None if obeyed is None else pack.id in pinned,
    }


@command(app, "show")
def show(
    session: Session,
    pack: Annotated[str, Argument(help="Its id, a file, or pinned:ID.")],
    language: Annotated[Tongue, Option(help="In which language.")] = Tongue.en,
) -> None:
    """Show the rules of a pack: what they ask, on which article, and how sure that reading is."""
    from rightful.policy.words import shown

    found = choose(session, pack)
    on = packs.turned_on(session)
    today = moments.now().date()
    facts = {
        **_about(found, today),
        "rules": [_rule(found, rule, on, today) for rule in found.rules],
    }
    session.answer(facts, shown(found, today, on, language.value))


def _about(pack: "Pack", today: date) -> dict[str, Any]:
    return {
        "pack": pack.id,
        "title": pack.title,
        "kind": pack.kind,
        "authority": pack.authority,
        "version": pack.version,
        "sha256": pack.sha256,
        "as_of": pack.as_of,
        "review_by": pack.review_by,
        "overdue": pack.overdue(today),
        "applies": pack.applies.sql,
        "terms": {name: term.sql for name, term in pack.terms.items()},
        "sources": pack.sources,
        "not_encoded": pack.not_encoded,
    }


def _rule(pack: "Pack", rule: "Rule", on: frozenset[str], today: date) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "article": rule.article,
        "kind": rule.kind,
        "decision": rule.decision and rule.decision.word,
        "title": {"en": rule.title.en, "zh": rule.title.zh},
        "when": rule.when and rule.when.sql,
        "asks": rule.asks,
        "conditions": rule.conditions,
        "note": rule.note,
        "clock": rule.clock,
        "trigger": rule.trigger,
        "requests": rule.requests,
        "reference": rule.reference,
        "confidence": rule.confidence,
        "source": rule.source,
        "as_of": rule.as_of,
        "review_by": rule.review_by,
        "overdue": today > rule.review_by,
        "advisory": rule.advisory,
        "turned_on": _is_on(pack, rule, on),
    }


def _is_on(pack: "Pack", rule: "Rule", on: frozenset[str]) -> bool:
    """Whether a rule decides anything, where its pack is obeyed."""
    return not rule.advisory or bool({pack.id, rule.id} & on)


@command(app, "test")
def run_examples(
    session: Session,
    pack: Annotated[
        list[str] | None,
        Argument(help="Ids or files; else what the workspace obeys, or all that are built in."),
    ] = None,
) -> int | None:
    """Run the examples that packs bring along."""
    from rightful import policy

    wanted = _wanted(session, pack)
    failures = {each.id: policy.check(each) for each in wanted}
    counts = {each.id: sum(len(rule.examples) for rule in each.rules) for each in wanted}
    failed = sum(len(found) for found in failures.values())
    count = sum(counts.values())
    lines = [f"{name}: {line}" for name, found in failures.items() for line in found]
    rows = [(each.id, len(each.rules), counts[each.id], len(failures[each.id])) for each in wanted]
    session.answer(
        {"examples": count, "failed": failed, "by_pack": counts, "failures": failures},
        table(("pack", "#rules", "#examples", "#failed"), rows),
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


command(app, "lint")(lint)
command(app, "diff")(diff)
command(app, "new")(new)
command(app, "pin")(pin)
command(app, "unpin")(unpin)
