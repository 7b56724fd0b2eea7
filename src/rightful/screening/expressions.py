"""A pattern as hyperscan is given it: one that is seen to match wherever the pattern does.

It may match more, or less of it, as `re` looks again at whatever it finds; but it must leave out
no place. So the letters of ignored case are written out, as hyperscan would fold others than `re`
does, and long bounded repeats, which cost it a state for each number, are unbounded: at the end of
a pattern the least is enough, and before something as rare as an @ they aren't looked for at all.
Of a pattern that is too large all the same it gets to see how matches begin.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from rightful.screening import patterns

#: A repeat whose bounds lie farther apart counts as unbounded.
_WIDEST = 16
#: Sets of characters in a pattern, repeats written out: of more, only the beginning is looked for.
#: Single characters, of which words are made, cost it next to nothing.
_MOST_PLACES = 250
#: Characters that a part of a pattern has at least, to be looked for in its place.
_LEAST_PART = 2
#: Of a set of characters beyond ASCII: of more ranges, those next to each other are joined.
_MOST_RANGES = 8
#: Gaps of so few characters are then filled in any case.
_NARROW = 16
#: A set with so many characters beyond ASCII holds any in Chinese, say.
_MANY = 1_000
_LAST = 0x10FFFF
#: Of an expression whose matches' starts are told.
_LONGEST_TOLD = 1_000
#: Characters of such a beginning.
_BEGINNING = 12

_ASCII = 128
_BEYOND = 1 << _ASCII
_ALL = (1 << (_ASCII + 1)) - 1
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: "\\d",
    _constants.CATEGORY_NOT_DIGIT: "\\D",
    _constants.CATEGORY_WORD: "\\w",
    _constants.CATEGORY_NOT_WORD: "\\W",
    _constants.CATEGORY_SPACE: "\\s",
    _constants.CATEGORY_NOT_SPACE: "\\S",
}
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
_OF_ONE = (_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY)
#: Letters, digits, spaces, line breaks, and all beyond ASCII.
_FREQUENT = (
    _BEYOND
    | sum(1 << code for code in range(_ASCII) if not 33 <= code < 127)
    | sum(1 << code for code in range(_ASCII) if chr(code).isalnum() or chr(code) == "_")
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What hyperscan looks for in place of a detector's pattern."""

    expression: str
    before: int = 0
    """Characters by which a match may begin before what the expression matches."""

    @property
    def tells_start(self) -> bool:
        """Whether hyperscan is asked where it begins: dear for a repeat without a bound, and for
        what is long."""
        return ",}" not in self.expression and len(self.expression) <= _LONGEST_TOLD


def sought(pattern: str, ignore_case: bool) -> Sought:
    """The closest that hyperscan takes without trouble."""
    tree = _parser.parse(pattern, patterns.flags(ignore_case))
    if _places(tree) > _MOST_PLACES:
        return _beginning(pattern, ignore_case)
    items, before = _without_start(list(tree), ignore_case)
    return Sought(_written(_without_end(items), ignore_case), before)


def simpler(pattern: str, ignore_case: bool) -> Iterator[Sought]:
    """For a pattern that is too large: its first parts, fewer and fewer; then its first places."""
    whole = list(_parser.parse(pattern, patterns.flags(ignore_case)))
    tree, before = _without_start(whole, ignore_case)
    for number in range(len(tree) - 1, 0, -1):
        if sum(map(_least, tree[:number])) >= _LEAST_PART and _least(tree[number - 1]):
            yield Sought(_written(tree[:number], ignore_case), before)
    yield _beginning(pattern, ignore_case)


def _beginning(pattern: str, ignore_case: bool) -> Sought:
    """The characters with which a match can begin, place by place, whatever the pattern."""
    tree = _parser.parse(pattern, patterns.flags(ignore_case))
    first = tree[0] if len(tree) else None
    edge = "\\b" if first == (_constants.AT, _constants.AT_BOUNDARY) else ""
    return Sought(edge + "".join(map(_of_set, _beginnings(tree, ignore_case))))


# Shortened


def _without_start(items: list[Any], ignore_case: bool) -> tuple[list[Any], int]:
    """What is left without a long repeat at the start, if it then starts with something rare.

    With the characters that the start may have had.
    """
    operation, what = items[0]
    if operation in _REPEATS and _of_many(what[2]) and len(items) > _LEAST_PART:
        return items[1:], int(what[1])
    dropped = 0
    for number, (operation, what) in enumerate(items[:4]):
        if operation in _REPEATS and what[1] - what[0] > _WIDEST:
            dropped += what[1] * what[2].getwidth()[1]
            if _starts_rarely(items[number + 1 :], ignore_case):
                return items[number + 1 :], dropped
            break
        if operation in _OF_ONE:
            dropped += 1
        elif operation is not _constants.AT:
            break
    return items, 0


def _of_many(tree: Any) -> bool:
    """Whether it is one character of a large set beyond ASCII, such as any in Chinese."""
    if len(tree) != 1 or tree[0][0] is not _constants.IN:
        return False
    beyond, negated = _beyond(*tree[0])
    return negated or sum(high - low + 1 for low, high in beyond) >= _MANY


