"""Licences as SPDX expressions (ISO/IEC 5962, annex D): their form, checked and taken apart.

What a licence permits is in `rightful.grants.permissions`. Whether an identifier is on the SPDX
list is not asked: that list grows, and a licence of one's own is written `LicenseRef-…`. `NONE` and
`NOASSERTION` are refused, since they name no licence.

>>> check("(MIT OR Apache-2.0) AND GPL-2.0-only WITH Classpath-exception-2.0")
>>> str(parse("MIT OR (ISC AND 0BSD)"))
'MIT OR ISC AND 0BSD'
"""

import re
from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence. Its name is as it was written, `+` for "or later" included."""

    name: str
    exception: str | None = None

    def __str__(self) -> str:
        return self.name if self.exception is None else f"{self.name} WITH {self.exception}"


@dataclass(frozen=True, slots=True)
class Both:
    """Two licences of which both apply (AND), or of which one may choose (OR)."""

    word: Literal["AND", "OR"]
    left: "Node"
    right: "Node"

    def __str__(self) -> str:
        return f"{self._part(self.left)} {self.word} {self._part(self.right, right=True)}"

    def _part(self, part: "Node", *, right: bool = False) -> str:
        # AND binds tighter than OR, and both bind to the left.
        if isinstance(part, Both):
            loose = self.word == "AND" and part.word == "OR"
            if loose or (right and part.word == self.word):
                return f"({part})"
        return str(part)


Node = Licence | Both


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


def parse(expression: str) -> Node:
    """What `expression` says, as a tree. Raises `InvalidInput` where it is no SPDX expression."""
    check(expression)
    done: list[Node] = []
    waiting: list[str] = []

    def build(until: tuple[str, ...]) -> None:
        while waiting and waiting[-1] in until:
            word, right = waiting.pop(), done.pop()
            done.append(Both("AND" if word == "AND" else "OR", done.pop(), right))

    # Not by recursion: parentheses may be nested as deeply as the length allows.
    tokens = iter(_TOKEN.findall(expression))
    for token in tokens:
        if token == "(":  # noqa: S105
            waiting.append(token)
        elif token == ")":  # noqa: S105
            build(("AND", "OR"))
            waiting.pop()
        elif token == "WITH":  # noqa: S105
            licence = done.pop()
            assert isinstance(licence, Licence)
            done.append(Licence(licence.name, next(tokens)))
        elif token in ("AND", "OR"):
            build(("AND",) if token == "AND" else ("AND", "OR"))  # noqa: S105
            waiting.append(token)
        else:
            done.append(Licence(token))
    build(("AND", "OR"))
    (whole,) = done
    return whole


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
