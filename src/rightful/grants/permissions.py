"""What the licences of a source permit, as `licences.yaml` beside this file reads them.

>>> permissions(["CC-BY-NC-4.0"]).commercial
'prohibited'
>>> permissions(["CC-BY-NC-4.0 OR MIT"]).commercial
'permitted'
>>> permissions(["MIT", "LicenseRef-our-contract"]).training
'unclear'

The table is somebody's reading on a day; it grants nothing. What it does not know is unclear. A
workspace has a table of its own for what it agreed with a holder, or reads otherwise.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import resources
from itertools import product
from typing import Any, Literal, TypeVar, get_args

import yaml

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.grants.licences import Licence, Node, parse

Answer = Literal["permitted", "prohibited", "unclear"]

_T = TypeVar("_T")

#: From the strictest on.
_ANSWERS: tuple[Answer, ...] = ("prohibited", "unclear", "permitted")
_DUTIES: tuple[bool | None, ...] = (True, None, False)

_USES = ("training", "commercial", "derivatives")
_CONDITIONS = ("attribution", "share_alike")
#: What an entry may say besides: for people.
_REMARKS = ("confidence", "source", "note", "as_of")

_NEGOTIATED = "LicenseRef-"


@dataclass(frozen=True, slots=True)
class Permissions:
    """What may be done with a work, and what one owes for it. None: not known."""

    training: Answer
    commercial: Answer
    derivatives: Answer
    """Whether what is made from the work may be given on."""
    attribution: bool | None
    share_alike: bool | None
    negotiated: bool = False
    """Agreed with the holder, and not offered to everybody."""


UNKNOWN = Permissions("unclear", "unclear", "unclear", None, None)

#: Permissions by identifier.
Terms = Mapping[str, Permissions]


def permissions(expressions: Iterable[str], own: Terms | None = None) -> Permissions | None:
    """What all `expressions` together permit; None where there is none.

    Several licences of one source all apply, as with AND. Where a licence can be chosen (OR), the
    most permissive alternative is taken as a whole: training before giving on before commerce,
    and then the one that asks for least. `own` is the workspace's table; it goes before the one
    that comes with Rightful.

    Raises:
        InvalidInput: one of them is no SPDX expression.
    """
    trees = [parse(expression) for expression in expressions]
    if not trees:
        return None
    table = _Table(own or {})
    ways = table.alternatives(trees[0])
    for tree in trees[1:]:
        ways = _both(ways, table.alternatives(tree))
    return max(ways, key=openness)


def read(tables: Mapping[str, Any], name: str = "licences") -> dict[str, Permissions]:
    """A workspace's own table, as TOML or YAML gave it: an identifier each, with its answers.

    Raises:
        InvalidInput: an identifier is none or is there twice, or an answer is missing, unknown or
            misspelt.
    """
    found: dict[str, Permissions] = {}
    for identifier, given in tables.items():
        try:
            licence = parse(identifier)
        except InvalidInput as error:
            raise InvalidInput(f"{name}: {identifier!r} is no identifier: {error}") from None
        if not isinstance(licence, Licence) or licence.exception is not None:
            raise InvalidInput(f"{name}: {identifier} must be one licence, such as LicenseRef-ours")
        if identifier.casefold() in {each.casefold() for each in found}:
            raise InvalidInput(f"{name}: {identifier} is there twice; upper and lower case are one")
        found[identifier] = _entry(given, f"{name}: {identifier}", _is_negotiated(identifier))
    return found


def digest(own: Terms) -> str:
    """SHA-256 of all that licences are read by: Rightful's file, and a workspace's own table."""
    said = {name: asdict(what) for name, what in own.items()}
    rightful = hashlib.sha256(_text().encode()).hexdigest()
    return canonical.digest({"rightful": rightful, "own": said})


@cache
def built_in() -> Terms:
    """The table that comes with Rightful, by identifier."""
    return {
        identifier: _entry(given, f"licences.yaml: {identifier}", negotiated=False)
        for identifier, given in _file()["licences"].items()
    }


def stricter(one: Permissions, other: Permissions) -> Permissions:
    """What is permitted where both apply."""
    return Permissions(
        training=_strictest(_ANSWERS, one.training, other.training),
        commercial=_strictest(_ANSWERS, one.commercial, other.commercial),
        derivatives=_strictest(_ANSWERS, one.derivatives, other.derivatives),
        attribution=_strictest(_DUTIES, one.attribution, other.attribution),
        share_alike=_strictest(_DUTIES, one.share_alike, other.share_alike),
        negotiated=one.negotiated and other.negotiated,
    )


def openness(found: Permissions) -> tuple[int, ...]:
    """How permissive something is, to be compared: the greater, the more it permits."""
    answers = (found.training, found.derivatives, found.commercial)
    duties = (found.share_alike, found.attribution)
    return (
        *(_ANSWERS.index(answer) for answer in answers),
        *(_DUTIES.index(duty) for duty in duties),
        int(found.negotiated),
    )


class _Table:
    """Rightful's table under the workspace's own. SPDX identifiers are the same in any case."""

    def __init__(self, own: Terms) -> None:
        self._terms = {name.casefold(): what for name, what in {**built_in(), **own}.items()}

    def alternatives(self, tree: Node) -> frozenset[Permissions]:
        """What the ways to use an expression permit, each of them a choice."""
        if isinstance(tree, Licence):
            return frozenset({self._of(tree)})
        left, right = self.alternatives(tree.left), self.alternatives(tree.right)
        return left | right if tree.word == "OR" else _both(left, right)

    def _of(self, licence: Licence) -> Permissions:
        name = licence.name.casefold()
        found = self._terms.get(name) or self._terms.get(name.removesuffix("+"), UNKNOWN)
        # A licence that was agreed on stays so, whatever it says.
        found = replace(found, negotiated=_is_negotiated(licence.name))
        if licence.exception is None or licence.exception.casefold() in _exceptions():
            return found
        return stricter(found, replace(UNKNOWN, negotiated=found.negotiated))


def _both(left: frozenset[Permissions], right: frozenset[Permissions]) -> frozenset[Permissions]:
    # Sets, so that the few hundred answers there can be bound the work, however long it is.
    return frozenset(stricter(*pair) for pair in product(left, right))


def _strictest(order: tuple[_T, ...], one: _T, other: _T) -> _T:
    return min(one, other, key=order.index)


def _is_negotiated(name: str) -> bool:
    return name.split(":")[-1].startswith(_NEGOTIATED)


def _entry(given: Any, where: str, negotiated: bool) -> Permissions:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{where}: must say what the licence permits: {', '.join(_USES)}")
    for key in given:
        if key not in (*_USES, *_CONDITIONS, *_REMARKS):
            raise InvalidInput(f"{where}: {key} is nothing that is asked of a licence")
    if not all(given.get(use) in get_args(Answer) for use in _USES):
        raise InvalidInput(
            f"{where}: {', '.join(_USES)} must each be permitted, prohibited or unclear"
        )
    duties = [given.get(duty) for duty in _CONDITIONS]
    if not all(duty is None or isinstance(duty, bool) for duty in duties):
        raise InvalidInput(f"{where}: {' and '.join(_CONDITIONS)} must be true or false")
    said: dict[str, Any] = {name: given.get(name) for name in (*_USES, *_CONDITIONS)}
    return Permissions(**said, negotiated=negotiated)


@cache
def _exceptions() -> frozenset[str]:
    return frozenset(name.casefold() for name in _file()["exceptions"])


@cache
def _file() -> dict[str, Any]:
    found = yaml.safe_load(_text())
    assert isinstance(found, dict)
    return found


@cache
def _text() -> str:
    return (resources.files("rightful.grants") / "licences.yaml").read_text("utf-8")
