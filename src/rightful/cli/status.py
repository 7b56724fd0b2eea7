"""`rightful status`: where things stand, what is due, and which command to give next."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from rightful import moments
from rightful.cli import requests
from rightful.cli.session import Session, counted, table
from rightful.registry import tables

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rightful.workspace import Workspace


def status(session: Session) -> None:
    """Say where things stand, what is due, and which command to give next."""
    workspace = session.workspace
    facts = {
        "workspace": workspace.folder,
        "id": workspace.id,
        "controller": workspace.config.controller,
        "establishment": workspace.config.establishment,
        "records": workspace.records.metadata().num_rows,
        "subjects": _count(workspace, tables.subjects, tables.subjects.c.erased_at.is_(None)),
        "sources": _count(workspace, tables.sources),
        "grants": _grants(workspace),
        **_trained(workspace),
        "past_date": _past_date(workspace),
        "requests": _requests(workspace),
        "imports": _imports(workspace),
        "packs": _packs(workspace),
        "ledger": workspace.ledger.size,
    }
    facts["next"] = following(facts)
    session.answer(facts, *_shown(facts))


def following(facts: dict[str, Any]) -> str:
    """The command to give next; what is owed to people comes first."""
    if facts["forgettings"] or facts["debts"]:
        return "rightful forget"
    if any(each["kind"] == "erase" for each in facts["requests"]):
        return "rightful erase SUBJECT (again, for the requests that are open)"
    if facts["past_date"]["due"]:
        return "rightful expire"
    if facts["imports"]:
        source = facts["imports"][0]["source"]
        return f"rightful import FILE --source {source} … (again, and it goes on)"
    if facts["runs"]:
        run = facts["runs"][0]
        command = "pretrain" if run["kind"] == "pretraining" else "finetune --from …"
        return f"rightful {command} --model {run['model']} … (again, and it goes on)"
    if not facts["sources"]:
        return "rightful source add NAME"
    if not facts["records"]:
        return "rightful import FILE --source NAME --map …"
    if not sum(facts["grants"].values()):
        return "rightful grant record --kind … --purpose … --subject … | --source …"
    if not facts["models"]:
        return "rightful clear pretraining, then rightful pretrain --model NAME"
    return "nothing is due"


def _count(workspace: "Workspace", of: Any, *conditions: Any) -> int:
    (row,) = workspace.registry.rows(select(func.count()).select_from(of).where(*conditions))
    return int(row[0])


def _grants(workspace: "Workspace") -> dict[str, int]:
    """How many grants there are of each status."""
    grants, now = tables.grants.c, moments.text(moments.now())
    total = _count(workspace, tables.grants)
    withdrawn = grants.withdrawn_at.is_not(None) & (grants.withdrawn_at <= now)
    expired = grants.valid_to.is_not(None) & (grants.valid_to <= now)
    counts = {
        "withdrawn": _count(workspace, tables.grants, withdrawn),
        "expired": _count(workspace, tables.grants, expired, withdrawn.is_not(True)),
        "pending": _count(
            workspace,
            tables.grants,
            grants.valid_from > now,
            withdrawn.is_not(True),
            expired.is_not(True),
        ),
    }
    return {"active": total - sum(counts.values()), **counts}


def _trained(workspace: "Workspace") -> dict[str, Any]:
    """Models, what they owe, and what was stopped. PyTorch is loaded only where there is a run."""
    if not _count(workspace, tables.runs):
        forgettings = _unfinished_forgettings(workspace)
        return {"models": [], "debts": [], "runs": [], "forgettings": forgettings}
    trainer = workspace.trainer
    return {
        "models": [
            {"model": m.name, "run": m.run, "status": m.status, "changed_at": m.changed_at}
            for m in trainer.models.all()
        ],
        "debts": [
            {"run": d.run, "purpose": d.purpose, "models": d.models, "records": len(d.records)}
            for d in workspace.forgetter.debts()
        ],
        "runs": [
            {
                "run": run.number,
                "kind": run.kind,
                "model": run.model,
                "step": max((c.step for c in trainer.checkpoints.of(run.number)), default=0),
                "steps": run.program.steps,
            }
            for run in trainer.runs.all()
            if run.status == "running" and run.replaces is None
        ],
        "forgettings": _unfinished_forgettings(workspace),
    }


def _unfinished_forgettings(workspace: "Workspace") -> list[int]:
    query = select(tables.forgettings.c.id).where(tables.forgettings.c.state != "done")
    return [row.id for row in workspace.registry.rows(query)]


def _past_date(workspace: "Workspace") -> dict[str, int]:
    """How many records are past their retention date, and how many of them are to be deleted."""
    now = moments.now()
    found = workspace.retention.look(now)
    kept = 0
    if found.past:  # few workspaces have any, and what is kept takes the packs to say
        kept = sum(len(each.records) for each in workspace.keeping.of(found, now))
    return {
        "due": len(found.past) - kept,
        "kept": kept,
        "unreadable": len(found.unreadable),
    }


def _requests(workspace: "Workspace") -> list[dict[str, Any]]:
    """What people asked and is open. The room of rights loads PyTorch, so only where there is."""
    if not _count(workspace, tables.requests):
        return []
    return [requests.facts(each) for each in workspace.requests.all(still_open=True)]


def _imports(workspace: "Workspace") -> list[dict[str, Any]]:
    """Imports that were stopped."""
    names = workspace.sources.names()
    query = select(tables.imports).where(tables.imports.c.finished_at.is_(None))
    return [
        {"import": row.id, "source": names[row.source], "rows": row.next_row}
        for row in workspace.registry.rows(query)
    ]


def _packs(workspace: "Workspace") -> list[dict[str, Any]]:
    today = moments.now().date()
    return [
        {
            "pack": pack.id,
            "version": pack.version,
            "review_by": pack.review_by,
            "overdue": pack.overdue(today),
        }
        for pack in workspace.packs
    ]


def _shown(facts: dict[str, Any]) -> "list[RenderableType]":
    grants = ", ".join(f"{n:,} {name}" for name, n in facts["grants"].items() if n) or "none"
    shown: list[RenderableType] = [
        f"{facts['controller']} ({facts['establishment'] or 'place of establishment not stated'})",
        f"{counted(facts['records'], 'record')} from {counted(facts['sources'], 'source')} about "
        f"{counted(facts['subjects'], 'person')}; grants: {grants}.".replace("persons", "people"),
    ]
    if facts["models"]:
        rows = [(m["model"], m["status"].replace("_", " "), m["run"]) for m in facts["models"]]
        shown.append(table(("model", "status", "#run"), rows))
    for debt in facts["debts"]:
        shown.append(
            f"OWED: run {debt['run']} was trained on {counted(debt['records'], 'record')} that "
            f"may no longer be used for {debt['purpose']} (in {', '.join(debt['models'])})."
        )
    past = facts["past_date"]
    if past["due"] or past["kept"]:
        shown.append(
            f"Past their retention date: {counted(past['due'], 'record')} to be deleted, "
            f"{past['kept']:,} kept on a ground."
        )
    if past["unreadable"]:
        shown.append(
            f"{counted(past['unreadable'], 'record')} with a retention date that can't be read."
        )
    for request in facts["requests"]:
        late = " OVERDUE" if request["overdue"] else ""
        shown.append(
            f"Open: request {request['request']} ({request['kind']}), due "
            f"{request['due'] or 'without delay; no pack gives a term'}{late}."
        )
    for number in facts["forgettings"]:
        shown.append(f"Stopped: forgetting {number}.")
    for each in facts["imports"]:
        shown.append(
            f"Stopped: import {each['import']} into {each['source']}, after {each['rows']:,} rows."
        )
    for run in facts["runs"]:
        shown.append(
            f"Stopped, or going on: run {run['run']} ({run['kind']} of {run['model']}), at step "
            f"{run['step']:,} of {run['steps']:,}."
        )
    for pack in facts["packs"]:
        if pack["overdue"]:
            shown.append(
                f"The pack {pack['pack']} should have been reviewed by {pack['review_by']}."
            )
    return [*shown, f"Next: {facts['next']}"]
