"""What an officer states by commands: sources, uses, assessments, markets, and marks on people."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rightful

Give = Callable[..., Any]

PEOPLE = tuple(f"person{n}@people.example" for n in range(5))

MAP = (
    *("--map", "image=pixels", "--map", "image_shape=28x28", "--map", "label=digit"),
    *("--map", "subject=who", "--map", "reference=number", "--map", "residence=country"),
    *("--map", "birth_year=born"),
)


@pytest.fixture
def people(made: Give, digits: Path) -> Give:
    """Digits of five people are held."""
    made("import", digits, "--source", "form", *MAP)
    return made


# Markets


def test_init_writes_where_the_controller_turns_to_people(give: Give, place: Path) -> None:
    words = ("init", place, "--controller", "Example Lab", "--establishment", "DE")
    facts = give(*words, "--market", "EEA", "--market", "US-CA", "--json").facts
    assert facts["markets"] == ["EEA", "US-CA"]
    written = tomllib.loads((place / "rightful.toml").read_text())
    assert written["controller"]["markets"] == ["EEA", "US-CA"]
    said = give("init", "other", *words[2:], "--market", "Germany", code=2)
    assert "US-CA" in said.err


def test_init_leaves_open_what_is_not_said_of_markets(give: Give, place: Path) -> None:
    words = ("init", place, "--controller", "Example Lab", "--establishment", "DE")
    assert give(*words, "--json").facts["markets"] is None
    with rightful.open(place) as workspace:
        assert workspace.config.markets is None


# Sources


def test_all_that_is_said_of_a_source_is_listed(made: Give) -> None:
    made(
        *("source", "add", "clinic", "--purpose", "fine-tuning", "--evidence", "contract 17"),
        *("--collected-from", "2024-01-01", "--collected-to", "2024-12-31"),
        *("--lawfully-accessed", "--no-infringing-site", "--faces", "--not-companion"),
        *("--not-child-directed", "--no-broker", "--important-data"),
    )
    found = {each["name"]: each for each in made("source", "list", "--json").facts["sources"]}
    said = {
        "purpose": "fine-tuning",
        "evidence": "contract 17",
        "collected_from": "2024-01-01",
        "collected_to": "2024-12-31",
        "lawfully_accessed": True,
        "infringing_site": False,
        "faces": True,
        "companion": False,
        "child_directed": False,
        "broker": False,
        "important_data": True,
    }
    assert {name: found["clinic"][name] for name in said} == said
    assert {found["form"][name] for name in said} == {None}
    assert "broker: no" in " ".join(made("source", "list").out.split())


def test_what_nobody_said_of_a_source_is_not_shown(made: Give) -> None:
    assert "broker" not in made("source", "list").out
    made("source", "add", "form", "--no-broker")
    assert "broker" in made("source", "list").out


def test_a_source_that_makes_no_sense_is_not_declared(made: Give) -> None:
    made("source", "add", "x", "--purpose", "nothing", code=3)
    made("source", "add", "x", "--collected-from", "2024", code=2)
    made(
        *("source", "add", "x", "--collected-from", "2024-02-01", "--collected-to", "2024-01-01"),
        code=2,
    )
    names = [each["name"] for each in made("source", "list", "--json").facts["sources"]]
    assert names == ["form"]


# Uses


def test_what_a_use_is_holds_for_the_purposes_under_it(made: Give) -> None:
    made("purpose", "state", "model-training", "--generative", "yes", "--commercial", "no")
    facts = made("purpose", "state", "fine-tuning", "--commercial", "yes", "--json").facts
    uses = facts["uses"]
    assert (uses["generative"], uses["commercial"], uses["research"]) == (True, True, None)
    shown = made("purpose", "state", "pretraining", "--high-risk", "no").out
    assert "?" in shown
    assert "high risk" in shown


def test_a_use_that_nobody_can_mean_is_refused(made: Give) -> None:
    assert "generative" in made("purpose", "state", "fine-tuning", code=2).err
    made("purpose", "state", "fine-tuning", "--research", "maybe", code=2)
    made("purpose", "state", "nothing", "--research", "yes", code=3)


# Assessments


def test_assessments_are_recorded_and_listed(made: Give, tmp_path: Path) -> None:
    (tmp_path / "balance.txt").write_text("Weighed with care.", encoding="utf-8")
    said = made(
        *("assessment", "record", "legitimate_interests", "--outcome", "passed"),
        *("--purpose", "fine-tuning", "--answer", "interest=Reading digits."),
        *("--answer", "necessity=No other way.", "--answer", "balance=@balance.txt"),
    )
    assert "recorded" in said.out
    made(
        *("assessment", "record", "source_sampling", "--outcome", "failed", "--source", "form"),
        *("--sampled", "200", "--failed", "11", "--made-at", "2025-01-01"),
        *("--valid-until", "2025-07-01", "--reference", "archive/3"),
    )
    first, second = made("assessment", "list", "--json").facts["assessments"]
    assert first["answers"]["balance"] == "Weighed with care."
    assert (first["kind"], first["status"]) == ("legitimate_interests", "passed")
    assert (second["sampled"], second["failed"], second["status"]) == (200, 11, "expired")
    shown = made("assessment", "list", "--source", "form").out
    assert "archive/3" in shown
    assert "Weighed" not in shown
    only = made("assessment", "list", "--purpose", "model-evaluation", "--json").facts
    assert [each["kind"] for each in only["assessments"]] == ["source_sampling"]


def test_an_assessment_that_lacks_something_is_told_what(made: Give) -> None:
    record = ("assessment", "record")
    assert "reference" in made(*record, "dpia", "--outcome", "passed", code=2).err
    assert "link" in made(*record, "compatibility", "--outcome", "passed", code=2).err
    passed = ("--outcome", "passed", "--answer")
    assert "QUESTION=ANSWER" in made(*record, "compatibility", *passed, "link", code=2).err
    twice = (*passed, "link=a", "--answer", "link=b")
    assert "twice" in made(*record, "compatibility", *twice, code=2).err
    made(*record, "compatibility", *passed, "link=@nowhere.txt", code=2)
    made(*record, "dpia", "--outcome", "good", "--reference", "x", code=2)
    made(*record, "dpia", "--outcome", "passed", "--reference", "x", "--source", "no", code=3)
    assert "record" in made("assessment", "list").out


# People


@pytest.mark.parametrize(
    ("act", "what", "mark"),
    [
        ("restrict", "restriction", "restricted"),
        ("object", "objection", "objected"),
        ("opt-out", "opt-out", "opted_out"),
    ],
)
def test_a_mark_is_put_on_people_and_lifted(
    people: Give, place: Path, tmp_path: Path, act: str, what: str, mark: str
) -> None:
    file = tmp_path / "people.txt"
    file.write_text(f"{PEOPLE[0]}\n{PEOPLE[1]}\n")
    words = ("subject", act, "--subjects-file", file)
    assert people(*words, "--json").facts == {mark: 2, "unchanged": 0}
    assert people(*words, PEOPLE[2], "--json").facts == {mark: 1, "unchanged": 2}
    facts = people("subject", "release", PEOPLE[0], "--from", what, "--json").facts
    assert facts == {"released": 1, "unchanged": 0}
    with rightful.open(place) as workspace:
        marked = [workspace.marks.of(workspace.subjects.find(each)) for each in PEOPLE[:4]]
    assert [[each.value for each in found] for found in marked] == [[], [mark], [mark], []]


def test_several_marks_are_lifted_at_once(people: Give, place: Path) -> None:
    for act in ("restrict", "object", "opt-out"):
        people("subject", act, PEOPLE[0])
    both = ("--from", "restriction", "--from", "objection")
    assert "1 subject changed" in people("subject", "release", PEOPLE[0], *both).out
    with rightful.open(place) as workspace:
        marked = workspace.marks.of(workspace.subjects.find(PEOPLE[0]))
    assert [each.value for each in marked] == ["opted_out"]
    assert "1 as before" in people("subject", "release", PEOPLE[0], *both).out


def test_nothing_is_changed_where_somebody_is_not_people(people: Give, place: Path) -> None:
    said = people("subject", "restrict", PEOPLE[0], "stranger@people.example", code=3)
    assert "stranger" not in said.err
    with rightful.open(place) as workspace:
        assert workspace.marks.of(workspace.subjects.find(PEOPLE[0])) == {}
    people("subject", "restrict", code=2)
    people("subject", "release", PEOPLE[0], code=2)
    people("subject", "release", PEOPLE[0], "--from", "everything", code=2)
