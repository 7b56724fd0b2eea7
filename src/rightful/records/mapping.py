"""Which field of a row is what: the picture, the label, whose data it is, how long it may be kept.

>>> mapping = Mapping.parse(["text=message", "subject=sender", "where=split=train"])
>>> row = mapping.apply({"message": "Hello", "sender": 17, "split": "train"})
>>> row.subjects, row.reference[:12]
(('17',), 'sha256:3ca07')

A reference has one text whatever file it came from: `17` in Parquet is `"17"` in CSV. What can't be
used makes a `BadRow`, whose reason never holds a value.
"""

import json
import math
import re
import unicodedata
from collections import abc
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

import numpy as np

from rightful import canonical, moments
from rightful.errors import InvalidInput
from rightful.records import content as contents
from rightful.records.readers import picture
from rightful.records.readers.reasons import BadRow, Reason

__all__ = ["TARGETS", "BadRow", "Mapping", "Reason", "Row"]

_CONTENT = ("image", "label", "text")
_FACTS = (
    "subject",
    "reference",
    "collected",
    "retention",
    "languages",
    "special_category",
    "residence",
    "birth_year",
)

#: What can be mapped to a field, and the three settings that are no fields.
TARGETS = (*_CONTENT, *_FACTS, "where", "image_shape", "labels")

