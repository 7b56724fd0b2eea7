"""A model is a name that points at a run, in force or restricted."""

import pytest

from rightful.errors import InvalidInput, NotFound, Refused
from rightful.training import Models, Program, Run
from rightful.training.models import check_name
from rightful.workspace import Workspace


@pytest.fixture
def run(workspace: Workspace, program: Program) -> Run:
    return workspace.trainer.pretrain(program, model="base")


@pytest.fixture
def models(workspace: Workspace, run: Run) -> Models:
    return workspace.trainer.models


def facts(workspace: Workspace, kind: str) -> list[object]:
    return [entry.facts for entry in workspace.ledger.entries() if entry.kind == kind]


@pytest.mark.parametrize("name", ["a", "digits-2026", "A.b_c-9", "x" * 100])
def test_a_plain_name_is_taken(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\n", "-a", " a", "x" * 101, "数字"])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="a model's name is"):
        check_name(name)


def test_an_unknown_name_is_answered_with_those_there_are(models: Models) -> None:
    with pytest.raises(NotFound, match="no model is called 'bass'; there are: base"):
        models.get("bass")


def test_moving_a_name_puts_it_in_force_and_is_in_the_ledger(
    workspace: Workspace, models: Models, run: Run, program: Program
) -> None:
    other = workspace.trainer.pretrain(program, model="other")
    with workspace.registry.transaction() as connection:
        models.restrict(connection, ["base"])
        models.move(connection, "base", other.number)
    assert (models.get("base").run, models.get("base").status) == (other.number, "in_force")
    assert facts(workspace, "model_moved")[-1] == {"model": "base", "run": other.number}


def test_a_restricted_model_may_not_be_used(workspace: Workspace, models: Models) -> None:
    assert models.usable("base").name == "base"
    with workspace.registry.transaction() as connection:
        models.restrict(connection, ["base"])
    assert models.get("base").status == "restricted"
    with pytest.raises(Refused, match=r"restricted: it must forget somebody first"):
        models.usable("base")


def test_restricting_twice_or_what_is_not_there_is_no_second_act(
    workspace: Workspace, models: Models
) -> None:
    for _ in range(2):
        with workspace.registry.transaction() as connection:
            models.restrict(connection, ["base", "absent"])
    assert facts(workspace, "model_restricted") == [{"model": "base"}]


def test_models_are_listed_by_name(workspace: Workspace, models: Models, program: Program) -> None:
    workspace.trainer.pretrain(program, model="another")
    assert [model.name for model in models.all()] == ["another", "base"]
