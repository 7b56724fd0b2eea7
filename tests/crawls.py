"""WARC files as crawlers write them, for tests."""

import gzip
from collections.abc import Iterable
from pathlib import Path

DATE = "2026-10-01T08:00:00Z"


def http(
    body: bytes | str, *headers: str, status: str = "200 OK", media: str = "text/html"
) -> bytes:
    """An answer of a server."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def record(
    address: str, block: bytes, *more: str, kind: str = "response", date: str = DATE
) -> bytes:
    """One record of a WARC file."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: {date}\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        f"Content-Length: {len(block)}\r\n"
    )
    return (head + "".join(f"{line}\r\n" for line in more)).encode() + b"\r\n" + block + b"\r\n\r\n"


def info() -> bytes:
    """The record that WARC files begin with."""
    return record("", b"software: tests\r\n", kind="warcinfo")


def write(path: Path, records: Iterable[bytes]) -> Path:
    """A WARC file of these records; each in a gzip member where the name ends so."""
    zipped = path.suffix == ".gz"
    path.write_bytes(b"".join(gzip.compress(r) if zipped else r for r in [info(), *records]))
    return path


def site(
    place: str = "https://news.example",
    *,
    robots: bytes | None = None,
    tdmrep: bytes | None = None,
    ai_txt: bytes | None = None,
    pages: Iterable[tuple[str, bytes]] = (("/a", http("<title>A</title><p>An oak.</p>")),),
) -> list[bytes]:
    """The records of a site, in which files that are not given were answered with 404."""
    gone = http("no", status="404 Not Found")
    files = {
        "/robots.txt": robots,
        "/.well-known/tdmrep.json": tdmrep,
        "/ai.txt": ai_txt,
    }
    return [
        *(record(place + path, gone if said is None else said) for path, said in files.items()),
        *(record(place + path, answer) for path, answer in pages),
    ]


def text(body: str) -> bytes:
    """An answer that is plain text."""
    return http(body, media="text/plain")
