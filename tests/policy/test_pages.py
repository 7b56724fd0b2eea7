"""The pages about facts and packs are what the code and the packs say, and leave nothing out."""

import importlib.machinery
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from rightful.policy import Decision, Gates, Pack, Rule, built_in, load
from rightful.policy.facts import FACTS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PACKS = load(built_in())
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]


def _script(name: str) -> ModuleType:
    """A script in tools/, which has no ending by which Python would find it."""
    loader = importlib.machinery.SourceFileLoader(
        name.replace("-", "_"), str(ROOT / "tools" / name)
    )
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


OF_FACTS, OF_PACKS = _script("facts-page"), _script("packs-pages")


def _page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def _of(pack: Pack) -> str:
    """A pack's page, its addresses as the pack writes them."""
    return re.sub(r"<(https?://[^>]+)>", r"\1", _page(f"packs/{pack.id}.md"))


# Facts


def test_the_page_of_facts_is_what_the_script_writes() -> None:
    assert _page("facts.md") == OF_FACTS.page()


def test_every_fact_stands_there_with_what_it_means_and_who_can_tell() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", _page("facts.md"), re.MULTILINE)
    assert [name for name, _ in rows] == [fact.name for fact in FACTS]
    for fact, (_, said) in zip(FACTS, rows, strict=True):
        assert said.split(" | ")[1:] == [fact.meaning, fact.unknown, fact.ask.en, fact.ask.zh]


def test_a_fact_tells_every_word_that_it_can_be() -> None:
    page = _page("facts.md")
    told = {fact.name: fact.values for fact in FACTS if fact.values and len(fact.values) < 20}
    assert len(told) > 30
    for name, values in told.items():
        (line,) = re.findall(rf"^\| `{name}` \| text: ([^|]*) \|", page, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", line)) == values


# Packs


def test_the_pages_of_packs_are_what_the_script_writes() -> None:
    written = {path.name: path.read_text("utf-8") for path in (DOCS / "packs").glob("*.md")}
    assert written == OF_PACKS.pages(PACKS)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_a_page_tells_all_that_a_pack_says(pack: Pack) -> None:
    page = _of(pack)
    for text in (pack.title, *(row.title for row in pack.not_encoded)):
        assert text.en in page
        assert text.zh in page
    for row in pack.not_encoded:
        assert f"| `{row.id}` | {row.title.en} |" in page
        assert row.why.en in page
        assert row.why.zh in page
    for name in pack.terms:
        assert f"| `{name}` | " in page
    for name, source in pack.sources.items():
        assert f"{{: #source-{name} }}\n\n{source}\n" in page
    assert {pack.version, str(pack.as_of), str(pack.review_by)} <= set(re.split(r"[ ,;\n]+", page))


@pytest.mark.parametrize("pair", RULES, ids=lambda pair: pair[1].id)
def test_a_page_tells_all_that_a_rule_says(pair: tuple[Pack, Rule]) -> None:
    pack, rule = pair
    page = _of(pack)
    start = page.index(f"### {rule.id} {{: #{rule.id} }}\n")
    said = page[start:].split("\n## ")[0].split("\n### ")[0]
    for text in (rule.title, rule.note, rule.asks, rule.conditions):
        assert text is None or (text.en in said and text.zh in said)
    assert rule.article in said
    assert f"; {rule.confidence}" in said
    assert ("**advisory**" in said) == rule.advisory
    assert f"Source: [{rule.source}]" in said
    assert rule.decision is None or f"⇒ `{rule.decision.word}`" in said
    assert all(f"`{row}`" in said for row in rule.reference)
    assert (f"As of {rule.as_of}" in said) == (
        (rule.as_of, rule.review_by) != (pack.as_of, pack.review_by)
    )
    for example in rule.examples if rule.kind == "deadline" else ():
        assert f", so {example.expect}" in said
    line = f"| [`{rule.id}`](#{rule.id}) | {rule.article} | {rule.title.en} | {rule.title.zh} | "
    assert page.count(line) == 1


def test_addresses_of_sources_can_be_followed() -> None:
    pages = [_page(f"packs/{pack.id}.md") for pack in PACKS]
    found = re.findall(r"(.)https?://[^\s<>]+(.)", "\n".join(pages))
    assert len(found) > 50
    assert set(found) == {("<", ">")}


def test_no_text_of_a_pack_breaks_its_table() -> None:
    for path in (DOCS / "packs").glob("*.md"):
        width = None
        for line in path.read_text("utf-8").splitlines():
            bars = line.count("|") if line.startswith("|") else None
            assert bars is None or width in (None, bars), f"{path.name}: {line}"
            width = bars


def test_a_page_that_nobody_can_reach_is_not_written() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    linked = set(re.findall(r"[\w./-]+\.md", text))
    assert {f"packs/{name}" for name in OF_PACKS.pages(PACKS)} | {"facts.md"} <= linked


# The page that explains them


def test_the_rules_of_no_pack_stand_in_the_page_of_policy() -> None:
    own = [gate.rule for gate in Gates([]).gates if gate.pack is None]
    assert len(own) >= 4
    page = _page("policy.md")
    for rule in own:
        assert f"| `{rule.id}` |" in page


def test_every_decision_stands_in_the_page_of_policy() -> None:
    assert all(f"| `{decision.word}` |" in _page("policy.md") for decision in Decision)
