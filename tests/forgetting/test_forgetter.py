"""Forgetting makes models what they would have been: held against workspaces that never knew.

Everything here is measured in bits: the SHA-256 of weights of two workspaces, one that forgot and
one in which there was nothing to forget.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from tests.workspaces import (
    PEOPLE,
    TOGETHER,
    bring,
    consent,
    finetune,
    number_of,
    pretrain,
    program,
    records_of,
    rows,
    train,
    weights,
)

import rightful
from rightful.errors import NotFound, Refused
from rightful.forgetting import Outcome
from rightful.grants import NewGrant
from rightful.registry.tables import (
    certificates,
    checkpoints,
    evaluations,
    forgettings,
    losses,
)
from rightful.training import Loss
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.workspaces import Town

ONE = PEOPLE["tuned"][3]
BASE = PEOPLE["base"][4]


class Stopped(Exception):
    """What a test stops a run with."""


def stop_after(steps: int) -> Callable[[int, int, Loss | None], None]:
    def progress(done: int, of: int, loss: Loss | None) -> None:
        if done == steps:
            raise Stopped

    return progress


def train_three(workspace: Workspace) -> None:
    """Two models that share a parent."""
    train(workspace)
    finetune(workspace, "other", seed=9)


def train_late(workspace: Workspace) -> None:
    """The model in force is not the first of its name."""
    pretrain(workspace)
    finetune(workspace, seed=10)


def test_one_person_is_forgotten_exactly(trained: Workspace, town: "Town") -> None:
    (answer,) = trained.rights.erase([ONE])
    assert answer.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(without=[ONE])


def test_several_people_are_forgotten_at_once_and_each_has_a_certificate(
    trained: Workspace, town: "Town"
) -> None:
    people = [ONE, PEOPLE["tuned"][5], BASE]
    plans: list[Any] = []
    answers = trained.rights.erase(people, on_plan=plans.append)
    assert [answer.subject for answer in answers] == people
    assert {answer.outcome for answer in answers} == {Outcome.EXACT}
    assert len({answer.certificate for answer in answers}) == 3
    assert [replay.run for replay in plans[0].replays] == [1, 2]  # each once
    assert weights(trained) == town.expected(without=people)


def test_a_child_is_trained_again_when_its_parent_forgets(trained: Workspace, town: "Town") -> None:
    before = weights(trained)
    trained.rights.erase([BASE])
    after = weights(trained)
    assert after == town.expected(without=[BASE])
    assert all(before[name] != after[name] for name in before)


def test_a_parent_stays_as_it_is_when_its_child_forgets(trained: Workspace) -> None:
    before = trained.trainer.models.get("base")
    trained.rights.erase([ONE])
    assert trained.trainer.models.get("base") == before


def test_models_that_share_a_parent_are_both_trained_again(
    trained: Workspace, town: "Town"
) -> None:
    finetune(trained, "other", seed=9)
    trained.rights.erase([BASE])
    assert weights(trained) == town.expected(train_three, without=[BASE])


def test_forgettings_follow_one_another(trained: Workspace, town: "Town") -> None:
    for person in (ONE, BASE, PEOPLE["tuned"][6]):
        (answer,) = trained.rights.erase([person])
        assert answer.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(without=[ONE, BASE, PEOPLE["tuned"][6]])


def test_single_records_are_erased_and_their_people_stay(trained: Workspace, town: "Town") -> None:
    first, second = records_of(trained, ONE)[:2]  # numbers 3 and 13 of the source
    answer = trained.rights.erase_records([first, second])
    assert answer.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(lost=[("tuned", 3), ("tuned", 13)])
    assert len(records_of(trained, ONE)) == 4
    # The same file brings neither back.
    assert bring(trained, "tuned", rows("tuned"), trained.folder.parent).suppressed == 2


def test_a_record_about_two_is_gone_for_both_and_the_other_keeps_the_rest(
    trained: Workspace, town: "Town"
) -> None:
    asking, other = TOGETHER
    assert len(records_of(trained, other)) == 7
    trained.rights.erase([asking])
    assert weights(trained) == town.expected(without=[asking])
    assert len(records_of(trained, other)) == 6
    assert len(trained.records.open_about(number_of(trained, other))) == 6  # under that one's key


@pytest.mark.parametrize("label", [0, 9])
def test_a_corrected_label_is_as_if_it_had_been_right(
    trained: Workspace, town: "Town", label: int
) -> None:
    record = records_of(trained, ONE)[0]
    if rows("tuned")[3]["label"] == label:
        label = 4
    answer = trained.rights.rectify(record, {"label": label})
    assert answer.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(mended={("tuned", 3): label})
    with pytest.raises(NotFound):
        trained.records.open_to_correct(record)
    # What was erased later goes with its correction, and does not come back as it was.
    trained.rights.erase([ONE])
    assert weights(trained) == town.expected(without=[ONE])


def test_a_withdrawal_is_forgotten_and_the_data_stays(trained: Workspace, town: "Town") -> None:
    withdrawal = trained.rights.withdraw(ONE)
    assert [debt.models for debt in withdrawal.debts] == [("tuned",)]
    (done,) = trained.rights.forget()
    assert done.outcome is Outcome.EXACT
    assert weights(trained) == town.expected(silent=[ONE])
    assert weights(trained) == town.expected(without=[ONE])
    assert len(records_of(trained, ONE)) == 6
    assert trained.rights.forget() == []


def test_what_was_withdrawn_for_one_purpose_stays_in_the_models_of_another(
    trained: Workspace, town: "Town"
) -> None:
    def train_on_all(workspace: Workspace) -> None:
        for person in PEOPLE["tuned"]:
            consent(workspace, person, "pretraining", source="tuned")
        train(workspace)

    train_on_all(trained)
    trained.rights.withdraw(ONE, purpose="fine-tuning")
    before = trained.trainer.models.get("base")
    trained.rights.forget()
    assert weights(trained) == town.expected(train_on_all, silent=[ONE])
    assert trained.trainer.models.get("base") == before  # it had nothing to forget


def test_a_model_whose_every_record_goes_is_one_that_never_saw_any(trained: Workspace) -> None:
    answers = trained.rights.erase(PEOPLE["tuned"])
    assert {answer.outcome for answer in answers} == {Outcome.EXACT}
    found = weights(trained)
    assert found["tuned"] == found["base"]  # where it started from


def test_an_older_run_of_the_name_is_thrown_away_with_what_was_measured_on_it(
    trained: Workspace, town: "Town"
) -> None:
    finetune(trained, seed=10)  # run 3 is in force now, and run 2 holds the person all the same
    trained.rights.erase([ONE])
    assert weights(trained) == town.expected(train_late, without=[ONE])
    statuses = {run.number: run.status for run in trained.trainer.runs.all()}
    assert statuses == {1: "finished", 2: "superseded", 3: "superseded", 4: "finished"}
    for gone in (2, 3):
        assert not (trained.folder / "runs" / str(gone)).exists()
        for table in (checkpoints, losses, evaluations):
            query = select(table).where(table.c.run == gone)
            assert trained.registry.rows(query) == []


def test_an_unfinished_run_that_holds_the_person_is_thrown_away(
    trained: Workspace, town: "Town"
) -> None:
    with pytest.raises(Stopped):
        finetune(trained, "late", seed=11, on_progress=stop_after(6))
    assert (trained.folder / "runs" / "3").exists()
    plans: list[Any] = []
    (answer,) = trained.rights.erase([ONE], on_plan=plans.append)
    assert plans[0].discard == (3,)
    assert answer.outcome is Outcome.EXACT
    assert not (trained.folder / "runs" / "3").exists()
    finetune(trained, "late", seed=11)

    def train_and_late(workspace: Workspace) -> None:
        train(workspace)
        finetune(workspace, "late", seed=11)

    assert weights(trained) == town.expected(train_and_late, without=[ONE])


def test_an_unfinished_run_with_nobody_to_forget_goes_on(trained: Workspace) -> None:
    with pytest.raises(Stopped):
        trained.trainer.pretrain(program(11), model="late", on_progress=stop_after(6))
    trained.rights.erase([ONE])
    run = trained.trainer.pretrain(program(11), model="late")
    assert run.number == 3
    assert run.finished


def test_nothing_is_trained_where_no_run_had_the_records(trained: Workspace, town: "Town") -> None:
    new = [
        {**row, "who": ["new@people.example"], "number": f"new {row['number']}"}
        for row in rows("tuned")[:3]
    ]
    for row in new:
        row["pixels"] = bytes(reversed(row["pixels"]))
    assert bring(trained, "tuned", new, trained.folder.parent).added == 3
    before = weights(trained)
    plans: list[Any] = []
    (answer,) = trained.rights.erase(["new@people.example"], on_plan=plans.append)
    assert answer.outcome is Outcome.NEVER_TRAINED
    assert answer.certificate is not None
    assert (plans[0].steps, plans[0].replays, plans[0].models) == (0, (), ())
    assert weights(trained) == before


def test_who_was_forgotten_before_was_trained_on_all_the_same(trained: Workspace) -> None:
    trained.rights.withdraw(ONE)
    trained.rights.forget()
    plans: list[Any] = []
    (answer,) = trained.rights.erase([ONE], on_plan=plans.append)
    assert plans[0].replays == ()
    assert answer.outcome is Outcome.EXACT  # and not "never trained"


def test_scores_on_erased_records_go_and_scores_on_others_stay(trained: Workspace) -> None:
    trained.grants.record(
        NewGrant(
            "legitimate_interests",
            "model-evaluation",
            source="base",
            evidence="paper 1",
            notice="notice",
        )
    )
    trained.evaluator.evaluate("base")
    kept = trained.registry.rows(select(evaluations.c.id))
    assert len(kept) == 1
    trained.rights.erase([ONE])  # is in no record of that score
    assert trained.registry.rows(select(evaluations.c.id)) == kept
    trained.evaluator.evaluate("tuned")  # its weights never saw whom the score is about
    trained.rights.erase([BASE])
    assert trained.registry.rows(select(evaluations.c.id)) == []


def test_a_model_may_only_be_stored_until_it_has_forgotten(
    trained: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trained.forgetter, "_replay", _raise)
    with pytest.raises(Stopped):
        trained.rights.erase([BASE])
    for name in ("base", "tuned"):
        with pytest.raises(Refused, match="restricted"):
            trained.evaluator.evaluate(name, purpose="pretraining")
    with pytest.raises(Refused, match="restricted"):
        finetune(trained, "new", seed=12)
    monkeypatch.undo()
    trained.rights.forget()
    assert trained.evaluator.evaluate("tuned", purpose="pretraining").metrics["records"] == 54


def test_a_plan_is_emptied_when_it_is_done(trained: Workspace) -> None:
    trained.rights.erase([ONE])
    (row,) = trained.registry.rows(select(forgettings))
    assert (row.state, row.plan, row.outcome) == ("done", "{}", "exact")


def test_progress_counts_the_steps_of_the_plan(trained: Workspace) -> None:
    plans: list[Any] = []
    told: list[tuple[int, int]] = []
    trained.rights.erase(
        [BASE], on_plan=plans.append, on_progress=lambda done, of: told.append((done, of))
    )
    assert told == [(done, plans[0].steps) for done in range(1, plans[0].steps + 1)]


def test_a_model_can_be_trained_further_after_it_forgot(trained: Workspace, town: "Town") -> None:
    trained.rights.erase([ONE])
    finetune(trained, "other", seed=9)
    assert weights(trained) == town.expected(train_three, without=[ONE])


def test_the_same_command_after_a_forgetting_gives_the_same_weights(trained: Workspace) -> None:
    trained.rights.erase([ONE])
    before = weights(trained)
    train(trained)
    assert weights(trained) == before


def test_a_rule_about_a_program_is_kept_by_its_replay(trained: Workspace) -> None:
    trained.rights.erase([ONE])
    replayed = trained.trainer.runs.get(trained.trainer.models.get("tuned").run)
    assert replayed.program == program(8)
    assert replayed.replaces == 2


def test_losses_of_a_replay_are_those_of_its_steps_and_the_old_ones_are_gone(
    trained: Workspace,
) -> None:
    trained.rights.erase([ONE])
    replayed = trained.trainer.models.get("tuned").run
    steps = [loss.step for loss in trained.trainer.runs.losses(replayed)]
    assert steps == sorted(set(steps))
    assert set(steps) <= set(range(16))
    assert sum(loss.records for loss in trained.trainer.runs.losses(replayed)) == 2 * 55
    assert trained.trainer.runs.losses(2) == []


def test_every_forgetting_has_its_certificates_and_no_more(trained: Workspace) -> None:
    trained.rights.erase([ONE, PEOPLE["tuned"][4]])
    trained.rights.withdraw(PEOPLE["tuned"][5])
    trained.rights.forget()
    about = trained.registry.rows(select(certificates.c.forgetting, certificates.c.request))
    assert [tuple(row) for row in about] == [(1, 1), (1, 2), (2, 3)]
    files = sorted(path.name for path in (trained.folder / "certificates").iterdir())
    assert files == [
        "forgetting-1-request-1.json",
        "forgetting-1-request-2.json",
        "forgetting-2-request-3.json",
    ]


def test_another_process_sees_the_model_that_forgot(trained: Workspace) -> None:
    with rightful.open(trained.folder) as elsewhere:
        before = weights(elsewhere)
        trained.rights.erase([ONE])
        assert weights(elsewhere)["tuned"] != before["tuned"]
        score = elsewhere.evaluator.evaluate("tuned", purpose="fine-tuning")
        assert score.metrics["records"] == 55


def _raise(*_: object, **__: object) -> None:
    raise Stopped
