"""Requests: kept once, with a term, and closed."""

from datetime import date, timedelta
from typing import get_args

import pytest
from tests.workspaces import PEOPLE, number_of

from rightful import moments
from rightful.keys import Holder
from rightful.policy import deadline
from rightful.registry.tables import metadata
from rightful.rights.requests import Kind, Request
from rightful.workspace import Workspace

ONE = PEOPLE["tuned"][3]


def receive(workspace: Workspace, kind: Kind, subject: int | None = None) -> int:
    with workspace.registry.transaction() as connection:
        return workspace.requests.receive(connection, kind, subject, "decision")


def close(workspace: Workspace, number: int, outcome: str = "given") -> None:
    with workspace.registry.transaction() as connection:
        workspace.requests.close(connection, number, outcome)


def test_a_request_that_is_open_is_not_kept_twice(trained: Workspace) -> None:
    one, other = number_of(trained, ONE), number_of(trained, PEOPLE["tuned"][4])
    first = receive(trained, "access", one)
    assert receive(trained, "access", one) == first
    assert receive(trained, "erase", one) != first
    assert receive(trained, "access", other) != first
    assert receive(trained, "access") != first
    close(trained, first)
    assert receive(trained, "access", one) != first


def test_whoever_is_not_held_does_not_close_the_request_of_somebody_else(
    trained: Workspace,
) -> None:
    open_one = receive(trained, "erase")  # of single records, whose people did not ask
    closed = trained.requests.nothing_held("erase")
    assert closed != open_one
    assert trained.requests.get(open_one).state == "open"
    assert trained.requests.get(closed).outcome == "nothing held"


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_kind_has_the_earliest_term_of_the_packs(trained: Workspace, kind: Kind) -> None:
    found = trained.requests.get(receive(trained, kind))
    term = deadline(trained.packs, kind, moments.parse(found.received_at))
    assert found.due == (term.due if term else None)


def test_the_table_takes_each_kind_that_there_is() -> None:
    (check,) = [
        str(each.sqltext)  # type: ignore[attr-defined]
        for each in metadata.tables["requests"].constraints
        if "kind IN" in str(getattr(each, "sqltext", ""))
    ]
    assert all(f"'{kind}'" in check for kind in get_args(Kind))


def test_open_ones_are_listed_apart(trained: Workspace) -> None:
    first, second = receive(trained, "know"), receive(trained, "access")
    close(trained, first)
    assert [each.number for each in trained.requests.all(still_open=True)] == [second]
    assert [each.number for each in trained.requests.all()] == [first, second]


def test_the_ledger_says_who_asked_by_pseudonym_only(trained: Workspace) -> None:
    number = number_of(trained, ONE)
    request = receive(trained, "access", number)
    close(trained, request)
    received, closed = trained.ledger.entries()[-2:]
    assert (received.kind, closed.kind) == ("request_received", "request_closed")
    assert received.facts == {
        "request": request,
        "request_kind": "access",
        "subject": trained.keyring.pseudonym(Holder("subject", number)),
    }
    assert "subject" not in closed.facts


def test_a_request_is_overdue_after_its_last_day_and_not_on_it() -> None:
    day = date(2026, 3, 2)

    def request(state: str, due: date | None) -> Request:
        return Request(1, "erase", 1, "", due, state, None, None, None, None, None)  # type: ignore[arg-type]

    assert not request("open", day).overdue(day)
    assert request("open", day).overdue(day + timedelta(days=1))
    assert not request("closed", day).overdue(day + timedelta(days=1))
    assert not request("open", None).overdue(day)
