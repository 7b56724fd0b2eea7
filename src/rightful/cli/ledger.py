"""`rightful ledger`: the log of what was done."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from rightful import canonical
from rightful.cli.commands import command, group
from rightful.cli.session import Session, table
from rightful.errors import Damaged

app = group("The log of what was done.")


@command(app, "show")
def show(
    session: Session,
    last: Annotated[int, Option(min=1, help="So many entries, counted from the end.")] = 20,
) -> None:
    """Show the newest entries."""
    ledger = session.workspace.ledger
    size = ledger.size
    entries = ledger.entries(max(0, size - last), size)
    rows = [(e.number, e.at, e.kind, canonical.encode(e.facts).decode()) for e in entries]
    facts = [{"number": e.number, "at": e.at, "kind": e.kind, "facts": e.facts} for e in entries]
    session.answer(
        {"size": size, "entries": facts}, table(("#number", "at", "kind", "facts"), rows)
    )


@command(app, "export")
def export(
    session: Session,
    folder: Annotated[Path, Argument(help="A new folder, or one with this ledger in it.")],
) -> None:
    """Write the ledger out as files that anybody can verify, or bring those up to date."""
    ledger = session.workspace.ledger
    ledger.export(folder)
    session.answer(
        {"folder": folder, "size": ledger.size, "public_key": ledger.public_key},
        f"{folder} holds the ledger. Give its public.key to auditors by another way than the rest.",
    )


@command(app, "check")
def check(session: Session) -> None:
    """Read every entry anew, and the last export where there is one; damage ends with 5."""
    from rightful.ledger import ExportedLedger
    from rightful.workspace import LEDGER

    workspace = session.workspace
    problems = workspace.ledger.check()
    if problems:
        raise Damaged("; ".join(problems[:10]))
    exported = None
    if (workspace.folder / LEDGER / "checkpoint").exists():
        exported = ExportedLedger(workspace.folder / LEDGER).verify(workspace.ledger.public_key)
        if workspace.ledger.checkpoint(exported.size).split("\n\n")[0] != exported.text.rstrip():
            raise Damaged(
                f"the ledger does not continue what was exported to {workspace.folder / LEDGER}: "
                "the registry was changed, or restored from an older backup"
            )
    size = workspace.ledger.size
    held = "" if exported is None else f", and it continues its export of {exported.size:,}"
    session.answer(
        {"size": size, "exported": exported and exported.size, "problems": []},
        f"The ledger is whole; its size is {size:,}{held}.",
    )
