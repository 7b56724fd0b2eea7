"""Why a row can't be used. Reasons are fixed sentences, so they can be counted, and they never hold
what stood in the row; `docs/importing.md` says for each what to do."""

from dataclasses import dataclass
from enum import StrEnum

from rightful.errors import RightfulError


class Reason(StrEnum):
    """Every reason there is."""

    # The row can't be read from its file.
    NOT_UTF8 = "row is not UTF-8"
    NOT_JSON = "line is not JSON"
    NOT_OBJECT = "line is not a JSON object"
    FIELD_TWICE = "row has a field twice"
    LINE_LONG = "line is too long"
    NOT_CSV = "a quote is misplaced or never closed"
    CELLS = "row has more or fewer cells than the header"
    NOT_ARROW = "row holds a value that can't be read"
    OUTSIDE = "picture is outside the folder"
    NO_FILE = "picture is missing or can't be read"
    FILE_LARGE = "picture file is too large"
    PATTERN = "path does not fit the pattern"
    WARC = "record of the crawl is damaged"
    CUT_OFF = "page was cut off, or can't be decoded"
    PAGE_LARGE = "page is too large"
    NO_PAGE = "page is missing or can't be read"

    # The row can be read, and a field of it can't be used.
    NO_SUBJECT = "no subject"
    SUBJECT = "subject is not text or a whole number"
    NO_REFERENCE = "no reference"
    REFERENCE = "reference is not text or a whole number"
    NO_LABEL = "no label"
    LABEL = "label is not a whole number"
    LABEL_RANGE = "label is negative or too large"
    LABEL_NAME = "label is not one of the named labels"
    NO_TEXT = "no text"
    TEXT = "text is not text"
    NO_IMAGE = "no image"
    IMAGE_SIZE = "image has the wrong size"
    IMAGE_SHAPE = "image is not height x width, or height x width x channels"
    IMAGE_NUMBERS = "image is not whole numbers from 0 to 255"
    IMAGE_TEXT = "image is neither base64 nor numbers"
    IMAGE_PATH = "image is a path without bytes"
    IMAGE_BROKEN = "image can't be opened as a picture"
    IMAGE_DEPTH = "image has more than 8 bits for a colour"
    IMAGE_FRAMES = "image has several frames"
    IMAGE_LARGE = "image is too large"
    COLLECTED = "collection date unreadable"
    RETENTION = "retention date unreadable"
    LANGUAGE = "language is not a tag such as en or zh-CN"
    SPECIAL = "special category is not yes or no"
    RESIDENCE = "residence is no country of two letters, nor a state such as US-CA"
    BIRTH_YEAR = "birth year is not a year from 1890 to now"
    WHOSE = "residence or birth year given for several subjects"

    # The row can be used, but does not agree with what is held.
    OTHER_CONTENT = "record is held with other content"
    OTHER_SUBJECTS = "record is held about other people"
    CONTRADICTED = "residence or birth year contradicts what is known"


class BadRow(RightfulError):
    """A row that can't become a record; the others still can.

    `reason` is for counting; the text of the error may add sizes to it, never values.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands where a reader found a row that it could not read."""

    reason: Reason
