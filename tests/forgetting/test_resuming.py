"""Stopped at any moment, a forgetting goes on and ends as if it had never been stopped."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from pyroaring import BitMap64
from sqlalchemy import select
from tests.workspaces import (
    PEOPLE,
    finetune,
    program,
    records_of,
    rows,
    train,
    weights,
)

import rightful
from rightful.errors import Busy
from rightful.forgetting import Outcome, verify
from rightful.forgetting.forgetter import Forgetter
from rightful.forgetting.issuing import Issuer
from rightful.keys import Keyring
from rightful.ledger import Ledger
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.registry.tables import certificates, forgettings, requests, runs
from rightful.training import Models, Runs, Trainer
from rightful.training.checkpoints import Checkpoints
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.workspaces import Town

ONE = PEOPLE["tuned"][3]
BASE = PEOPLE["base"][4]


class Killed(Exception):
    """What stands in for the death of a process."""


#: Where to stop: what is called there, and which of its calls within a forgetting it is.
MOMENTS: dict[str, tuple[Any, str, int]] = {
    "before anything": (Forgetter, "_shred", 1),
    "before the records are deleted": (RecordStore, "delete", 1),
    "before the key is destroyed": (Keyring, "destroy", 1),
    "before the first run": (Trainer, "begin", 1),
    "before a run has its first checkpoint": (Checkpoints, "write", 1),
    "between a checkpoint's file and its row": (Checkpoints, "record", 3),
    "at the end of the first run": (Runs, "finish", 1),
    "before the second run": (Trainer, "begin", 2),
    "in the second run": (Checkpoints, "write", 8),
    "before old runs are superseded": (Runs, "supersede", 1),
    "between the two models": (Models, "move", 2),
    "before the old checkpoints go": (Checkpoints, "delete", 11),
    "before old versions go": (RecordStore, "purge", 1),
    "before the registry is scrubbed": (Registry, "scrub", 1),
    "before the certificates": (Issuer, "issue", 1),
    "before the ledger is exported": (Ledger, "export", 1),
}


def die_at(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, call: int) -> Callable[[], int]:
    """Raise instead of doing a call; returns how often it was asked for."""
    real, calls = getattr(owner, name), 0

    def dying(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            raise Killed
        return real(*given, **named)

    monkeypatch.setattr(owner, name, dying)
    return lambda: calls


def kill(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, moment: str, people: Sequence[str]
) -> None:
    owner, name, call = MOMENTS[moment]
    with monkeypatch.context() as patched:
        asked = die_at(patched, owner, name, call)
        with pytest.raises(Killed):
            workspace.rights.erase(people)
        assert asked() == call
    workspace.close()


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_erasing_again_finishes_what_was_stopped(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    people = [BASE, ONE]
    kill(trained, monkeypatch, moment, people)
    with rightful.open(trained.folder) as again:
        restricted = {model.name for model in again.trainer.models.all()} - weights(again).keys()
        purged = moment in ("before the certificates", "before the ledger is exported")
        moved = purged or moment.startswith(("before old versions", "before the registry"))
        moved = moved or moment == "before the old checkpoints go"
        assert restricted == (set() if moved else {"base", "tuned"})

        answers = again.rights.erase(people)

        assert [(each.subject, each.outcome) for each in answers] == [
            (person, Outcome.EXACT) for person in people
        ]
        assert weights(again) == town.expected(without=people)
        for each in answers:
            assert each.certificate is not None
            verify(each.certificate.read_bytes(), again.ledger.public_key)
        # Nothing is double.
        assert len(list((again.folder / "certificates").iterdir())) == 2
        assert len(again.registry.rows(select(certificates))) == 2
        assert len(again.registry.rows(select(forgettings))) == 1
        assert [row.state for row in again.registry.rows(select(requests))] == ["closed"] * 2
        kinds = [entry.kind for entry in again.ledger.entries()]
        for kind, count in (
            ("request_received", 2),
            ("forgetting_planned", 1),
            ("subject_erased", 2),
            ("certificate_issued", 2),
            ("request_closed", 2),
            ("run_started", 4),
            ("run_finished", 4),
        ):
            assert kinds.count(kind) == count, kind
        kept = again.registry.rows(select(runs.c.id).where(runs.c.status != "superseded"))
        folders = {path.name for path in (again.folder / "runs").iterdir()}
        assert folders == {str(row.id) for row in kept}
        assert again.ledger.check() == []


@pytest.mark.parametrize(
    "moment", ["before the key is destroyed", "in the second run", "before the certificates"]
)
def test_forget_finishes_what_was_stopped(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    kill(trained, monkeypatch, moment, [BASE])
    with rightful.open(trained.folder) as again:
        (done,) = again.rights.forget()
        assert done.outcome is Outcome.EXACT
        assert weights(again) == town.expected(without=[BASE])
        assert again.forgetter.unfinished() == []
        (answer,) = again.rights.erase([BASE])
        assert answer.outcome is Outcome.NOTHING_HELD


def test_a_request_that_came_while_another_was_stopped_is_answered_next(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(trained, monkeypatch, "before the second run", [BASE])
    with rightful.open(trained.folder) as again:
        answers = again.rights.erase([ONE, BASE])
        assert [(each.subject, each.outcome) for each in answers] == [
            (ONE, Outcome.EXACT),
            (BASE, Outcome.EXACT),
        ]
        assert {each.forgetting for each in answers} == {1, 2}
        assert weights(again) == town.expected(without=[ONE, BASE])


def test_a_correction_that_was_stopped_is_finished(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    record = records_of(trained, ONE)[0]
    label = (rows("tuned")[3]["label"] + 1) % 10
    with monkeypatch.context() as patched:
        die_at(patched, RecordStore, "delete", 1)
        with pytest.raises(Killed):
            trained.rights.rectify(record, {"label": label})
    trained.close()
    with rightful.open(trained.folder) as again:
        (done,) = again.rights.forget()
        assert done.outcome is Outcome.EXACT
        assert weights(again) == town.expected(mended={("tuned", 3): label})
        assert len(records_of(again, ONE)) == 6


def test_a_run_that_began_while_a_forgetting_lay_half_done_forgets_too(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    # A single record is still cleared while its erasure is only planned.
    record = records_of(trained, BASE)[0]
    with monkeypatch.context() as patched:
        die_at(patched, Forgetter, "_shred", 1)
        with pytest.raises(Killed):
            trained.rights.erase_records([record])
    new = trained.trainer.pretrain(program(20), model="new")
    assert record in new.records
    trained.rights.forget()

    def train_and_new(workspace: Workspace) -> None:
        train(workspace)
        workspace.trainer.pretrain(program(20), model="new")

    assert weights(trained) == town.expected(train_and_new, lost=[("base", 4)])


def test_a_run_that_is_to_be_thrown_away_never_goes_on(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, of: int, loss: object) -> None:
        if done == 6:
            raise Killed

    with pytest.raises(Killed):
        finetune(trained, "late", seed=11, on_progress=stop)
    kill(trained, monkeypatch, "before the first run", [ONE])
    finetune(trained, "late", seed=11)  # a new run, not the one that holds the person
    trained.rights.forget()

    def train_and_late(workspace: Workspace) -> None:
        train(workspace)
        finetune(workspace, "late", seed=11)

    assert weights(trained) == town.expected(train_and_late, without=[ONE])
    assert trained.trainer.runs.get(3).status == "superseded"


def test_who_asks_during_a_run_is_out_of_it_at_once_and_erased_when_it_has_ended(
    trained: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rightful.forgetting.forgetter._PATIENCE", 0.05)
    seen: list[str] = []

    def ask(done: int, of: int, loss: object) -> None:
        if done == 5:
            with (
                rightful.open(trained.folder) as elsewhere,
                pytest.raises(Busy, match="a run is going"),
            ):
                elsewhere.rights.erase([ONE])
            seen.extend(
                model.name for model in trained.trainer.models.all() if model.status == "restricted"
            )

    finetune(trained, "other", seed=9, on_progress=ask)
    assert seen == ["tuned"]
    ((step, left),) = trained.trainer.runs.departed(3)
    assert (step, sorted(left)) == (5, records_of(trained, ONE))
    (request,) = trained.rights.requests.all()
    assert (request.state, request.waiting_on, request.outcome) == ("open", "forgetting", None)

    (answer,) = trained.rights.erase([ONE])

    assert answer.request == request.number
    assert answer.outcome is Outcome.EXACT

    def train_three(workspace: Workspace) -> None:
        train(workspace)
        finetune(workspace, "other", seed=9)

    assert weights(trained) == town.expected(train_three, without=[ONE])


def test_one_forgetting_goes_at_a_time(trained: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rightful.forgetting.forgetter._PATIENCE", 0.05)
    kill(trained, monkeypatch, "before the first run", [BASE])
    with trained.registry.lock("training"), rightful.open(trained.folder) as elsewhere:
        with pytest.raises(Busy):
            elsewhere.rights.forget()
        with pytest.raises(Busy):
            elsewhere.rights.erase([ONE])
        # Who asked meanwhile is kept out at once, all the same.
        purpose = "fine-tuning"
        cleared = elsewhere.clearances.compute(purpose).cleared
        assert not cleared & BitMap64(records_of(elsewhere, ONE))
    (answer,) = trained.rights.erase([ONE])
    assert answer.outcome is Outcome.EXACT


@pytest.mark.parametrize("moment", ["before the first run", "before the certificates"])
def test_a_correction_given_again_finishes_what_was_stopped(
    trained: Workspace, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    record = min(records_of(trained, ONE))
    owner, name, call = MOMENTS[moment]
    with monkeypatch.context() as patched:
        die_at(patched, owner, name, call)
        with pytest.raises(Killed):
            trained.rights.rectify(record, {"label": 2})
    trained.close()
    with rightful.open(trained.folder) as again:
        answer = again.rights.rectify(record, {"label": 2})
        assert answer.outcome is Outcome.EXACT
        assert answer.certificate is not None
        verify(answer.certificate.read_bytes(), again.ledger.public_key)
        assert [request.kind for request in again.requests.all()] == ["rectify"]


def test_single_records_erased_again_finish_what_was_stopped(
    trained: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = sorted(records_of(trained, ONE))[:2]
    with monkeypatch.context() as patched:
        die_at(patched, *MOMENTS["before the first run"])
        with pytest.raises(Killed):
            trained.rights.erase_records(records)
    trained.close()
    with rightful.open(trained.folder) as again:
        assert again.rights.erase_records(records).outcome is Outcome.EXACT
        assert [request.state for request in again.requests.all()] == ["closed"]
