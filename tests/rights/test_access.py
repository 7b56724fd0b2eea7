"""An access package holds all that is held about one person, and nothing of anybody else."""

import json
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pyroaring import BitMap64
from tests.workspaces import (
    BINS,
    BORN,
    EVIDENCE,
    PEOPLE,
    RESIDENCE,
    TOGETHER,
    finetune,
    number_of,
    records_of,
    rows,
)

import rightful
from rightful.errors import InvalidInput, NotFound
from rightful.rights import access
from rightful.training.bins import Bins
from rightful.workspace import Workspace

ONE = PEOPLE["tuned"][3]


def package(workspace: Workspace, person: str, folder: Path) -> dict[str, Any]:
    made = workspace.access.package(person, folder)
    found: dict[str, Any] = json.loads((made / "package.json").read_text(encoding="utf-8"))
    return found


def test_it_holds_what_is_known_of_the_person(trained: Workspace, tmp_path: Path) -> None:
    found = package(trained, ONE, tmp_path / "package")
    assert found["format"] == access.FORMAT
    assert found["controller"] == "Example Lab"
    assert found["subject"] == {"reference": ONE, "residence": RESIDENCE, "birth_year": BORN}


def test_it_holds_every_record_with_its_picture(trained: Workspace, tmp_path: Path) -> None:
    found = package(trained, ONE, tmp_path / "package")
    given = [row for row in rows("tuned") if ONE in row["who"]]
    assert [each["record"] for each in found["records"]] == records_of(trained, ONE)
    for row, each in zip(given, found["records"], strict=True):
        assert each["source"] == "tuned"
        assert each["content"]["label"] == row["label"]
        assert not each["about_others_too"]
        picture = Image.open(tmp_path / "package" / each["content"]["image"])
        assert np.asarray(picture).tobytes() == row["pixels"]
    assert len(list((tmp_path / "package" / "records").iterdir())) == len(given)


def test_it_says_that_others_are_in_a_record_and_not_who(
    trained: Workspace, tmp_path: Path
) -> None:
    found = package(trained, TOGETHER[0], tmp_path / "package")
    assert [each["about_others_too"] for each in found["records"]].count(True) == 1
    for path in (tmp_path / "package").rglob("*"):
        if path.is_file():
            assert TOGETHER[1].encode() not in path.read_bytes()


def test_it_holds_the_grounds(trained: Workspace, tmp_path: Path) -> None:
    trained.grants.withdraw(ONE)
    (grant,) = package(trained, ONE, tmp_path / "package")["grants"]
    assert (grant["kind"], grant["purpose"], grant["status"]) == (
        "consent",
        "fine-tuning",
        "withdrawn",
    )
    assert (grant["notice"], grant["explicit"], grant["given_by"]) == ("notice@1/en", True, "self")
    assert grant["withdrawn_at"] is not None


def test_it_holds_the_recipients_of_the_records_and_no_others(
    trained: Workspace, tmp_path: Path
) -> None:
    own = BitMap64(records_of(trained, ONE))
    trained.disclosures.record("Partner", "their digits", own)
    trained.disclosures.record("Somebody else", "other digits", BitMap64([0, 1]))
    recipients = package(trained, ONE, tmp_path / "package")["recipients"]
    assert [(each["recipient"], each["what"]) for each in recipients] == [
        ("Partner", "their digits")
    ]


def test_it_names_the_steps_of_each_run_that_the_records_were_part_of(
    trained: Workspace, tmp_path: Path
) -> None:
    (model,) = package(trained, ONE, tmp_path / "package")["models"]
    assert (model["model"], model["run"], model["in_force"]) == ("tuned", 2, True)
    table = trained.records.about(number_of(trained, ONE))
    expected = Bins(8, BINS).steps(trained.records.keys(table), 2).tolist()
    assert model["steps"] == {
        str(record): steps for record, steps in zip(records_of(trained, ONE), expected, strict=True)
    }
    assert model["steps_in_all"] == 2 * BINS


def test_it_names_the_models_that_came_from_one_with_the_records(
    trained: Workspace, tmp_path: Path
) -> None:
    parent, child = package(trained, PEOPLE["base"][0], tmp_path / "package")["models"]
    assert (parent["model"], len(parent["steps"])) == ("base", 6)
    assert (child["model"], child["started_from_run"], child["steps"]) == ("tuned", 1, {})


def test_steps_after_the_person_left_are_not_theirs(trained: Workspace, tmp_path: Path) -> None:
    def leave(done: int, of: int, loss: object) -> None:
        if done == 7:
            with rightful.open(trained.folder) as elsewhere:
                elsewhere.grants.withdraw(ONE)

    finetune(trained, "other", seed=9, on_progress=leave)
    models = package(trained, ONE, tmp_path / "package")["models"]
    steps = [step for own in models[1]["steps"].values() for step in own]
    assert models[1]["model"] == "other"
    assert steps
    assert max(steps) < 7


def test_runs_that_have_forgotten_are_not_named(trained: Workspace, tmp_path: Path) -> None:
    trained.rights.withdraw(ONE)
    trained.rights.forget()
    found = package(trained, ONE, tmp_path / "package")
    assert found["models"] == []
    assert len(found["records"]) == 6
    assert [each["kind"] for each in found["requests"]] == ["withdraw", "access"]


def test_only_its_owner_may_look_into_it(trained: Workspace, tmp_path: Path) -> None:
    made = trained.access.package(ONE, tmp_path / "package")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_the_page_shows_all_of_it_and_fetches_nothing(trained: Workspace, tmp_path: Path) -> None:
    made = trained.access.package(ONE, tmp_path / "package")
    page = (made / "index.html").read_text(encoding="utf-8")
    assert ONE in page
    assert page.count("<img ") == 6
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert EVIDENCE not in page


def test_it_is_made_whole_or_not_at_all(
    trained: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise OSError

    target = tmp_path / "out" / "package"
    with monkeypatch.context() as patched:
        patched.setattr(access, "_page", fail)
        with pytest.raises(OSError):
            trained.access.package(ONE, target)
    assert list(target.parent.iterdir()) == []
    (request,) = trained.requests.all()
    assert request.state == "open"
    trained.access.package(ONE, target)
    (request,) = trained.requests.all()
    assert (request.state, request.outcome) == ("closed", "given")


def test_nothing_is_written_over(trained: Workspace, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "mine").write_text("kept")
    with pytest.raises(InvalidInput, match="there already"):
        trained.access.package(ONE, tmp_path / "package")
    assert [path.name for path in (tmp_path / "package").iterdir()] == ["mine"]
    assert trained.requests.all() == []


def test_whoever_is_not_held_gets_an_answer_and_no_folder(
    trained: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(NotFound) as caught:
        trained.access.package("nobody@people.example", tmp_path / "package")
    assert "nobody@" not in str(caught.value)
    assert not (tmp_path / "package").exists()
    (request,) = trained.requests.all()
    assert (request.kind, request.state, request.outcome) == ("access", "closed", "nothing held")


def test_the_erased_are_not_held(trained: Workspace, tmp_path: Path) -> None:
    trained.rights.erase([ONE])
    with pytest.raises(NotFound):
        trained.access.package(ONE, tmp_path / "package")
