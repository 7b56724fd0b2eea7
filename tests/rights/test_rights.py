"""What becomes of what people ask; how exactly models forget stands in tests/forgetting."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyroaring import BitMap64
from sqlalchemy import select
from tests.workspaces import (
    EVIDENCE,
    PEOPLE,
    TOGETHER,
    bring,
    consent,
    finetune,
    number_of,
    records_of,
    rows,
    train,
    weights,
)

import rightful
from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.forgetting import Outcome, Plan
from rightful.grants import NewGrant
from rightful.registry.tables import forgettings, grants, requests, subjects
from rightful.training import Models
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.workspaces import Town

ONE, OTHER = PEOPLE["tuned"][3], PEOPLE["tuned"][7]


def state(workspace: Workspace) -> tuple[object, ...]:
    """What must not change where nothing is done."""
    return (
        weights(workspace),
        workspace.records.version,
        workspace.registry.rows(select(forgettings)),
        workspace.registry.rows(select(subjects)),
    )


# Nobody, and again


def test_nobody_held_is_answered_in_the_same_shape(trained: Workspace) -> None:
    before = state(trained)
    nobody, one = trained.rights.erase(["nobody@people.example", ONE])
    assert nobody.outcome is Outcome.NOTHING_HELD
    assert (nobody.subject, nobody.certificate, nobody.forgetting) == (
        "nobody@people.example",
        None,
        None,
    )
    assert type(nobody) is type(one)
    closed = trained.rights.requests.get(nobody.request or 0)
    assert (closed.state, closed.outcome, closed.subject) == ("closed", "nothing held", None)
    assert before != state(trained)  # by the other


def test_erasing_nobody_changes_nothing_else(trained: Workspace) -> None:
    before = state(trained)
    trained.rights.erase(["nobody@people.example"])
    assert state(trained) == before


def test_a_second_erasure_finds_nothing(trained: Workspace) -> None:
    trained.rights.erase([ONE])
    before = state(trained)
    (answer,) = trained.rights.erase([ONE])
    assert answer.outcome is Outcome.NOTHING_HELD
    assert state(trained) == before


def test_one_person_named_twice_is_one_request(trained: Workspace) -> None:
    (answer,) = trained.rights.erase([ONE, ONE])
    assert answer.outcome is Outcome.EXACT
    assert len(trained.rights.requests.all()) == 1


def test_nobody_named_is_an_error(trained: Workspace) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        trained.rights.erase([])
    with pytest.raises(InvalidInput, match="at least one"):
        trained.rights.erase_records([])
    assert trained.rights.requests.all() == []


def test_a_record_that_is_not_held_stops_the_erasure_of_the_others(trained: Workspace) -> None:
    before = state(trained)
    with pytest.raises(NotFound, match="nothing was erased"):
        trained.rights.erase_records([*records_of(trained, ONE), 99_999])
    assert state(trained) == before


def test_an_answer_does_not_show_who_asked(trained: Workspace) -> None:
    (answer,) = trained.rights.erase([ONE])
    assert ONE not in repr(answer)
    assert "person" not in repr(answer)


# Coming back


def test_the_same_file_brings_nothing_of_the_erased_back(trained: Workspace) -> None:
    trained.rights.erase([ONE])
    before = state(trained)
    imported = bring(trained, "tuned", rows("tuned"), trained.folder.parent)
    assert (imported.added, imported.suppressed) == (0, 6)
    assert state(trained) == before  # and no row of a subject is made


def test_nothing_new_about_the_erased_is_taken_from_anywhere(trained: Workspace) -> None:
    trained.rights.erase([ONE])
    before = state(trained)
    new = {**rows("tuned")[3], "number": "new", "pixels": bytes(144)}
    same_picture = {**rows("tuned")[3], "number": "copy", "who": [OTHER]}
    imported = bring(trained, "base", [new, same_picture], trained.folder.parent)
    assert (imported.added, imported.suppressed) == (0, 2)
    assert state(trained) == before


def test_where_the_proof_of_a_grant_lies_is_gone(trained: Workspace) -> None:
    own = grants.c.subject == number_of(trained, ONE)
    (before,) = trained.registry.rows(select(grants).where(own))
    assert before.evidence == EVIDENCE
    trained.rights.erase([ONE])
    (after,) = trained.registry.rows(select(grants).where(own))
    assert after.evidence is None


# Refused


def test_a_law_that_demands_the_data_is_a_ground_to_refuse(trained: Workspace) -> None:
    trained.grants.record(
        NewGrant("legal_obligation", "model-training", subject=ONE, evidence="act 1")
    )
    before = state(trained)
    (answer,) = trained.rights.erase([ONE])
    assert answer.outcome is Outcome.REFUSED
    assert answer.ground is not None
    assert "Art. 17(3)(b)" in answer.ground
    assert answer.certificate is None
    assert state(trained) == before
    closed = trained.rights.requests.get(answer.request or 0)
    assert (closed.state, closed.outcome, closed.ground) == ("closed", "refused", answer.ground)
    entry = trained.ledger.entries()[-1]
    assert (entry.kind, entry.facts["ground"]) == ("request_closed", answer.ground)


def test_one_refusal_does_not_keep_others_from_being_erased(
    trained: Workspace, town: "Town"
) -> None:
    trained.grants.record(
        NewGrant("legal_obligation", "model-training", subject=ONE, evidence="act 1")
    )
    answers = trained.rights.erase([OTHER, ONE])
    assert [each.outcome for each in answers] == [Outcome.EXACT, Outcome.REFUSED]
    assert weights(trained) == town.expected(without=[OTHER])


def test_an_obligation_that_has_ended_is_no_ground(trained: Workspace) -> None:
    number = trained.grants.record(
        NewGrant("legal_obligation", "model-training", subject=ONE, evidence="act 1")
    )
    trained.grants.expire(number, moments.now())
    (answer,) = trained.rights.erase([ONE])
    assert answer.outcome is Outcome.EXACT


# All or nothing


def test_the_first_write_is_all_or_nothing(
    trained: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (state(trained), trained.ledger.size, trained.rights.requests.all())

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Models, "restrict", fail)
    with pytest.raises(OSError):
        trained.rights.erase([ONE, OTHER])
    assert (state(trained), trained.ledger.size, trained.rights.requests.all()) == before


def test_before_anything_else_the_person_is_kept_out_and_the_models_are_restricted(
    trained: Workspace,
) -> None:
    seen: list[Any] = []

    def look(plan: Plan) -> None:
        with rightful.open(trained.folder) as elsewhere:
            cleared = elsewhere.clearances.compute("fine-tuning").cleared
            seen.append(cleared & plan.records)
            seen.append({each.name: each.status for each in elsewhere.trainer.models.all()})
            seen.append([each.state for each in elsewhere.rights.requests.all()])

    trained.rights.erase([ONE], on_plan=look)
    assert seen == [BitMap64(), {"base": "in_force", "tuned": "restricted"}, ["open"]]


# Withdraw, rectify


def test_a_withdrawal_stays_open_until_the_models_have_forgotten(trained: Workspace) -> None:
    withdrawal = trained.rights.withdraw(ONE)
    assert len(withdrawal.grants) == 1
    assert trained.rights.requests.get(withdrawal.request).state == "open"
    again = trained.rights.withdraw(ONE)
    assert (again.request, again.grants) == (withdrawal.request, ())
    (done,) = trained.rights.forget()
    assert list(done.certificates) == [withdrawal.request]
    closed = trained.rights.requests.get(withdrawal.request)
    assert (closed.state, closed.outcome) == ("closed", "exact")


def test_a_withdrawal_that_no_model_is_touched_by_is_closed_at_once(trained: Workspace) -> None:
    consent(trained, ONE, "model-evaluation")
    withdrawal = trained.rights.withdraw(ONE, purpose="model-evaluation")
    assert withdrawal.debts == ()
    assert trained.rights.requests.get(withdrawal.request).outcome == "withdrawn"


def test_a_withdrawal_during_a_run_stays_open_until_that_run_has_forgotten(
    trained: Workspace, town: "Town"
) -> None:
    with rightful.open(trained.folder) as made:
        made.rights.withdraw(ONE)
        made.rights.forget()
        consent(made, ONE, "fine-tuning")
    asked: list[int] = []

    def withdraw(done: int, of: int, loss: object) -> None:
        if done == 6:
            with rightful.open(trained.folder) as elsewhere:
                withdrawal = elsewhere.rights.withdraw(ONE)
                assert withdrawal.debts == ()  # no model in force has the person
                asked.append(withdrawal.request)

    finetune(trained, "other", seed=9, on_progress=withdraw)
    assert trained.rights.requests.get(asked[0]).state == "open"
    (done,) = trained.rights.forget()
    assert asked[0] in done.certificates

    def train_three(workspace: Workspace) -> None:
        train(workspace)
        finetune(workspace, "other", seed=9)

    assert weights(trained) == town.expected(train_three, silent=[ONE])


def test_what_another_forgetting_settled_is_closed(trained: Workspace) -> None:
    withdrawal = trained.rights.withdraw(OTHER)
    trained.rights.erase([ONE])  # the model it is trained again with owes nothing any more
    assert trained.rights.forget() == []
    assert trained.rights.requests.get(withdrawal.request).outcome == "withdrawn"


def test_whoever_is_erased_after_withdrawing_has_nothing_left_open(trained: Workspace) -> None:
    trained.rights.withdraw(ONE)
    trained.rights.erase([ONE])
    assert {each.state for each in trained.rights.requests.all()} == {"closed"}
    trained.rights.withdraw(OTHER)
    (done,) = trained.rights.forget()  # which must not ask for the key that is gone
    assert done.outcome is Outcome.EXACT


def test_a_withdrawal_of_somebody_who_is_not_held_is_an_error(trained: Workspace) -> None:
    with pytest.raises(NotFound):
        trained.rights.withdraw("nobody@people.example")
    assert trained.rights.requests.all() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _: {}, "give a new value"),
        (lambda _: {"colour": 1}, "has image, label"),
        (lambda label: {"label": label}, "says so already"),
        (lambda _: {"label": -1}, "label"),
        (lambda _: {"label": "secret"}, "label"),
        (lambda _: {"text": "secret"}, "has image, label"),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    trained: Workspace, change: Callable[[int], dict[str, Any]], sentence: str
) -> None:
    before = state(trained)
    record = records_of(trained, ONE)[0]
    with pytest.raises(InvalidInput, match=sentence) as caught:
        trained.rights.rectify(record, change(rows("tuned")[3]["label"]))
    assert "secret" not in str(caught.value)
    assert state(trained) == before
    assert trained.rights.requests.all() == []


def test_a_record_that_is_not_held_can_not_be_corrected(trained: Workspace) -> None:
    with pytest.raises(NotFound, match="99"):
        trained.rights.rectify(99_999, {"label": 1})


def test_a_correction_of_a_record_about_two_stays_theirs(trained: Workspace) -> None:
    shared = set(records_of(trained, TOGETHER[0])) & set(records_of(trained, TOGETHER[1]))
    (record,) = shared
    answer = trained.rights.rectify(record, {"label": 5})
    assert answer.outcome is Outcome.EXACT
    both = [set(records_of(trained, person)) for person in TOGETHER]
    (corrected,) = both[0] & both[1]
    assert corrected != record
    for person in TOGETHER:
        assert corrected in trained.records.open_about(number_of(trained, person))


def test_a_plan_can_be_seen_without_asking_for_anything(trained: Workspace) -> None:
    before = state(trained)
    plan = trained.rights.plan_erasure([ONE, OTHER])
    assert (len(plan.records), plan.models) == (12, ("tuned",))
    assert state(trained) == before
    assert trained.rights.requests.all() == []
    with pytest.raises(NotFound):
        trained.rights.plan_erasure(["nobody@people.example"])


# Texts


def test_a_corrected_text_takes_the_place_of_the_old_one(town: "Town", tmp_path: Path) -> None:
    from rightful.records import Mapping
    from rightful.records.readers import open_reader

    with town.workspace("texts") as made:
        file = tmp_path / "texts.jsonl"
        file.write_text(
            json.dumps({"t": "helo", "w": "writer@people.example", "n": "text 1"}) + "\n"
        )
        columns = Mapping.parse(["text=t", "subject=w", "reference=n"])
        made.importer.run(open_reader(file), columns, "base")
        (record,) = records_of(made, "writer@people.example")
        answer = made.rights.rectify(record, {"text": "hello"})
        assert answer.outcome is Outcome.NEVER_TRAINED
        (held,) = made.records.open_about(number_of(made, "writer@people.example")).values()
        assert b"hello" in held
        assert b"helo" not in held


# Who is asked for what, by when


def test_a_request_is_due_on_the_earliest_day_of_all_packs(
    trained: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = moments.parse("2026-01-31T10:00:00Z")
    monkeypatch.setattr(moments, "now", lambda: received)
    (answer,) = trained.rights.erase([PEOPLE["base"][0]])
    found = trained.rights.requests.get(answer.request or 0)
    assert {pack.id for pack in trained.packs} >= {"eu.gdpr"}
    # A month, which ends on Saturday the 28th and so on the Monday after it: Reg. 1182/71.
    assert found.due == date(2026, 3, 2)


def test_requests_are_kept_with_what_became_of_them(trained: Workspace) -> None:
    (answer,) = trained.rights.erase([ONE])
    (row,) = trained.registry.rows(select(requests))
    assert (row.forgetting, row.waiting_on) == (answer.forgetting, None)
    assert moments.parse(row.received_at) < moments.parse(row.closed_at)
