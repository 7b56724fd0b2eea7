"""Who loses their clearance during a run is in no further step, and it is written down."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pyroaring import BitMap64

import rightful
from rightful import moments
from rightful.grants import NewGrant
from rightful.training import Cadence, Loss, Program
from rightful.training.trainer import Progress
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.training.conftest import Seen

LEAVER = "person3@people.example"


class Stopped(Exception):
    """What a test stops a run with."""


def withdraw(workspace: Workspace, person: str, purpose: str | None = None) -> None:
    """As another process does it."""
    with rightful.open(workspace.folder) as elsewhere:
        elsewhere.grants.withdraw(person, purpose=purpose)


def withdrawing_after(workspace: Workspace, step: int, *, stop: int | None = None) -> Progress:
    """Progress that withdraws the leaver's consent after `step` steps."""

    def told(done: int, of: int, loss: Loss | None) -> None:
        if done == step:
            withdraw(workspace, LEAVER)
        if done == stop:
            raise Stopped

    return told


def consent_anew(workspace: Workspace) -> None:
    workspace.grants.record(
        NewGrant(
            "consent",
            "model-training",
            subject=LEAVER,
            source="form",
            notice="notice",
            explicit=True,
            given_by="self",
            evidence="cupboard 4",
        )
    )


def records_of(workspace: Workspace, person: str) -> BitMap64:
    """Those to train on; each person has one in ten of the 200."""
    table = workspace.records.about(workspace.subjects.find(person))
    sources = table.column("source").to_pylist(), table.column("record").to_pylist()
    form = workspace.sources.number("form")
    found = BitMap64([record for source, record in zip(*sources, strict=True) if source == form])
    assert len(found) == 20
    return found


def test_after_a_withdrawal_the_next_step_no_longer_holds_that_persons_records(
    workspace: Workspace, second: Workspace, program: Program, seen: "Seen"
) -> None:
    second.trainer.pretrain(program, model="base")
    undisturbed = list(seen.records)
    seen.records.clear()
    workspace.trainer.pretrain(program, model="base", on_progress=withdrawing_after(workspace, 10))
    assert seen.records[:10] == undisturbed[:10]
    assert seen.records[10:] == [[n for n in step if n % 10 != 3] for step in undisturbed[10:]]
    assert seen.records[10:] != undisturbed[10:]


def test_a_departure_is_kept_with_its_step_and_stands_in_the_ledger(
    workspace: Workspace, program: Program
) -> None:
    run = workspace.trainer.pretrain(
        program, model="base", on_progress=withdrawing_after(workspace, 10)
    )
    assert workspace.trainer.runs.departed(run.number) == [(10, records_of(workspace, LEAVER))]
    (entry,) = (entry for entry in workspace.ledger.entries() if entry.kind == "departure")
    assert entry.facts == {"run": run.number, "step": 10, "records": 20}


def test_a_withdrawal_during_the_last_step_is_a_departure_too(
    workspace: Workspace, program: Program
) -> None:
    run = workspace.trainer.pretrain(
        program, model="base", on_progress=withdrawing_after(workspace, 24)
    )
    assert workspace.trainer.runs.departed(run.number) == [(24, records_of(workspace, LEAVER))]


def test_a_withdrawal_for_another_purpose_changes_nothing(
    workspace: Workspace, second: Workspace, program: Program
) -> None:
    whole = second.trainer.pretrain(program, model="base")

    def told(done: int, of: int, loss: Loss | None) -> None:
        if done == 5:
            withdraw(workspace, LEAVER, purpose="model-evaluation")

    run = workspace.trainer.pretrain(program, model="base", on_progress=told)
    assert workspace.trainer.runs.departed(run.number) == []
    assert run.weights_sha256 == whole.weights_sha256


def test_consent_that_ends_by_time_alone_ends_for_the_next_step(
    workspace: Workspace, program: Program, seen: "Seen", monkeypatch: pytest.MonkeyPatch
) -> None:
    end = moments.now() + timedelta(seconds=3600)
    (grant,) = [
        each
        for each in workspace.grants.about(workspace.subjects.find(LEAVER))
        if each.purpose == "model-training"
    ]
    workspace.grants.expire(grant.number, end)

    def told(done: int, of: int, loss: Loss | None) -> None:
        if done == 7:
            monkeypatch.setattr(moments, "now", lambda: end)

    run = workspace.trainer.pretrain(program, model="base", on_progress=told)
    assert sum(3 in people for people in seen.people[:7]) > 3
    assert not any(3 in people for people in seen.people[7:])
    assert workspace.trainer.runs.departed(run.number) == [(7, records_of(workspace, LEAVER))]


