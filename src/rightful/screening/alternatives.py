"""Whether alternatives of a pattern may begin alike: repeated, they match in too many ways.

`(?:a|ab|b){1,40}c` takes a text of the letters a and b apart in so many ways that nobody could
wait for `re` to try them all. What can't be told apart here counts as alike.
"""

import re
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

#: From one character to another, both among them.
_Range = tuple[int, int]

_ANY: list[_Range] = [(0, 0x10FFFF)]
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: "[0-9]",
    _constants.CATEGORY_WORD: "[A-Za-z0-9_]",
    _constants.CATEGORY_SPACE: "[\t-\r ]",
}
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
_NESTED = (*_REPEATS, _constants.SUBPATTERN)


def begin_alike(tree: Any, ignore_case: bool) -> bool:
    """Whether any alternatives in a parsed pattern may begin with the same character, or with
    none."""
    for operation, what in tree:
        if operation is _constants.BRANCH:
            taken: list[_Range] = []
            for each in what[1]:
                first, may_be_empty = _first(each, ignore_case)
                if may_be_empty or _overlap(taken, first) or begin_alike(each, ignore_case):
                    return True
                taken += first
        elif operation in _NESTED and begin_alike(what[-1], ignore_case):
            return True
    return False


def _overlap(some: list[_Range], others: list[_Range]) -> bool:
    return any(low <= last and first <= high for low, high in some for first, last in others)


def _first(tree: Any, ignore_case: bool) -> tuple[list[_Range], bool]:
    """The characters that what a tree matches may begin with, and whether that may be empty."""
    found: list[_Range] = []
    for operation, what in tree:
        if operation is _constants.AT:
            continue
        empty = False
        if operation is _constants.SUBPATTERN:
            first, empty = _first(what[3], ignore_case)
        elif operation in _REPEATS:
            first, empty = _first(what[2], ignore_case)
            empty = empty or what[0] == 0
        elif operation is _constants.BRANCH:
            parts = [_first(each, ignore_case) for each in what[1]]
            first = [one for part, _ in parts for one in part]
            empty = any(nothing for _, nothing in parts)
        else:
            first = _set(operation, what, ignore_case)
        found += first
        if not empty:
            return found, False
    return found, True


def _set(operation: Any, what: Any, ignore_case: bool) -> list[_Range]:
    if operation is _constants.LITERAL:
        what = [(_constants.LITERAL, what)]
    elif operation is not _constants.IN:
        return _ANY
    found: list[_Range] = []
    for kind, value in what:
        if kind is _constants.LITERAL:
            found.append((value, value))
        elif kind is _constants.RANGE:
            found.append(value)
        elif kind is _constants.CATEGORY and value in _CATEGORIES:
            ((_, listed),) = _parser.parse(_CATEGORIES[value], re.ASCII)
            found += _set(_constants.IN, listed, ignore_case)
        else:
            return _ANY
    return found + _other_case(found) if ignore_case else found


def _other_case(ranges: list[_Range]) -> list[_Range]:
    """The ASCII letters among characters, in the other case."""
    return [
        (max(low, first) + step, min(high, last) + step)
        for low, high in ranges
        for first, last, step in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20))
        if max(low, first) <= min(high, last)
    ]
