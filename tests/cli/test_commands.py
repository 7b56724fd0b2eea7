"""Each command: what it does, what it answers, and how it takes what makes no sense."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rightful.training import Program

Give = Callable[..., Any]

PEOPLE = tuple(f"person{n}@people.example" for n in range(5))
MAP = ("--map", "image=pixels", "--map", "image_shape=28x28", "--map", "label=digit")


# Workspace


def test_init_makes_a_workspace_once(give: Give, place: Path) -> None:
    words = ("init", place, "--controller", "Example Lab", "--establishment", "de")
    facts = give(*words, "--json").facts
    assert facts["workspace"] == str(place)
    assert facts["establishment"] == "DE"
    assert facts["packs"] == ["cn.pipl", "eu.gdpr"]
    assert "already" in give(*words, code=2).err
    give("init", "other", "--controller", "x", "--establishment", "Germany", code=2)
    give("init", "other", "--controller", "x", "--establishment", "DE", "--pack", "no", code=3)


def test_status_says_which_command_comes_next(give: Give, place: Path, digits: Path) -> None:
    def following() -> str:
        found = give("status", "--json").facts["next"]
        assert isinstance(found, str)
        return found

    give("init", place, "--controller", "Example Lab", "--establishment", "DE")
    assert following() == "rightful source add NAME"
    give("source", "add", "form")
    assert following().startswith("rightful import FILE")
    give("import", digits, "--source", "form", *MAP, "--map", "subject=who")
    assert following().startswith("rightful grant record")
    give("grant", "record", "--kind", "contract", "--purpose", "fine-tuning", "--source", "form")
    assert "pretrain" in following()


def test_status_tells_debts_and_open_requests(trained: Give) -> None:
    assert trained("status", "--json").facts["next"] == "nothing is due"
    trained("withdraw", PEOPLE[0])
    facts = trained("status", "--json").facts
    assert {debt["records"] for debt in facts["debts"]} == {12}
    assert [each["kind"] for each in facts["requests"]] == ["withdraw"]
    assert facts["requests"][0]["overdue"] is False
    assert facts["next"] == "rightful forget"
    assert facts["grants"] == {"active": 6, "withdrawn": 2, "expired": 0, "pending": 0}
    said = trained("status").out
    assert "OWED" in said
    assert PEOPLE[0] not in said


# Data and grounds


def test_sources_are_declared_and_what_is_not_said_is_not_known(made: Give) -> None:
    made("source", "add", "other", "--owner", "Example Ltd")
    found = {each["name"]: each for each in made("source", "list", "--json").facts["sources"]}
    assert found["form"]["public"] is False
    assert found["form"]["notice"] == "told@1/en"
    assert found["other"]["public"] is None
    assert found["other"]["owner"] == "Example Ltd"
    assert "?" in made("source", "list").out
    made("source", "add", "x", "--kind", "stolen", code=2)
    made("source", "add", "x", "--notice", "never", code=3)
    made("source", "add", "x", "--retention-until", "tomorrow", code=2)


def test_import_counts_rows_and_names_bad_ones(made: Give, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"t": "good", "w": "a"}\n{"t": "", "w": "secret-person"}\nnot json\n')
    words = ("import", path, "--source", "form", "--map", "text=t", "--map", "subject=w")
    said = made(*words)
    assert "1 record added" in said.out
    assert "no text" in said.out
    facts = made(*words, "--json").facts
    assert (facts["added"], facts["held"], facts["quarantined"]) == (0, 1, 2)
    assert facts["reasons"] == {"no text": 1, "line is not JSON": 1}
    assert "secret" not in said.out + said.err + Path(facts["quarantine"]).read_text()


def test_import_takes_a_mapping_file(made: Give, digits: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('image = "pixels"\nlabel = "digit"\nsubject = "who"\nimage_shape = [28, 28]')
    words = ("import", digits, "--source", "form", "--mapping", mapping)
    assert made(*words, "--json").facts["added"] == 60
    made(*words, *MAP, code=2)
    mapping.write_text("image = ")
    assert "mapping.toml" in made(*words, code=2).err
    mapping.write_text('colour = "x"')
    assert "mapping.toml" in made(*words, code=2).err


def test_import_refuses_what_it_can_t_use(made: Give, digits: Path, tmp_path: Path) -> None:
    made("import", tmp_path / "none.csv", "--source", "form", *MAP, code=2)
    made("import", digits, "--source", "nobody", *MAP, code=3)
    made("import", digits, "--source", "form", code=2)
    made("import", digits, "--source", "form", "--map", "image", code=2)
    made("import", digits, "--source", "form", "--format", "odd", *MAP, code=2)


def test_an_import_of_bad_rows_alone_ends_with_8(made: Give, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"t": "", "w": "a"}\n')
    made("import", path, "--source", "form", "--map", "text=t", code=8)


def test_purposes_are_a_tree(made: Give) -> None:
    made("purpose", "add", "digit-reading", "--parent", "fine-tuning")
    tree = made("purpose", "list", "--json").facts["purposes"]
    (added,) = [each for each in tree if each["name"] == "digit-reading"]
    assert (added["parent"], added["depth"]) == ("fine-tuning", 2)
    assert "    digit-reading" in made("purpose", "list").out
    made("purpose", "add", "Bad Name", code=2)
    made("purpose", "add", "x", "--parent", "nothing", code=3)


def test_notices_are_published_from_text_or_file(made: Give, tmp_path: Path) -> None:
    file = tmp_path / "notice.txt"
    file.write_text("告知", encoding="utf-8")
    words = ("notice", "publish", "told", "--language", "zh-CN")
    assert made(*words, "--file", file, "--json").facts["notice"] == "told@1/zh-CN"
    names = [n["notice"] for n in made("notice", "list", "--json").facts["notices"]]
    assert names == ["told@1/en", "told@1/zh-CN"]
    made(*words, code=2)
    made(*words, "--file", file, "--text", "x", code=2)
    made(*words, "--file", tmp_path / "none", code=2)
    file.write_bytes(b"\xff\xfe\x00")
    made(*words, "--file", file, code=2)


def test_grants_are_recorded_listed_and_ended(held: Give) -> None:
    words = ("grant", "record", "--kind", "consent", "--purpose", "fine-tuning")
    number = held(*words, "--subject", PEOPLE[4], "--notice", "told", "--json").facts["grant"]
    held("grant", "end", str(number), "--at", "2999-01-01")
    (found,) = held("grant", "list", "--subject", PEOPLE[4], "--json").facts["grants"]
    assert (found["grant"], found["status"]) == (number, "active")
    assert found["valid_to"].startswith("2999-01-01")
    assert found["evidence"] is False
    assert "file 12" not in held("grant", "list", "--json").out
    assert len(held("grant", "list", "--limit", "2", "--json").facts["grants"]) == 2
    held(*words, code=2)
    held(*words, "--subject", "stranger", code=3)
    held(*words, "--subject", PEOPLE[4], "--from", "soon", code=2)
    held("grant", "end", "9999", code=3)
    held("grant", "list", "--subject", "stranger", code=3)


def test_separate_consents_and_special_conditions_are_recorded(held: Give) -> None:
    words = ("grant", "record", "--purpose", "fine-tuning", "--subject", PEOPLE[4])
    held(*words, "--kind", "separate_consent")
    held(*words, "--kind", "special_condition", "--condition", "research")
    held(*words, "--kind", "special_condition", code=2)
    held(*words, "--kind", "consent", "--condition", "research", code=2)
    condition, consent = held("grant", "list", "--limit", "2", "--json").facts["grants"]
    assert (condition["kind"], condition["condition"]) == ("special_condition", "research")
    assert (consent["kind"], consent["explicit"]) == ("separate_consent", True)


def test_consent_records_are_given_out_and_read_back(held: Give, tmp_path: Path) -> None:
    path = tmp_path / "consents.jsonl"
    words = ("grant", "export", path, "--to", "Example Auditors", "--format", "27560")
    said = held(*words, "--contact", "privacy@lab.example", "--json").facts
    assert (said["records"], said["people"], said["recipient"]) == (8, 4, "Example Auditors")
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {r["dpv:hasDataSubject"]["dpv:hasIdentifier"] for r in records} == set(PEOPLE[:4])
    assert {r["dpv:hasEntity"][0]["dpv:hasName"] for r in records} == {"Example Lab"}
    told = held("erase", PEOPLE[0], "--json").facts
    assert told["tell"] == ["Example Auditors"]
    back = held("grant", "import", path, "--format", "27560", "--json").facts
    assert back == {"added": 0, "held": 6, "ended": 0, "erased": 2}
    assert "2 left out" in held("grant", "import", path, "--format", "27560").out


def test_consent_records_go_to_somebody_who_is_named(held: Give, tmp_path: Path) -> None:
    path = tmp_path / "consents.jsonld"
    held("grant", "export", path, "--to", " ", "--subject", PEOPLE[0], code=2)
    assert not path.exists()
    held("grant", "export", path, "--to", "Ann", "--subject", "stranger", code=3)
    held("grant", "export", path, "--to", "Ann", "--subject", PEOPLE[0])
    held("grant", "export", path, "--to", "Ann", "--subject", PEOPLE[0], code=2)
    path.write_text("{}")
    said = held("grant", "import", path, "--format", "27560", code=2)
    assert "record 1: @context is missing" in said.err


def test_a_file_of_grants_adds_nothing_twice(held: Give, tmp_path: Path) -> None:
    facts = held("grant", "import", tmp_path / "grants.csv", "--json").facts
    assert (facts["added"], facts["held"], facts["quarantined"]) == (0, 8, 0)
    bad = tmp_path / "bad.csv"
    bad.write_text("subject,kind,purpose\nsecret-person,wish,fine-tuning\n")
    said = held("grant", "import", bad, code=8)
    assert "kind is unknown" in said.out
    assert "secret" not in said.out
    held("grant", "import", tmp_path / "none.csv", code=2)


# Rules


def test_packs_are_listed_shown_and_tested_without_a_workspace(
    give: Give, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RIGHTFUL_WORKSPACE")
    found = {p["pack"]: p for p in give("policy", "list", "--json").facts["packs"]}
    assert found["eu.gdpr"]["obeyed"] is None
    assert "同意已撤回" in give("policy", "show", "cn.pipl", "--language", "zh").out
    rules = give("policy", "show", "eu.gdpr", "--json").facts["rules"]
    assert {"rule", "article", "decision", "title"} <= rules[0].keys()
    facts = give("policy", "test", "--json").facts
    assert facts["failed"] == 0
    assert facts["examples"] > 50
    give("policy", "show", "no.such", code=3)
    give("policy", "show", tmp_path / "none.yaml", code=3)


def test_a_pack_whose_example_fails_ends_with_9(give: Give, tmp_path: Path) -> None:
    from importlib import resources

    text = (resources.files("rightful.policy") / "packs" / "eu.gdpr.yaml").read_text("utf-8")
    broken = text.replace(
        "{received: 2026-03-16, expect: 2026-04-16}",
        "{received: 2026-03-16, expect: 2026-04-17}",
    )
    assert broken != text
    pack = tmp_path / "broken.yaml"
    pack.write_text(broken, encoding="utf-8")
    said = give("policy", "test", pack, code=9)
    assert "EU.GDPR.12.3" in said.out


def test_clear_tells_numbers_rules_and_articles(held: Give) -> None:
    facts = held("clear", "fine-tuning", "--save", "--json").facts
    assert (facts["records"], facts["cleared"], facts["clearance"]) == (60, 48, 1)
    assert facts["decisions"] == {
        **{"allow": 48, "deny": 12},
        **{"allow_with_conditions": 0, "hold": 0, "restrict": 0},
    }
    reason = {each["rule"]: each for each in facts["reasons"]}["EU.GDPR.6"]
    assert reason["article"] == "Art. 6(1)"
    assert (reason["decision"], reason["fired"], reason["unanswered"]) == ("deny", 12, 0)
    assert "EU.GDPR.6" in held("clear", "fine-tuning").out
    assert "可用于" in held("clear", "fine-tuning", "--language", "zh").out
    held("clear", "nothing", code=3)
    held("clear", "fine-tuning", "--at", "noon", code=2)


def test_an_empty_clearance_is_an_answer_with_its_own_code(held: Give) -> None:
    said = held("clear", "fine-tuning", "--at", "2000-01-01", code=8)
    assert "None of 60 records" in said.out
    assert said.err == ""


def test_explain_names_rule_article_and_facts(held: Give) -> None:
    facts = held("explain", "4", "fine-tuning", "--json").facts
    assert facts["decision"] == "deny"
    (judged,) = facts["judged"]
    finding = {each["rule"]: each for each in judged["findings"]}["EU.GDPR.6"]
    assert (finding["answer"], finding["decision"]) == ("fired", "deny")
    assert finding["facts"]["consent"] == "none"
    assert "Art. 6(1)" in held("explain", "4", "fine-tuning").out
    held("explain", "9999", "fine-tuning", code=3)


# Training


def test_bins_and_seed_are_chosen_once_and_said(held: Give) -> None:
    words = ("pretrain", "--model", "base", "--epochs", "1", "--batch-size", "8")
    said = held(*words, "--json")
    first = said.facts
    assert first["bins"] == 6  # 48 records are cleared
    assert "--seed" in said.err
    assert "--bins" in said.err
    again = held(*words, "--json")
    assert again.facts == first
    assert "are kept" in again.err
    other = held(*words, "--seed", "5", "--json").facts
    assert other["run"] != first["run"]


def test_a_program_that_was_shown_trains_the_same_weights(trained: Give, tmp_path: Path) -> None:
    path = tmp_path / "program.toml"
    path.write_text(trained("program", "show", "base").out)
    shown = trained("program", "show", "1", "--run", "--json").facts
    assert Program.load(path).sha256 == shown["sha256"]
    assert Program.from_dict(tomllib.loads(path.read_text())).to_dict() == shown["program"]
    once = trained("pretrain", "--model", "copy", "--program", path, "--json").facts
    models = {m["model"]: m for m in trained("models", "list", "--json").facts["models"]}
    assert once["weights_sha256"] == models["base"]["weights_sha256"]
    trained("pretrain", "--model", "x", "--program", path, "--seed", "0", code=2)
    trained("pretrain", "--model", "x", "--program", tmp_path / "none", code=2)
    trained("program", "show", "nobody", code=3)
    trained("program", "show", "base", "--run", code=2)


def test_arguments_of_a_network_are_json_or_text(trained: Give) -> None:
    words = ("pretrain", "--epochs", "1", "--bins", "2", "--seed", "1")
    wide = trained(*words, "--model", "wide", "--argument", "classes=26", "--json").facts
    program = trained("program", "show", "wide", "--json").facts["program"]
    assert program["model"]["arguments"] == {"classes": 26}
    assert wide["steps"] == 2
    trained(*words, "--model", "x", "--argument", "classes", code=2)
    trained(*words, "--model", "x", "--argument", "colour=red", code=2)
    trained(*words, "--model", "x", "--network", "no.such:Net", code=2)
    trained(*words, "--model", "bad name", code=2)
    trained(*words, "--model", "x", "--schedule", "weekly", code=2)
    trained(*words, "--model", "x", "--purpose", "nothing", code=3)


def test_fine_tuning_starts_from_a_model_or_a_file(trained: Give, tmp_path: Path) -> None:
    file = tmp_path / "base.safetensors"
    trained("models", "export", "base", "--to", file, "--recipient", "Example Ltd")
    words = ("finetune", "--epochs", "1", "--bins", "4", "--seed", "2")
    from_file = trained(*words, "--model", "again", "--from", file, "--json").facts
    models = {m["model"]: m for m in trained("models", "list", "--json").facts["models"]}
    assert from_file["weights_sha256"] == models["tuned"]["weights_sha256"]
    trained(*words, "--model", "x", "--from", "nobody", code=3)
    trained(*words, "--model", "x", "--from", tmp_path / "none.safetensors", code=2)


def test_nothing_is_trained_where_nothing_is_cleared(made: Give, digits: Path) -> None:
    made("pretrain", "--model", "base", code=3)
    made("import", digits, "--source", "form", *MAP, "--map", "subject=who")
    made("pretrain", "--model", "base", code=4)
    made("pretrain", "--model", "base", "--bins", "3", "--seed", "1", code=4)


def test_models_are_scored_drawn_and_asked(trained: Give, tmp_path: Path) -> None:
    matrix, losses, picture = (tmp_path / n for n in ("matrix.png", "losses.png", "digit.png"))
    facts = trained("evaluate", "tuned", "--plot", matrix, "--json").facts
    assert facts["metrics"]["records"] == 48
    trained("plot", "tuned", "--to", losses)
    for path in (matrix, losses):
        with Image.open(path) as drawn:
            assert min(drawn.size) > 300
    Image.fromarray(np.full((28, 28), 7, np.uint8)).save(picture)
    (guess,) = trained("predict", "tuned", picture, "--json").facts["predictions"]
    assert len(guess["probabilities"]) == 10
    assert guess["probabilities"][guess["label"]] == guess["probability"]
    assert "digit.png" in trained("predict", "tuned", picture).out
    trained("evaluate", "nobody", code=3)
    trained("plot", "tuned", "--to", tmp_path / "losses.jpg", code=2)
    trained("predict", "tuned", tmp_path / "none.png", code=2)
    picture.write_text("no picture")
    trained("predict", "tuned", picture, code=2)


def test_an_export_is_a_disclosure_that_an_erasure_names(trained: Give, tmp_path: Path) -> None:
    file = tmp_path / "tuned.safetensors"
    words = ("models", "export", "tuned", "--to", file, "--recipient", "Example Ltd")
    assert trained(*words, "--json").facts["records"] == 48
    assert file.exists()
    trained(*words, code=2)
    trained("models", "export", "tuned", "--to", tmp_path / "x.pth", "--recipient", "y", code=2)
    entries = trained("ledger", "show", "--json").facts["entries"]
    (entry,) = [e["facts"] for e in entries if e["kind"] == "disclosure"]
    assert entry["what"] == "model tuned, run 2"
    assert "Example Ltd" not in json.dumps(entries)  # it may be a person, and a ledger keeps all
    assert trained("erase", PEOPLE[0], "--json").facts["tell"] == ["Example Ltd"]
    assert not list(tmp_path.glob(".unfinished-*"))


# What people ask


def test_a_plan_changes_nothing(trained: Give) -> None:
    facts = trained("erase", PEOPLE[0], "--plan", "--json").facts
    assert facts["records"] == 12
    assert facts["models"] == ["base", "tuned"]
    assert {replay["run"] for replay in facts["replays"]} == {1, 2}
    assert "Nothing was done" in trained("erase", "--record", "0", "--plan").out
    assert trained("clear", "fine-tuning", "--json").facts["cleared"] == 48
    trained("erase", "stranger", "--plan", code=3)


def test_erase_takes_people_typed_from_a_file_or_from_standard_input(
    trained: Give, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.txt"
    file.write_text(f"{PEOPLE[0]}\n\n{PEOPLE[4]}\n")
    facts = trained("erase", "--subjects-file", file, "--json").facts
    assert [each["outcome"] for each in facts["answers"]] == ["exact", "exact"]
    assert PEOPLE[0] not in json.dumps(facts)
    monkeypatch.setattr(sys, "stdin", StringIO(f"{PEOPLE[1]}\n"))
    assert "exact" in trained("erase", "-").out
    assert trained("status", "--json").facts["subjects"] == 2
    said = trained("erase", PEOPLE[0], code=8)
    assert "nothing held" in said.out
    trained("erase", code=2)
    trained("erase", PEOPLE[2], "--record", "3", code=2)


def test_erase_of_records_and_rectify_make_models_exact(trained: Give) -> None:
    (answer,) = trained("erase", "--record", "1", "--record", "2", "--json").facts["answers"]
    assert answer["outcome"] == "exact"
    assert Path(answer["certificate"]).exists()
    (answer,) = trained("rectify", "3", "--label", "9", "--json").facts["answers"]
    assert answer["outcome"] == "exact"
    trained("rectify", "3", "--label", "9", code=3)  # it is another record now
    trained("rectify", "5", code=2)
    trained("rectify", "5", "--text", "x", code=2)
    trained("erase", "--record", "1", code=3)


def test_a_withdrawal_is_owed_until_it_is_forgotten(trained: Give) -> None:
    facts = trained("withdraw", PEOPLE[0], PEOPLE[1], "--json").facts
    assert [len(each["grants"]) for each in facts["withdrawals"]] == [2, 2]
    assert facts["owed"] is True
    (done,) = trained("forget", "--json").facts["forgettings"]
    assert (done["outcome"], done["records"]) == ("exact", 24)
    assert trained("forget", "--json").facts["forgettings"] == []
    assert "nothing was to be done" in trained("forget").out
    trained("withdraw", PEOPLE[2], "stranger", code=3)
    trained("withdraw", PEOPLE[2], "--purpose", "nothing", code=3)
    consents = trained("grant", "list", "--subject", PEOPLE[2], "--json").facts["grants"]
    assert {each["status"] for each in consents} == {"active"}


def test_requests_are_listed_and_those_still_due(trained: Give) -> None:
    trained("withdraw", PEOPLE[0])
    trained("erase", "stranger", code=8)
    kinds = [r["kind"] for r in trained("requests", "list", "--json").facts["requests"]]
    assert kinds == ["withdraw", "erase"]
    (due,) = trained("requests", "due", "--json").facts["requests"]
    assert (due["kind"], due["state"]) == ("withdraw", "open")
    assert due["due"] is not None
    trained("forget")
    assert "No request is open" in trained("requests", "due").out


def test_access_and_know_write_what_people_may_see(trained: Give, tmp_path: Path) -> None:
    folder, page = tmp_path / "package", tmp_path / "know.html"
    assert trained("access", PEOPLE[0], "--to", folder, "--json").facts["package"] == str(folder)
    assert PEOPLE[0] in (folder / "package.json").read_text()
    trained("access", PEOPLE[0], "--to", folder, code=2)
    trained("access", "stranger", "--to", tmp_path / "x", code=3)
    trained("know", "--language", "zh", "--to", page)
    assert "目的" in page.read_text()
    assert "<html" in trained("know", "--json").facts["page"]
    trained("know", "--to", tmp_path / "no" / "page.html", code=2)


# Proof


def test_the_ledger_is_shown_exported_and_checked(trained: Give, tmp_path: Path) -> None:
    facts = trained("ledger", "show", "--last", "2", "--json").facts
    assert [e["number"] for e in facts["entries"]] == [facts["size"] - 2, facts["size"] - 1]
    trained("ledger", "export", tmp_path / "ledger")
    assert (tmp_path / "ledger" / "public.key").exists()
    assert trained("ledger", "check", "--json").facts["size"] == facts["size"]


def test_a_damaged_ledger_ends_with_5(trained: Give, place: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(place / "registry.sqlite")) as registry, registry:
        registry.execute("DELETE FROM ledger_entries WHERE number = 3")
    assert "3" in trained("ledger", "check", code=5).err


def test_a_stranger_verifies_a_certificate_and_a_wrong_key_is_refused(
    trained: Give, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (answer,) = trained("erase", PEOPLE[0], "--json").facts["answers"]
    certificate = Path(answer["certificate"])
    trained("ledger", "export", tmp_path / "ledger")
    trained("init", tmp_path / "other", "--controller", "Other", "--establishment", "DE")
    trained("-w", tmp_path / "other", "ledger", "export", tmp_path / "wrong")
    monkeypatch.delenv("RIGHTFUL_WORKSPACE")
    words = ("verify", certificate, "--key", tmp_path / "ledger" / "public.key")
    facts = trained(*words, "--ledger", tmp_path / "ledger", "--json").facts
    assert facts["verified"] is True
    assert facts["body"]["outcome"] == "exact"
    assert "key was destroyed" in trained(*words).out
    assert "精确" in trained(*words, "--language", "zh").out
    wrong = trained(*words[:3], tmp_path / "wrong" / "public.key", code=7)
    assert wrong.out == ""
    changed = tmp_path / "changed.json"
    changed.write_bytes(certificate.read_bytes().replace(b'"records":12', b'"records":11'))
    trained("verify", changed, *words[2:], code=7)
    trained("verify", tmp_path / "none.json", *words[2:], code=2)
    trained(*words, "--ledger", tmp_path / "nowhere", code=3)


# The demo's folder


def test_the_demo_deletes_nothing_but_a_demo(made: Give, place: Path, tmp_path: Path) -> None:
    before = sorted(place.rglob("*"))
    assert "somebody's" in made("demo", "--folder", place, code=2).err
    assert sorted(place.rglob("*")) == before
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "letter.txt").write_text("dear")
    made("demo", "--folder", tmp_path / "things", code=2)
    made("demo", "--folder", tmp_path / "things" / "letter.txt", code=2)
    assert (tmp_path / "things" / "letter.txt").read_text() == "dear"


def test_the_installed_program_answers_as_the_function_behind_it(held: Give, place: Path) -> None:
    program = Path(sys.executable).parent / "rightful"
    done = subprocess.run(
        [program, "-w", place, "clear", "fine-tuning", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    facts, here = json.loads(done.stdout), held("clear", "fine-tuning", "--json").facts
    for each in (facts, here):
        each.pop("at")
    assert facts == here
