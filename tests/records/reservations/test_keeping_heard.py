"""What a crawl says becomes looks: each file a place of its own, and no yes where none was said."""

import hashlib
from pathlib import Path

import pytest
from tests.crawls import DATE, http, record, site, text, write

from rightful import moments
from rightful.ledger import Ledger
from rightful.records import Importer, Mapping, Source, Sources
from rightful.records.readers import open_reader
from rightful.records.readers.capture import PAGES
from rightful.records.reservations import Reservations
from rightful.records.reservations.gathering import gather
from rightful.registry import Registry

CLOSED = "User-agent: CCBot\nDisallow: /"


@pytest.fixture
def reservations(registry: Registry, ledger: Ledger, sources: Sources) -> Reservations:
    sources.declare(Source("news", kind="crawl"))
    return Reservations(registry, ledger)


def _take(
    reservations: Reservations, importer: Importer, path: Path, *, only_look: bool = False
) -> None:
    reader = open_reader(path)
    gathered = gather(reader)
    assert gathered is not None
    reservations.keep("news", gathered.heard, gathered.file_sha256)
    if not only_look:
        importer.run(reader, Mapping.from_dict(PAGES), "news")


def _said(reservations: Reservations) -> dict[str, str | None]:
    return {fact: seen.value for fact, seen in reservations.about(1).items()}


def test_a_look_has_its_statement_s_hash_and_the_crawl_s_time(
    reservations: Reservations, importer: Importer, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.warc.gz", site(robots=text(CLOSED)))
    _take(reservations, importer, path)
    look = next(each for each in reservations.looks(1) if each.form == "robots" and each.location)
    assert look.value == "disallowed"
    assert look.sha256 == hashlib.sha256(CLOSED.encode()).hexdigest()
    assert look.seen_at == moments.parse(DATE)
    assert look.location is not None
    assert look.location.startswith("https://news.example in ")
    said = _said(reservations)
    assert said["robots"] == "disallowed"
    assert said["aipref"] == "none"
    assert said["plus"] == "none"
    assert "terms_reservation" not in said  # only a person can read them


def test_looking_again_at_the_same_file_keeps_nothing_twice(
    reservations: Reservations, importer: Importer, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.warc.gz", site(robots=text(CLOSED)))
    _take(reservations, importer, path)
    before = reservations.looks(1)
    _take(reservations, importer, path)
    assert reservations.looks(1) == before


def test_a_file_never_makes_another_one_s_pages_freer(
    reservations: Reservations, importer: Importer, tmp_path: Path
) -> None:
    closed = write(tmp_path / "a.warc.gz", site(robots=text(CLOSED)))
    _take(reservations, importer, closed)
    later = [
        record(
            "https://news.example/robots.txt", text("User-agent: *\nAllow: /"), date="2026-11-01"
        ),
        record("https://news.example/z", http("<p>New."), date="2026-11-01"),
    ]
    _take(reservations, importer, write(tmp_path / "b.warc.gz", later))
    assert _said(reservations)["robots"] == "disallowed"


def test_what_a_person_said_of_the_whole_is_not_undone(
    reservations: Reservations, importer: Importer, tmp_path: Path
) -> None:
    reservations.observe("news", "robots", value="disallowed", seen_at=moments.parse("2026-01-01"))
    _take(reservations, importer, write(tmp_path / "a.warc.gz", site()))
    assert _said(reservations)["robots"] == "disallowed"


def test_records_of_other_files_are_not_spoken_for(
    reservations: Reservations, importer: Importer, tmp_path: Path
) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "Nobody looked."}\n')
    importer.run(open_reader(tmp_path / "rows.jsonl"), Mapping.parse(["text=text"]), "news")
    _take(reservations, importer, write(tmp_path / "a.warc.gz", site()))
    assert set(_said(reservations).values()) == set()
    _take(reservations, importer, write(tmp_path / "b.warc.gz", site(robots=text(CLOSED))))
    said = _said(reservations)
    assert said.pop("robots") == "disallowed"
    assert set(said.values()) <= {None, "unknown"}


def test_what_could_not_be_heard_can_be_looked_at_again(
    reservations: Reservations, importer: Importer, tmp_path: Path
) -> None:
    broken = http("", status="503 Later")
    path = write(tmp_path / "a.warc.gz", site(robots=broken))
    _take(reservations, importer, path)
    said = _said(reservations)
    assert (said["robots"], said["aipref"], said["content_signal"]) == (
        "unreachable",
        "unknown",
        None,
    )
    place = next(each.location for each in reservations.looks(1) if each.value == "unreachable")
    reservations.observe("news", "robots", "User-agent: *\nDisallow:", location=place)
    assert _said(reservations)["robots"] == "allowed"
    assert _said(reservations)["aipref"] == "none"
