"""What a column of the facts is, and the few shapes that most of them have."""

from dataclasses import dataclass
from typing import Literal

from rightful.policy.text import Text

Type = Literal["BOOLEAN", "VARCHAR", "INTEGER"]

#: A fact's value; None where it is not known.
Value = bool | str | int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A column that a rule may read."""

    name: str
    type: Type
    meaning: str
    unknown: str
    """What NULL means here."""
    ask: Text
    """What would make it known, and who can give it."""
    values: frozenset[str] | None = None
    """All values that a text can have; a rule that names another one is misspelt."""


def yes_or_no(name: str, meaning: str, unknown: str, english: str, chinese: str) -> Fact:
    """A fact that is true or false."""
    return Fact(name, "BOOLEAN", meaning, unknown, Text(english, chinese))


def number(name: str, meaning: str, unknown: str, english: str, chinese: str) -> Fact:
    """A fact that is a whole number."""
    return Fact(name, "INTEGER", meaning, unknown, Text(english, chinese))


def word(
    name: str,
    values: tuple[str, ...] | frozenset[str],
    meaning: str,
    unknown: str,
    english: str,
    chinese: str,
) -> Fact:
    """A fact that is one of some words."""
    return Fact(name, "VARCHAR", meaning, unknown, Text(english, chinese), frozenset(values))
