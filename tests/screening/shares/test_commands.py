"""`rightful shares`: what is written where, and what is refused before anything is drawn."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rightful.cli import run
from rightful.screening.shares import sheet
from rightful.workspace import Workspace

Give = Callable[..., Any]


def suspicious(texts: Sequence[str]) -> list[float]:
    return [0.75] * len(texts)


@pytest.fixture
def give(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Give:
    """Gives a command; its answer, or what it complained of where it did not end with 0."""
    monkeypatch.chdir(workspace.folder.parent)

    def giving(*words: object, code: int = 0) -> Any:
        ended = run(["shares", *map(str, words), "-w", str(workspace.folder), "--json"])
        said = capsys.readouterr()
        assert ended == code, said
        return json.loads(said.out) if said.out else said.err

    return giving


def test_whoever_outside_gets_a_sheet_is_told_of_erasures(workspace: Workspace, give: Give) -> None:
    give("draw", "notes", "--items", 5, "--to", "Example Reviewers")
    (found,) = workspace.disclosures.all()
    assert (found.recipient, len(found.records)) == ("Example Reviewers", 5)


def test_a_classifier_of_ones_own_is_asked(workspace: Workspace, give: Give) -> None:
    path = f"{__name__}:suspicious"
    drawn = give("draw", "notes", "--items", 5, "--classifier", path, "--language", "zh")
    assert Path(drawn["sheet"]).read_text(encoding="utf-8-sig").count(",0.750,") == 5
    assert 'lang="zh-CN"' in Path(drawn["page"]).read_text()
    screened = give("screen", "--classifier", path)
    assert screened["by_classifier"] == screened["failed"] == 27
    (kept,) = workspace.assessments.all()
    assert path in str(kept.reference)


@pytest.mark.parametrize(
    "options",
    [
        ("--out", "there.csv"),
        ("--out", "page.csv"),
        ("--out", "sheet.txt"),
        ("--out", "nowhere/sheet.csv"),
        ("--classifier", "nowhere:it"),
        ("--items", "0"),
        ("--seed", "-1"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_drawn(
    workspace: Workspace, give: Give, options: tuple[str, str]
) -> None:
    Path("there.csv").touch()
    Path("page.html").touch()
    give("draw", "notes", *options, code=2)
    assert "content_shown" not in {each.kind for each in workspace.ledger.entries()}


def test_a_sheet_that_can_not_be_written_leaves_no_page(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sheet, "write", full)
    give("draw", "notes", "--items", 5, code=130)
    assert not list(Path.cwd().glob("shares-*"))


def test_a_sheet_of_everything_is_a_sampling_of_the_corpus(
    workspace: Workspace, give: Give
) -> None:
    drawn = give("draw", "--items", 20)
    path = Path(drawn["sheet"])
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",,,\n", ",,fit,\n"))
    recorded = give("record", path)
    assert (recorded["source"], recorded["standing"]) == (None, "too_few")
    (found,) = workspace.assessments.all()
    assert (found.kind, found.outcome, found.total) == ("corpus_sampling", "failed", 270)


def test_how_many_items_a_claim_needs_is_told(give: Give) -> None:
    assert give("needed", "--limit", 5)["items"] == 72
    assert give("needed", "--limit", 5, "--held", 100, "--unfit", 6, code=8)["items"] is None
    for limit in ("0", "100", "five", "1/0"):
        assert give("needed", "--limit", limit, code=2)["exit_code"] == 2


def test_what_the_bank_lacks_is_told_with_the_standings(give: Give) -> None:
    answer = give("show")
    assert answer["keywords"]["lacking"]["all"] > 9000
    assert [each["standing"] for each in answer["standings"]].count("empty") == 1
