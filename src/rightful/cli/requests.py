"""`rightful requests`: what people asked, and by when it is due."""

from typing import TYPE_CHECKING, Any

from rightful import moments
from rightful.cli.commands import command, group
from rightful.cli.session import Session, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rightful.rights import Request

app = group("What people asked.")


@command(app, "list")
def list_(session: Session) -> None:
    """List every request."""
    _answer(session, session.workspace.requests.all(), "No request yet.")


@command(app, "due")
def due(session: Session) -> None:
    """List the requests that are still open, the most urgent first."""
    found = session.workspace.requests.all(still_open=True)
    # One without a term is last; what has none is not late.
    found.sort(key=lambda each: (each.due is None, each.due or moments.now().date(), each.number))
    _answer(session, found, "No request is open.")


def facts(request: "Request") -> dict[str, Any]:
    """A request as JSON has it; its subject is a number."""
    names = (
        *("kind", "subject", "received_at", "due", "state", "waiting_on", "forgetting"),
        *("outcome", "ground", "closed_at"),
    )
    table_ = {name: getattr(request, name) for name in names}
    overdue = request.overdue(moments.now().date())
    return {"request": request.number, **table_, "overdue": overdue}


def shown(found: "list[Request]") -> "RenderableType":
    """Requests as a table."""
    today = moments.now().date()
    rows = [
        (
            *(r.number, r.kind, r.received_at[:10]),
            f"{r.due or ''}{' OVERDUE' * r.overdue(today)}",
            *(r.state, r.waiting_on or r.outcome, r.ground),
        )
        for r in found
    ]
    columns = ("#request", "kind", "received", "due", "state", "waiting on, or outcome", "ground")
    return table(columns, rows)


def _answer(session: Session, found: "list[Request]", none: str) -> None:
    session.answer({"requests": [facts(each) for each in found]}, shown(found) if found else none)
