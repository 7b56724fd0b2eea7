"""What a file says of its use while it is imported, whatever kind of file it is.

    gathered = gather(open_reader(Path("crawl.warc.gz")))
    workspace.reservations.keep("news", gathered.heard, gathered.file_sha256)

Keep it before the import: records must never be there without what was said of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rightful import moments
from rightful.records.readers.capture import WebReader
from rightful.records.readers.image_folder import MetadataReader, PathReader
from rightful.records.readers.reader import Reader
from rightful.records.readers.reasons import Unreadable
from rightful.records.reservations.crawl import Crawl, Difference, Heard, of_pictures


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a file says of its use."""

    file_sha256: str
    heard: tuple[Heard, ...]
    differences: tuple[Difference, ...]
    licences: dict[str, int]
    """The addresses of licences that pages name as theirs, with the number of pages."""


def gather(reader: Reader) -> Gathered | None:
    """Read a file through for what it says; None for a kind of file that has nowhere to say it.

    Raises:
        InvalidInput: the file can't be read.
    """
    if isinstance(reader, WebReader):
        crawl = Crawl.of(reader.captures())
        return Gathered(
            reader.file_digest,
            tuple(crawl.heard()),
            tuple(crawl.differences()),
            dict(crawl.licences.most_common()),
        )
    if isinstance(reader, PathReader | MetadataReader):
        place = reader.path.resolve().name or "folder"
        heard = of_pictures(place, _pictures(reader), moments.now())
        return Gathered(reader.file_digest, tuple(heard), (), {})
    return None


def _pictures(reader: Reader) -> Iterator[bytes]:
    for _, row in reader.rows():
        if not isinstance(row, Unreadable):
            yield row["image"]
