"""Somebody withdraws while a model is being trained: from the next step on it goes without them."""

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyroaring import BitMap64

import rightful
from rightful.forgetting import Outcome
from rightful.training import Run
from rightful.training.bins import Bins
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.journeys.conftest import Small

PERSON = "23"

_EPOCHS, _BINS, _SEED = 3, 60, 8


@pytest.mark.slow
def test_the_next_step_goes_without_them_and_a_forgetting_makes_it_exact(small: "Small") -> None:
    journey = small.journey
    base, tuned = small.runs()
    journey.walk("workspace", small.sources(), [base])
    program = small.as_toml("slow", epochs=_EPOCHS, bins=_BINS, seed=_SEED)
    with rightful.open(journey.folder / "workspace") as workspace:
        theirs = BitMap64(_records(workspace))
        going = journey.program("watched_finetune.py", workspace.folder, program)
        assert going.stdout is not None
        ended = dict(json.loads(going.stdout.readline()) for _ in range(70))
        withdrawal = workspace.rights.withdraw(PERSON)
        returned = time.time()
        assert withdrawal.grants
        assert not withdrawal.debts, "no model in force was trained on them yet"
        ended.update(json.loads(line) for line in journey.finished(going).splitlines())
        assert sorted(ended) == list(range(_EPOCHS * _BINS))

        run = workspace.trainer.runs.all()[-1]
        [(step, left)] = workspace.trainer.runs.departed(run.number)
        assert left == theirs
        # What ended before the withdrawal can't have known of it; what began after it had to.
        (grant,) = (g for g in workspace.grants.all() if g.number == withdrawal.grants[0])
        assert grant.withdrawn_at is not None
        assert step > max(s for s, at in ended.items() if at < grant.withdrawn_at.timestamp())
        assert step <= min(s + 1 for s, at in ended.items() if at > returned)
        assert 60 < step < _EPOCHS * _BINS - 20
        _assert_steps_held(workspace, run, step, theirs)

        (debt,) = workspace.forgetter.debts()
        assert (debt.run, debt.models, debt.records) == (run.number, ("digits",), theirs)

    status = journey.command("workspace", "status")
    assert [(d["run"], d["records"]) for d in status["debts"]] == [(run.number, len(theirs))]
    assert status["next"] == "rightful forget"
    (done,) = journey.command("workspace", "forget")["forgettings"]
    assert done["outcome"] == Outcome.EXACT
    assert journey.command("workspace", "status")["debts"] == []
    shown = journey.command("workspace", "program", "show", "digits")
    alone = journey.walk(
        "alone",
        small.sources(without=[int(PERSON)]),
        [base, replace(tuned, program=shown["program"])],
    )
    with rightful.open(journey.folder / "workspace") as workspace:
        trainer = workspace.trainer
        after = trainer.runs.get(trainer.models.get("digits").run)
        assert after.weights_sha256 == alone["digits"]
        assert not after.records & theirs


def _records(workspace: Workspace) -> list[int]:
    table = workspace.records.about(workspace.subjects.find(PERSON))
    records: list[int] = table.column("record").to_pylist()
    return records


def _assert_steps_held(workspace: Workspace, run: Run, step: int, theirs: BitMap64) -> None:
    """The run's own losses say how many records each step had: the bins, without who left."""
    table = workspace.records.rows(run.records)
    records = table.column("record").to_numpy()
    is_theirs = np.array([record in theirs for record in records.tolist()])
    steps = Bins(_SEED, _BINS).steps(workspace.records.keys(table), _EPOCHS)
    before, after = steps[steps < step], steps[~is_theirs][steps[~is_theirs] >= step]
    had = {loss.step: loss.records for loss in workspace.trainer.runs.losses(run.number)}
    numbers, counts = np.unique(np.concatenate([before, after]), return_counts=True)
    assert had == dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    assert (steps[is_theirs] >= step).any(), "they would have been in later steps"
    assert (steps[is_theirs] < step).any(), "they were in earlier ones"
