"""YAML without its traps.

Only `true` and `false` are truth values, so that `NO` stays Norway; dates stay text; a key that is
given twice, aliases (which can make a small file huge), tags (which say what a value is, whatever
it looks like), and characters that nobody sees are refused. So is what would take long to read.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import yaml

from rightful.errors import InvalidInput

#: The most that is read of a file, in characters, and how many values it may hold.
LARGEST = 1_000_000
_MOST_VALUES = 50_000
_DEEPEST = 20
#: Of a whole number; no fact and no term has as many.
_MOST_DIGITS = 18

# Control and format characters, halves of characters, private ones, and ends of lines and
# paragraphs of Unicode's own. A bidirectional override would show a reader another rule than the
# machine reads, in a comment, too.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_SEEN_ALL_THE_SAME = frozenset("\t\n\r")

# libyaml is fourteen times as fast; where PyYAML was built without it, its own parser serves.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WHOLE = re.compile("-?(0|[1-9][0-9]*)")
_WORDS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}


def parse(text: str) -> Any:
    """The value of a YAML text: mappings, lists, text, whole numbers, truth values and None.

    Raises:
        InvalidInput: it is not YAML, or uses what is refused here.
    """
    if len(text) > LARGEST:
        raise InvalidInput("the file is too large for a pack")
    _refuse_unseen(text)
    try:
        return _Reader(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"line {line}: not YAML ({error.problem})") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise InvalidInput("not YAML") from None


def _refuse_unseen(text: str) -> None:
    strange = _unseen(text)
    if strange:
        found = next(character for character in text if character in strange)
        line = text.count("\n", 0, text.index(found)) + 1
        raise InvalidInput(f"line {line}: {_named(found)}; take it out")


def _unseen(text: str) -> set[str]:
    return {
        character
        for character in set(text) - _SEEN_ALL_THE_SAME
        if unicodedata.category(character) in _UNSEEN
    }


def _named(character: str) -> str:
    """What is said of a character, which is not shown itself."""
    code = f"U+{ord(character):04X}"
    if unicodedata.category(character) in ("Cc", "Cs"):
        return f"a text holds a control character or half a character ({code})"
    return f"a text holds a character that can't be seen, or that turns others around ({code})"


class _Reader:
    """Builds the value from the parser's events, one by one, so that it can stop at any."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._values = 0

    def document(self) -> Any:
        """The one document; nothing, if there is none."""
        value = None
        begun = False
        for event in self._events:
            if isinstance(event, yaml.events.DocumentStartEvent):
                if begun:
                    raise InvalidInput(f"{_line(event)}: not YAML (a second document begins)")
                begun = True
                value = self._value(next(self._events), 1)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        where = _line(event)
        self._values += 1
        if self._values > _MOST_VALUES:
            raise InvalidInput(
                f"{where}: more than {_MOST_VALUES:,} values are too many for a pack"
            )
        if depth > _DEEPEST:
            raise InvalidInput(f"{where}: nested more than {_DEEPEST} deep")
        if isinstance(event, yaml.events.AliasEvent):
            raise InvalidInput(f"{where}: aliases are refused")
        if event.anchor is not None:
            raise InvalidInput(f"{where}: anchors are refused, as their aliases are")
        if event.tag is not None:
            raise InvalidInput(f"{where}: tags are refused; write the value without !")
        if isinstance(event, yaml.events.SequenceStartEvent):
            return self._list(depth)
        if isinstance(event, yaml.events.MappingStartEvent):
            return self._mapping(depth)
        return _scalar(event)

    def _list(self, depth: int) -> list[Any]:
        found = []
        while not isinstance(event := next(self._events), yaml.events.SequenceEndEvent):
            found.append(self._value(event, depth + 1))
        return found

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.events.MappingEndEvent):
            key = self._value(event, depth + 1)
            if not isinstance(key, str):
                raise InvalidInput(f"{_line(event)}: a key must be text; put it in quotes")
            if key in found:
                raise InvalidInput(f"{_line(event)}: {key} is given twice")
            found[key] = self._value(next(self._events), depth + 1)
        return found


def _scalar(event: Any) -> Any:
    text = str(event.value)
    plain = event.implicit[0]
    if plain and text in _WORDS:
        return _WORDS[text]
    if plain and _WHOLE.fullmatch(text):
        if len(text) > _MOST_DIGITS:
            raise InvalidInput(f"{_line(event)}: a number of {len(text)} digits is too large")
        return int(text)
    # An escape in quotes can hold what the file itself does not.
    strange = (_unseen(text) | {"\r"} & set(text)) if not plain else None
    if strange:
        raise InvalidInput(f"{_line(event)}: {_named(min(strange))}; take it out")
    return text


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"
