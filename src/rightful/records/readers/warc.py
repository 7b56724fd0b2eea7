"""WARC files (ISO 28500, versions 1.0 and 1.1), plain or with each record in a gzip member.

Read strictly and within bounds: a record that is damaged comes as `Unreadable`, and reading goes
on with the next one that can be found. Why not a library: docs/decisions/0013.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from rightful import moments
from rightful.errors import InvalidInput
from rightful.records.readers.capture import Capture, WebReader, where
from rightful.records.readers.http_message import Message, media_type, read_message
from rightful.records.readers.reader import told
from rightful.records.readers.reasons import Reason, Unreadable

#: The largest block of a record that is read, in bytes; what is larger is passed over.
MAX_BLOCK = 64 * 2**20

_LONGEST_HEAD = 2**20
_CHUNK = 2**16
_GZIP = b"\x1f\x8b\x08"
_START = b"WARC/1."
#: Those that hold content; of these, only a response has the headers of HTTP.
_TYPES = ("response", "resource", "conversion")


class WarcReader(WebReader):
    """Raises `InvalidInput` where the file does not begin as a WARC does."""

    format = "warc"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with told(path), path.open("rb") as file:
            stream = _Stream(file)
            try:
                starts = stream.line().startswith(_START)
            except _Damaged:
                starts = False
        if not starts:
            raise InvalidInput(
                f"{path} does not begin as a WARC file does; give its --format, or get it again"
            )

    def captures(self, start: int = 0) -> Iterator[tuple[int, Capture | Unreadable]]:
        with told(self.path), self.path.open("rb") as file:
            for number, record in enumerate(_records(_Stream(file))):
                if number >= start and record is not None:
                    yield number, record


class _Damaged(Exception):
    """What was to be read here can't be."""


class _Stream:
    """The bytes of a file, taken out of its gzip members; never much more in memory than asked."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._raw = file.read(_CHUNK)
        self._member = zlib.decompressobj(31) if self._raw.startswith(_GZIP) else None
        self._ready = b""
        self._broken = False  # whether the member can't be read on

    def take(self, most: int) -> bytes:
        """Up to `most` bytes; none at the end. Raises `_Damaged`."""
        if not self._ready:
            self._fill()
        taken, self._ready = self._ready[:most], self._ready[most:]
        return taken

    def line(self) -> bytes:
        """Up to the next line's end, which it has. Raises `_Damaged` where that is too far off."""
        parts: list[bytes] = []
        length = 0
        while length <= _LONGEST_HEAD:
            if not self._ready:
                self._fill()
            end = self._ready.find(b"\n") + 1 or len(self._ready)
            part, self._ready = self._ready[:end], self._ready[end:]
            parts.append(part)
            length += len(part)
            if not part or part.endswith(b"\n"):
                return b"".join(parts)
        raise _Damaged

    def back(self, data: bytes) -> None:
        """Let `data` be read once more."""
        self._ready = data + self._ready

    def find_next(self) -> bool:
        """After damage: go to where a record may begin. False: there is none."""
        while not self._broken:
            try:
                line = self.line()
            except _Damaged:
                continue
            if line.startswith(_START):
                self.back(line)
                return True
            if not line:
                return False
        return self._next_member()

    def _fill(self) -> None:
        if self._member is None:
            self._ready, self._raw = self._raw, self._file.read(_CHUNK)
            return
        while not self._ready:
            self._raw = self._raw or self._file.read(_CHUNK)
            if self._member.eof:
                self._raw = self._raw.lstrip(b"\0")  # some writers pad the file with zeros
                if not self._raw and not (more := self._file.read(_CHUNK)):
                    return
                self._raw = self._raw or more
                self._member = zlib.decompressobj(31)
                continue
            ended = not self._raw
            try:
                self._ready = self._member.decompress(self._raw, _CHUNK)
            except zlib.error:
                self._broken = True
                raise _Damaged from None
            self._raw = self._member.unused_data or self._member.unconsumed_tail
            if ended and not self._ready and not self._member.eof:
                self._broken = True
                raise _Damaged  # the file ends in the middle of a member

    def _next_member(self) -> bool:
        self._ready, self._broken = b"", False
        raw = self._raw[1:]
        while (at := raw.find(_GZIP)) < 0:
            more = self._file.read(_CHUNK)
            if not more:
                self._raw = b""
                return False
            raw = raw[-(len(_GZIP) - 1) :] + more
        self._raw = raw[at:]
        self._member = zlib.decompressobj(31)
        return True


def _records(stream: _Stream) -> Iterator[Capture | Unreadable | None]:
    """Every record in its order: what was captured, None for one that holds nothing of use."""
    while True:
        try:
            head = _head(stream)
            if head is None:
                return
            record = _capture(head, stream)
            _end(stream)
        except _Damaged:
            yield Unreadable(Reason.WARC)
            if not stream.find_next():
                return
        else:
            yield record


@dataclass(frozen=True, slots=True)
class _Head:
    kind: str
    length: int
    address: str
    media: str
    seen_at: datetime
    whole: bool


def _head(stream: _Stream) -> _Head | None:
    """The head of the next record; None at the end of the file."""
    line = stream.line()
    while line and not line.strip():
        line = stream.line()
    if not line:
        return None
    if not line.startswith(_START):
        raise _Damaged
    fields: dict[str, str] = {}
    size = 0
    while (line := stream.line()).strip():
        size += len(line)
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if not colon or size > _LONGEST_HEAD:
            raise _Damaged
        fields[name.strip().casefold()] = value.strip()
    length = fields.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise _Damaged
    try:
        seen_at = moments.parse(fields.get("warc-date", ""))
    except InvalidInput:
        raise _Damaged from None
    segmented = "warc-segment-number" in fields
    return _Head(
        fields.get("warc-type", ""),
        int(length),
        fields.get("warc-target-uri", "").strip("<>"),
        fields.get("content-type", ""),
        seen_at,
        not segmented and "warc-truncated" not in fields,
    )


def _capture(head: _Head, stream: _Stream) -> Capture | Unreadable | None:
    """Read the block of a record, all of it whether or not it is of use."""
    found = where(head.address)
    wanted = head.kind in _TYPES and found is not None
    kept: list[bytes] = []
    left = head.length
    while left:
        part = stream.take(left)
        if not part:
            raise _Damaged
        left -= len(part)
        if wanted and head.length <= MAX_BLOCK:
            kept.append(part)
    if not wanted or found is None:
        return None
    if head.length > MAX_BLOCK:
        return Unreadable(Reason.PAGE_LARGE)
    message = _message(head, b"".join(kept))
    if message is None:
        return Unreadable(Reason.WARC)
    media, charset = media_type(message.content_type)
    return Capture(
        *found,
        message.status,
        media,
        message.headers,
        message.body,
        charset,
        head.seen_at,
        head.whole and message.whole,
    )


def _message(head: _Head, block: bytes) -> Message | None:
    if head.kind == "response":
        return read_message(block, MAX_BLOCK)
    return Message(200, None, block, head.media, True)


def _end(stream: _Stream) -> None:
    """Two empty lines end a record; without them, its length was wrong."""
    for _ in range(2):
        line = stream.line()
        if line.strip():
            raise _Damaged
        if not line:
            return
