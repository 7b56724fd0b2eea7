"""The last step of a forgetting: its certificates are written, and the requests closed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert, or_, select, update

from rightful import canonical, moments
from rightful.files import write_atomic
from rightful.forgetting import certificate
from rightful.forgetting.outcome import Outcome
from rightful.forgetting.plan import Plan
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import certificates, forgettings, requests

_FOLDER = "certificates"
_LEDGER = "ledger"

#: What was done to each run, what that amounts to, and why it is not more.
Account = Callable[[Plan], tuple[list[dict[str, Any]], Outcome, list[str]]]


class Issuer:
    """Issues the certificates of one workspace."""

    def __init__(
        self,
        registry: Registry,
        folder: Path,
        controller: str,
        workspace_id: str,
        ledger: Ledger,
        account: Account,
    ) -> None:
        self._registry = registry
        self._folder = folder
        self._controller = controller
        self._workspace_id = workspace_id
        self._ledger = ledger
        self._account = account

    def issue(self, number: int, plan: Plan) -> None:
        """Do the last step of a forgetting, once more if it was stopped in the middle.

        What a certificate says is settled once; its proof is for the ledger as it is when written.
        """
        issued = select(certificates).where(certificates.c.forgetting == number)
        if not self._registry.rows(issued):
            self._write_down(number, plan)
        (self._folder / _FOLDER).mkdir(exist_ok=True)
        outcome = None
        for row in self._registry.rows(issued):
            body = json.loads(row.body)
            outcome = body["outcome"]
            data = certificate.write(self._ledger, body, row.entry)
            write_atomic(self._folder / row.path, data)
        # After them, so that it is never shorter than what they are proved against.
        self._ledger.export(self._folder / _LEDGER)
        with self._registry.transaction() as connection:
            at = moments.text(moments.now())
            # Whatever else the erased had asked is answered by their erasure.
            theirs = requests.c.subject.in_(plan.subjects) & (requests.c.state == "open")
            asked = select(requests).where(or_(requests.c.forgetting == number, theirs))
            for row in connection.execute(asked.order_by(requests.c.id)).all():
                connection.execute(
                    update(requests)
                    .where(requests.c.id == row.id)
                    .values(state="closed", waiting_on=None, outcome=outcome, closed_at=at)
                )
                facts = {"request": row.id, "outcome": outcome}
                self._ledger.append(connection, "request_closed", facts)
            connection.execute(
                update(forgettings)
                .where(forgettings.c.id == number)
                .values(state="done", plan="{}", outcome=outcome, finished_at=at)
            )

    def _write_down(self, number: int, plan: Plan) -> None:
        """Write down what each certificate says, with its entry in the ledger."""
        done, outcome, because = self._account(plan)
        query = select(forgettings.c.started_at).where(forgettings.c.id == number)
        started_at = self._registry.rows(query)[0].started_at
        asked = self._registry.rows(select(requests).where(requests.c.forgetting == number))
        with self._registry.transaction() as connection:
            for request in asked or [None]:
                pseudonym = plan.pseudonyms.get(str(request.subject)) if request else None
                body = {
                    "workspace": self._workspace_id,
                    "controller": self._controller,
                    "forgetting": number,
                    "kind": plan.kind,
                    "subject": pseudonym,
                    "request": request and request.id,
                    "received_at": request and request.received_at,
                    "started_at": started_at,
                    "certified_at": moments.text(moments.now()),
                    "outcome": str(outcome),
                    "because": because,
                    "records": plan.counts[str(request.id)] if request else len(plan.records),
                    "records_of_all_requests": len(plan.records),
                    "expired": plan.expired and plan.expired.facts(),
                    "key_destroyed": bool(request and request.subject in plan.subjects),
                    "bytes_purged": plan.kind != "withdraw",
                    "models": list(plan.models),
                    "runs": done,
                    "runs_discarded": list(plan.discard),
                }
                entry = {
                    "certificate": canonical.digest(body),
                    "forgetting": number,
                    "outcome": str(outcome),
                    **({"subject": pseudonym} if pseudonym else {}),
                }
                place = self._ledger.append(connection, "certificate_issued", entry)
                name = f"forgetting-{number}" + (f"-request-{request.id}" if request else "")
                connection.execute(
                    insert(certificates).values(
                        forgetting=number,
                        request=request and request.id,
                        body=canonical.encode(body).decode(),
                        entry=place,
                        path=f"{_FOLDER}/{name}.json",
                    )
                )
