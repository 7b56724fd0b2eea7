"""Importing what was crawled: its pages, what its sites say, and what the gate makes of that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.crawls import http, site, text, write

Give = Callable[..., Any]

CC = '<a rel="license" href="https://creativecommons.org/licenses/by-nc/4.0/">CC</a>An oak.'


@pytest.fixture
def crawling(give: Give, place: Path) -> Give:
    """The pack on reservations judges a crawl whose terms of use reserve nothing."""
    give("init", "workspace", "--controller", "Example Lab", "--establishment", "DE")
    settings = place / "rightful.toml"
    lines = [
        'packs = ["reservations"]' if line.startswith("packs") else line
        for line in settings.read_text().splitlines()
    ]
    settings.write_text("\n".join(lines) + "\n")
    give("source", "add", "news", "--kind", "crawl", "--method", "crawl")
    give("source", "reservation", "news", "terms_reservation", "--value", "none")
    return give


def _judged(give: Give) -> tuple[dict[str, int], set[str]]:
    """The decisions, and the rules of the pack that are against the use, or can't be answered."""
    facts = give("clear", "model-training", "--json", code=8).facts
    (of_source,) = facts["sources"]
    rules = {reason["rule"] for reason in facts["reasons"]}
    found = {name: n for name, n in of_source["decisions"].items() if n}
    return found, {rule for rule in rules if rule.startswith("RESERVATIONS.")}


def test_a_crawl_whose_sites_say_nothing_meets_no_reservation(
    crawling: Give, tmp_path: Path
) -> None:
    path = write(tmp_path / "crawl.warc.gz", site())
    facts = crawling("import", path, "--source", "news", "--json").facts
    assert (facts["added"], facts["quarantined"]) == (1, 0)
    assert _judged(crawling)[1] == set()


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"robots": text("User-agent: GPTBot\nDisallow: /")}, "ROBOTS"),
        ({"tdmrep": text('[{"location": "/", "tdm-reservation": 1}]')}, "TDMREP"),
        ({"pages": [("/a", http("An oak.", "X-Robots-Tag: noai"))]}, "NOAI"),
    ],
)
def test_a_reservation_in_the_crawl_denies(
    crawling: Give, tmp_path: Path, how: dict[str, Any], rule: str
) -> None:
    path = write(tmp_path / "crawl.warc.gz", site(**how))
    assert "kept as looks at news" in crawling("import", path, "--source", "news").out
    assert _judged(crawling) == ({"deny": 1}, {f"RESERVATIONS.{rule}"})


@pytest.mark.parametrize(
    ("records", "rule"),
    [
        (site(robots=http("", status="503 Later")), "ROBOTS.UNREACHABLE"),
        (site(tdmrep=http("", status="500 Oops")), "TDMREP"),
        (site()[1:], "ROBOTS"),  # robots.txt is not in the crawl
    ],
)
def test_what_could_not_be_fetched_holds(
    crawling: Give, tmp_path: Path, records: list[bytes], rule: str
) -> None:
    crawling("import", write(tmp_path / "crawl.warc.gz", records), "--source", "news")
    decisions, rules = _judged(crawling)
    assert decisions == {"hold": 1}
    assert f"RESERVATIONS.{rule}" in rules


def test_conflicts_are_resolved_to_the_strictest(crawling: Give, tmp_path: Path) -> None:
    robots = text("User-agent: *\nContent-Usage: train-ai=y\nContent-Signal: ai-train=yes")
    pages = [("/a", http("An oak.", "Content-Signal: ai-train=no")), ("/b", http("A fir."))]
    path = write(tmp_path / "crawl.warc.gz", site(robots=robots, pages=pages))
    out = crawling("import", path, "--source", "news").out
    assert "differ in content_signal" in out
    assert _judged(crawling) == ({"deny": 2}, {"RESERVATIONS.CONTENT_SIGNAL"})


def test_a_licence_that_pages_name_is_told_and_grants_nothing(
    crawling: Give, tmp_path: Path
) -> None:
    path = write(tmp_path / "crawl.warc.gz", site(pages=[("/a", http(CC))]))
    out = crawling("import", path, "--source", "news").out
    assert "CC-BY-NC-4.0" in out
    assert "grant record --kind licence --source news" in out
    assert crawling("grant", "list", "--json").facts["grants"] == []


def test_saved_pages_leave_open_what_headers_said(crawling: Give, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "a.html").write_text("<title>A</title>An oak.")
    facts = crawling("import", folder, "--source", "news", "--json").facts
    assert facts["added"] == 1
    assert {"RESERVATIONS.NOAI", "RESERVATIONS.ROBOTS"} <= _judged(crawling)[1]
    (folder / "robots.txt").write_text("User-agent: *\nDisallow: /")
    crawling("import", folder, "--source", "news")
    assert _judged(crawling)[0] == {"deny": 1}


def test_pages_can_be_mapped_otherwise(crawling: Give, tmp_path: Path) -> None:
    path = write(tmp_path / "crawl.warc.gz", site())
    words = ("--map", "text=title", "--map", "reference=url", "--map", "where=kind=page")
    assert crawling("import", path, "--source", "news", *words, "--json").facts["added"] == 1