_REFERENCE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A row understood. Its text form shows nothing of it, for it is about people."""

    content: bytes = field(repr=False)
    subjects: tuple[str, ...] = field(repr=False)  # sorted, each once
    reference: str = field(repr=False)
    collected: str | None = field(default=None, repr=False)  # a moment, as `moments.text`
    retention: str | None = field(default=None, repr=False)  # a day, YYYY-MM-DD
    languages: tuple[str, ...] | None = field(default=None, repr=False)  # BCP 47, sorted
    special_category: bool | None = field(default=None, repr=False)
    residence: str | None = field(default=None, repr=False)  # DE, or US-CA
    birth_year: int | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Mapping:
    """Names of fields, and how to read them. None: the rows do not say.

    `content` has the fields `image` and `label`, `text` and `label`, or `text`. `where` takes only
    rows that have that value in that field. `image_shape` is that of pixels without a picture
    format. `labels` are the names of the classes, in the order of their numbers.

    Raises `InvalidInput` where that makes no sense.
    """

    content: abc.Mapping[str, str] = field(hash=False)
    subjects: str | None = None
    reference: str | None = None
    collected: str | None = None
    retention: str | None = None
    languages: str | None = None
    special_category: str | None = None
    where: tuple[str, str] | None = None
    residence: str | None = None
    birth_year: str | None = None
    image_shape: tuple[int, ...] | None = None
    labels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if frozenset(self.content) not in contents.KINDS:
            raise InvalidInput("map image and label, text and label, or text alone")
        if self.subjects is None and (self.residence or self.birth_year):
            raise InvalidInput(
                "residence and birth_year are facts about a subject: map subject too"
            )
        shape = self.image_shape
        if shape is not None and not (
            len(shape) in (2, 3) and min(shape) > 0 and math.prod(shape) <= 4 * picture.MAX_PIXELS
        ):
            raise InvalidInput("image_shape must be height x width (x channels), such as 28x28")
        if self.labels is not None and len(set(self.labels)) < len(self.labels):
            raise InvalidInput("labels: a name stands there twice; each class needs its own")

    @classmethod
    def parse(cls, pairs: abc.Sequence[str]) -> Self:
        """From `target=field` pairs, as `--map` takes them.

        `where=split=train`, `image_shape=28x28` and `labels=cat,dog` are written like that.

        Raises `InvalidInput` for what is no pair, an unknown target, or one given twice.
        """
        table: dict[str, str] = {}
        for pair in pairs:
            target, _, name = (part.strip() for part in pair.partition("="))
            if not target or not name or not _is_unicode(pair):
                raise InvalidInput(f"{pair!r} is no mapping; write target=field, as image=pixels")
            if target in table:
                raise InvalidInput(f"{target} is mapped twice; leave one out")
            table[target] = name
        return cls.from_dict(table)

    @classmethod
    def from_dict(cls, table: abc.Mapping[str, Any]) -> Self:
        """From a dict or a table of TOML, with the targets that `--map` has.

        `where = {split = "train"}`, `image_shape = [28, 28]` and `labels = ["cat", "dog"]` may be
        written as values of their own. Raises `InvalidInput`.
        """
        if unknown := [target for target in table if target not in TARGETS]:
            raise InvalidInput(
                f"{unknown[0]!r} can't be mapped; what can: {', '.join(sorted(TARGETS))}"
            )
        names = {target: table[target] for target in (*_CONTENT, *_FACTS) if target in table}
        for target, name in names.items():
            if not isinstance(name, str) or not name:
                raise InvalidInput(f"{target} must be mapped to the name of a field")
        content = {target: names.pop(target) for target in _CONTENT if target in names}
        return cls(
            content,
            subjects=names.pop("subject", None),
            where=_where(table.get("where")),
            image_shape=_shape(table.get("image_shape")),
            labels=_labels(table.get("labels")),
            **names,
        )

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` takes, without what is not set."""
        facts = {target: getattr(self, target) for target in _FACTS[1:]}
        table: dict[str, Any] = {**self.content, "subject": self.subjects, **facts}
        table["where"] = dict([self.where]) if self.where else None
        table["image_shape"] = list(self.image_shape) if self.image_shape else None
        table["labels"] = list(self.labels) if self.labels else None
        return {target: value for target, value in table.items() if value is not None}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the mapping in canonical form, in hexadecimal."""
        return canonical.digest(self.to_dict())

    def check(self, columns: abc.Collection[str]) -> None:
        """Raise `InvalidInput` where a mapped field is not among `columns`, and name those."""
        table = self.to_dict()
        wanted = {t: table[t] for t in (*_CONTENT, *_FACTS) if t in table}
        if self.where is not None:
            wanted["where"] = self.where[0]
        for target, name in wanted.items():
            if name not in columns:
                shown = [*columns][:40]
                more = f" and {len(columns) - len(shown)} more" if len(columns) > 40 else ""
                raise InvalidInput(
                    f"no column {name!r} for {target}; columns: {', '.join(shown)}{more}"
                )

    def apply(self, row: abc.Mapping[str, Any]) -> Row | None:
        """The row in canonical form; None if `where` leaves it out.

        Raises:
            BadRow: it can't become a record.
            InvalidInput: it is a picture file and Pillow is not installed.
        """
        if self.where is not None and _plain(row.get(self.where[0])) != self.where[1]:
            return None
        data = contents.encode(
            {target: self._content(target, row.get(name)) for target, name in self.content.items()}
        )
        subjects = () if self.subjects is None else _subjects(row.get(self.subjects))
        if self.reference is not None:
            named = _reference(row.get(self.reference), Reason.NO_REFERENCE, Reason.REFERENCE)
        else:
            named = "sha256:" + canonical.digest([contents.digest(data), subjects])
        facts = {
            target: read(value)
            for target, read in _READ.items()
            if (name := getattr(self, target)) is not None and not _missing(value := row.get(name))
        }
        if len(subjects) > 1 and ("residence" in facts or "birth_year" in facts):
            raise BadRow(Reason.WHOSE)
        return Row(data, subjects, named, **facts)

    def _content(self, target: str, value: object) -> object:
        if _missing(value):
            raise BadRow(
                {"image": Reason.NO_IMAGE, "label": Reason.NO_LABEL}.get(target, Reason.NO_TEXT)
            )
        if target == "image":
            return picture.read(value, self.image_shape)
        return _text(value) if target == "text" else _label(value, self.labels)


def _where(value: object) -> tuple[str, str] | None:
    if isinstance(value, str):
        name, _, wanted = value.partition("=")
        value = {name.strip(): wanted}
    if value is None:
        return None
    if isinstance(value, dict) and len(value) == 1:
        [(name, wanted)] = value.items()
        if name and (text := _plain(wanted)):
            return str(name), text
    raise InvalidInput("where must be one field and the value to take, such as where=split=train")


def _shape(value: object) -> tuple[int, ...] | None:
    if value is None:
        return None
    sizes = value.lower().split("x") if isinstance(value, str) else value
    numbers = [_whole(size) for size in sizes] if isinstance(sizes, list | tuple) else [None]
    found = tuple(number for number in numbers if number is not None)
    if len(found) < len(numbers):
        raise InvalidInput("image_shape must be whole numbers, such as 28x28")
    return found


def _labels(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    names = value.split(",") if isinstance(value, str) else value
    if isinstance(names, list | tuple) and names:
        found = tuple(_plain(name) or "" for name in names)
        if all(found):
            return found
    raise InvalidInput("labels must be the names of the classes in order, such as labels=cat,dog")


def _missing(value: object) -> bool:
    """Nothing is there: null, blank text, no bytes, or the NaN that tables put in gaps."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, bytes) and not value)


