"""A person screens what was imported, reads the report, and no log or file tells what was found."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rightful.cli import run

MAIL, CARD = "quilla.brandvold@mail.example", "4012 8888 8888 1881"

#: Invented, and such that no file has them by chance.
FOUND = {
    "email": MAIL,
    "card": CARD,
    "iban": "GB82 WEST 1234 5698 7654 32",
    "ip": "203.0.113.177",
    "us_ssn": "219-09-9734",
}

#: How a database or a file might have written them.
FORMS = ("utf-8", "utf-16-le")

Give = Callable[..., tuple[str, str]]


@pytest.fixture
def give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Give:
    """Gives a command in this process: to build the detectors takes longer than all else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RIGHTFUL_WORKSPACE", raising=False)

    def giving(*words: object, typed: str = "", code: int = 0) -> tuple[str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        ended = run([str(word) for word in words])
        said = capsys.readouterr()
        assert ended == code, said
        return said.out, said.err

    return giving


@pytest.mark.slow
def test_screening_from_import_to_report_leaves_no_word_of_what_it_found(
    tmp_path: Path, give: Give
) -> None:
    (tmp_path / "texts.jsonl").write_text(
        "".join(
            json.dumps({"id": n, "who": f"p{n % 3}", "text": f"Note on the {kind}: {value}."})
            + "\n"
            for n, (kind, value) in enumerate(list(FOUND.items()) * 4)
        )
    )
    give("init", "here", "--controller", "Example Lab", "--establishment", "DE")
    here = ("-w", "here")
    give("source", "add", "mail", "--kind", "user_data", *here)
    mapped = ("--map", "text=text", "--map", "subject=who", "--map", "reference=id")
    give("import", "texts.jsonl", "--source", "mail", *mapped, *here)
    said = give("screen", "--json", *here)
    assert json.loads(said[0])["kinds"] == dict.fromkeys(sorted(FOUND), 4)
    again = give("screen", "--json", *here)
    assert json.loads(again[0])["records"] == 0
    told = give("screen", "--report", "report.html", "--language", "zh", *here)
    ledger = give("ledger", "show", *here)
    source = (tmp_path / "texts.jsonl").read_bytes()
    (tmp_path / "texts.jsonl").unlink()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    seen = [*(path.read_bytes() for path in files)]
    seen += [text.encode() for pair in (said, again, told, ledger) for text in pair]
    assert len(files) > 10
    for value in (*FOUND.values(), "brandvold"):
        assert value.encode() in source  # so that the search is known to find it
        short = value.replace(" ", "").replace("-", "")
        for needle in (each.encode(form) for each in (value, short) for form in FORMS):
            assert not any(needle in data for data in seen)


def test_a_file_is_tried_without_a_workspace(give: Give) -> None:
    out, _ = give("screen", "--try", "-", typed=f"Write to {MAIL}.")
    assert MAIL in out
    assert "email" in out
    line = json.dumps({"text": f"Write to {MAIL}."}) + "\n"
    out, _ = give("screen", "--try", "-", "--json", typed=line)
    assert json.loads(out)["findings"][0]["start"] == 9
    out, err = give("screen", "--try", "-", "--json", typed="bad\n", code=2)
    assert "line 1" in out + err
    assert "bad" not in out + err
