"""HTML as tags and text, in one go through it, whatever stands in it.

The standard library's parser takes quadratic time for some pages (`<a <a <a …`) and raises for
others (`<![<`), before Python 3.13.6 at least; pages are strangers', so neither will do. Read as
browsers do as far as text, attributes and raw elements go; no tree is built and nothing mended.

>>> [(t.kind, t.name or t.text) for t in tokens("<p class=x>A &amp; b<!-- c --></p>")]
[('start', 'p'), ('text', 'A & b'), ('end', 'p')]
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

#: What stands in these is text as it is, up to their end.
_RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"})
_WITH_REFERENCES = ("textarea", "title")

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?:(?P<end>>)|(?P<name>[^\s/>][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s>\"'][^\s>]*+)))?+)"
)
_LONG_NUMBER = re.compile(r"&#(?:[0-9]{9,}+|[xX][0-9A-Fa-f]{9,}+);?")


@dataclass(frozen=True, slots=True)
class Token:
    """A start tag with its attributes, an end tag, or text."""

    kind: Literal["start", "end", "text"]
    name: str = ""
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def tokens(page: str) -> Iterator[Token]:
    """The tokens of a page in their order; a tag that never ends, at its end, is left out."""
    at = 0
    while at < len(page):
        opened = page.find("<", at)
        if opened < 0:
            opened = len(page)
        if opened > at:
            yield Token("text", text=_unescaped(page[at:opened]))
            at = opened
            continue
        match = _TAG.match(page, at)
        if match is None:
            text, at = _other(page, at)
            if text:
                yield Token("text", text=text)
            continue
        name = match[2].casefold()
        attributes, at = _attributes(page, match.end())
        if at < 0:
            return
        if match[1]:
            yield Token("end", name)
            continue
        yield Token("start", name, attributes=attributes)
        if name in _RAW:
            end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(page, at)
            raw = page[at : end.start() if end else len(page)]
            at += len(raw)
            if raw:
                yield Token("text", text=_unescaped(raw) if name in _WITH_REFERENCES else raw)


def _other(page: str, at: int) -> tuple[str, int]:
    """What begins with `<` and is no tag: a comment, a declaration, or the sign itself."""
    if page.startswith("<!--", at):
        end, length = page.find("-->", at + 2), 3
    elif page.startswith(("<!", "<?", "</"), at):
        end, length = page.find(">", at), 1
    else:
        return "<", at + 1
    return "", len(page) if end < 0 else end + length


def _attributes(page: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes from `at` on, and where the tag ends; -1 where it never does."""
    found: dict[str, str] = {}
    while (match := _ATTRIBUTE.match(page, at)) is not None:
        at = match.end()
        if match["end"]:
            return found, at
        value = match["double"] or match["single"] or match["bare"] or ""
        found.setdefault(match["name"].casefold(), _unescaped(value))
    return found, -1


def _unescaped(text: str) -> str:
    # Numbers of thousands of digits are an error to Python; none of them is a character.
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text
