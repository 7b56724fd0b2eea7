"""An answer of HTTP/1 as crawlers keep it: its status, its headers, and its body decoded.

Many crawlers take chunks and compression off and leave the headers that spoke of them; so a body
that is not in chunks, or not compressed, is taken as it is.
"""

import re
import zlib
from dataclasses import dataclass, field

_STATUS = re.compile(rb"HTTP/[0-9.]+ ([0-9]{3})(?: [^\r\n]*)?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLDED = re.compile(r"\n[ \t]+")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r\n")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """What a server answered."""

    status: int
    headers: str | None
    """Line by line; None where there are none at hand."""
    body: bytes = field(repr=False)
    content_type: str
    whole: bool
    """False where the body was cut off, or can't be decoded."""


def read_message(block: bytes, most: int) -> Message | None:
    """The answer in `block`, with up to `most` bytes of body; None where it is no answer."""
    first = _STATUS.match(block)
    if first is None:
        return None
    end = _HEAD_END.search(block, first.end() - 2)
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    headers = _FOLDED.sub(" ", head[first.end() :].decode("latin-1").replace("\r\n", "\n"))
    whole = end is not None
    if "chunked" in value(headers, "transfer-encoding").casefold():
        body, whole = _joined(body)
    coding = value(headers, "content-encoding").casefold().strip()
    if coding not in ("", "identity"):
        body, decoded = _decoded(body, coding, most)
        whole = whole and decoded
    length = value(headers, "content-length")
    if not coding and length.isascii() and length.isdigit() and len(body) < int(length[:15]):
        whole = False
    return Message(int(first[1]), headers, body, value(headers, "content-type"), whole)


def value(headers: str, name: str) -> str:
    """What the header `name` says; of several, the first, and nothing where there is none."""
    for line in headers.splitlines():
        found, colon, said = line.partition(":")
        if colon and found.strip().casefold() == name:
            return said.strip()
    return ""


def media_type(content_type: str) -> tuple[str, str | None]:
    """A header Content-Type as the type in small letters and the encoding it names.

    >>> media_type("Text/HTML; Charset=GBK")
    ('text/html', 'GBK')
    """
    charset = _CHARSET.search(content_type)
    return content_type.partition(";")[0].strip().casefold(), charset[1] if charset else None


def _joined(body: bytes) -> tuple[bytes, bool]:
    """A body out of its chunks, and whether its end was there."""
    if not _CHUNK_SIZE.match(body):
        return body, True
    parts: list[bytes] = []
    at = 0
    while (size := _CHUNK_SIZE.match(body, at)) is not None:
        length = int(size[1], 16)
        if not length:
            return b"".join(parts), True
        part = body[size.end() : size.end() + length]
        parts.append(part)
        at = size.end() + length + 2
        if len(part) < length:
            break
    return b"".join(parts), False


def _decoded(body: bytes, coding: str, most: int) -> tuple[bytes, bool]:
    """A body out of its compression, and whether all of it could be read."""
    if coding in ("gzip", "x-gzip"):
        windows = [31] if body.startswith(b"\x1f\x8b") else []
    elif coding == "deflate":
        windows = [15, -15]  # as written, and as some servers understood it
    else:
        # Other codings leave bytes that no text has at its start, unless a crawler undid them.
        return body, _is_text(body)
    for window in windows:
        reader = zlib.decompressobj(window)
        try:
            data = reader.decompress(body, most)
        except zlib.error:
            continue
        return data, reader.eof
    return body, _is_text(body)


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode("utf-8")
    except UnicodeDecodeError:
        return False