def _starts_rarely(items: list[Any], ignore_case: bool) -> bool:
    for operation, what in items:
        if operation in _OF_ONE:
            return not characters_of(operation, what, ignore_case) & _FREQUENT
        if operation not in _REPEATS or what[0] or what[1] > 1:
            return False
    return False


def _without_end(items: list[Any], edged: bool = False) -> list[Any]:
    """Up to where a match ends at the earliest, if it may end at many places.

    `edged`: it must end at an edge, which makes matches rarer, so that optional parts stay.
    """
    last = len(items) - 1
    while last > 0 and not _least(items[last]):
        last -= 1
    behind = last + 1
    while behind < len(items) and items[behind][0] is _constants.AT:
        behind += 1
    if not (edged or any(each[0] is _constants.AT for each in items[behind:])):
        items = items[:behind]
    edged = edged or any(each[0] is _constants.AT for each in items[last:])
    operation, what = items[last]
    if operation in _REPEATS and what[0] and (what[1] - what[0] > _WIDEST or _sprawls(what)):
        return [*items[:last], (operation, (what[0], what[0], what[2]))]
    if operation is _constants.SUBPATTERN:
        shorter = (*what[:3], _without_end(list(what[3]), edged))
    elif operation is _constants.BRANCH:
        shorter = (what[0], [_without_end(list(each), edged) for each in what[1]])
    else:
        return items
    if shorter[-1] == (list(what[3]) if len(what) > 3 else [list(each) for each in what[1]]):
        return items
    return [*items[:last], (operation, shorter)]


def _least(item: Any) -> int:
    """The fewest characters that an item matches."""
    operation, what = item
    if operation is _constants.AT:
        return 0
    if operation in _REPEATS:
        return int(what[0] * what[2].getwidth()[0])
    if operation is _constants.SUBPATTERN:
        return int(what[3].getwidth()[0])
    if operation is _constants.BRANCH:
        return int(min(each.getwidth()[0] for each in what[1]))
    return 1


# Written out


def _written(tree: Any, ignore_case: bool) -> str:
    return "".join(_item(operation, what, ignore_case) for operation, what in tree)


def _sprawls(what: Any) -> bool:
    """Whether a repeat repeats a repeat of a large set, such as any characters in Chinese."""
    return bool(what[1] > 1 and _repeats_many(what[2]))


def _repeats_many(tree: Any) -> bool:
    for operation, what in tree:
        if operation in _REPEATS and (_of_many(what[2]) or _repeats_many(what[2])):
            return True
        if operation is _constants.SUBPATTERN and _repeats_many(what[3]):
            return True
        if operation is _constants.BRANCH and any(map(_repeats_many, what[1])):
            return True
    return False


def _any_of(tree: Any, ignore_case: bool) -> str:
    """A set of all characters that stand anywhere in what a tree matches."""
    places = [0] * (int(tree.getwidth()[1]) + 1)
    _follow(tree, 1, places, ignore_case)
    return _of_set(functools.reduce(int.__or__, places))


def _item(operation: Any, what: Any, ignore_case: bool) -> str:
    if operation is _constants.ANY:
        return "[^\\n]"
    if operation is _constants.AT:
        return "\\b" if what is _constants.AT_BOUNDARY else "\\B"
    if operation is _constants.SUBPATTERN:
        return f"(?:{_written(what[3], ignore_case)})"
    if operation is _constants.BRANCH:
        return f"(?:{'|'.join(_written(each, ignore_case) for each in what[1])})"
    if operation in _REPEATS:
        least, most, body = what
        if _sprawls(what):
            # Any characters that it could be made of: a state for each turn of each would be dear.
            return f"{_any_of(body, ignore_case)}{{{least * body.getwidth()[0]},}}"
        high = "" if most - least > _WIDEST else most
        return f"(?:{_written(body, ignore_case)}){{{least},{high}}}"
    if operation is _constants.LITERAL and not (ignore_case and chr(what).isalpha()):
        return _character(what)
    return _class(operation, what, ignore_case)


def _class(operation: Any, what: Any, ignore_case: bool) -> str:
    parts = []
    for kind, value in what if operation is _constants.IN else [(_constants.LITERAL, what)]:
        if kind is _constants.CATEGORY:
            parts.append(_CATEGORIES[value])
        elif kind is not _constants.NEGATE:
            low, high = value if kind is _constants.RANGE else (value, value)
            if low < _ASCII:
                within = _cases(low, min(high, _ASCII - 1), ignore_case)
                parts += [_range(*each) for each in within]
    beyond, negated = _beyond(operation, what)
    if len(beyond) > _MOST_RANGES:
        # What is taken away must not be more: nothing then.
        beyond = [] if negated else _joined(beyond)
    parts += [_range(*each) for each in beyond]
    return f"[{'^' if negated else ''}{''.join(parts)}]" if parts else "[^\\n]"


