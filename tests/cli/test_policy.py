"""`rightful policy`: packs are linted, made, pinned and compared as a person types it."""

from pathlib import Path

import pytest
from tests.cli.conftest import Give

LAW = """
id: law
kind: law
covers: personal_data
title: {en: A law, zh: 某法}
authority: Somebody
version: "1"
as_of: 2026-01-01
review_by: 2999-01-01
applies: "TRUE"
sources: {LAW: "the law, read at https://law.example"}
terms:
  consented: consent = 'active'
rules:
  - id: LAW.1
    article: Art. 1
    title: {en: No consent, zh: 没有同意}
    kind: gate
    confidence: found
    source: LAW
    when: NOT consented
    decision: deny
    examples:
      - {facts: {consent: none}, expect: fires}
      - {facts: {consent: active}, expect: passes}
      - {facts: {}, expect: unknown}
  - id: LAW.2
    article: Art. 2
    title: {en: A child, zh: 儿童}
    kind: gate
    confidence: memory
    source: LAW
    when: age < 16
    decision: hold
    asks: {en: a guardian's consent, zh: 监护人的同意}
    examples:
      - {facts: {age: 15}, expect: fires}
      - {facts: {age: 16}, expect: passes}
      - {facts: {}, expect: unknown}
not_encoded:
  - id: LAW.3
    title: {en: Fees, zh: 费用}
    why: {en: Nothing about data., zh: 与数据无关。}
"""


@pytest.fixture
def law(tmp_path: Path) -> Path:
    path = tmp_path / "law.yaml"
    path.write_text(LAW, encoding="utf-8")
    return path


@pytest.fixture
def lawful(give: Give, law: Path, digits: Path, tmp_path: Path) -> Give:
    """A workspace that obeys this law alone, with sixty records of five people; four consented."""
    from tests.cli.conftest import MAP, PEOPLE

    give(
        *("init", "workspace", "--controller", "Example Lab", "--establishment", "DE"),
        *("--pack", law),
    )
    give("notice", "publish", "told", "--language", "en", "--text", "We read digits.")
    give("source", "add", "form", "--kind", "user_data", "--method", "form", "--not-public")
    give("import", digits, "--source", "form", *MAP)
    lines = ["subject,source,kind,purpose,notice,evidence,given_by"]
    lines += [f"{who},form,consent,model-training,told,file 12,self" for who in PEOPLE[:4]]
    (tmp_path / "grants.csv").write_text("\n".join(lines) + "\n")
    give("grant", "import", tmp_path / "grants.csv")
    return give


# Reading


def test_a_pack_is_shown_in_both_languages_with_all_that_a_reader_needs(
    give: Give, law: Path
) -> None:
    said = give("policy", "show", law).out
    for part in (
        *("A law (law 1), Somebody", "consented: consent = 'active'", "when: NOT consented"),
        *("needed: a guardian's consent", "source: the law, read at https://law.example"),
        *("ADVISORY, decides nothing", "LAW.3, Fees: Nothing about data."),
    ):
        assert part in said
    said = give("policy", "show", law, "--language", "zh").out
    for part in ("某法", "条件:NOT consented", "参考性规则,不作决定", "LAW.3, 费用:与数据无关。"):
        assert part in said
    facts = give("policy", "show", law, "--json").facts
    assert facts["terms"] == {"consented": "(consent = 'active')"}
    assert [rule["turned_on"] for rule in facts["rules"]] == [True, False]
    assert facts["rules"][1]["asks"]["zh"] == "监护人的同意"


def test_a_pack_that_is_overdue_is_marked(give: Give, law: Path) -> None:
    law.write_text(LAW.replace("2999-01-01", "2026-01-02"), encoding="utf-8")
    assert "OVERDUE" in give("policy", "show", law).out
    assert "已逾期" in give("policy", "show", law, "--language", "zh").out
    assert give("policy", "show", law, "--json").facts["overdue"] is True


