"""The gate computes only when something may have changed, and lets nobody back in."""

from datetime import timedelta

import pytest
from pyroaring import BitMap64

from rightful import moments
from rightful.clearance import Clearances
from rightful.training import Program, Run
from rightful.training.gate import Gate
from rightful.workspace import Workspace


@pytest.fixture
def run(workspace: Workspace, program: Program) -> Run:
    return workspace.trainer.pretrain(program, model="base")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records each computing was asked about."""
    asked: list[int] = []
    compute = Clearances.compute

    def spy(self: Clearances, purpose: str, *, among: BitMap64 | None = None) -> object:
        asked.append(-1 if among is None else len(among))
        return compute(self, purpose, among=among)

    monkeypatch.setattr(Clearances, "compute", spy)
    return asked


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
    assert computed == [-1]
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
    assert computed == [-1, 200]
    assert len(gate.departed) == 20
    assert gate.remaining == run.records - gate.departed == gate.clearance.cleared
    assert workspace.trainer.runs.departed(run.number) == [(1, gate.departed)]


def test_when_the_time_of_a_clearance_is_over_it_is_computed_anew(
    workspace: Workspace, run: Run, computed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = gate_of(workspace, run)
    over = gate.clearance.valid_until
    with workspace.registry.watching() as revision:
        monkeypatch.setattr(moments, "now", lambda: over - timedelta(microseconds=1))
        gate.check(0, revision)
        assert computed == [-1]
        monkeypatch.setattr(moments, "now", lambda: over)
        gate.check(1, revision)
    assert computed == [-1, 200]
    assert gate.clearance.at == over


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