def _beyond(operation: Any, what: Any) -> tuple[list[tuple[int, int]], bool]:
    """The ranges of a set beyond ASCII, in order, and whether they are what it leaves out."""
    negated = operation is _constants.NOT_LITERAL
    found = []
    for kind, value in what if operation is _constants.IN else [(_constants.LITERAL, what)]:
        if kind is _constants.NEGATE:
            negated = True
        elif kind is not _constants.CATEGORY:
            low, high = value if kind is _constants.RANGE else (value, value)
            if high >= _ASCII:
                found.append((max(low, _ASCII), high))
    return sorted(found), negated


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """As many as are allowed, which hold all of the ranges: the narrowest gaps are filled."""
    gaps = [ranges[at + 1][0] - ranges[at][1] for at in range(len(ranges) - 1)]
    narrow = sorted(range(len(gaps)), key=lambda at: gaps[at])
    filled = {at for at in narrow if gaps[at] <= _NARROW} | {
        *narrow[: len(gaps) + 1 - _MOST_RANGES]
    }
    found = ranges[:1]
    for at, (low, high) in enumerate(ranges[1:]):
        if at in filled:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def _cases(low: int, high: int, ignore_case: bool) -> Iterator[tuple[int, int]]:
    """A range of characters, and where case is ignored its ASCII letters in the other case."""
    yield low, high
    if ignore_case:
        for first, last, step in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)):
            if max(low, first) <= min(high, last):
                yield max(low, first) + step, min(high, last) + step


def _range(low: int, high: int) -> str:
    return _character(low) if low == high else f"{_character(low)}-{_character(high)}"


def _character(code: int) -> str:
    if code < _ASCII and chr(code).isalnum():
        return chr(code)
    return f"\\x{{{code:x}}}"


# Counted, and followed


def _places(tree: Any) -> float:
    count = 0.0
    for operation, what in tree:
        if operation is _constants.SUBPATTERN:
            count += _places(what[3])
        elif operation is _constants.BRANCH:
            count += sum(map(_places, what[1]))
        elif operation in _REPEATS:
            least, most, body = what
            count += _places(body) * (max(least, 1) if most - least > _WIDEST else most)
        else:
            count += 0.1 if operation is _constants.LITERAL else 1
    return count


def _beginnings(tree: Any, ignore_case: bool) -> list[int]:
    """The sets of characters at the first places, as far as every match has them."""
    places = [0] * _BEGINNING
    _follow(tree, 1, places, ignore_case)
    return places[: tree.getwidth()[0]]


def _follow(tree: Any, at: int, places: list[int], ignore_case: bool) -> int:
    """Add what may stand at each place. `at`, and what is returned, has a bit for each place at
    which the tree may begin, and what is behind it."""
    for operation, what in tree:
        if operation is _constants.SUBPATTERN:
            at = _follow(what[3], at, places, ignore_case)
        elif operation is _constants.BRANCH:
            behind = [_follow(each, at, places, ignore_case) for each in what[1]]
            at = functools.reduce(int.__or__, behind)
        elif operation in _REPEATS:
            at = _follow_repeat(what, at, places, ignore_case)
        elif operation is not _constants.AT:
            characters = characters_of(operation, what, ignore_case)
            for place in range(len(places)):
                if at >> place & 1:
                    places[place] |= characters
            at = at << 1 & (1 << len(places)) - 1
    return at


def _follow_repeat(what: Any, at: int, places: list[int], ignore_case: bool) -> int:
    least, most, body = what
    reached = at if least == 0 else 0
    for turn in range(1, min(most, len(places)) + 1):
        at = _follow(body, at, places, ignore_case)
        if turn >= least:
            reached |= at
    return reached


# Sets of characters: a bit for each of ASCII, and one for all others


def characters_of(operation: Any, what: Any, ignore_case: bool) -> int:
    """Those that an item for one character matches, and perhaps others beyond ASCII."""
    if operation is _constants.ANY:
        return _ALL & ~(1 << 10)
    negated = operation is _constants.NOT_LITERAL
    found = 0
    for kind, value in what if operation is _constants.IN else [(_constants.LITERAL, what)]:
        if kind is _constants.NEGATE:
            negated = True
        elif kind is _constants.CATEGORY:
            found |= _category(value)
        else:
            low, high = value if kind is _constants.RANGE else (value, value)
            for first, last in _cases(low, high, ignore_case):
                found |= (1 << min(last, _ASCII) + 1) - (1 << min(first, _ASCII))
    # Of those beyond ASCII some are left, whatever is taken away.
    return _ALL & ~found | _BEYOND if negated else found


@functools.cache
def _category(name: Any) -> int:
    written = _CATEGORIES[name]
    matches = re.compile(written, re.ASCII).match
    found = sum(1 << code for code in range(_ASCII) if matches(chr(code)))
    return found | _BEYOND if written.isupper() else found


def _of_set(characters: int) -> str:
    listed = "".join(_character(code) for code in range(_ASCII) if characters >> code & 1)
    beyond = f"\\x{{{_ASCII:x}}}-\\x{{10ffff}}" if characters & _BEYOND else ""
    return f"[{listed}{beyond}]"
