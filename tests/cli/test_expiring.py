"""`rightful expire` says what is due, does it once, and says plainly where there is nothing."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import MAP, PEOPLE

import rightful
from rightful import moments
from rightful.errors import InvalidInput
from rightful.registry import Registry

Give = Callable[..., Any]

DAY = "2998-03-01"
AFTER = "2998-03-02"


@pytest.fixture
def dated(made: Give, digits: Path, tmp_path: Path) -> Give:
    """Of sixty digits of five people, who all consented, twelve have a date of their own."""
    table = pq.read_table(digits)
    rows = [
        {**row, "until": DAY if row["number"] < 12 else None}  # two people have three, three two
        for row in table.to_pylist()
    ]
    path = tmp_path / "dated.parquet"
    pq.write_table(type(table).from_pylist(rows), path)
    made("import", path, "--source", "form", *MAP, "--map", "retention=until")
    lines = ["subject,source,kind,purpose,notice,evidence,given_by"]
    lines += [f"{person},form,consent,model-training,told,file 12,self" for person in PEOPLE]
    (tmp_path / "grants.csv").write_text("\n".join(lines) + "\n")
    made("grant", "import", tmp_path / "grants.csv")
    return made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the day after the date come."""

    def let() -> None:
        monkeypatch.setattr(moments, "now", lambda: moments.parse(AFTER) + timedelta(hours=3))

    return let


def test_where_nothing_is_due_it_says_so_and_ends_with_8(dated: Give) -> None:
    assert dated("expire", code=8).out == "Nothing is due.\n"
    assert dated("expire", "--dry-run", code=8).out == "Nothing would be deleted.\n"
    facts = dated("expire", "--json", code=8).facts
    assert (facts["outcome"], facts["due"], facts["forgettings"]) == ("nothing due", 0, [])
    assert (facts["seconds"], facts["sources"], facts["tell"]) == (None, [], [])


def test_a_dry_run_says_what_is_due_by_source_and_does_nothing(dated: Give, later: Any) -> None:
    dated("pretrain", "--model", "base", "--epochs", "1", "--bins", "4", "--seed", "1")
    ahead = dated("expire", "--dry-run", "--at", AFTER)
    later()
    said = dated("expire", "--dry-run")
    assert said.out == ahead.out
    assert f"12 records past the retention date on {AFTER}:" in said.out
    assert "form" in said.out
    assert "To train again, for base" in said.out
    assert "Nothing was done." in said.out
    facts = dated("expire", "--dry-run", "--json").facts
    assert (facts["past"], facts["due"], facts["plan"]["models"]) == (12, 12, ["base"])
    assert facts["plan"]["steps"] == 4
    assert facts["plan"]["seconds"] > 0
    (source,) = facts["sources"]
    assert (source["source"], source["due"], source["oldest"]) == ("form", 12, DAY)
    assert dated("status", "--json").facts["records"] == 60


def test_it_deletes_what_is_due_tells_how_long_it_took_and_names_the_certificate(
    dated: Give, later: Any, place: Path
) -> None:
    dated("pretrain", "--model", "base", "--epochs", "1", "--bins", "4", "--seed", "1")
    later()
    said = dated("expire")
    assert "12 records past the retention date" in said.out
    assert "Forgetting 1: exact, 12 records, 4 steps trained again." in said.out
    assert "It took" in said.out
    assert "steps to train again of base" in said.err
    path = place / "certificates" / "forgetting-1.json"
    assert str(path) in said.out
    assert json.loads(path.read_bytes())["body"]["kind"] == "expire"
    assert dated("expire", code=8).out == "Nothing is due.\n"
    facts = dated("status", "--json").facts
    assert (facts["records"], facts["past_date"]["due"], facts["debts"]) == (48, 0, [])


def test_in_json_the_answer_is_one_object(dated: Give, later: Any) -> None:
    later()
    facts = dated("expire", "--json").facts
    (done,) = facts["forgettings"]
    assert (done["kind"], done["outcome"], done["records"]) == ("expire", "never trained", 12)
    assert facts["outcome"] == "never trained"
    assert facts["seconds"] > 0
    assert facts["at"].startswith(AFTER)


