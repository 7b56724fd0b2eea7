"""Only a model in force is used, only on cleared records, and its score is kept."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

import rightful
from rightful.errors import Damaged, InvalidInput, NotFound, Refused
from rightful.records import content
from rightful.registry.tables import evaluations
from rightful.training import Cadence, Evaluator, ModelSpec, Program, Run, evaluation
from rightful.workspace import Workspace


@pytest.fixture(scope="module")
def trained(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with a model that has learned something."""
    folder = tmp_path_factory.mktemp("trained") / "workspace"
    shutil.copytree(template, folder)
    spec = ModelSpec("small_networks:Small")
    with rightful.open(folder) as opened:
        opened.trainer.pretrain(
            Program(spec, epochs=25, bins=8, seed=7, batch_size=25),
            model="base",
            cadence=Cadence(200, "latest"),
        )
    return folder


@pytest.fixture
def workspace(trained: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(trained, tmp_path / "workspace")
    with rightful.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def run(workspace: Workspace) -> Run:
    return workspace.trainer.runs.get(1)


@pytest.fixture
def evaluator(workspace: Workspace) -> Evaluator:
    return workspace.evaluator


def pictures(count: int = 3) -> list[Any]:
    generator = np.random.default_rng(0)
    return [generator.integers(0, 255, (28, 28)).astype(np.uint8) for _ in range(count)]


def test_a_score_counts_every_cleared_record_once(evaluator: Evaluator, run: Run) -> None:
    found = evaluator.evaluate("base")
    metrics = found.metrics
    assert (found.run, found.purpose, metrics["records"]) == (
        run.number,
        "model-evaluation",
        60,
    )
    confusion = np.array(metrics["confusion"])
    assert confusion.shape == (10, 10)
    assert confusion.sum() == 60
    assert metrics["accuracy"] == np.trace(confusion) / 60 > 0.8
    assert 0 < metrics["loss"] < math.log(10)


def test_the_rows_of_the_confusion_are_the_true_classes(
    workspace: Workspace, evaluator: Evaluator
) -> None:
    confusion = np.array(evaluator.evaluate("base").metrics["confusion"])
    clearance = workspace.clearances.compute("model-evaluation")
    opened = workspace.records.open_cleared(clearance, np.fromiter(clearance.cleared, np.int64))
    labels = [content.decode(data)["label"] for data in opened]
    assert confusion.sum(axis=1).tolist() == np.bincount(labels, minlength=10).tolist()


def test_records_are_scored_in_parts_as_they_are_at_once(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = evaluator.evaluate("base").metrics
    monkeypatch.setattr(evaluation, "_CHUNK", 7)
    parts = evaluator.evaluate("base").metrics
    assert parts["confusion"] == whole["confusion"]
    assert parts["loss"] == pytest.approx(whole["loss"])


def test_who_has_withdrawn_is_not_scored_on(workspace: Workspace, evaluator: Evaluator) -> None:
    workspace.grants.withdraw("person2@people.example", purpose="model-evaluation")
    assert evaluator.evaluate("base").metrics["records"] == 54


def test_a_score_is_kept_with_its_run_and_clearance(
    workspace: Workspace, evaluator: Evaluator
) -> None:
    found = evaluator.evaluate("base")
    (row,) = workspace.registry.rows(select(evaluations))
    assert (row.run, row.clearance) == (found.run, found.clearance)
    assert workspace.clearances.load(found.clearance).purpose == "model-evaluation"


def test_the_model_is_used_as_it_is_and_not_trained_on(
    workspace: Workspace, evaluator: Evaluator, run: Run
) -> None:
    assert evaluator.evaluate("base").metrics == evaluator.evaluate("base").metrics
    assert workspace.trainer.runs.get(run.number).weights_sha256 == run.weights_sha256


def test_a_prediction_is_the_likeliest_class_of_each_picture(evaluator: Evaluator) -> None:
    bars = []
    for label in (3, 8):
        picture = np.full((28, 28), 45, np.uint8)
        picture[2 + 2 * label : 5 + 2 * label, 4:24] += 150
        bars.append(picture)
    found = evaluator.predict("base", bars)
    assert [each.label for each in found] == [3, 8]
    for each in found:
        assert sum(each.probabilities) == pytest.approx(1, abs=1e-5)
        assert each.probability == each.probabilities[each.label] == max(each.probabilities)


def test_a_picture_is_answered_the_same_alone_and_among_others(evaluator: Evaluator) -> None:
    together = evaluator.predict("base", pictures())
    assert [evaluator.predict("base", [each])[0] for each in pictures()] == together


def test_pictures_of_another_size_or_none_are_told(evaluator: Evaluator) -> None:
    with pytest.raises(InvalidInput, match="no picture was given"):
        evaluator.predict("base", [])
    with pytest.raises(InvalidInput, match="does not take images of 1 x 20 x 20"):
        evaluator.predict("base", [np.zeros((20, 20), np.uint8)])
    with pytest.raises(InvalidInput, match="does not take images of 3 x 28 x 28"):
        evaluator.predict("base", [np.zeros((28, 28, 3), np.uint8)])


def test_a_restricted_model_is_neither_scored_nor_asked(
    workspace: Workspace, evaluator: Evaluator
) -> None:
    with workspace.registry.transaction() as connection:
        workspace.trainer.models.restrict(connection, ["base"])
    with pytest.raises(Refused, match="the model base is restricted"):
        evaluator.evaluate("base")
    with pytest.raises(Refused, match="the model base is restricted"):
        evaluator.predict("base", pictures())
    assert workspace.registry.rows(select(evaluations)) == []


def test_a_damaged_final_checkpoint_is_told_with_its_file(
    workspace: Workspace, evaluator: Evaluator, run: Run
) -> None:
    (last,) = workspace.trainer.checkpoints.of(run.number)
    path = workspace.folder / last.path
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged, match=rf"the checkpoint {last.path} is missing or was changed"):
        evaluator.evaluate("base")
    with pytest.raises(Damaged):
        evaluator.predict("base", pictures())


def test_unknown_models_and_purposes_and_nobody_cleared_are_told(
    workspace: Workspace, evaluator: Evaluator
) -> None:
    with pytest.raises(NotFound, match="there are: base"):
        evaluator.evaluate("bass")
    with pytest.raises(NotFound):
        evaluator.evaluate("base", purpose="fun")
    for person in range(10):
        workspace.grants.withdraw(f"person{person}@people.example", purpose="model-evaluation")
    with pytest.raises(Refused, match="no record is cleared for model-evaluation"):
        evaluator.evaluate("base")
