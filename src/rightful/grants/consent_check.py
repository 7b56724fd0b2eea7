"""Holds a document against the schema of consent records and says in one phrase what is wrong.

`consent_record.schema.json` is a JSON Schema that other tools can use; of its keywords those are
understood here that it has, and the tests see to it that there are no others. What a document
holds is never repeated, only where.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

_Schema = dict[str, Any]
_Check = Callable[[Any, Any, str], Iterator[str]]

_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "boolean": bool}


def problem(document: object) -> str | None:
    """What is wrong with a consent record first of all, None where nothing is."""
    return next(_problems(document, schema(), "it"), None)


@cache
def schema() -> _Schema:
    """The schema of consent records."""
    path = Path(__file__).with_name("consent_record.schema.json")
    found: _Schema = json.loads(path.read_text(encoding="utf-8"))
    return found


def _problems(value: Any, against: _Schema, place: str) -> Iterator[str]:
    for keyword, check in CHECKS.items():
        if keyword in against:
            yield from check(value, against[keyword], place)
    if against.get("additionalProperties") is False:
        yield from _closed(value, list(against["properties"]), place)


def _reference(value: Any, target: str, place: str) -> Iterator[str]:
    yield from _problems(value, schema()["$defs"][target.removeprefix("#/$defs/")], place)


def _type(value: Any, name: str, place: str) -> Iterator[str]:
    if not isinstance(value, _TYPES[name]):
        yield f"{place} is not of type {name}"


def _required(value: Any, names: list[str], place: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{_inside(place, name)} is missing" for name in names if name not in value)


def _properties(value: Any, known: dict[str, _Schema], place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in known.items():
            if name in value:
                yield from _problems(value[name], inner, _inside(place, name))


def _closed(value: Any, known: list[str], place: str) -> Iterator[str]:
    if isinstance(value, dict) and not value.keys() <= set(known):
        yield f"{place} has a field that is not known; known are {', '.join(known)}"


def _items(value: Any, inner: _Schema, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from _problems(each, inner, f"{place} {number}")


def _contains(value: Any, inner: _Schema, place: str) -> Iterator[str]:
    if isinstance(value, list) and all(next(_problems(e, inner, place), None) for e in value):
        yield f"{place} lacks what it must name"


def _all_of(value: Any, parts: list[_Schema], place: str) -> Iterator[str]:
    for part in parts:
        yield from _problems(value, part, place)


def _any_of(value: Any, parts: list[_Schema], place: str) -> Iterator[str]:
    found = [next(_problems(value, part, place), None) for part in parts]
    if None not in found:
        yield str(found[0])


def _at_least(value: Any, limit: int, place: str) -> Iterator[str]:
    if isinstance(value, list | str) and len(value) < limit:
        yield f"{place} is empty" if limit == 1 else f"{place} is too short"


def _at_most(value: Any, limit: int, place: str) -> Iterator[str]:
    if isinstance(value, list | str) and len(value) > limit:
        yield f"{place} has more than {limit} of what it is made of"


def _pattern(value: Any, pattern: str, place: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(pattern, value):
        yield f"{place} is not written as it must be"


def _one_of(value: Any, allowed: list[Any], place: str) -> Iterator[str]:
    if value not in allowed:
        yield f"{place} must be one of {', '.join(map(str, allowed))}"


#: The keywords of JSON Schema that are understood, in the order in which they are looked at.
CHECKS: dict[str, _Check] = {
    "$ref": _reference,
    "type": _type,
    "required": _required,
    "allOf": _all_of,
    "anyOf": _any_of,
    "enum": _one_of,
    "const": lambda value, wanted, place: _one_of(value, [wanted], place),
    "pattern": _pattern,
    "minLength": _at_least,
    "maxLength": _at_most,
    "minItems": _at_least,
    "maxItems": _at_most,
    "contains": _contains,
    "items": _items,
    "properties": _properties,
}


def _inside(place: str, name: str) -> str:
    return name if place == "it" else f"{place}, {name}"
