"""The report counts by kind and source, and nothing that was found is in it."""

import json
from pathlib import Path

import pytest

import rightful
from rightful.policy import Language
from rightful.records import Mapping, Source, open_reader
from rightful.screening.report import Figures, figures, page
from rightful.workspace import Workspace

MAIL, CARD = "ann.other@mail.example", "4111 1111 1111 1111"
ROWS = {
    "mail": [("anna", f"Write to {MAIL}."), ("ben", f"{MAIL} has {CARD}"), ("ben", "Nothing.")],
    "chat": [("cleo", "Hello."), ("cleo", f"card {CARD}")],
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("report")
    made = rightful.init(folder / "here", controller="Us", establishment="DE")
    for source, rows in ROWS.items():
        made.sources.declare(Source(source))
        path = folder / f"{source}.jsonl"
        lines = [
            json.dumps({"id": f"{source}{n}", "who": who, "text": text})
            for n, (who, text) in enumerate(rows)
        ]
        path.write_text("\n".join(lines) + "\n")
        mapping = Mapping.parse(["text=text", "subject=who", "reference=id"])
        made.importer.run(open_reader(path), mapping, source)
    made.screening.run(source="mail")
    return made


def _figures(workspace: Workspace, seed: int = 0) -> Figures:
    return figures(workspace.registry, workspace.records, workspace.screening.version(), seed)


def test_findings_are_counted_by_kind_and_source(workspace: Workspace) -> None:
    found = _figures(workspace)
    names = workspace.sources.names()
    facts = found.facts(names)
    assert facts["findings"] == {
        "card": {"findings": 1, "records": 1},
        "email": {"findings": 2, "records": 2},
    }
    by_name = {each["source"]: each for each in facts["sources"]}
    assert (by_name["mail"]["screened"], by_name["mail"]["with_findings"]) == (3, 2)
    assert (by_name["chat"]["screened"], by_name["chat"]["not_screened"]) == (0, 2)


def test_what_another_version_screened_is_told(workspace: Workspace) -> None:
    assert _figures(workspace).total.out_of_date == 0
    later = figures(workspace.registry, workspace.records, "another version")
    assert (later.total.out_of_date, later.facts({})["out_of_date"]) == (3, 3)
    names = workspace.sources.names()
    assert "other detectors" in page(later, names, {}, "en")
    assert "other detectors" not in page(_figures(workspace), names, {}, "en")


def test_the_same_seed_shows_the_same_and_masked(workspace: Workspace) -> None:
    found = _figures(workspace, 5)
    assert found.samples == _figures(workspace, 5).samples
    assert {each.kind for each in found.samples} == {"email", "card"}
    (card,) = (each.masked for each in found.samples if each.kind == "card")
    assert card == "**** **** **** 1111"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_that_was_found_is_on_the_page(workspace: Workspace, language: Language) -> None:
    names = workspace.sources.names()
    found = _figures(workspace)
    written = page(found, names, {}, language) + json.dumps(found.facts(names)) + repr(found)
    for value in (MAIL, CARD, "ann.other", "mail.example", "4111 1111"):
        assert value not in written
    assert "email" in written
    assert "**** **** **** 1111" in written


def test_what_was_found_is_in_no_file_of_the_workspace(workspace: Workspace) -> None:
    files = [path for path in Path(workspace.folder).rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        data = path.read_bytes()
        for value in (MAIL, CARD, "ann.other"):
            assert value.encode() not in data, path


def test_what_is_about_a_restricted_person_is_counted_and_not_opened(
    workspace: Workspace,
) -> None:
    workspace.marks.restrict("ben")
    found = _figures(workspace)
    assert found.findings["card"] == 1
    assert [each.kind for each in found.samples] == ["email"]
