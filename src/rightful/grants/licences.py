"""Licences as SPDX expressions (ISO/IEC 5962, annex D): checked for their form, not their law.

Whether an identifier is on the SPDX list is not asked: that list grows, and a licence of one's own
is written `LicenseRef-…`. `NONE` and `NOASSERTION` are refused, since they name no licence.

>>> check("(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0")
"""

import re

from rightful.errors import InvalidInput

_LONGEST = 1000
_TOKEN = re.compile(r"\s*([()]|[^\s()]+)")
_LICENCE = re.compile(
    r"(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+"
    r"|(?!LicenseRef-|DocumentRef-)[A-Za-z0-9][A-Za-z0-9.-]*\+?"
)
_EXCEPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_OPERATORS = ("AND", "OR", "WITH")
_NOT_LICENCES = ("NONE", "NOASSERTION")
#: Stands for the word after WITH; with its space it can't be a token.
_AN_EXCEPTION = "an exception"


def check(expression: str) -> None:
    """Raise `InvalidInput` where `expression` is no SPDX expression; the sentence says why."""
    if len(expression) > _LONGEST:
        raise InvalidInput(f"a licence of more than {_LONGEST} characters is too long")
    previous, depth = "(", 0
    for token in _TOKEN.findall(expression):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth < 0 or not _may_follow(previous, token):
            raise _malformed()
        if previous == "WITH":
            token = _AN_EXCEPTION
        previous = token
    if depth or previous in ("(", *_OPERATORS):
        raise _malformed()


def _may_follow(previous: str, token: str) -> bool:
    """Whether a token can stand after another one; an expression starts as after a parenthesis."""
    if previous == "WITH":
        return bool(_EXCEPTION.fullmatch(token)) and token.upper() not in _OPERATORS
    if previous in ("(", "AND", "OR"):
        if token.upper() in (*_OPERATORS, *_NOT_LICENCES):
            return False
        return token == "(" or bool(_LICENCE.fullmatch(token))  # noqa: S105
    if token == "WITH":  # noqa: S105
        return previous not in (")", _AN_EXCEPTION)
    return token in (")", "AND", "OR")


def _malformed() -> InvalidInput:
    return InvalidInput(
        "write the licence as MIT, CC-BY-4.0 OR MIT, or LicenseRef-our-contract, with AND, OR and "
        "WITH in capitals"
    )
