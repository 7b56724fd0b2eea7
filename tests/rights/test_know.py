"""The public page says what is done with data about people, in two languages, and names nobody."""

import re
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, get_args

import pytest
from pyroaring import BitMap64
from tests.workspaces import EVIDENCE, PEOPLE, SOURCES

import rightful
from rightful.policy.text import Language
from rightful.registry.tables import GRANT_KINDS
from rightful.rights import know
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

ONE = PEOPLE["tuned"][3]


class Balanced(HTMLParser):
    """Finds elements that are opened and not closed, or the other way round."""

    EMPTY = ("meta", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", get_args(Language))
def test_it_says_what_is_held_and_for_what(trained: Workspace, language: Language) -> None:
    trained.disclosures.record("Partner <b>", "model tuned", BitMap64([1]))
    page = trained.know.page(language)
    shown = ["Example Lab", "base", "tuned", *SOURCES.values(), "notice@1", ">60<", ">61<"]
    shown += [escape(pack.title.within(language)) for pack in trained.packs]
    for text in shown:
        assert text in page, text
    assert "Partner &lt;b&gt;" in page
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []


@pytest.mark.parametrize("language", get_args(Language))
def test_it_names_nobody(trained: Workspace, language: Language) -> None:
    page = trained.know.page(language)
    for person in (each for group in PEOPLE.values() for each in group):
        assert person not in page
    for secret in ("@people.example", EVIDENCE):
        assert secret not in page


def test_each_language_is_one_language(trained: Workspace) -> None:
    english, chinese = trained.know.page("en"), trained.know.page("zh")
    assert '<html lang="en">' in english
    assert '<html lang="zh-CN">' in chinese
    assert not re.search(r"[一-鿿]", english)
    for word in know._WORDS.values():
        assert re.search(r"[一-鿿]", word.zh)
        assert not re.search(r"[一-鿿]", word.en)
    assert len(re.findall("<h2>", english)) == len(re.findall("<h2>", chinese))


def test_every_ground_has_words() -> None:
    assert set(know._GROUNDS) == set(GRANT_KINDS)


def test_it_follows_what_changes(trained: Workspace) -> None:
    before = trained.know.page()
    assert ">61<" in before
    assert "restricted" not in before
    trained.rights.withdraw(ONE)
    with trained.registry.transaction() as connection:
        trained.trainer.models.restrict(connection, ["tuned"])
    after = trained.know.page()
    assert ">55<" in after  # may be used for fine-tuning now
    assert "restricted" in after


def test_an_empty_workspace_has_a_page(tmp_path: "Path") -> None:
    with rightful.init(tmp_path / "new", controller="A & B", establishment="DE") as new:
        page = new.know.page()
    assert "A &amp; B" in page
    assert "None." in page
