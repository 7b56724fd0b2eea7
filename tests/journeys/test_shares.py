"""A sampling from the draw to the clearance, as a person types it."""

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest

import rightful
from rightful.cli import run
from rightful.screening.shares.sheet import COLUMNS

PEOPLE = 9
TEXTS = 300


def _texts(path: Path, unfit: int) -> None:
    """Invented texts; the last `unfit` of them are plainly so."""
    with path.open("w") as file:
        for number in range(TEXTS):
            bad = number >= TEXTS - unfit
            row = {
                "words": f"Text {number} tells {'how to make a pipe bomb' if bad else 'of rain'}.",
                "who": f"writer{number % PEOPLE}@people.example",
                "number": str(number),
            }
            file.write(json.dumps(row) + "\n")


def _judge(sheet: Path, until: int | None = None) -> None:
    """What a person does: reads each text, and writes a word beside it."""
    with sheet.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    begin = rows.index(list(COLUMNS)) + 1
    for row in rows[begin:][:until]:
        row[COLUMNS.index("verdict")] = "unfit" if "bomb" in row[COLUMNS.index("text")] else "fit"
    with sheet.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _source(answer: dict[str, Any]) -> dict[str, Any]:
    (found,) = (each for each in answer["standings"] if each["source"] == "diary")
    return dict(found)


def _said(answer: dict[str, Any], rule: str) -> tuple[int, int]:
    """On how many records a rule of the pack fired, and for how many it could not be answered."""
    found = {each["rule"]: (each["fired"], each["unanswered"]) for each in answer["reasons"]}
    return found.get(f"CN.45654.{rule}", (0, 0))


def test_what_people_found_in_a_sample_closes_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def give(*words: object, code: int = 0) -> Any:
        ended = run([*map(str, words), "-w", "own", "--json"])
        said = capsys.readouterr()
        assert ended == code, said
        return json.loads(said.out) if said.out else None

    lab = {"controller": "Example Lab", "establishment": "CN"}
    rightful.init("own", **lab, markets=["CN"], packs=["cn.genai"]).close()
    _texts(Path("texts.jsonl"), unfit=60)
    give("source", "add", "diary", "--kind", "user_data")
    mapped = ("text=words", "subject=who", "reference=number")
    options = [word for each in mapped for word in ("--map", each)]
    give("import", "texts.jsonl", "--source", "diary", *options)
    give("purpose", "state", "fine-tuning", "--generative", "yes")
    assert _said(give("clear", "fine-tuning", code=8), "src.pre") == (0, TEXTS)
    assert _source(give("shares", "show"))["standing"] == "not_sampled"

    drawn = give("shares", "draw", "diary", "--items", 120, "--seed", 5)
    sheet, page = Path(drawn["sheet"]), Path(drawn["page"])
    assert drawn["with_keywords"] > 0
    assert [stat.S_IMODE(each.stat().st_mode) for each in (sheet, page)] == [0o600, 0o600]
    assert "of rain" in page.read_text()

    _judge(sheet, until=119)
    assert give("shares", "review", sheet, code=9)["with_verdict"] == 119
    give("shares", "record", sheet, code=2)
    assert _said(give("clear", "fine-tuning", code=8), "src.pre") == (0, TEXTS)
    _judge(sheet)
    recorded = give("shares", "record", sheet)
    assert (recorded["sampled"], recorded["standing"]) == (120, "missed")
    assert recorded["failed"] == len(recorded["unfit_records"]) == drawn["with_keywords"]
    assert recorded["lower"] <= 60 / TEXTS <= recorded["upper"]

    after = give("clear", "fine-tuning", code=8)
    assert (_said(after, "src.pre"), _said(after, "src.post")) == ((TEXTS, 0), (0, 0))
    shown = _source(give("shares", "show"))
    assert (shown["standing"], shown["draws"]) == ("missed", 1)
    with rightful.open("own") as workspace:
        told = [entry.data.decode() for entry in workspace.ledger.entries()]
    assert not any("pipe bomb" in each or "people.example" in each for each in told)