def test_everyone_may_leave_and_the_run_ends_as_it_then_was(
    workspace: Workspace, program: Program, seen: "Seen"
) -> None:
    def told(done: int, of: int, loss: Loss | None) -> None:
        if done == 4:
            for person in range(10):
                withdraw(workspace, f"person{person}@people.example")

    run = workspace.trainer.pretrain(program, model="base", on_progress=told)
    assert len(seen.records) == 4
    assert run.finished
    assert sum(len(left) for _, left in workspace.trainer.runs.departed(run.number)) == 200


def test_who_has_left_does_not_come_back_in_a_resumed_run_even_with_new_consent(
    workspace: Workspace, program: Program, seen: "Seen"
) -> None:
    with pytest.raises(Stopped):
        workspace.trainer.pretrain(
            program, model="base", on_progress=withdrawing_after(workspace, 10, stop=15)
        )
    consent_anew(workspace)
    assert records_of(workspace, LEAVER) <= workspace.clearances.compute("pretraining").cleared
    seen.people.clear()
    run = workspace.trainer.pretrain(program, model="base")
    assert run.finished
    assert not any(3 in people for people in seen.people)


def test_a_departure_is_written_once_however_often_the_run_is_resumed(
    workspace: Workspace, program: Program
) -> None:
    with pytest.raises(Stopped):
        workspace.trainer.pretrain(
            program,
            model="base",
            cadence=Cadence(2),
            on_progress=withdrawing_after(workspace, 10, stop=13),
        )

    def stop_at_18(done: int, of: int, loss: Loss | None) -> None:
        if done == 18:
            raise Stopped

    with pytest.raises(Stopped):
        workspace.trainer.pretrain(
            program, model="base", cadence=Cadence(2), on_progress=stop_at_18
        )
    run = workspace.trainer.pretrain(program, model="base")
    assert workspace.trainer.runs.departed(run.number) == [(10, records_of(workspace, LEAVER))]
    kinds = [entry.kind for entry in workspace.ledger.entries()]
    assert kinds.count("departure") == 1


def test_a_run_resumed_from_before_a_departure_leaves_the_person_out_from_there(
    workspace: Workspace, program: Program, seen: "Seen"
) -> None:
    with pytest.raises(Stopped):
        workspace.trainer.pretrain(
            program,
            model="base",
            cadence=Cadence(8, "all"),
            on_progress=withdrawing_after(workspace, 10, stop=12),
        )
    seen.people.clear()
    run = workspace.trainer.pretrain(program, model="base")
    assert len(seen.people) == 16
    assert not any(3 in people for people in seen.people)
    left = workspace.trainer.runs.departed(run.number)
    assert left[0] == (8, records_of(workspace, LEAVER))


def test_whoever_left_while_a_run_was_stopped_is_not_in_its_further_steps(
    workspace: Workspace, program: Program, seen: "Seen"
) -> None:
    with pytest.raises(Stopped):
        workspace.trainer.pretrain(
            program, model="base", on_progress=withdrawing_after(workspace, 0, stop=8)
        )
    withdraw(workspace, LEAVER)
    seen.people.clear()
    run = workspace.trainer.pretrain(program, model="base")
    assert len(seen.people) == 16
    assert not any(3 in people for people in seen.people)
    assert workspace.trainer.runs.departed(run.number) == [(8, records_of(workspace, LEAVER))]


def test_a_model_that_lost_somebody_on_the_way_is_trained_anew_by_its_command(
    workspace: Workspace, second: Workspace, program: Program
) -> None:
    on_the_way = workspace.trainer.pretrain(
        program, model="base", on_progress=withdrawing_after(workspace, 10)
    )
    anew = workspace.trainer.pretrain(program, model="base")
    withdraw(second, LEAVER)
    never = second.trainer.pretrain(program, model="base")
    assert anew.number != on_the_way.number
    assert on_the_way.weights_sha256 != anew.weights_sha256 == never.weights_sha256
