"""What the sites of a crawl say, signal by signal: accepted, refused, in conflict, not heard."""

from pathlib import Path

import pytest
from tests.crawls import http, record, site, text, write

from rightful.records.readers.warc import WarcReader
from rightful.records.reservations import FACTS, Crawl
from rightful.records.reservations.crawl import PAGE_FORMS
from rightful.records.reservations.protocols import fact_of

PAGE = http("<p>An oak.")
RSL = (
    '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    '<{0} type="usage">ai-train</{0}></license></content></rsl>'
)


def _crawl(tmp_path: Path, records: list[bytes]) -> Crawl:
    return Crawl.of(WarcReader(write(tmp_path / "crawl.warc.gz", records)).captures())


def _said(tmp_path: Path, records: list[bytes]) -> dict[str, str]:
    return {heard.form: heard.value for heard in _crawl(tmp_path, records).heard()}


def _page(*headers: str, html: str = "<p>An oak.") -> list[tuple[str, bytes]]:
    return [("/a", http(html, *headers))]


def _meta(name: str, content: str) -> list[tuple[str, bytes]]:
    return _page(html=f'<meta name="{name}" content="{content}"><p>An oak.')


TDM = '[{{"location": "{}", "tdm-reservation": {}}}]'

SIGNALS = [
    ("robots", site(robots=text("User-agent: GPTBot\nDisallow: /a")), "disallowed"),
    ("robots", site(robots=text("User-agent: *\nDisallow: /b")), "allowed"),
    ("robots", site(robots=text("User-agent: GPTBot\nDisallow: /b")), "allowed"),
    ("aipref.robots", site(robots=text("User-agent: *\nContent-Usage: train-ai=n")), "n"),
    ("aipref.robots", site(robots=text("User-agent: *\nContent-Usage: /b train-ai=n")), "none"),
    ("content_signal", site(robots=text("User-agent: *\nContent-Signal: ai-train=no")), "no"),
    ("content_signal", site(robots=text("User-agent: *\nContent-Signal: ai-train=yes")), "yes"),
    ("content_signal", site(pages=_page("Content-Signal: ai-train=no")), "no"),
    ("aipref", site(pages=_page("Content-Usage: train-ai=n")), "n"),
    ("aipref", site(pages=_page("Content-Usage: train-ai=y")), "y"),
    ("aipref", site(pages=_page("Content-Usage: Train-AI=n")), "unknown"),
    ("tdmrep.page", site(pages=_page("tdm-reservation: 1")), "reserved"),
    ("tdmrep.page", site(pages=_page("tdm-reservation: 0")), "free"),
    ("tdmrep.page", site(pages=_page("tdm-reservation: 1", "tdm-policy: /p")), "licence"),
    ("tdmrep.page", site(pages=_meta("tdm-reservation", "1")), "reserved"),
    ("tdmrep.page", site(pages=_meta("tdm-reservation", "yes")), "unknown"),
    ("tdmrep.page", site(tdmrep=text(TDM.format("/a", 1))), "reserved"),
    ("tdmrep.page", site(tdmrep=text(TDM.format("/b", 1))), "none"),
    ("tdmrep.page", site(tdmrep=text("{}")), "unknown"),
    ("noai", site(pages=_page("X-Robots-Tag: noai, noimageai")), "yes"),
    ("noai", site(pages=_page("X-Robots-Tag: noai <x>")), "yes"),
    ("noai", site(pages=_page("X-Robots-Tag: noindex")), "no"),
    ("noai", site(pages=_meta("robots", "noai")), "yes"),
    ("noai", site(pages=_page(html="<p>They say noai.")), "no"),
    ("ai_txt", site(ai_txt=text("User-Agent: *\nDisallow: *.txt")), "disallowed"),
    ("ai_txt", site(ai_txt=text("User-Agent: *\nAllow: /")), "allowed"),
    ("ai_txt", site(ai_txt=text("hello")), "unknown"),
    ("cawg_training", site(pages=_page('Link: </m.c2pa>; rel="c2pa-manifest"')), "unknown"),
    ("cawg_training", site(), "none"),
]


@pytest.mark.parametrize(("form", "records", "said"), SIGNALS)
def test_each_signal_is_heard_as_it_was_said(
    tmp_path: Path, form: str, records: list[bytes], said: str
) -> None:
    assert _said(tmp_path, records)[form] == said


@pytest.mark.parametrize(
    "pages",
    [
        _page('Link: </rsl.xml>; rel="license"; type="application/rsl+xml"'),
        _page(html='<link rel="license" type="application/rsl+xml" href="/rsl.xml">An oak.'),
        None,
    ],
)
@pytest.mark.parametrize("word", ["permits", "prohibits"])
def test_rsl_terms_are_found_where_they_are_pointed_to(
    tmp_path: Path, pages: list[tuple[str, bytes]] | None, word: str
) -> None:
    robots = text("License: https://news.example/rsl.xml") if pages is None else None
    records = site(robots=robots, pages=pages or _page())
    assert _said(tmp_path, records)["rsl"] == "unknown"  # it is not in the crawl
    terms = http(RSL.format(word), media="application/rsl+xml")
    records.append(record("https://news.example/rsl.xml", terms))
    said = {"permits": "permitted", "prohibits": "prohibited"}[word]
    assert _said(tmp_path, records)["rsl"] == said


