"""`rightful screen` finds, shows and reports, and says of records nothing that was in them."""

import io
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Give

from rightful.cli import run
from rightful.screening import reading

MAIL, CARD = "ann.other@mail.example", "4111 1111 1111 1111"
ROWS = (("anna", f"Write to {MAIL}."), ("ben", f"{MAIL} has {CARD}"), ("ben", "Nothing here."))


@pytest.fixture
def texts(made: Give, tmp_path: Path) -> Give:
    """A workspace with three texts."""
    rows = [{"id": n, "who": who, "text": text} for n, (who, text) in enumerate(ROWS)]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    mapped = ("--map", "text=text", "--map", "subject=who", "--map", "reference=id")
    made("import", "texts.jsonl", "--source", "form", *mapped)
    return made


@pytest.fixture
def nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Gives a command where there is no workspace; what it said, and its code."""
    monkeypatch.delenv("RIGHTFUL_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)

    def giving(*words: str, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        capsys.readouterr()
        code = run(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return giving


def test_a_text_is_shown_with_its_findings_without_a_workspace(nowhere: Any) -> None:
    Path("text.txt").write_text(f"Write\tto {MAIL}\nor not.\n")
    code, said, _ = nowhere("screen", "--try", "text.txt")
    assert code == 0
    assert f"Write to {MAIL} [email 0.9" in said
    assert "or not." in said
    assert nowhere("screen", "--try", "-", given=Path("text.txt").read_bytes())[1] == said
    assert "Nothing was found." in nowhere("screen", "--try", "-", given=b"Hello.")[1]


def test_lines_are_answered_line_by_line_and_with_nothing_else(nowhere: Any) -> None:
    lines = [{"text": f"😀 {MAIL}"}, {"text": "no"}, {"text": CARD, "other": 1}]
    given = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    Path("texts.jsonl").write_bytes(given)
    code, said, complaints = nowhere("screen", "--try", "texts.jsonl", "--json")
    answers = [json.loads(line)["findings"] for line in said.splitlines()]
    assert (code, complaints) == (0, "")
    assert [[f["kind"] for f in answer] for answer in answers] == [["email"], [], ["card"]]
    (found,) = answers[0]
    assert lines[0]["text"][found["start"] : found["end"]] == MAIL  # type: ignore[index]
    assert nowhere("screen", "--try", "-", "--json", given=given)[1] == said


@pytest.mark.parametrize("bad", [b"ann@mail.example", b'{"no": 1}', b"\xff\xfe", b'"\\ud800"'])
def test_a_bad_line_is_named_and_ends_with_2(nowhere: Any, bad: bytes) -> None:
    given = b'{"text": "one"}\n' + bad + b"\n"
    code, said, _ = nowhere("screen", "--try", "-", "--json", given=given)
    assert code == 2
    assert "line 2 " in json.loads(said.splitlines()[-1])["error"]
    assert "ann@" not in said


def test_names_are_only_looked_for_where_a_recogniser_is_chosen(nowhere: Any) -> None:
    given = b'{"text": "Mr John Smith wrote."}'
    assert nowhere("screen", "--try", "-", "--json", given=given)[1] == '{"findings": []}\n'
    named = nowhere("screen", "--try", "-", "--json", "--names", "gazetteer", given=given)[1]
    assert [f["kind"] for f in json.loads(named)["findings"]] == ["name"]
    code, said, _ = nowhere("screen", "--try", "-", "--json", "--names", "nobody", given=given)
    assert (code, "no recogniser" in said) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ("--try", "x", "--report", "y"),
        ("--try", "x", "--again"),
        ("--try", "x", "--copies"),
        ("--report", "y", "--source", "form"),
        ("--try", "missing.txt"),
        ("--try", "missing.txt", "--json"),
    ],
)
def test_options_that_do_not_go_together_and_missing_files_are_refused(
    nowhere: Any, words: tuple[str, ...]
) -> None:
    assert nowhere("screen", *words)[0] == 2


def test_records_are_screened_once_and_counted_by_kind(texts: Give) -> None:
    facts = texts("screen", "--json").facts
    assert (facts["records"], facts["screened"], facts["unreadable"]) == (3, 3, 0)
    assert facts["kinds"] == {"card": 1, "email": 2}
    assert facts["verdicts"] == {"pass": 3}
    assert "screened already" in texts("screen").out
    again = texts("screen", "--again", "--source", "form").out
    assert "3 records screened." in again
    assert "email" in again
    texts("screen", "--source", "nothing of that name", code=3)


def test_detectors_of_the_workspace_are_tried_too(
    texts: Give, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To build all others again would take longer than everything else here.
    monkeypatch.setattr(reading, "builtin", lambda: ())
    (place / "detectors").mkdir()
    (place / "detectors" / "own.yaml").write_text(
        "id: own\ntitle: {en: Own, zh: 自有}\nversion: 1\ndetectors:\n"
        "  - id: staff\n    kind: staff\n    group: other\n    title: {en: Staff, zh: 员工}\n"
        "    pattern: '\\bSTAFF-[0-9]{4}\\b'\n    confidence: 0.9\n"
        "    examples: [{text: 'STAFF-1234', finds: ['STAFF-1234']}, {text: no, finds: []}]\n"
    )
    Path("text.txt").write_text("Ask STAFF-7321.")
    assert "STAFF-7321 [staff 0.90]" in texts("screen", "--try", "text.txt").out


def test_the_report_is_its_owners_alone_and_masked(texts: Give) -> None:
    texts("screen")
    facts = texts("screen", "--report", "found.html", "--json").facts
    assert facts["findings"]["email"] == {"findings": 2, "records": 2}
    assert (facts["with_findings"], facts["not_screened"], facts["out_of_date"]) == (2, 0, 0)
    page = Path("found.html")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "**** **** **** 1111" in page.read_text()
    texts("screen", "--report", "found.html", "--language", "zh")
    assert "按种类" in page.read_text()
    other = texts("screen", "--report", "found.html", "--names", "gazetteer", "--json").facts
    assert other["out_of_date"] == 3
    texts("screen", "--report", "no folder/found.html", code=2)


def test_where_there_is_no_record_nothing_was_screened(made: Give) -> None:
    said = made("screen", code=8)
    assert said.out == "There is no record to screen; `rightful import` brings some in.\n"
