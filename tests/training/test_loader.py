"""The loader gives the bins in the order of steps, with what the gate lets through, and no more."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from pyroaring import BitMap64

from rightful.records.store import Cleared, RecordStore
from rightful.training import Program, Run, loader, tasks
from rightful.training.bins import Bins
from rightful.training.gate import Gate
from rightful.training.loader import Bin, Loader
from rightful.training.tasks import Batch
from rightful.workspace import Workspace


@pytest.fixture
def run(workspace: Workspace, program: Program) -> Run:
    return workspace.trainer.pretrain(program, model="base")


def made(workspace: Workspace, run: Run, program: Program) -> tuple[Loader, Gate]:
    clearance = workspace.clearances.compute("pretraining")
    gate = Gate(workspace.clearances, workspace.trainer.runs, run.number, clearance, run.records)
    table = workspace.records.rows(gate.remaining)
    records, keys = table.column("record").to_numpy(), workspace.records.keys(table)
    return Loader(workspace.records, tasks.of(program), gate, records, keys), gate


def tags(batch: Batch | None) -> list[int]:
    """Which record each picture is, as it tells in its corner; it is its number, too."""
    return [] if batch is None else batch.inputs[:, 0, 0, 1].tolist()


@pytest.mark.parametrize(("first", "room"), [(1, 1), (30, 20_000), (1, 16 * 2**20)])
def test_each_step_gets_the_bin_that_is_dealt_to_it(
    workspace: Workspace,
    run: Run,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    first: int,
    room: int,
) -> None:
    monkeypatch.setattr(loader, "_FIRST", first)
    monkeypatch.setattr(loader, "_BYTES", room)
    found = list(made(workspace, run, program)[0].bins(5, 21))
    assert [each.step for each in found] == list(range(5, 21))
    table = workspace.records.rows(run.records)
    records, keys = table.column("record").to_numpy(), workspace.records.keys(table)
    for each in found:
        dealt = Bins(program.seed, program.bins).epoch(keys, each.step // 8).bin(each.step % 8)
        assert each.records.tolist() == records[dealt].tolist() == tags(each.batch)


def test_empty_bins_come_in_their_turn_without_a_batch(workspace: Workspace, run: Run) -> None:
    many = Program(run.program.model, epochs=1, bins=1000, seed=7)
    found = list(made(workspace, run, many)[0].bins(0, 1000))
    assert [each.step for each in found] == list(range(1000))
    assert all((each.batch is None) == (len(each.records) == 0) for each in found)
    assert sum(len(each.records) for each in found) == 200


def test_nothing_is_left_to_do_gives_nothing(
    workspace: Workspace, run: Run, program: Program
) -> None:
    assert list(made(workspace, run, program)[0].bins(24, 24)) == []


def test_who_has_left_is_not_opened_any_more(
    workspace: Workspace, run: Run, program: Program
) -> None:
    feed, gate = made(workspace, run, program)
    left = BitMap64(range(50))
    gate.leave(8, left)
    found = list(feed.bins(8, 16))
    assert sorted(record for each in found for record in each.records) == list(range(50, 200))


def test_large_records_are_opened_a_few_at_a_time(
    workspace: Workspace, run: Run, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    opening = RecordStore.open_cleared

    def spy(self: RecordStore, clearance: Cleared, records: loader.Numbers) -> Iterator[bytes]:
        asked.append(len(records))
        return opening(self, clearance, records)

    monkeypatch.setattr(RecordStore, "open_cleared", spy)
    monkeypatch.setattr(loader, "_FIRST", 10)
    monkeypatch.setattr(loader, "_BYTES", 8 * 800)  # eight of these pictures
    few = Program(program.model, epochs=1, bins=200, seed=7)
    list(made(workspace, run, few)[0].bins(0, 200))
    assert sum(asked) == 200
    # A group ends with the bin, or after as many bins as it may have records, that fills it.
    assert max(asked) < 20
    assert len(asked) > 12


def test_a_bin_goes_on_without_those_who_left_in_the_same_order() -> None:
    inputs = torch.arange(4, dtype=torch.uint8).view(4, 1, 1, 1)
    whole = Bin(3, np.array([8, 6, 7, 5]), Batch(inputs, torch.tensor([0, 1, 2, 3])))
    assert whole.without(BitMap64()) is whole
    assert whole.without(BitMap64([9])) is whole
    rest = whole.without(BitMap64([6, 5]))
    assert rest.records.tolist() == [8, 7]
    assert rest.batch is not None
    assert (rest.batch.inputs.flatten().tolist(), rest.batch.targets.tolist()) == ([0, 2], [0, 2])
    nobody = whole.without(BitMap64([5, 6, 7, 8]))
    assert (nobody.step, nobody.records.tolist(), nobody.batch) == (3, [], None)
