"""The single values in a pack, each read whole or refused with what it must be."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from rightful import moments
from rightful.errors import InvalidInput
from rightful.policy.decision import Decision
from rightful.policy.fields import Fields
from rightful.policy.pack import REQUESTS
from rightful.policy.text import LANGUAGES, Text

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: How the ids of the built-in rules begin.
_RESERVED = "RIGHTFUL."

# As with the rules of a pack, what is beyond these is refused.
MOST_ITEMS = 200
_LONGEST_TEXT = 4000
_LONGEST_NAME = 100


def string(value: Any) -> str:
    """Text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("must be text")
    return value


def words(value: Any) -> str:
    """Text for people, on one line: with a second one it could pretend to be another answer."""
    line = " ".join(string(value).split())
    if len(line) > _LONGEST_TEXT:
        raise InvalidInput(f"{len(line)} characters are too many; {_LONGEST_TEXT} may be")
    return line


def name(value: Any) -> str:
    """Text that is short enough to call something by it."""
    if len(words(value)) > _LONGEST_NAME:
        raise InvalidInput(f"must not be longer than {_LONGEST_NAME} characters")
    return words(value)


def identifier(value: Any) -> str:
    """A name of characters that are safe in a file's name, too."""
    if not _ID.fullmatch(name(value)):
        raise InvalidInput("must be letters, digits, dots, hyphens and underscores")
    return str(value)


def rule_id(value: Any) -> str:
    """An identifier that no built-in rule can have."""
    if identifier(value).startswith(_RESERVED):
        raise InvalidInput(f"{_RESERVED} is how the built-in rules are called")
    return str(value)


def boolean(value: Any) -> bool:
    """`true` or `false`, and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise InvalidInput("must be true or false")
    return value


def positive(value: Any) -> int:
    """A number of days, hours or whatever a clock counts."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 10_000:
        raise InvalidInput("must be a whole number from 1 to 10000")
    return value


def items(value: Any, *, most: int = MOST_ITEMS) -> list[Any]:
    """A list that is neither empty nor too long."""
    if not isinstance(value, list) or not value:
        raise InvalidInput("must be a list with at least one item")
    if len(value) > most:
        raise InvalidInput(f"{len(value):,} items are too many; {most} may be")
    return value


def day(value: Any) -> date:
    """A day, as `2026-11-24`."""
    return moments.day(string(value))


def start(value: Any) -> date | datetime:
    """A day, or a moment where hours count."""
    return moments.parse(string(value)) if "T" in string(value) else day(value)


def text(value: Any) -> Text:
    """The same text in every language."""
    fields = Fields(value, LANGUAGES)
    return Text(fields.take("en", words), fields.take("zh", words))


def decision(value: Any) -> Decision:
    """What a gate may decide: to allow is no gate's to say."""
    known = {each.word: each for each in Decision if each is not Decision.ALLOW}
    return known[one_of(known)(value)]


def references(value: Any) -> tuple[str, ...]:
    """The rows of the register of duties that a rule encodes."""
    return tuple(name(item) for item in items(value))


def requests(value: Any) -> tuple[str, ...]:
    """The kinds of requests that a rule is about."""
    return tuple(one_of(REQUESTS)(item) for item in items(value))


def sources(value: Any) -> dict[str, str]:
    """What the texts are that rules are read from, by the key that rules name."""
    if not isinstance(value, dict) or len(value) > MOST_ITEMS:
        raise InvalidInput(
            f"must be a mapping of keys to what they stand for, {MOST_ITEMS} at most"
        )
    return {name(key): words(what) for key, what in value.items()}


def one_of(allowed: Iterable[str]) -> Callable[[Any], str]:
    """A reader of one of these words."""

    def make(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise InvalidInput(f"{value!r} is not one of {', '.join(allowed)}")
        return value

    return make
