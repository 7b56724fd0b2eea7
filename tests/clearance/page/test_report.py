"""The page about a clearance stands alone, names nobody, and says what the clearance says."""

from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from rightful import moments
from rightful.clearance.page.report import page
from rightful.errors import NotFound
from rightful.policy import Language
from rightful.records.sources import Source

if TYPE_CHECKING:
    from tests.clearance.conftest import House

ANNA = "anna.example.reference"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
#: Elements without an end.
VOID = {"meta"}
#: Attributes by which a page fetches something, or goes somewhere.
FETCHING = {"src", "href", "xlink:href", "srcset", "action", "data", "poster", "background"}


class Read(HTMLParser):
    """A page as a reader of HTML sees it. Fails where elements do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.language: str | None = None
        self.words: list[str] = []
        self.polylines: list[dict[str, str | None]] = []
        self.unnamed: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names[tag] += 1
        self.attributes |= set(given)
        if tag == "html":
            self.language = given["lang"]
        if tag == "polyline":
            self.polylines.append(given)
        if tag == "svg" and not ("aria-hidden" in given or given.get("aria-label")):
            self.unnamed.append(tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def mixed(house: "House") -> "House":
    """Three records, of which one is cleared; a source whose name looks like HTML."""
    house.sources.declare(Source(name="<script>alert('x')</script>", kind="crawl"))
    for record, (who, source) in enumerate([((1,), 1), ((2,), 1), ((2,), 2)]):
        house.add(record, who, source)
    house.consent(ANNA, source="form")
    return house


def written(house: "House", language: Language = "en", **more: date) -> str:
    clearances = house.clearances()
    clearance = clearances.compute("fine-tuning")
    return page(clearances, clearance, house.sources.names(), language, **more)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_fetches_and_runs_nothing(mixed: "House", language: Language) -> None:
    made = written(mixed, language)
    read = Read(made)
    assert read.language == {"en": "en", "zh": "zh-CN"}[language]
    assert not {"script", "link", "img", "iframe", "object", "a", "form"} & set(read.names)
    assert not FETCHING & read.attributes
    assert not [name for name in read.attributes if name.startswith("on")]
    assert "url(" not in made
    assert "@import" not in made
    assert "//" not in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_has_a_caption_and_every_drawing_words(
    mixed: "House", language: Language
) -> None:
    read = Read(written(mixed, language))
    assert read.names["table"] == read.names["caption"] >= 4
    assert read.names["h1"] == 1
    assert read.names["h2"] == 7
    assert read.names["svg"] > 3
    assert read.unnamed == []


def test_nobody_is_named_and_names_of_sources_are_no_elements(mixed: "House") -> None:
    for language in LANGUAGES:
        made = written(mixed, language)
        assert "example.reference" not in made
        assert "&lt;script&gt;" in made


def test_the_page_says_what_the_clearance_says(mixed: "House") -> None:
    clearances = mixed.clearances()
    clearance = clearances.compute("fine-tuning")
    text = Read(page(clearances, clearance, mixed.sources.names())).text
    assert "may be used 1 may not 2 records in all 3" in text
    assert "form 2 1 1 allowed, 1 denied" in text
    for why in clearance.reasons:
        assert why.rule.title.en in text
        assert f"{why.rule.article} · {why.rule.id}" in text
    for pack in clearances.gates.packs:
        assert f"{pack.title.en} ({pack.id} {pack.version})" in text
        assert f"SHA-256 {pack.sha256} {pack.as_of} {pack.review_by}" in text
    assert "This is no legal advice." in text


def test_what_is_missing_is_asked_for_with_who_can_give_it(mixed: "House") -> None:
    reasons = mixed.clearances().compute("fine-tuning").reasons
    assert any(why.unanswered for why in reasons)
    text = Read(written(mixed)).text
    assert "Missing, and who can give it: special_category: whether it holds special" in text
    assert "special_category: 由收集者" in Read(written(mixed, "zh")).text


def test_fewer_than_two_kept_clearances_are_not_drawn(mixed: "House") -> None:
    clearances = mixed.clearances()
    assert "no clearances of this purpose are kept, and it takes two" in written(mixed)
    clearances.save(clearances.compute("fine-tuning"))
    made = written(mixed)
    assert "1 clearance of this purpose is kept, and it takes two" in made
    assert "已保存 1 份许可结论" in written(mixed, "zh")
    assert Read(made).polylines == []


def test_kept_clearances_are_drawn_over_time_and_listed(mixed: "House") -> None:
    clearances = mixed.clearances()
    now = moments.now()
    for at in (now, now - timedelta(days=10), now - timedelta(days=5)):
        clearances.save(clearances.compute("fine-tuning", at=at))
    read = Read(written(mixed))
    drawn = [line for line in read.polylines if (line["points"] or "").count(" ") == 2]
    assert [line["class"] for line in drawn] == ["allow", "hold", "deny"]
    # Nobody had consented yet five days ago: nothing of three was cleared, then one was.
    assert drawn[0]["points"] == "0.00,200.00 500.00,200.00 1000.00,133.33"
    assert "the latest first (3 of 3)" in read.text


def test_an_overdue_pack_is_marked(mixed: "House") -> None:
    last = max(pack.review_by for pack in mixed.clearances().gates.packs)
    assert "overdue" not in written(mixed, today=min(last, date(2026, 12, 1)))
    late = written(mixed, today=last + timedelta(days=1))
    assert f"{last} (overdue)" in Read(late).text
    assert "should have been reviewed by" in late


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workspace_without_records_has_a_page_that_says_so(
    empty: "House", language: Language
) -> None:
    text = Read(written(empty, language)).text
    assert {"en": "No record is held.", "zh": "未持有任何记录。"}[language] in text
    assert {"en": "records in all 0", "zh": "记录总数 0"}[language] in text


def test_of_a_clearance_that_was_loaded_there_is_no_page(mixed: "House") -> None:
    clearances = mixed.clearances()
    number = clearances.save(clearances.compute("fine-tuning")).number
    assert number is not None
    with pytest.raises(NotFound, match="compute it anew"):
        page(clearances, clearances.load(number), {})
