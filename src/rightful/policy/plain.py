"""A condition as its author would write it: terms and groups by name, few parentheses.

>>> from rightful.policy.expression import parse
>>> terms = {"child": parse("age < 14")}
>>> written(parse("NOT child AND (residence = 'DE' OR objected)", terms), terms)
"NOT child AND (residence = 'DE' OR objected)"
"""

from collections.abc import Mapping

from rightful.policy.countries import GROUPS
from rightful.policy.expression import (
    Among,
    Both,
    Column,
    Comparison,
    Expression,
    Literal,
    Node,
    Not,
    Sum,
    Unknown,
)

# How tightly the parts hold together, the loosest first.
_OR, _AND, _NOT, _TEST, _SUM, _VALUE = range(6)


def written(condition: Expression, terms: Mapping[str, Expression] | None = None) -> str:
    """The text of a condition; it reads as the same condition again."""
    # A term stands in a tree as the object that it is. One that is a single fact is no shorter.
    names = {id(term.root): name for name, term in (terms or {}).items()}
    return _Writer(names).write(condition.root, _OR)


class _Writer:
    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names

    def write(self, node: Node, around: int) -> str:
        """A part, in parentheses where it holds less tightly than what is around it."""
        if id(node) in self._names:
            return self._names[id(node)]
        text, hold = self._part(node)
        return f"({text})" if hold < around else text

    def _part(self, node: Node) -> tuple[str, int]:
        match node:
            case Column(name):
                return name, _VALUE
            case Unknown(column):
                return f"{column} IS NULL", _TEST
            case Literal(bool(value)):
                return ("TRUE" if value else "FALSE"), _VALUE
            case Literal(str(value)):
                return "'" + value.replace("'", "''") + "'", _VALUE
            case Literal(value):
                return str(value), _VALUE
            case Not(part):
                return f"NOT {self.write(part, _VALUE)}", _NOT
            case Both(word, left, right):
                hold = _AND if word == "AND" else _OR
                # To the left, the same word goes on; to the right, it would be another tree. AND
                # within OR needs no parentheses, but a lawyer who reads it does.
                goes_on = isinstance(left, Both) and left.word == word
                first = self.write(left, hold if goes_on else _NOT)
                return f"{first} {word} {self.write(right, _NOT)}", hold
            case Comparison(word, left, right):
                return f"{self.write(left, _SUM)} {word} {self.write(right, _SUM)}", _TEST
            case Sum(word, left, right):
                return f"{self.write(left, _SUM)} {word} {self.write(right, _VALUE)}", _SUM
            case Among(part, values):
                return f"{self.write(part, _VALUE)} IN ({', '.join(_listed(values))})", _TEST


def _listed(values: tuple[Literal, ...]) -> list[str]:
    """Values, with those of a group under its name."""
    left = [each.value for each in values]
    found = []
    for name, members in GROUPS.items():
        codes = sorted(members)
        for start in range(len(left) - len(codes) + 1):
            if left[start : start + len(codes)] == codes:
                found.append(name)
                del left[start : start + len(codes)]
                break
    shown = [_Writer({}).write(Literal(value), _OR) for value in left]
    return found + shown
