"""`rightful clear` and `rightful explain` by source, by person, and as a page."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rightful.clearance.groups import GROUPS
from rightful.cli.clearance import _GROUPS

if TYPE_CHECKING:
    from tests.cli.conftest import Give

WHO = "person{}@people.example"


def test_clear_counts_by_source_and_by_pack(held: "Give") -> None:
    facts = held("clear", "fine-tuning", "--json").facts
    nothing = {"allow_with_conditions": 0, "hold": 0, "restrict": 0}
    assert facts["sources"] == [
        {"source": "form", "records": 60, "decisions": {"allow": 48, "deny": 12, **nothing}}
    ]
    by_pack = {each["pack"]: each for each in facts["by_pack"]}
    assert set(by_pack) == {None, "cn.pipl", "eu.gdpr"}
    assert by_pack["eu.gdpr"]["decisions"]["deny"] == 12
    assert sum(by_pack["cn.pipl"]["decisions"].values()) == 60
    assert by_pack["eu.gdpr"]["rules_asked"] > 10
    assert all(each["rules"] for each in facts["not_asked"])
    assert facts["overdue"] == []
    assert {reason["confidence"] for reason in facts["reasons"]} <= {"found", "secondary", "memory"}
    assert "form: 12 denied, 48 allowed" in held("clear", "fine-tuning").out


@pytest.mark.parametrize(("language", "says"), [("en", "By reason"), ("zh", "按理由")])
def test_clear_writes_a_page(held: "Give", tmp_path: Path, language: str, says: str) -> None:
    path = tmp_path / "cleared.html"
    said = held("clear", "fine-tuning", "--html", path, "--language", language)
    assert f"Written to {path}." in said.out
    assert says in path.read_text(encoding="utf-8")
    facts = held("clear", "fine-tuning", "--html", path, "--json").facts
    assert facts["page"] == str(path)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_page_that_cannot_be_written_is_told_and_leaves_nothing(
    held: "Give", tmp_path: Path
) -> None:
    said = held("clear", "fine-tuning", "--html", tmp_path / "none" / "page.html", code=2)
    assert "can't be written: no such file or directory; name another file" in said.err
    assert not (tmp_path / "none").exists()


def test_explain_groups_all_records_about_a_person(held: "Give") -> None:
    facts = held("explain", "fine-tuning", "--subject", WHO.format(4), "--json").facts
    assert (facts["records"], facts["decisions"]["deny"]) == (12, 12)
    (group,) = facts["groups"]
    assert (group["records"], group["decision"], group["example"]) == (12, "deny", 4)
    assert "EU.GDPR.6" in {found["rule"] for found in group["judged"][0]["findings"]}
    assert (facts["groups_not_shown"], facts["records_not_shown"]) == (0, 0)
    said = held("explain", "fine-tuning", "--subject", WHO.format(4))
    assert said.out.startswith("0 of these 12 records may be used for fine-tuning")
    assert "@people.example" not in said.out


def test_explain_groups_all_records_of_a_source_and_says_what_is_not_shown(held: "Give") -> None:
    said = held("explain", "fine-tuning", "--source", "form", "--limit", "1")
    assert "48 records: allowed. Such as record 0:" in said.out
    assert "1 more group, of 12 records, not shown; --limit shows more" in said.out
    both = held("explain", "fine-tuning", "--source", "form", "--subject", WHO.format(0), "--json")
    assert (both.facts["records"], both.facts["decisions"]["allow"]) == (12, 12)


def test_explain_reads_the_person_from_standard_input(
    held: "Give", monkeypatch: pytest.MonkeyPatch
) -> None:
    from io import StringIO

    monkeypatch.setattr("sys.stdin", StringIO(WHO.format(4) + "\n"))
    assert held("explain", "fine-tuning", "--subject", "-", "--json").facts["records"] == 12
    monkeypatch.setattr("sys.stdin", StringIO(f"{WHO.format(3)}\n{WHO.format(4)}\n"))
    assert "one person" in held("explain", "fine-tuning", "--subject", "-", code=2).err


def test_no_record_to_explain_is_an_outcome_of_its_own(held: "Give") -> None:
    held("source", "add", "forum", "--kind", "crawl", "--method", "crawl", "--public")
    said = held("explain", "fine-tuning", "--source", "forum", code=8)
    assert said.out.strip() == "No record is held from source forum"
    both = ("--source", "forum", "--subject", WHO.format(0))
    facts = held("explain", "fine-tuning", *both, "--json", code=8).facts
    assert facts["sentence"] == "No record about this person is held from source forum"
    assert (facts["records"], facts["groups"]) == (0, [])
    chinese = held("explain", "fine-tuning", *both, "--language", "zh", code=8)
    assert chinese.out.strip() == "未持有来源 forum 中与此人有关的任何记录"


def test_whoever_is_not_held_is_not_found_and_not_repeated(held: "Give") -> None:
    said = held("explain", "fine-tuning", "--subject", "stranger@people.example", code=3)
    assert "nobody with that reference is held" in said.err
    assert "stranger" not in said.err
    assert "form" in held("explain", "fine-tuning", "--source", "froum", code=3).err


def test_explain_says_how_to_be_asked(held: "Give") -> None:
    assert "--subject" in held("explain", "4", code=2).err
    assert "only the purpose" in held("explain", "4", "fine-tuning", "--source", "form", code=2).err
    assert "no number of a record" in held("explain", "four", "fine-tuning", code=2).err


def test_the_command_shows_as_many_groups_as_python_does() -> None:
    assert _GROUPS == GROUPS
