"""Dictionaries of HTTP structured fields (RFC 9651, section 4.2.2), as far as a preference needs.

A dictionary that is malformed anywhere is malformed as a whole; of a key that is given twice, the
last value counts. Values are kept as they were written: `n` is a token, `"n"` is a string.

>>> read_dictionary('train-ai=y, search=n;why="x", train-ai')
{'train-ai': '?1', 'search': 'n'}
>>> read_dictionary("Train-AI=n") is None
True
"""

import re

_KEY = r"[a-z*][a-z0-9_.*-]*"
_STRING = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"'
_ITEM = "|".join(
    (
        _STRING,
        r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*",  # a token
        r"-?[0-9]{1,12}\.[0-9]{1,3}(?![0-9.])",
        r"-?[0-9]{1,15}(?![0-9.])",
        r":[A-Za-z0-9+/=]*:",  # bytes
        r"\?[01]",
        r"@-?[0-9]{1,15}(?![0-9.])",  # a date
        r'%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"',
    )
)
_PARAMETERS = rf"(?:;\x20*{_KEY}(?:=(?:{_ITEM}))?)*"
_INNER = rf"(?:{_ITEM}){_PARAMETERS}"
_LIST = rf"\(\x20*(?:{_INNER}(?:\x20+{_INNER})*\x20*)?\)"
_MEMBER = re.compile(rf"(?P<key>{_KEY})(?:=(?P<value>{_LIST}|{_ITEM}))?{_PARAMETERS}")
_COMMA = re.compile(r"[\x20\t]*,[\x20\t]*")

#: What a key without a value means.
TRUE = "?1"

#: Longer ones are refused, so that reading takes no time worth speaking of.
_LONGEST = 16_384


def read_dictionary(text: str) -> dict[str, str] | None:
    """The members of a dictionary, or None where `text` is none. Parameters are left out."""
    text = text.strip(" ")
    if len(text) > _LONGEST:
        return None
    members: dict[str, str] = {}
    at = 0
    while at < len(text):
        member = _MEMBER.match(text, at)
        if member is None:
            return None
        members[member["key"]] = member["value"] or TRUE
        at = member.end()
        if at == len(text):
            return members
        comma = _COMMA.match(text, at)
        if comma is None or comma.end() == len(text):
            return None
        at = comma.end()
    return members
