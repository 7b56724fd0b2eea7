"""JSON that strangers wrote: a key that is given twice is an error, since it says two things."""

import json
from typing import Any


def loads(text: str) -> Any:
    """The value of a JSON text. Raises `ValueError` where it is none."""
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found
