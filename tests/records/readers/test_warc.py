"""WARC files, as crawlers write them and as accidents leave them."""

import gzip
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crawls import DATE, http, info, record, site, write

from rightful.errors import InvalidInput
from rightful.records.readers import Reason, Unreadable, open_reader
from rightful.records.readers.warc import WarcReader

PAGE = http("<title>A tree</title><body><p>An <b>oak</b>.<script>no</script><p>And a fir.")


def _rows(path: Path, start: int = 0) -> list[tuple[int, Any]]:
    return [
        (number, row.reason if isinstance(row, Unreadable) else row)
        for number, row in WarcReader(path).rows(start)
    ]


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_page_is_a_row_and_what_a_site_says_of_itself_is_none(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, site(pages=[("/a?b=c", PAGE)]))
    reader = open_reader(path)
    assert reader.format == "warc"
    assert list(reader.rows()) == [
        (
            4,
            {
                "kind": "page",
                "url": "https://news.example/a?b=c",
                "title": "A tree",
                "text": "An oak.\nAnd a fir.",
                "image": None,
                "language": None,
                "collected": "2026-10-01T08:00:00.000000Z",
            },
        )
    ]
    ((_, row),) = _rows(path)
    assert set(reader.columns) == set(row)


def test_one_gzip_member_for_all_records_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(gzip.compress(b"".join([info(), record("http://a.example/", PAGE)])))
    assert [number for number, _ in _rows(path)] == [1]


def test_reading_goes_on_at_any_row(tmp_path: Path) -> None:
    pages = [(f"/{n}", PAGE) for n in range(5)]
    path = write(tmp_path / "crawl.warc.gz", site(pages=pages))
    assert _rows(path, 6) == _rows(path)[2:]


@pytest.mark.parametrize("kind", ["request", "metadata", "revisit", "warcinfo", "unknown"])
def test_records_without_content_are_no_rows(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / "x.warc", [record("http://a.example/", PAGE, kind=kind)])
    assert _rows(path) == []


def test_text_that_others_took_out_is_a_page(tmp_path: Path) -> None:
    wet = record("http://a.example/", b"An oak.", "Content-Type: text/plain", kind="conversion")
    ((_, row),) = _rows(write(tmp_path / "crawl.warc.wet", [wet]))
    assert row["text"] == "An oak."


@pytest.mark.parametrize(
    "answer",
    [
        http(gzip.compress(b"<p>An oak."), "Content-Encoding: gzip"),
        http(zlib.compress(b"<p>An oak."), "content-encoding: deflate"),
        http("<p>An oak.", "Content-Encoding: gzip"),  # the crawler undid it
        http("<p>An oak.", "Content-Encoding: br"),
        http("4\r\n<p>A\r\n6;x=y\r\nn oak.\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        http("<p>An oak.", "Transfer-Encoding: chunked"),
        http("<p>An oak.").replace(b"\r\n", b"\n"),
    ],
)
def test_bodies_are_decoded_or_taken_as_decoded(tmp_path: Path, answer: bytes) -> None:
    ((_, row),) = _rows(write(tmp_path / "x.warc", [record("http://a.example/", answer)]))
    assert row["text"] == "An oak."


@pytest.mark.parametrize(
    "answer",
    [
        http(gzip.compress(b"<p>An oak.")[:-9], "Content-Encoding: gzip"),
        http(b"\x8b\x00\x80<p>", "Content-Encoding: br"),
        http("9\r\n<p>A", "Transfer-Encoding: chunked"),
        http("<p>An oak.", "Content-Length: 99"),
    ],
)
def test_a_page_that_was_cut_off_is_told_and_not_taken(tmp_path: Path, answer: bytes) -> None:
    path = write(tmp_path / "x.warc", [record("http://a.example/", answer)])
    assert _rows(path) == [(1, Reason.CUT_OFF)]
    path = write(tmp_path / "y.warc", [record("http://a.example/", PAGE, "WARC-Truncated: length")])
    assert _rows(path) == [(1, Reason.CUT_OFF)]


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
@pytest.mark.parametrize(
    "bad",
    [
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
        record("http://a.example/", PAGE).replace(b"Content-Length: ", b"Content-Length: -"),
        record("http://a.example/", PAGE, date="yesterday"),
        b"no record at all\r\n\r\n",
        record("http://a.example/", b"no answer of HTTP"),
        record("http://a.example/", PAGE)[:-10] + b"\r\n\r\n",
    ],
)
def test_a_damaged_record_does_not_stop_the_others(tmp_path: Path, name: str, bad: bytes) -> None:
    good = record("http://a.example/", PAGE)
    rows = _rows(write(tmp_path / name, [good, bad, good, good]))
    assert Reason.WARC in [row for _, row in rows]
    assert sum(isinstance(row, dict) for _, row in rows) >= 2


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    good = gzip.compress(record("http://a.example/", PAGE))
    bad = good[:40] + bytes(8) + good[48:]
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(gzip.compress(info()) + good + bad + good)
    rows = [row for _, row in _rows(path)]
    assert [isinstance(row, dict) for row in rows] == [True, False, True]


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_file_that_ends_early_is_told(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, [record("http://a.example/", PAGE)])
    path.write_bytes(path.read_bytes()[:-20])
    assert _rows(path) == [(1, Reason.WARC)]


def test_what_is_no_warc_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc"
    for data in (b"", b"<html>", b"\x1f\x8b\x08nonsense"):
        path.write_bytes(data)
        with pytest.raises(InvalidInput, match="does not begin as a WARC"):
            WarcReader(path)


def test_bombs_take_no_memory(tmp_path: Path) -> None:
    bomb = record("http://a.example/", http(gzip.compress(bytes(2**27)), "Content-Encoding: gzip"))
    path = tmp_path / "crawl.warc.gz"
    endless = gzip.compress(b"WARC/1.0\r\n" + b"x" * 2**26)
    path.write_bytes(gzip.compress(info()) + gzip.compress(bomb) + endless)
    tracemalloc.start()
    try:
        rows = _rows(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert {row for _, row in rows} == {Reason.CUT_OFF, Reason.WARC}
    assert peak < 2**28


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_makes_a_crash(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = (
        tmp_path_factory.getbasetemp()
        / f"damaged{data.draw(st.sampled_from(['.warc', '.warc.gz']))}"
    )
    write(path, site(pages=[("/a", PAGE), ("/b", PAGE)]))
    whole = bytearray(path.read_bytes())
    start = 40 if path.suffix == ".gz" else 8
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(start, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))
    path.write_bytes(whole)
    try:
        reader = WarcReader(path)
    except InvalidInput:
        return
    for number, row in reader.rows():
        assert number >= 0
        assert isinstance(row, dict | Unreadable)


def test_dates_and_sites_are_in_one_form(tmp_path: Path) -> None:
    addresses = ["HTTPS://News.Example:443/a", "http://news.example:8080", "urn:x", "http://[x/"]
    path = write(tmp_path / "x.warc", [record(address, PAGE) for address in addresses])
    found = [
        (c.place, c.path) for _, c in WarcReader(path).captures() if not isinstance(c, Unreadable)
    ]
    assert found == [("https://news.example", "/a"), ("http://news.example:8080", "/")]
    assert DATE.startswith("2026-10-01")
