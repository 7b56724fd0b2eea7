"""Purposes are a tree: what is granted for one covers all that is under it and nothing beside."""

from collections.abc import Callable

import pytest

from rightful.errors import InvalidInput, NotFound
from rightful.grants import Purposes
from rightful.ledger import Entry
from rightful.registry import Registry


def test_a_new_workspace_has_training_over_pretraining_and_fine_tuning(purposes: Purposes) -> None:
    assert [(branch.name, branch.parent, branch.depth) for branch in purposes.tree()] == [
        ("model-evaluation", None, 0),
        ("model-training", None, 0),
        ("fine-tuning", "model-training", 1),
        ("pretraining", "model-training", 1),
    ]


def test_only_terms_that_the_vocabulary_has_are_given(purposes: Purposes) -> None:
    terms = {branch.name: branch.dpv for branch in purposes.tree()}
    assert terms["model-training"] == "ai:ModelTraining"
    assert terms["fine-tuning"] == "ai:ModelFineTuning"
    assert terms["pretraining"] is None
    assert terms["model-evaluation"] is None


def test_a_purpose_is_covered_by_itself_and_all_above_it(purposes: Purposes) -> None:
    deeper = purposes.add("support-chat", parent="fine-tuning")
    assert purposes.covering("support-chat") == (
        deeper,
        purposes.number("fine-tuning"),
        purposes.number("model-training"),
    )
    assert purposes.covering("model-training") == (purposes.number("model-training"),)


def test_what_touches_a_purpose_is_above_or_below_it_never_beside_it(purposes: Purposes) -> None:
    purposes.add("support-chat", parent="fine-tuning")
    names = purposes.names()

    def touching(name: str) -> set[str]:
        return {names[number] for number in purposes.touching(name)}

    assert touching("fine-tuning") == {"model-training", "fine-tuning", "support-chat"}
    assert touching("model-evaluation") == {"model-evaluation"}
    assert touching("model-training") == {
        *("model-training", "pretraining", "fine-tuning", "support-chat")
    }


def test_a_purpose_added_twice_is_one_purpose_with_one_entry(
    purposes: Purposes, registry: Registry, entries: Callable[[str], list[Entry]]
) -> None:
    first = purposes.add("research", dpv="dpv:ScientificResearch")
    before = len(entries("purpose_added")), registry.revision
    assert purposes.add("research", dpv="dpv:ScientificResearch") == first
    with registry.transaction() as connection:
        purposes.create_defaults(connection)
    assert (len(entries("purpose_added")), registry.revision) == before
    assert entries("purpose_added")[-1].facts == {
        "name": "research",
        "parent": None,
        "dpv": "dpv:ScientificResearch",
    }


def test_a_purpose_never_moves_under_another_parent(purposes: Purposes) -> None:
    purposes.add("research", parent="pretraining")
    with pytest.raises(InvalidInput, match="another parent or term"):
        purposes.add("research", parent="fine-tuning")
    with pytest.raises(InvalidInput, match="another parent or term"):
        purposes.add("research", parent="pretraining", dpv="dpv:Marketing")


def test_a_new_purpose_changes_the_revision(purposes: Purposes, registry: Registry) -> None:
    before = registry.revision
    purposes.add("research")
    assert registry.revision > before


@pytest.mark.parametrize("ask", [Purposes.number, Purposes.covering, Purposes.touching])
def test_an_unknown_purpose_is_answered_with_those_there_are(
    purposes: Purposes, ask: Callable[[Purposes, str], object]
) -> None:
    with pytest.raises(NotFound) as error:
        ask(purposes, "fine-tunning")
    assert str(error.value) == (
        "no purpose is called 'fine-tunning'; there are: "
        "fine-tuning, model-evaluation, model-training, pretraining"
    )


def test_an_unknown_parent_adds_nothing(purposes: Purposes) -> None:
    before = purposes.tree()
    with pytest.raises(NotFound, match="no purpose is called"):
        purposes.add("research", parent="reserach")
    assert purposes.tree() == before


@pytest.mark.parametrize("name", ["", "Fine", "a b", "-a", "a-", "a--b", "ä", "1", "a" * 101])
def test_a_malformed_name_is_refused(purposes: Purposes, name: str) -> None:
    with pytest.raises(InvalidInput, match="small letters"):
        purposes.add(name)


@pytest.mark.parametrize(
    "term", ["", "Research", "dpv:", "dpv:a b", "javascript:alert(1)", "ftp://x"]
)
def test_a_malformed_term_is_refused(purposes: Purposes, term: str) -> None:
    with pytest.raises(InvalidInput, match="DPV"):
        purposes.add("research", dpv=term)
