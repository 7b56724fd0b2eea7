"""Purposes are a tree: what is granted for one covers all that is under it and nothing beside."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.errors import InvalidInput, NotFound
from rightful.grants import Purposes
from rightful.grants.purposes import USES
from rightful.keys import WorkspaceKey
from rightful.ledger import Entry, Ledger
from rightful.policy import facts as policy_facts
from rightful.registry import Registry
from rightful.registry.tables import purposes as table


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


# What a use is


def test_nothing_is_known_of_a_use_that_nobody_stated(purposes: Purposes) -> None:
    assert purposes.uses("fine-tuning") == dict.fromkeys(USES)


def test_a_use_is_as_the_nearest_purpose_above_says(purposes: Purposes) -> None:
    purposes.add("support-chat", parent="fine-tuning")
    purposes.state("model-training", generative=True, commercial=True)
    purposes.state("fine-tuning", commercial=False, research=None)
    known = {name: purposes.uses(name) for name in ("support-chat", "pretraining")}
    assert known["support-chat"] == {
        **dict.fromkeys(USES),
        "generative": True,
        "commercial": False,
    }
    assert known["pretraining"]["commercial"] is True
    assert purposes.uses("model-evaluation") == dict.fromkeys(USES)


def test_what_is_left_out_stays_as_it_was(purposes: Purposes) -> None:
    purposes.state("fine-tuning", research=True, published=False)
    purposes.state("fine-tuning", research=False, published=None)
    uses = purposes.uses("fine-tuning")
    assert (uses["research"], uses["published"]) == (False, False)


def test_what_is_stated_is_a_change_of_everything_and_an_entry(
    purposes: Purposes, registry: Registry, entries: Callable[[str], list[Entry]]
) -> None:
    before = registry.revision
    purposes.state("fine-tuning", research=True, published=None)
    with registry.reading() as connection:
        assert registry.changes(connection, before).everything
    (entry,) = entries("purpose_stated")
    assert entry.facts == {"name": "fine-tuning", "uses": {"research": True}}


def test_the_same_stated_again_changes_nothing(
    purposes: Purposes, registry: Registry, entries: Callable[[str], list[Entry]]
) -> None:
    purposes.state("fine-tuning", research=True)
    before = registry.revision
    purposes.state("fine-tuning", research=True)
    assert registry.revision == before
    assert len(entries("purpose_stated")) == 1


def test_what_is_no_fact_of_a_use_is_refused(purposes: Purposes, registry: Registry) -> None:
    before = registry.revision
    with pytest.raises(InvalidInput, match=r"no fact 'funny'.*generative"):
        purposes.state("fine-tuning", funny=True)
    with pytest.raises(InvalidInput, match="at least one fact"):
        purposes.state("fine-tuning", research=None)
    with pytest.raises(NotFound, match="there are: "):
        purposes.state("nothing", research=True)
    with pytest.raises(NotFound, match="there are: "):
        purposes.uses("nothing")
    assert registry.revision == before


def test_the_facts_of_a_use_are_the_columns_that_hold_them() -> None:
    others = {"id", "name", "parent", "dpv"}
    assert [column.name for column in table.c if column.name not in others] == list(USES)
    assert list(USES) == list(policy_facts.USES)


_FACT = st.none() | st.booleans()


@given(stated=st.lists(st.tuples(st.integers(0, 3), _FACT), max_size=6))
def test_a_fact_is_inherited_down_any_line(stated: list[tuple[int, bool | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(f"sqlite:///{folder}/registry.sqlite", Path(folder))
        registry.create()
        purposes = Purposes(registry, Ledger(registry, WorkspaceKey(b"k" * 32), "test"))
        line = [f"p{number}" for number in range(4)]
        for name, parent in zip(line, [None, *line], strict=False):
            purposes.add(name, parent)
        said: dict[int, bool] = {}
        for number, value in stated:
            if value is not None:
                purposes.state(line[number], research=value)
                said[number] = value
        for number, name in enumerate(line):
            nearest = max((other for other in said if other <= number), default=None)
            expected = None if nearest is None else said[nearest]
            assert purposes.uses(name)["research"] is expected
        registry.close()
