"""What was fetched from one address, as a crawl or a saved folder holds it, and the row it makes.

Readers of web material give captures; `records.reservations.crawl` hears from the same captures
what a site says of its use.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rightful import moments
from rightful.records.readers import page
from rightful.records.readers.reader import Read, Reader
from rightful.records.readers.reasons import Reason, Unreadable

#: The columns of every reader of web material.
COLUMNS = ("kind", "url", "title", "text", "image", "language", "collected")

#: What is mapped where nobody says anything else: the text of pages, and when it was fetched.
PAGES = {"text": "text", "collected": "collected", "where": "kind=page"}

#: Files of a site that say something of it, and are no content. Where each stands is its protocol.
SITE_FILES = {
    "/robots.txt": "robots",
    "/.well-known/tdmrep.json": "tdmrep",
    "/ai.txt": "ai_txt",
}

_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer of a site. Its text form shows no content."""

    place: str
    """The site, such as `https://news.example`."""
    path: str
    """With the query, and beginning with a slash."""
    status: int
    media_type: str
    """In small letters, without parameters."""
    headers: str | None
    """Line by line; None where they were not kept, so that what they said is not known."""
    body: bytes = field(repr=False)
    charset: str | None
    seen_at: datetime
    whole: bool = True
    """False where the body was cut off, or can't be decoded."""

    @property
    def site_file(self) -> str | None:
        """The protocol that this is the file of, if any."""
        return SITE_FILES.get(self.path)

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.site_file is None and self.media_type in _PAGES

    @property
    def is_image(self) -> bool:
        return self.status == 200 and self.media_type.startswith("image/")

    def text(self) -> str:
        """The body as text."""
        return page.decode(self.body, self.charset)


class WebReader(Reader):
    """A reader whose rows are the pages and pictures among its captures."""

    @property
    def columns(self) -> tuple[str, ...]:
        return COLUMNS

    @abstractmethod
    def captures(self, start: int = 0) -> Iterator[tuple[int, Capture | Unreadable]]:
        """Every capture from number `start` on, those that make no row included."""

    def rows(self, start: int = 0) -> Iterator[tuple[int, Read]]:
        for number, capture in self.captures(start):
            if isinstance(capture, Unreadable):
                yield number, capture
            elif capture.is_page or capture.is_image:
                yield number, _row(capture)


def where(address: str) -> tuple[str, str] | None:
    """The site and the path of an address; None where it is none of the web."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    site = f"{parts.scheme}://{host}" + ("" if port in (None, usual) else f":{port}")
    return site, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _row(capture: Capture) -> Read:
    if not capture.whole:
        return Unreadable(Reason.CUT_OFF)
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row["url"] = capture.place + capture.path
    row["collected"] = moments.text(capture.seen_at)
    if capture.is_image:
        return {**row, "kind": "image", "image": capture.body}
    if len(capture.body) > page.LARGEST:
        return Unreadable(Reason.PAGE_LARGE)
    text = capture.text()
    if capture.media_type == "text/plain":
        return {**row, "kind": "page", "text": text}
    read = page.read(text)
    return {
        **row,
        "kind": "page",
        "title": read.title,
        "text": read.text,
        "language": read.language,
    }
