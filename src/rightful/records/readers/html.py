"""HTML pages that somebody saved: one file, or a folder of them that is one site.

In a folder, `robots.txt`, `ai.txt` and `.well-known/tdmrep.json` at its top are what the site said.
Headers are not saved with a page, so what they said is not known. A page counts as fetched when
its file was last changed. Hidden files are left out, and links out of the folder not followed.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from rightful import moments
from rightful.errors import InvalidInput
from rightful.records.readers.capture import SITE_FILES, Capture, WebReader
from rightful.records.readers.reader import told
from rightful.records.readers.reasons import Reason, Unreadable

_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
#: What goes with pages: terms that they may point to.
_TERMS = frozenset({".xml", ".rsl"})
_MEDIA = {
    ".json": "application/json",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".rsl": "application/rsl+xml",
}

#: The largest file that is read, in bytes.
MAX_FILE = 64 * 2**20


def holds_pages(folder: Path) -> bool:
    """Whether there is a page at the top of a folder, and so a site in it and not pictures."""
    with told(folder):
        return any(
            file.suffix.lower() in _SUFFIXES and not file.name.startswith(".")
            for file in folder.iterdir()
        )


class HtmlReader(WebReader):
    """Raises `InvalidInput` where there is no page."""

    format = "html"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        alone = not path.is_dir()
        self._folder = path.parent if alone else path
        self._names = [path.name] if alone else _files(path)
        if not alone and not any(Path(name).suffix.lower() in _SUFFIXES for name in self._names):
            raise InvalidInput(f"{path} holds no page; give another folder, or another --format")

    @cached_property
    def file_digest(self) -> str:
        """SHA-256 over the path and the bytes of every file."""
        whole = hashlib.sha256()
        for name in self._names:
            data = self._bytes(name)
            found = b"" if data is None else hashlib.sha256(data).digest()
            whole.update(os.fsencode(name) + b"\0" + found + b"\n")
        return whole.hexdigest()

    def captures(self, start: int = 0) -> Iterator[tuple[int, Capture | Unreadable]]:
        for number in range(start, len(self._names)):
            name = self._names[number]
            data = self._bytes(name)
            if data is None:
                yield number, Unreadable(Reason.NO_PAGE)
                continue
            media = _MEDIA.get(Path(name).suffix.lower(), "text/html")
            with told(self._folder / name):
                changed = (self._folder / name).stat().st_mtime
            seen_at = min(datetime.fromtimestamp(changed, UTC), moments.now())
            place = self._folder.resolve().name or "folder"
            yield number, Capture(place, f"/{name}", 200, media, None, data, None, seen_at)

    def _bytes(self, name: str) -> bytes | None:
        """The bytes of a file, which must lie in the folder with all links resolved."""
        try:
            file = (self._folder / name).resolve()
            inside = file.is_relative_to(self._folder.resolve())
            if not inside or not file.is_file() or file.stat().st_size > MAX_FILE:
                return None
            return file.read_bytes()
        except (OSError, RuntimeError):  # RuntimeError: a link to itself
            return None


def _files(folder: Path) -> list[str]:
    """The paths of all that is read of a folder, relative to it, sorted as bytes."""
    found = [path.lstrip("/") for path in SITE_FILES if (folder / path.lstrip("/")).is_file()]
    with told(folder):
        for place, folders, files in os.walk(folder, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith(".")]
            below = Path(place).relative_to(folder)
            found += [
                (below / name).as_posix()
                for name in files
                if Path(name).suffix.lower() in _SUFFIXES | _TERMS and not name.startswith(".")
            ]
    return sorted(set(found), key=os.fsencode)


def _raise(error: OSError) -> None:
    raise error
