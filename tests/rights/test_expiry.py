"""What is past its date goes, from the store and from the models, and leaves its evidence."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyroaring import BitMap64
from sqlalchemy import select
from tests.workspaces import (
    PEOPLE,
    TOGETHER,
    bring,
    finetune,
    number_of,
    program,
    records_of,
    rows,
    train,
    weights,
)

import rightful
from rightful import moments
from rightful.errors import Busy, InvalidInput
from rightful.forgetting import Outcome, Plan, verify
from rightful.forgetting.forgetter import Forgetter
from rightful.forgetting.issuing import Issuer
from rightful.grants import NewGrant
from rightful.ledger import ExportedLedger, commitment
from rightful.records import Source
from rightful.records.store import RecordStore
from rightful.registry.tables import (
    certificates,
    forgettings,
    requests,
    sources,
    subjects,
    suppressions,
)
from rightful.training import Models
from rightful.training.checkpoints import Checkpoints
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.workspaces import Town

#: The records with a date of their own: two of one person, one of another, and one about two.
DATED = [("tuned", 3), ("tuned", 13), ("tuned", 24), ("tuned", 60)]
DAY = "2998-03-01"
BEFORE = moments.parse("2998-03-01T23:59:59Z")
AFTER = moments.parse("2998-03-02T00:00:00Z")
ONE, TWO = PEOPLE["tuned"][3], PEOPLE["tuned"][4]


@pytest.fixture(scope="session")
def dated_folder(town: "Town") -> Path:
    """A workspace whose models were trained on records some of which have a date of their own."""
    with town.workspace("dated", dated=dict.fromkeys(DATED, DAY)) as made:
        train(made)
        return made.folder


@pytest.fixture
def dated(
    dated_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    """A copy of it, on the day after the date."""
    shutil.copytree(dated_folder, tmp_path / "workspace")
    monkeypatch.setattr(moments, "now", lambda: AFTER)
    with rightful.open(tmp_path / "workspace") as opened:
        yield opened


def past(workspace: Workspace) -> BitMap64:
    return workspace.retention.look(AFTER).past


def oblige(workspace: Workspace, person: str) -> None:
    workspace.grants.record(
        NewGrant("legal_obligation", "model-evaluation", subject=person, evidence="law 1")
    )


# What goes


def test_the_models_become_what_they_would_have_been_without_the_expired(
    dated: Workspace, town: "Town"
) -> None:
    expired = past(dated)
    assert len(expired) == 4
    found = dated.expiry.expire()
    assert found.outcome is Outcome.EXACT
    assert found.done is not None
    assert found.done.plan.records == expired
    assert dated.records.rows(expired).num_rows == 0
    assert weights(dated) == town.expected(lost=DATED)
    assert found.seconds is not None
    assert found.seconds > 0


def test_people_stay_known_with_all_their_other_records(dated: Workspace) -> None:
    dated.expiry.expire()
    assert [len(records_of(dated, each)) for each in (ONE, TWO, *TOGETHER)] == [4, 5, 6, 6]
    rows_ = dated.registry.rows(select(subjects).where(subjects.c.erased_at.is_not(None)))
    assert rows_ == []
    assert dated.registry.rows(select(requests)) == [], "nobody asked for anything"
    assert dated.records.open_about(number_of(dated, ONE))


def test_no_byte_of_the_expired_is_left_in_the_store(dated: Workspace) -> None:
    sealed = [bytes(each) for each in dated.records.sealed(_numbers(past(dated)))]
    assert all(_holds(dated, each) for each in sealed)
    dated.expiry.expire()
    assert not any(_holds(dated, each) for each in sealed)


def _numbers(records: BitMap64) -> Any:
    import numpy as np

    return np.fromiter(records, np.int64, len(records))


def _holds(workspace: Workspace, wanted: bytes) -> bool:
    files = [path for path in workspace.folder.rglob("*") if path.is_file()]
    return any(wanted in path.read_bytes() for path in files)


def test_on_its_last_day_a_record_is_not_touched(
    dated: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "now", lambda: BEFORE)
    before = (weights(dated), dated.records.version, dated.ledger.size)
    found = dated.expiry.expire()
    assert (found.outcome, found.done, found.seconds) == (Outcome.NOTHING_DUE, None, None)
    assert (weights(dated), dated.records.version, dated.ledger.size) == before


def test_what_no_run_was_given_is_deleted_and_called_never_trained(
    town: "Town", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with town.workspace("dated-untrained", dated=dict.fromkeys(DATED, DAY)) as made:
        monkeypatch.setattr(moments, "now", lambda: AFTER)
        assert made.expiry.expire().outcome is Outcome.NEVER_TRAINED
        assert not past(made)


def test_a_whole_source_expires_with_its_date(
    dated: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    dated.sources.declare(Source("tuned", retention_until="2998-03-01"))
    found = dated.expiry.due()
    assert len(found.records) == 61
    dated.expiry.expire()
    assert dated.records.metadata().num_rows == 60
    assert weights(dated)["base"] == town.expected()["base"]


def test_an_earlier_moment_takes_only_what_was_past_its_date_then(dated: Workspace) -> None:
    found = dated.expiry.expire(at=BEFORE)
    assert found.outcome is Outcome.NOTHING_DUE
    assert len(dated.expiry.expire(at=AFTER).due.records) == 4


def test_what_may_be_used_until_later_is_not_deleted_now(
    dated: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "now", lambda: BEFORE)
    with pytest.raises(InvalidInput, match="lies ahead"):
        dated.expiry.expire(at=AFTER)
    assert len(dated.expiry.due(AFTER).records) == 4, "but can be asked for"


def test_looking_and_planning_change_nothing(dated: Workspace, town: "Town") -> None:
    before = (weights(dated), dated.records.version, dated.ledger.size)
    due = dated.expiry.due()
    plan = dated.expiry.plan(due)
    assert (plan.kind, plan.models, len(plan.records)) == ("expire", ("tuned",), 4)
    assert plan.steps > 0
    assert plan.seconds is not None
    assert (weights(dated), dated.records.version, dated.ledger.size) == before
    assert dated.registry.rows(select(forgettings)) == []


# What stays


def test_who_is_bound_to_keep_a_record_keeps_it_and_says_on_which_ground(
    dated: Workspace, town: "Town"
) -> None:
    oblige(dated, ONE)
    found = dated.expiry.expire()
    (kept,) = found.due.kept
    assert kept.ground.startswith("EU.GDPR.17.3b")
    assert kept.records == BitMap64(records_of(dated, ONE)) & past(dated)
    assert len(kept.records) == 2
    assert past(dated) == kept.records
    assert found.done is not None
    assert found.done.plan.expired is not None
    assert found.done.plan.expired.kept == 2
    assert dated.expiry.expire().outcome is Outcome.NOTHING_DUE


def test_one_of_two_people_is_enough_to_keep_what_is_about_both(dated: Workspace) -> None:
    oblige(dated, TOGETHER[1])
    (kept,) = dated.expiry.expire().due.kept
    assert kept.records == past(dated)
    assert len(kept.records) == 1


def test_an_obligation_that_was_recorded_since_holds_at_an_earlier_moment_too(
    dated: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = moments.parse("2998-06-01")
    monkeypatch.setattr(moments, "now", lambda: later)
    oblige(dated, ONE)
    assert len(dated.expiry.due(AFTER).kept[0].records) == 2


def test_a_date_that_cannot_be_read_is_listed_and_nothing_else(dated: Workspace) -> None:
    with dated.registry.transaction() as connection:
        row = sources.c.name == "base"
        connection.execute(sources.update().where(row).values(retention_until="soon"))
    found = dated.expiry.expire()
    assert len(found.due.retained.unreadable) == 60
    assert len(found.due.records) == 4
    assert dated.records.metadata().num_rows == 121 - 4


# Evidence


def test_ledger_and_certificate_commit_to_the_very_set(dated: Workspace) -> None:
    held = dated.records.rows(past(dated)).to_pylist()
    oblige(dated, ONE)
    found = dated.expiry.expire()
    kept = BitMap64().union(*(each.records for each in found.due.kept))
    gone = [row["key"] for row in held if row["record"] not in kept]
    (entry,) = [each for each in dated.ledger.entries() if each.kind == "records_expired"]
    evidence = {"as_of": moments.text(AFTER), "keys": commitment(gone), "sources": 1, "kept": 2}
    assert entry.facts == {"forgetting": 1, "records": 2, **evidence}
    assert found.done is not None
    path = found.done.certificates[None]
    exported = ExportedLedger(dated.folder / "ledger")
    verified = verify(path.read_bytes(), dated.ledger.public_key, exported)
    body = verified.body
    assert body["expired"] == evidence
    assert (body["kind"], body["records"], body["outcome"]) == ("expire", 2, "exact")
    assert (body["subject"], body["request"], body["key_destroyed"]) == (None, None, False)
    assert body["bytes_purged"] is True
    assert dated.ledger.check() == []


def test_another_kind_of_forgetting_says_that_nothing_expired(dated: Workspace) -> None:
    (answer,) = dated.rights.erase([ONE])
    assert answer.certificate is not None
    assert json.loads(answer.certificate.read_bytes())["body"]["expired"] is None


def test_nothing_of_the_evidence_names_anybody(dated: Workspace) -> None:
    found = dated.expiry.expire()
    assert found.done is not None
    said = found.done.certificates[None].read_text() + "".join(
        entry.data.decode() for entry in dated.ledger.entries()
    )
    assert "people.example" not in said
    assert "person-" not in said


def test_the_expired_may_come_again_with_a_new_date(
    dated: Workspace, town: "Town", tmp_path: Path
) -> None:
    dated.expiry.expire()
    assert dated.registry.rows(select(suppressions)) == []
    again = [{**row, "until": "2999-01-01"} for row in rows("tuned")]
    imported = bring(dated, "tuned", again, tmp_path)
    assert (imported.added, imported.suppressed) == (4, 0)
    assert not past(dated)
    finetune(dated, "again", seed=8)
    assert weights(dated)["again"] == town.expected()["tuned"], "as if it had never been away"


# Beside other work


def test_beside_a_run_nothing_is_deleted(dated: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rightful.forgetting.forgetter._PATIENCE", 0.05)
    with (
        dated.registry.lock("training"),
        rightful.open(dated.folder) as elsewhere,
        pytest.raises(Busy, match="a run is going"),
    ):
        elsewhere.expiry.expire()
    assert len(past(dated)) == 4
    assert set(weights(dated)) == {"base", "tuned"}


def test_what_another_process_took_meanwhile_is_not_taken_twice(
    dated: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, real = [], type(dated.retention).look

    def look(room: Any, at: Any) -> Any:
        found = real(room, at)
        looked.append(found)
        if len(looked) == 1:
            with rightful.open(dated.folder) as elsewhere:
                elsewhere.expiry.expire()
        return found

    monkeypatch.setattr(type(dated.retention), "look", look)
    found = dated.expiry.expire()
    assert (found.outcome, found.done) == (Outcome.NOTHING_DUE, None)
    assert len(dated.registry.rows(select(forgettings))) == 1


def test_an_erasure_of_the_same_people_takes_the_rest(dated: Workspace, town: "Town") -> None:
    dated.expiry.expire()
    (answer,) = dated.rights.erase([ONE])
    assert answer.outcome is Outcome.EXACT
    assert weights(dated) == town.expected(without=[ONE], lost=DATED)


# Stopped


class Killed(Exception):
    """What stands in for the death of a process."""


MOMENTS: dict[str, tuple[Any, str]] = {
    "before anything": (Forgetter, "_shred"),
    "before the records are deleted": (RecordStore, "delete"),
    "in the run": (Checkpoints, "write"),
    "before the model moves": (Models, "move"),
    "before old versions go": (RecordStore, "purge"),
    "before the certificate": (Issuer, "issue"),
}


@pytest.mark.parametrize("by", ["expire", "forget"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_stopped_anywhere_it_is_finished_once(
    dated: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch, moment: str, by: str
) -> None:
    owner, name = MOMENTS[moment]

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, die)
        with pytest.raises(Killed):
            dated.expiry.expire()
    dated.close()
    with rightful.open(dated.folder) as again:
        moved = moment in ("before old versions go", "before the certificate")
        assert ("tuned" in weights(again)) is moved, "restricted until it has forgotten"
        if by == "expire":
            found = again.expiry.expire()
            assert (found.outcome, found.done) == (Outcome.EXACT, None)
            (done,) = found.finished
        else:
            (done,) = again.rights.forget()
        assert done.plan.kind == "expire"
        assert weights(again) == town.expected(lost=DATED)
        assert again.forgetter.unfinished() == []
        kinds = [entry.kind for entry in again.ledger.entries()]
        for kind in ("forgetting_planned", "records_expired", "certificate_issued"):
            assert kinds.count(kind) == 1, kind
        (row,) = again.registry.rows(select(certificates))
        verify((again.folder / row.path).read_bytes(), again.ledger.public_key)
        assert again.expiry.expire().outcome is Outcome.NOTHING_DUE


def test_a_plan_is_kept_as_text_and_read_again(dated: Workspace) -> None:
    plan = dated.expiry.plan(dated.expiry.due())
    assert plan.expired is not None
    assert Plan.from_json(plan.to_json()).expired == plan.expired


def test_a_run_that_began_on_the_last_day_forgets_too(
    dated: Workspace, town: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "now", lambda: BEFORE)
    dated.trainer.finetune(program(9), model="late", parent="base")
    monkeypatch.setattr(moments, "now", lambda: AFTER)
    dated.expiry.expire()

    def train_and_late(workspace: Workspace) -> None:
        train(workspace)
        workspace.trainer.finetune(program(9), model="late", parent="base")

    assert weights(dated) == town.expected(train_and_late, lost=DATED)
