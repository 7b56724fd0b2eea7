"""What is found in a file of texts, outside of any store: one answer a line, however long it is.

The texts stay where they are: an answer has kinds and places, and the sentence of an error the
number of a line.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rightful.errors import InvalidInput
from rightful.screening.screener import Screener

#: Texts, and about how many characters of them, that are scanned at once.
_TEXTS, _CHARACTERS = 512, 1 << 22


def answers(lines: Iterable[bytes], screener: Screener, name: str) -> Iterator[str]:
    """For each line, a JSON object with a `text`, a line of JSON with its findings.

    Raises `InvalidInput` for a line that is none; of those just before it, answers may be lacking.
    """
    for some in _batches(texts(lines, name)):
        found = screener.scan(some)
        for number in range(len(some)):
            rows = [
                {"kind": f.kind, "start": f.start, "end": f.end, "confidence": f.confidence}
                for f in found.of(number)
            ]
            yield json.dumps({"findings": rows})


def texts(lines: Iterable[bytes], name: str) -> Iterator[str]:
    """The text of each line; `name` is the file, for the sentence of an error.

    Raises `InvalidInput` for a line that has none. Empty lines are fine at the end alone: between
    others, answers would no longer stand in the line of their texts.
    """
    empty = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            empty = empty or number
            continue
        if empty:
            raise InvalidInput(f"{name}: line {empty} is empty; take it out")
        yield _text(line, f"{name}: line {number}")


def _batches(given: Iterable[str]) -> Iterator[list[str]]:
    some: list[str] = []
    length = 0
    for text in given:
        some.append(text)
        length += len(text)
        if len(some) == _TEXTS or length >= _CHARACTERS:
            yield some
            some, length = [], 0
    if some:
        yield some


def _text(line: bytes, where: str) -> str:
    try:
        value: Any = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidInput(f"{where} is not text in UTF-8; save the file as such") from None
    except (ValueError, RecursionError):
        raise InvalidInput(f'{where} is no JSON; write it as {{"text": "…"}}') from None
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise InvalidInput(f'{where} has no text; write it as {{"text": "…"}}')
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            f"{where} has half of a character (a lone surrogate); write the text as UTF-8"
        ) from None
    return text
