"""The W3C's TDM Reservation Protocol: a file of the site, a header, a page's meta elements, and
metadata in books and documents (Community Group report, December 2025).

Each says `reserved`, `licence` (reserved, with a policy that says how to get a licence), `free`, or
`none`. A value that the protocol does not know leaves the reservation as it was; here that is
`unknown`, which holds where nothing else was said. `combined` puts them together.

>>> file('[{"location": "/", "tdm-reservation": 1}]')
'reserved'
>>> header("tdm-reservation: yes")
'unknown'
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rightful.records.reservations.headers import values
from rightful.records.reservations.json_text import loads
from rightful.records.reservations.markup import metas, properties, xml
from rightful.records.reservations.paths import matches

#: Where it can be said, from the most general on: what comes later overrides.
FORMS = ("file", "header", "page", "document")

#: From the strictest on.
ORDER = ("reserved", "licence", "unknown", "free", "none")

_XMP = "http://www.w3.org/ns/tdmrep/"


def file(text: str, paths: Sequence[str] | None = None) -> str:
    """What `/.well-known/tdmrep.json` says of the paths: the first rule that fits each.

    Without paths, the strictest of all its rules.
    """
    try:
        rules = loads(text)
    except ValueError:
        return "unknown"
    if not isinstance(rules, list) or not all(_is_rule(rule) for rule in rules):
        return "unknown"
    said = [(rule["location"], _value(rule)) for rule in rules]
    if paths is None:
        return strictest(value for _, value in said)
    return strictest(
        next((value for pattern, value in said if matches(pattern, path)), "none") for path in paths
    )


def header(text: str) -> str:
    """What the header of a response says: `tdm-reservation: 1`, and perhaps `tdm-policy: …`."""
    said = values(text, "tdm-reservation")
    policy = values(text, "tdm-policy") if ":" in text else []
    return strictest(_read(value, bool(policy)) for value in said)


def page(text: str) -> str:
    """What the meta elements of an HTML page say."""
    found = metas(text)
    policy = any(meta.get("name", "").casefold() == "tdm-policy" for meta in found)
    said = [m.get("content", "") for m in found if m.get("name", "").casefold() == _NAME]
    return strictest(_read(value, policy) for value in said)


def document(text: str) -> str:
    """What the package file of an EPUB, or the XMP metadata of a PDF, says."""
    root = xml(text)
    if root is None:
        return "unknown"
    said = list(properties(root, _XMP, "reservation"))
    policy = any(properties(root, _XMP, "policy"))
    for element in root.iter():
        what = element.get("property") or element.get("name")
        value = (element.get("content") or element.text or "").strip()
        if what == "tdm:reservation":
            said.append(value)
        policy = policy or (what == "tdm:policy" and bool(value))
    return strictest(_read(value, policy) for value in said)


def combined(said: Iterable[str]) -> str:
    """What forms in the order of `FORMS` say together: the last that says anything."""
    result = "none"
    for value in said:
        if value in ("reserved", "licence", "free") or result == "none":
            result = value
    return result


def strictest(said: Iterable[str]) -> str:
    """The strictest of several; `none` where there are none."""
    return min(said, key=ORDER.index, default="none")


_NAME = "tdm-reservation"


def _is_rule(rule: Any) -> bool:
    return isinstance(rule, dict) and isinstance(rule.get("location"), str)


def _value(rule: dict[str, Any]) -> str:
    said = rule.get(_NAME)
    # A truth value is no number here, though Python takes it for one.
    written = json.dumps(said) if isinstance(said, int) and not isinstance(said, bool) else ""
    return _read(written, bool(rule.get("tdm-policy")))


def _read(value: str, policy: bool) -> str:
    if value.strip() == "1":
        return "licence" if policy else "reserved"
    return "free" if value.strip() == "0" else "unknown"