def test_rsl_terms_may_stand_in_the_page(tmp_path: Path) -> None:
    html = f'<script type="application/rsl+xml">{RSL.format("prohibits")}</script>An oak.'
    assert _said(tmp_path, site(pages=_page(html=html)))["rsl"] == "prohibited"


def test_a_site_that_says_nothing_is_heard_to_say_nothing(tmp_path: Path) -> None:
    said = _said(tmp_path, site())
    assert set(said) == set(PAGE_FORMS)
    assert set(said.values()) == {"none", "no"}


@pytest.mark.parametrize("status", ["500 Oops", "503 Later", "403 No", "429 Slow", "301 Moved"])
def test_an_answer_that_is_none_is_not_taken_for_silence(tmp_path: Path, status: str) -> None:
    broken = http("User-agent: *\nAllow: /", status=status)
    said = _said(tmp_path, site(robots=broken, tdmrep=broken, ai_txt=broken))
    assert said["robots"] == "unreachable"
    assert {said[f] for f in ("aipref.robots", "content_signal", "rsl", "ai_txt")} == {"unknown"}
    assert said["tdmrep.page"] == "unknown"


def test_what_is_not_in_the_crawl_or_only_in_part_is_not_known(tmp_path: Path) -> None:
    said = _said(tmp_path, [record("https://news.example/a", PAGE)])
    assert said["robots"] == "unknown"
    assert {said[f] for f in ("aipref.robots", "tdmrep.page", "ai_txt", "rsl")} == {"unknown"}
    cut = [
        record("https://news.example/robots.txt", text("User-agent: *"), "WARC-Truncated: time"),
        record("https://news.example/a", PAGE),
    ]
    assert _said(tmp_path, cut)["robots"] == "unreachable"


def test_a_page_that_was_cut_off_may_have_said_more(tmp_path: Path) -> None:
    records = site(pages=[])
    records.append(record("https://news.example/a", PAGE, "WARC-Truncated: length"))
    said = _said(tmp_path, records)
    assert {said[form] for form in ("tdmrep.page", "noai", "rsl")} == {"unknown"}


def test_a_redirection_is_followed_inside_the_crawl(tmp_path: Path) -> None:
    moved = http("", "Location: https://www.news.example/robots.txt", status="301 Moved")
    records = site(robots=moved)
    records += site("https://www.news.example", robots=text("User-agent: CCBot\nDisallow: /"))
    crawl = _crawl(tmp_path, records)
    assert {h.value for h in crawl.heard() if h.form == "robots"} == {"disallowed"}
    circle = http("", "Location: /robots.txt", status="302 Found")
    assert _said(tmp_path, site(robots=circle))["robots"] == "unreachable"


def test_of_several_answers_the_strictest_counts(tmp_path: Path) -> None:
    open_, closed = text("User-agent: *\nAllow: /"), text("User-agent: *\nDisallow: /")
    for first, second in ((open_, closed), (closed, open_)):
        records = site(robots=first)
        records.append(record("https://news.example/robots.txt", second))
        assert _said(tmp_path, records)["robots"] == "disallowed"


def test_of_several_pages_the_strictest_counts_and_the_difference_is_told(tmp_path: Path) -> None:
    pages = [*_page("tdm-reservation: 0"), ("/b", PAGE), ("/c", http("x", "X-Robots-Tag: noai"))]
    crawl = _crawl(tmp_path, site(tdmrep=text(TDM.format("/*", 1)), pages=pages))
    said = {heard.form: heard.value for heard in crawl.heard()}
    # The header frees its own page, and no other one.
    assert (said["tdmrep.page"], said["noai"]) == ("reserved", "yes")
    found = {each.form: each.pages for each in crawl.differences()}
    assert found["noai"] == {"no": 2, "yes": 1}


def test_sites_are_heard_apart(tmp_path: Path) -> None:
    records = site("https://a.example", robots=text("User-agent: *\nDisallow: /"))
    found = _crawl(tmp_path, records + site("https://b.example")).heard()
    said = {heard.place: heard.value for heard in found if heard.form == "robots"}
    assert said == {"https://a.example": "disallowed", "https://b.example": "none"}


def test_pages_without_their_headers_leave_open_what_those_said(tmp_path: Path) -> None:
    page = record("https://news.example/a", b"An oak.", "Content-Type: text/plain", kind="resource")
    said = _said(tmp_path, [*site(pages=[]), page])
    assert {said[f] for f in ("aipref", "noai", "tdmrep.page", "rsl")} == {"unknown"}


def test_every_value_is_one_that_rules_know(tmp_path: Path) -> None:
    for _, records, _ in SIGNALS:
        for form, value in _said(tmp_path, records).items():
            assert value in FACTS[fact_of(form)]


def test_licences_that_pages_name_are_counted(tmp_path: Path) -> None:
    link = '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC</a>'
    pages = [("/a", http(link)), ("/b", http(link + link)), ("/c", PAGE)]
    crawl = _crawl(tmp_path, site(pages=pages))
    assert dict(crawl.licences) == {"https://creativecommons.org/licenses/by/4.0/": 2}
