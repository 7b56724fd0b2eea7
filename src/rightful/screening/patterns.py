"""What a pattern may use: what `re` and hyperscan understand alike, and no more than is bounded.

`\\b`, `\\d`, `\\w`, `\\s` and ignored case are about ASCII. Lines have no part in it: a text is
searched as a whole, so there are no anchors but `\\b` and `\\B`.
"""

import re
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from rightful.errors import InvalidInput
from rightful.screening.alternatives import begin_alike

#: Characters that a pattern may match at most: what is found around a hit is bounded by it.
LONGEST = 4_096
_LONGEST_PATTERN = 20_000
#: Of a repeat of alternatives that begin alike.
_MOST_TURNS = 8

_REFUSED = {
    "ASSERT": "looking ahead or behind",
    "ASSERT_NOT": "looking ahead or behind",
    "GROUPREF": "referring back to a group",
    "GROUPREF_EXISTS": "referring back to a group",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive repeat",
}
_RARE = frozenset("@#$%&*+=<>[]{}|~^")
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})
_BOUNDARIES = frozenset({"AT_BOUNDARY", "AT_NON_BOUNDARY"})


def flags(ignore_case: bool) -> int:
    """Those that `re` compiles a pattern with."""
    return re.ASCII | (re.IGNORECASE if ignore_case else 0)


def checked(value: Any, *, ignore_case: bool) -> str:
    """The pattern, if it is one that both engines understand alike.

    Raises:
        InvalidInput: it is none, or uses what is not for both.
    """
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("must be text")
    if len(value) > _LONGEST_PATTERN:
        raise InvalidInput(f"must not be longer than {_LONGEST_PATTERN:,} characters")
    try:
        compiled = re.compile(value, flags(ignore_case))
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidInput(f"not a regular expression ({error})") from None
    if compiled.groups > 1:
        raise InvalidInput(
            "has more than one group; write (?:...) for those that are not the value"
        )
    if compiled.flags & ~(re.ASCII | re.IGNORECASE):
        raise InvalidInput("flags within the pattern are refused")
    tree = _parser.parse(value, flags(ignore_case))
    for name, what in _walk(tree):
        if name in _REFUSED:
            raise InvalidInput(f"{_REFUSED[name]} is refused; hyperscan has no such thing")
        if name == "AT" and str(what) not in _BOUNDARIES:
            raise InvalidInput(
                "only \\b and \\B are anchors here, as a text may be one line of many"
            )
        if name in _REPEATS and what[1] > 1:
            if _splits_freely(what[2]):
                raise InvalidInput("a repeat of nothing but repeats matches in too many ways")
            if what[1] > _MOST_TURNS and begin_alike(what[2], ignore_case):
                raise InvalidInput(
                    "a repeat of alternatives that begin alike matches in too many ways; write "
                    "what they share once, before them"
                )
        if name == "SUBPATTERN" and (what[1] or what[2]):
            raise InvalidInput("flags within the pattern are refused")
    least, most = tree.getwidth()
    if least == 0:
        raise InvalidInput("matches nothing at all, which is everywhere")
    if most > LONGEST:
        raise InvalidInput(
            f"may match more than {LONGEST:,} characters; bound its repeats, as in {{1,64}}"
        )
    return value


def longest(pattern: str) -> int:
    """The most characters that a pattern matches."""
    return int(_parser.parse(pattern, re.ASCII).getwidth()[1])


def anchor(pattern: str) -> tuple[str, int] | None:
    """A rare character that every match holds, and how many of its characters may stand before.

    Such as the @ of an e-mail address. None where a pattern starts otherwise.
    """
    before = 0
    for operation, what in _parser.parse(pattern, re.ASCII):
        if operation is _constants.LITERAL:
            if chr(what) in _RARE and before:
                return chr(what), before
            before += 1
        elif operation is _constants.IN:
            before += 1
        elif str(operation) in _REPEATS:
            before += int(what[1] * what[2].getwidth()[1])
        elif operation is not _constants.AT:
            break
    return None


def _walk(tree: Any) -> Iterator[tuple[str, Any]]:
    """All operations of a parsed pattern by name, with what belongs to each."""
    for operation, what in tree:
        yield str(operation), what
        for part in _parts(operation, what):
            yield from _walk(part)


def _splits_freely(tree: Any) -> bool:
    """Whether a tree is repeats of no fixed number, one of which must be there at most.

    `(?:a{1,9}){1,9}` may split a text in more ways than anyone could wait for.
    """
    items = list(tree)
    while len(items) == 1 and str(items[0][0]) == "SUBPATTERN":
        items = list(items[0][1][3])
    if not all(str(name) in _REPEATS and what[0] != what[1] for name, what in items):
        return False
    return len([what for _, what in items if what[0]]) < 2


def _parts(operation: Any, what: Any) -> list[Any]:
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return [what[2]]
    if operation is _constants.SUBPATTERN:
        return [what[3]]
    if operation is _constants.BRANCH:
        return list(what[1])
    return []