def test_list_tells_what_is_obeyed_advisory_and_turned_on(lawful: Give, place: Path) -> None:
    found = {p["pack"]: p for p in lawful("policy", "list", "--json").facts["packs"]}
    assert found["law"]["obeyed"] is True
    assert found["law"]["pinned"] is False
    assert found["eu.gdpr"]["obeyed"] is False
    assert (found["law"]["advisory"], found["law"]["turned_on"]) == (1, 0)
    assert found["law"]["confidence"] == {"found": 1, "memory": 1}
    assert len(found["law"]["sha256"]) == 64
    config = place / "rightful.toml"
    config.write_text(config.read_text() + '\nturned_on = ["LAW.2"]\n')
    found = {p["pack"]: p for p in lawful("policy", "list", "--json").facts["packs"]}
    assert found["law"]["turned_on"] == 1
    assert "ADVISORY, turned on here" in lawful("policy", "show", "law.yaml").out


def test_examples_are_counted_by_pack(give: Give, law: Path) -> None:
    facts = give("policy", "test", law, "us.coppa", "--json").facts
    assert facts["by_pack"]["law"] == 6
    assert facts["examples"] == sum(facts["by_pack"].values())
    assert set(facts["failures"]) == {"law", "us.coppa"}


# Keeping in order


def test_lint_ends_with_9_on_errors_and_not_on_notes(give: Give, law: Path) -> None:
    said = give("policy", "lint", law).out
    assert "note" in said
    assert "LAW.2: was written from memory" in said
    assert "0 errors and 1 note in 1 pack." in said
    law.write_text(LAW.replace("age < 16", "age < 16 AND age > 20"), encoding="utf-8")
    said = give("policy", "lint", law, "--language", "zh", code=9).out
    assert "永不触发" in said
    facts = give("policy", "lint", law, "nothing.yaml", "--json", code=9).facts
    assert facts["errors"] == len(facts["unread"]) + sum(
        each["weight"] == "error" for each in facts["findings"][str(law)]
    )
    assert "no pack at nothing.yaml" in facts["unread"]["nothing.yaml"]


def test_a_new_house_pack_is_ready_to_use_and_overwrites_nothing(
    give: Give, tmp_path: Path
) -> None:
    assert give("policy", "new", "acme", "--json").facts["pack"] == "acme"
    assert give("policy", "test", "acme.yaml", "--json").facts["failed"] == 0
    assert "0 errors and 0 notes" in give("policy", "lint", "acme.yaml").out
    give("policy", "new", "acme", code=2)
    give("policy", "new", "acme", "--file", tmp_path / "other.yaml")
    assert (tmp_path / "other.yaml").read_text("utf-8").count("ACME.") > 5
    give("policy", "new", "../acme", code=2)


# Pinning


def test_a_pinned_pack_counts_until_it_is_let_go(lawful: Give, law: Path, place: Path) -> None:
    before = lawful("clear", "fine-tuning", "--json").facts
    assert before["cleared"] == 48
    (done,) = lawful("policy", "pin", "--json").facts["pinned"]
    assert done["sha256"] == before["packs"]["law"]["sha256"]
    law.write_text(LAW.replace("NOT consented", "consented OR NOT consented"), encoding="utf-8")
    assert lawful("clear", "fine-tuning", "--json").facts["packs"] == before["packs"]
    assert "pinned" in lawful("policy", "list").out
    assert "when: NOT consented" in lawful("policy", "show", "pinned:law").out
    lawful("policy", "show", "pinned:eu.gdpr", code=3)
    said = lawful("policy", "diff", "pinned:law", law, code=9).out
    assert "rule changed: LAW.1" in said
    assert lawful("policy", "unpin", "law", "--json").facts["unpinned"][0]["id"] == "law"
    assert lawful("clear", "fine-tuning", "--json", code=8).facts["cleared"] == 0
    assert "Nothing was pinned" in lawful("policy", "unpin").out
    lawful("policy", "pin", "eu.gdpr", code=3)


