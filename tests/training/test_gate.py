"""The gate computes only when something may have changed, and lets nobody back in."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap64
from tests.training.conftest import Maker

from rightful import moments
from rightful.clearance import Clearances
from rightful.clearance.situations.corpus import Corpus
from rightful.clearance.situations.view import RegistryView
from rightful.training import Program, Run
from rightful.training.gate import Gate
from rightful.workspace import Workspace


@pytest.fixture
def run(workspace: Workspace, program: Program) -> Run:
    return workspace.trainer.pretrain(program, model="base")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records were asked about, each time that any were."""
    asked: list[int] = []
    inquiry = Clearances.inquiry

    def spy(self: Clearances, seen: RegistryView, records: Corpus, covering: Sequence[int]) -> Any:
        asked.append(len(records))
        return inquiry(self, seen, records, covering)

    monkeypatch.setattr(Clearances, "inquiry", spy)
    return asked


#: What the workspace holds, and of whom: those to evaluate on, too.
ALL, OF_EACH = 260, 26


def gate_of(workspace: Workspace, run: Run) -> Gate:
    clearance = workspace.clearances.compute("pretraining")
    return Gate(workspace.clearances, workspace.trainer.runs, run.number, clearance, run.records)


def test_while_nothing_changes_nothing_is_computed(
    workspace: Workspace, run: Run, computed: list[int]
) -> None:
    gate = gate_of(workspace, run)
    with workspace.registry.watching() as revision:
        for step in range(5):
            gate.check(step, revision)
    assert computed == [ALL]
    assert gate.remaining == run.records
    assert not gate.departed


def test_a_change_is_seen_through_a_connection_that_was_open_before(
    workspace: Workspace, run: Run, computed: list[int]
) -> None:
    gate = gate_of(workspace, run)
    with workspace.registry.watching() as revision:
        gate.check(0, revision)
        workspace.grants.withdraw("person1@people.example")
        gate.check(1, revision)
        gate.check(2, revision)
        assert computed == [ALL, ALL]  # the first time that something changed
        workspace.grants.withdraw("person2@people.example")
        gate.check(3, revision)
    assert computed == [ALL, ALL, OF_EACH]  # and then that person's records alone
    assert len(gate.departed) == 40
    assert gate.remaining == run.records - gate.departed == gate.clearance.cleared
    steps = workspace.trainer.runs.departed(run.number)
    assert [(step, len(left)) for step, left in steps] == [(1, 20), (3, 20)]
    assert BitMap64().union(*(left for _, left in steps)) == gate.departed


def test_when_the_time_of_a_clearance_is_over_it_is_computed_anew(
    workspace: Workspace, run: Run, computed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = gate_of(workspace, run)
    over = gate.clearance.valid_until
    with workspace.registry.watching() as revision:
        monkeypatch.setattr(moments, "now", lambda: over - timedelta(microseconds=1))
        gate.check(0, revision)
        assert computed == [ALL]
        monkeypatch.setattr(moments, "now", lambda: over)
        gate.check(1, revision)
    assert computed == [ALL, ALL]
    assert gate.clearance.at == over


def test_who_left_and_consents_anew_is_not_let_in(
    workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    gate = gate_of(workspace, run)
    with workspace.registry.watching() as revision:
        workspace.grants.withdraw("person1@people.example")
        gate.check(0, revision)
        left = gate.departed
        Maker(tmp_path).consent(workspace, ["person1@people.example"])
        gate.check(1, revision)
    assert left
    assert left <= workspace.clearances.compute("pretraining").cleared
    assert gate.departed == left
    assert not gate.clearance.cleared & left


def test_records_that_come_later_are_not_let_in(workspace: Workspace, run: Run) -> None:
    few = BitMap64(list(run.records)[:50])
    clearance = workspace.clearances.compute("pretraining")
    gate = Gate(workspace.clearances, workspace.trainer.runs, run.number, clearance, few)
    workspace.grants.withdraw("person1@people.example")
    with workspace.registry.watching() as revision:
        gate.check(3, revision)
    assert gate.clearance.cleared == gate.remaining == few - gate.departed
    assert len(gate.remaining) == 45


def test_nobody_leaving_writes_nothing(workspace: Workspace, run: Run) -> None:
    gate = gate_of(workspace, run)
    size = workspace.ledger.size
    gate.leave(3, BitMap64())
    assert workspace.ledger.size == size