def test_a_certificate_of_it_is_told_in_words(dated: Give, later: Any, place: Path) -> None:
    later()
    dated("expire")
    dated("ledger", "export", "ledger")
    words = ("verify", place / "certificates/forgetting-1.json", "--key", "ledger/public.key")
    said = dated(*words, "--ledger", "ledger")
    assert "end of the retention period" in said.out
    assert "Past their date and kept on a ground: 0." in said.out
    assert "保存期限届满" in dated(*words, "--language", "zh").out


def test_what_is_kept_is_listed_with_its_ground_and_counts_as_nothing_due(
    dated: Give, later: Any
) -> None:
    grant = ("grant", "record", "--kind", "legal_obligation", "--evidence", "law 1")
    dated(*grant, "--purpose", "model-evaluation", "--source", "form")
    later()
    said = dated("expire", code=8)
    assert "Kept: 12 records, EU.GDPR.17.3b" in said.out
    assert said.out.endswith("Nothing is due.\n")
    facts = dated("expire", "--json", code=8).facts
    assert facts["past"] == 12
    (kept,) = facts["kept"]
    assert kept["records"] == 12
    status = dated("status", "--json").facts
    assert status["past_date"] == {"due": 0, "kept": 12, "unreadable": 0}
    assert status["next"] != "rightful expire"
    assert "0 records to be deleted, 12 kept on a ground" in dated("status").out


def test_unreadable_dates_are_listed_and_nothing_of_theirs_is_shown(
    dated: Give, later: Any, place: Path
) -> None:
    with closing(sqlite3.connect(place / "registry.sqlite")) as connection:
        connection.execute("UPDATE sources SET retention_until = 'someday'")
        connection.commit()
    later()
    said = dated("expire")
    assert "48 records with a date that can't be read, which are not deleted: 12, 13, " in said.out
    assert "someday" not in said.out
    assert dated("status", "--json").facts["past_date"]["unreadable"] == 48
    assert "48 records with a retention date that can't be read." in dated("status").out


def test_records_without_a_date_are_counted(made: Give, digits: Path) -> None:
    made("source", "add", "bare")
    made("import", digits, "--source", "bare", *MAP)
    assert "60 records without a retention date." in made("expire", code=8).out


def test_a_moment_ahead_is_for_looking_only(dated: Give) -> None:
    said = dated("expire", "--at", AFTER, code=InvalidInput.exit_code)
    assert "--dry-run" in said.err
    assert dated("status", "--json").facts["records"] == 60


def test_status_names_the_command_while_something_is_due(dated: Give, later: Any) -> None:
    assert "Past their" not in dated("status").out
    later()
    facts = dated("status", "--json").facts
    assert facts["past_date"] == {"due": 12, "kept": 0, "unreadable": 0}
    assert facts["next"] == "rightful expire"
    assert "Past their retention date: 12 records to be deleted" in dated("status").out


def test_counting_them_for_the_status_takes_no_pytorch(dated: Give, place: Path) -> None:
    dated("source", "add", "form", "--retention-until", "2020-01-01")
    code = (
        "import sys; from rightful.cli import run\n"
        "code = run(['status', '--json', '-w', sys.argv[1]])\n"
        "assert 'torch' not in sys.modules, 'torch was loaded'\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["past_date"]["due"] == 48


def test_who_was_given_the_records_is_to_be_told(dated: Give, later: Any, tmp_path: Path) -> None:
    dated("pretrain", "--model", "base", "--epochs", "1", "--bins", "4", "--seed", "1")
    dated("models", "export", "base", "--to", tmp_path / "m.safetensors", "--recipient", "Clinic")
    later()
    assert "Tell: Clinic" in dated("expire").out


def test_what_was_stopped_is_finished_by_the_same_command(
    dated: Give, later: Any, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    later()
    with monkeypatch.context() as patched:
        patched.setattr(Registry, "scrub", stop)
        dated("expire", code=130)
    assert dated("status", "--json").facts["forgettings"] == [1]
    facts = dated("expire", "--json").facts
    assert [each["kind"] for each in facts["forgettings"]] == ["expire"]
    assert facts["outcome"] == "never trained"
    with rightful.open(place) as workspace:
        assert workspace.records.metadata().num_rows == 48
        assert len(list((place / "certificates").iterdir())) == 1