def test_a_pinned_copy_that_was_changed_stops_whoever_needs_it(lawful: Give, place: Path) -> None:
    lawful("policy", "pin")
    (copy,) = (place / "packs").glob("law.*.yaml")
    copy.write_text(LAW.replace("Art. 1", "Art. 9"), encoding="utf-8")
    for words in (("clear", "fine-tuning"), ("explain", "0", "fine-tuning"), ("policy", "list")):
        said = lawful(*words, code=5)
        assert "the copy of the pinned pack law was changed" in said.err
        assert said.err.count("\n") == 1
    lawful("policy", "pin")
    lawful("clear", "fine-tuning")


# Differences


def test_diff_names_rules_fields_and_records(lawful: Give, law: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    text = LAW.replace('version: "1"', 'version: "2"').replace(
        "NOT consented", "FALSE AND consented"
    )
    new.write_text(text.replace("LAW.2", "LAW.4"), encoding="utf-8")
    assert "Both versions say the same" in lawful("policy", "diff", law, law).out
    said = lawful("policy", "diff", law, new, code=9).out
    for part in ("  - 1\n  + 2", "rule added: LAW.4", "rule removed: LAW.2", "rule changed: LAW.1"):
        assert part in said
    facts = lawful("policy", "diff", law, new, "fine-tuning", "--json", code=9).facts
    assert facts["added"] == ["LAW.4"]
    assert facts["removed"] == ["LAW.2"]
    assert [field["name"] for field in facts["changed"]["LAW.1"]] == ["when"]
    records = facts["records"]
    # Rightful's own rule still denies those of whom there is no ground at all.
    assert records["entered"]["count"] == records["left"]["count"] == 0
    text = LAW.replace("NOT consented", "consented")
    new.write_text(text, encoding="utf-8")
    facts = lawful(
        *("policy", "diff", law, new, "fine-tuning", "--limit", "3", "--json"), code=9
    ).facts
    assert facts["records"]["left"]["count"] == 48
    assert len(facts["records"]["left"]["records"]) == 3
    assert facts["records"]["brought"][0]["rule"] == "LAW.1"
    said = lawful("policy", "diff", law, new, "fine-tuning", "--language", "zh", code=9).out
    assert "48 条记录不再获准" in said
    lawful("policy", "diff", law, new, "no-purpose", code=3)


# Clearances


def test_two_clearances_are_compared_by_number_or_moment(lawful: Give) -> None:
    from tests.cli.conftest import PEOPLE

    lawful("clear", "fine-tuning", "--save")
    lawful("withdraw", PEOPLE[0])
    lawful("clear", "fine-tuning", "--save")
    facts = lawful("clearance", "compare", "1", "2", "--json").facts
    assert facts["left"]["count"] == 12
    assert facts["moves"] is None
    assert facts["brought"] is None
    said = lawful("clearance", "compare", "1", "2").out
    assert "12 records left" in said
    assert "why is not known: clearance 2 keeps what it cleared" in said
    facts = lawful("clearance", "compare", "1", "now", "--json").facts
    assert {each["rule"] for each in facts["brought"]} >= {"LAW.1"}
    assert facts["lifted"] is None
    facts = lawful(
        *("clearance", "compare", "2020-01-01", "now", "--purpose", "fine-tuning", "--json")
    ).facts
    assert facts["entered"]["count"] == 36
    assert {"before": "deny", "after": "allow", "records": 36} in facts["moves"]
    assert (
        "36 条记录新获准"
        in lawful(
            *("clearance", "compare", "2020-01-01", "now", "--purpose", "fine-tuning"),
            *("--language", "zh"),
        ).out
    )
    assert lawful("clearance", "compare", "2", "2", "--json").facts["same"] is True
    lawful("clearance", "compare", "now", "now", code=2)
    lawful("clearance", "compare", "1", "9", code=3)
    lawful("clearance", "compare", "1", "yesterday", code=2)
    lawful("clearance", "compare", "1", "9" * 18, code=3)
