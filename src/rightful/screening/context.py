"""Words near a value that make it surer: `card` before sixteen digits."""

import re
import string
from collections.abc import Callable, Sequence

from rightful.screening.detector import AFTER, Context

_TOKEN = re.compile("[a-z0-9_]+")
_LETTERS = f"{string.ascii_letters}{string.digits}_"
_REST = re.compile("[A-Za-z0-9_]*")


class Nearby:
    """Looks for the words of a `Context` around a value.

    Case makes no difference. Where a word begins or ends in an ASCII letter or digit, it must do
    so in the text, too: `card` is not found in `cardboard`.
    """

    def __init__(self, context: Context) -> None:
        words = {word.lower() for word in context.words}
        self._within = context.within
        self._tokens = frozenset(word for word in words if _TOKEN.fullmatch(word))
        others = words - self._tokens
        #: With a space or a hyphen, say; those that aren't ASCII are in no text that is.
        self._ascii = _finder(sorted(word for word in others if word.isascii()))
        self._others = _finder(sorted(word for word in others if not word.isascii()))

    def __call__(self, text: str, start: int, end: int) -> bool:
        """Whether one of the words stands close to `text[start:end]`."""
        first = start - self._within
        first = 0 if first <= 0 else _after_word(text, first)
        last = end + AFTER
        behind = text[end:last] if last >= len(text) else _before_word(text, end, last)
        # No word is found that reaches into the value: a line break is in no word.
        window = f"{text[first:start]}\n{behind}".lower()
        return (
            not self._tokens.isdisjoint(_TOKEN.findall(window))
            or self._ascii(window)
            or (not window.isascii() and self._others(window))
        )


def _after_word(text: str, at: int) -> int:
    """`at`, or where the word ends that it would cut in two."""
    return _REST.match(text, at).end() if _in_word(text[at - 1]) else at  # type: ignore[union-attr]


def _before_word(text: str, start: int, at: int) -> str:
    """From `start` to `at`, without the word that is cut in two there."""
    return text[start:at].rstrip(_LETTERS) if _in_word(text[at]) else text[start:at]


def _in_word(character: str) -> bool:
    return character in _LETTERS


def _finder(words: Sequence[str]) -> Callable[[str], bool]:
    """Whether one of the words is in a text: quick where none is, which is nearly always."""
    if not words:
        return lambda _: False
    bounded = [(word, re.compile(_bounded(word))) for word in words]

    def found(text: str) -> bool:
        return any(word in text and exact.search(text) is not None for word, exact in bounded)

    return found


def _bounded(word: str) -> str:
    before = "(?<![a-z0-9_])" if _in_word(word[0]) else ""
    behind = "(?![a-z0-9_])" if _in_word(word[-1]) else ""
    return before + re.escape(word) + behind
