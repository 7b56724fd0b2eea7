"""Saved pages, alone and in folders; pages as text."""

from pathlib import Path

import pytest

from rightful.errors import InvalidInput
from rightful.records.readers import Reason, Unreadable, open_reader, page
from rightful.records.readers.html import HtmlReader


def test_a_folder_of_pages_is_a_site(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html lang=de><title>Bäume</title>Eine Eiche")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.htm").write_text("<p>Two")
    (tmp_path / "robots.txt").write_text("User-agent: *")
    (tmp_path / "picture.png").write_bytes(b"x")
    reader = open_reader(tmp_path)
    assert reader.format == "html"
    rows = [row for _, row in reader.rows() if not isinstance(row, Unreadable)]
    assert [(row["title"], row["text"], row["language"]) for row in rows] == [
        ("Bäume", "Eine Eiche", "de"),
        (None, "Two", None),
    ]
    before = reader.file_digest
    (tmp_path / "robots.txt").write_text("User-agent: x")
    assert open_reader(tmp_path).file_digest != before


def test_a_page_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>One")
    (tmp_path / "b.html").write_text("<p>Two")
    ((_, row),) = open_reader(tmp_path / "a.html").rows()
    assert not isinstance(row, Unreadable)
    assert row["text"] == "One"


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "secret.html").write_text("secret")
    (folder / "a.html").symlink_to(tmp_path / "secret.html")
    (folder / "b.html").write_text("<p>x")
    assert [r.reason for _, r in HtmlReader(folder).rows() if isinstance(r, Unreadable)] == [
        Reason.NO_PAGE
    ]


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no page"):
        open_reader(tmp_path, "html")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("<p>a</p><p>b", "a\nb"),
        ("a<br>b &amp; c&nbsp;d", "a\nb & c d"),
        ("<style>x</style><script>if (a<b) {}</script>a<noscript>n</noscript>", "a"),
        ("<svg><title>no</title><text>no</text></svg>yes", "yes"),
        ("<template><p>no</template>yes", "yes"),
        ("<td>a<td>b", "a\nb"),
        ("<!-- no -->a<!DOCTYPE html>", "a"),
        ("<p>汉<b>字</b>", "汉字"),
        ("</p></script>a<", "a<"),
    ],
)
def test_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert page.read(html).text == text


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("ä".encode(), None, "ä"),
        ("ä".encode("latin-1"), "ISO-8859-1", "ä"),
        ("汉".encode("gbk"), "gb2312", "汉"),
        (b'<meta charset="gbk">' + "汉".encode("gbk"), None, '<meta charset="gbk">汉'),
        ("\ufeffä".encode(), "latin-1", "ä"),
        ("\ufeffä".encode("utf-16-le"), None, "ä"),
        (b"a\xff", "no-such-thing", "a\ufffd"),
        (b"a", "unicode_escape", "a"),
    ],
)
def test_the_encoding_is_the_one_that_is_named(body: bytes, charset: str | None, text: str) -> None:
    assert page.decode(body, charset) == text
