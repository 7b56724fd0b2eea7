"""From records to runs, to the runs that came from those, to models; and what models owe."""

from datetime import timedelta
from typing import Any

import pytest
from pyroaring import BitMap64
from tests.workspaces import PEOPLE, consent, finetune, number_of, program, records_of

import rightful
from rightful import moments
from rightful.forgetting.lineage import Family
from rightful.training import Model, Run
from rightful.workspace import Workspace

ONE = PEOPLE["tuned"][3]


def run(number: int, parent: int | None, records: list[int], status: str = "finished") -> Run:
    told: dict[str, Any] = {"kind": "pretraining", "model": "m", "purpose": "p", "clearance": 1}
    return Run(
        number=number,
        parent=parent,
        records=BitMap64(records),
        status=status,  # type: ignore[arg-type]
        program=program(1),
        environment={},
        start_sha256=None,
        replaces=None,
        weights_sha256=None,
        started_at="",
        finished_at=None,
        **told,
    )


#: 1 was replaced by 3, so 2, its child, was replaced by 4. Nobody needs 5, a child of 3.
KIN = Family(
    {
        1: run(1, None, [1, 2, 3], "superseded"),
        2: run(2, 1, [7, 8], "superseded"),
        3: run(3, None, [2, 3]),
        4: run(4, 3, [7, 8]),
        5: run(5, 3, [9]),
        6: run(6, None, [1, 9]),
    },
    [
        Model("base", 3, "in_force", ""),
        Model("tuned", 4, "in_force", ""),
        Model("else", 6, "in_force", ""),
    ],
)


@pytest.mark.parametrize(
    ("records", "given", "influenced", "models"),
    [
        ([2], {1, 3}, {1, 2, 3, 4, 5}, ["base", "tuned"]),
        ([1], {1, 6}, {1, 2, 6}, ["else"]),
        ([8], {2, 4}, {2, 4}, ["tuned"]),
        ([9], {5, 6}, {5, 6}, ["else"]),
        ([99], set(), set(), []),
        ([], set(), set(), []),
    ],
)
def test_influence_goes_from_parents_to_children_and_not_back(
    records: list[int], given: set[int], influenced: set[int], models: list[str]
) -> None:
    found = KIN.given(BitMap64(records))
    assert set(found) == given
    assert all(share == KIN.runs[n].records & BitMap64(records) for n, share in found.items())
    assert KIN.influenced(found) == influenced
    assert KIN.models_of(influenced) == models


def test_living_are_the_runs_behind_models_parents_first() -> None:
    assert [each.number for each in KIN.living()] == [3, 4, 6]
    assert [each.number for each in KIN.ancestry(2)] == [1, 2]


def test_nothing_is_owed_at_first(trained: Workspace) -> None:
    assert trained.forgetter.debts() == []
    assert not trained.forgetter.owed()


def test_a_withdrawal_is_owed_by_the_runs_that_had_the_records(trained: Workspace) -> None:
    trained.grants.withdraw(ONE)
    (debt,) = trained.forgetter.debts()
    assert (debt.run, debt.purpose, debt.models) == (2, "fine-tuning", ("tuned",))
    assert debt.records == BitMap64(records_of(trained, ONE))


def test_a_debt_of_a_parent_is_a_debt_of_both_models(trained: Workspace) -> None:
    trained.grants.withdraw(PEOPLE["base"][0])
    (debt,) = trained.forgetter.debts()
    assert (debt.run, debt.models) == (1, ("base", "tuned"))


def test_time_alone_makes_debts(trained: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    (grant,) = trained.grants.about(number_of(trained, ONE))
    trained.grants.expire(grant.number, moments.now() + timedelta(hours=1))
    assert trained.forgetter.debts() == []
    now = moments.now()
    monkeypatch.setattr(moments, "now", lambda: now + timedelta(hours=1))
    assert [debt.records for debt in trained.forgetter.debts()] == [
        BitMap64(records_of(trained, ONE))
    ]


def test_who_left_during_a_run_is_owed_though_consent_is_given_anew(trained: Workspace) -> None:
    def leave(done: int, of: int, loss: object) -> None:
        if done == 9:
            with rightful.open(trained.folder) as elsewhere:
                elsewhere.grants.withdraw(ONE)

    finetune(trained, "other", seed=9, on_progress=leave)
    assert [debt.run for debt in trained.forgetter.debts()] == [2, 3]
    consent(trained, ONE, "fine-tuning")
    (debt,) = trained.forgetter.debts()  # the run is neither with nor without them
    assert (debt.run, debt.models) == (3, ("other",))
    trained.rights.forget()
    assert trained.forgetter.debts() == []


def test_other_grounds_are_no_debts(trained: Workspace) -> None:
    consent(trained, ONE, "model-training")
    trained.grants.withdraw(PEOPLE["tuned"][4], purpose="model-evaluation")
    assert trained.forgetter.debts() == []


def test_an_unfinished_run_owes_without_a_model(trained: Workspace) -> None:
    def stop(done: int, of: int, loss: object) -> None:
        if done == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune(trained, "late", seed=11, on_progress=stop)
    trained.rights.withdraw(ONE)
    trained.rights.forget()
    assert not trained.forgetter.owed()
    assert trained.trainer.runs.get(3).status == "superseded"