def _is_unicode(text: str) -> bool:
    """Not so for lone surrogates, which JSON can write, and which stand for bytes in arguments."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain(value: object) -> str | None:
    """The one text of a name: NFC without space around it, or the digits of a whole number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(value)
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else None


def _listed(value: object) -> list[Any]:
    """A list, a list written as JSON (as in a cell of CSV), or one value as a list of one."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return [value]
    return list(value) if isinstance(value, list | tuple | np.ndarray) else [value]


def _reference(value: object, none: Reason, bad: Reason) -> str:
    if _missing(value):
        raise BadRow(none)
    text = None if isinstance(value, bool) else _plain(value)
    if text is None:
        raise BadRow(bad)
    if len(text) > _REFERENCE_LENGTH or not _is_unicode(text):
        raise BadRow(bad, "too long, or not Unicode")
    return text


def _subjects(value: object) -> tuple[str, ...]:
    """Whose data it is; an empty place in a list leaves open whose, so the row is no good."""
    people = [] if _missing(value) else _listed(value)
    if not people:
        raise BadRow(Reason.NO_SUBJECT)
    return tuple(sorted({_reference(p, Reason.NO_SUBJECT, Reason.SUBJECT) for p in people}))


def _text(value: object) -> str:
    if not isinstance(value, str) or not _is_unicode(value):
        raise BadRow(Reason.TEXT)
    return value


def _whole(value: object) -> int | None:
    """A whole number, or text that is one."""
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[0-9]{1,18}\s*", value):
        return int(value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return int(value)
    return None


def _label(value: object, names: tuple[str, ...] | None) -> int:
    if names is not None:
        text = _plain(value)
        if text not in names:
            raise BadRow(Reason.LABEL_NAME)
        return names.index(text)
    number = _whole(value)
    if number is None:
        raise BadRow(Reason.LABEL)
    if not 0 <= number < contents.LABELS:
        raise BadRow(Reason.LABEL_RANGE)
    return number


# What tables make of a day: a time without a zone.
_MIDNIGHT = re.compile(r"[T ]00:00:00(\.0+)?$")


def _moment(value: object, bad: Reason) -> datetime:
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str):
        raise BadRow(bad)
    try:
        return moments.parse(_MIDNIGHT.sub("", text.strip()))
    except InvalidInput:  # its sentence holds the value
        raise BadRow(bad) from None


def _collected(value: object) -> str:
    return moments.text(_moment(value, Reason.COLLECTED))


def _retention(value: object) -> str:
    return _moment(value, Reason.RETENTION).date().isoformat()


_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def _languages(value: object) -> tuple[str, ...]:
    """Language tags in their usual case: `zh-Hant-TW`."""
    found = set()
    for item in _listed(value):
        tags = re.split(r"[\s,;]+", item.strip()) if isinstance(item, str) else [""]
        for tag in tags:
            if not _TAG.fullmatch(tag):
                raise BadRow(Reason.LANGUAGE)
            first, *others = tag.split("-")
            cased = [{2: p.upper(), 4: p.title()}.get(len(p), p.lower()) for p in others]
            found.add("-".join([first.lower(), *cased]))
    return tuple(sorted(found))


def _special_category(value: object) -> bool:
    text = (_plain(value) or "").lower()
    if text in ("true", "yes", "1"):
        return True
    if text in ("false", "no", "0"):
        return False
    raise BadRow(Reason.SPECIAL)


def _residence(value: object) -> str:
    place = value.strip().upper() if isinstance(value, str) else ""
    if not re.fullmatch(r"[A-Z]{2}|US-[A-Z]{2}", place):
        raise BadRow(Reason.RESIDENCE)
    return place


def _birth_year(value: object) -> int:
    year = _whole(value)
    if year is None or not 1890 <= year <= moments.now().year:
        raise BadRow(Reason.BIRTH_YEAR)
    return year


_READ: dict[str, abc.Callable[[object], Any]] = {
    "collected": _collected,
    "retention": _retention,
    "languages": _languages,
    "special_category": _special_category,
    "residence": _residence,
    "birth_year": _birth_year,
}
