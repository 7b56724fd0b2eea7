"""What a use of data is for, as a tree: a grant for a purpose covers every purpose under it.

The terms of the W3C Data Privacy Vocabulary (DPV 2.3) say it to other systems. DPV has no purpose
of training a model; it has the processes `ai:ModelTraining` and `ai:ModelFineTuning`, which stand
here for want of one. Where it has nothing, no term is given.
"""

import re
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from rightful.errors import InvalidInput, NotFound
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import purposes

#: What a new workspace has: name, parent, term of the DPV.
DEFAULTS = (
    ("model-training", None, "ai:ModelTraining"),
    ("pretraining", "model-training", None),
    ("fine-tuning", "model-training", "ai:ModelFineTuning"),
    ("model-evaluation", None, None),
)

#: What can be said of a use, in the order of the documentation.
USES = (
    "generative",
    "general_purpose",
    "high_risk",
    "face_recognition",
    "significant_decisions",
    "commercial",
    "research",
    "published",
)

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TERM = re.compile(r"([a-z][a-z0-9-]*:[A-Za-z][A-Za-z0-9-]*|https?://[!-~]+)")
_LONGEST = 100


class Branch(NamedTuple):
    """One purpose in the tree; `depth` is 0 for those without a parent."""

    name: str
    parent: str | None
    dpv: str | None
    depth: int


class Purposes:
    """The purposes of one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def create_defaults(self, connection: Connection) -> None:
        """Add the purposes that every workspace has, in the caller's transaction."""
        for name, parent, dpv in DEFAULTS:
            self._add(connection, name, parent, dpv)

    def add(self, name: str, parent: str | None = None, dpv: str | None = None) -> int:
        """Add a purpose, under `parent` where one is given; returns its number.

        Whatever was granted for the parent covers the new purpose from now on. One that is there
        already, under the same parent and with the same term, is left as it is.

        Raises:
            InvalidInput: the name or term is malformed, or the name stands for another purpose.
            NotFound: there is no such parent.
        """
        if not _NAME.fullmatch(name) or len(name) > _LONGEST:
            raise InvalidInput(
                "a purpose's name must be words of small letters and digits with hyphens between "
                "them, such as fine-tuning"
            )
        if dpv is not None and not _TERM.fullmatch(dpv):
            raise InvalidInput(
                "a term of the DPV must be written as dpv:ScientificResearch, or as its address"
            )
        with self._registry.transaction() as connection:
            return self._add(connection, name, parent, dpv)

    def state(self, name: str, **facts: bool | None) -> None:
        """Say what the use is that a purpose stands for; what is None stays as it was.

        It holds for the purposes under this one, too, where they do not say otherwise.

        Raises:
            NotFound: there is no such purpose.
            InvalidInput: a fact is none of `USES`, or nothing is stated.
        """
        strange = sorted(facts.keys() - set(USES))
        if strange:
            raise InvalidInput(f"a use has no fact {strange[0]!r}; it has: {', '.join(USES)}")
        stated = {fact: value for fact, value in facts.items() if value is not None}
        if not stated:
            raise InvalidInput(f"state at least one fact of a use: {', '.join(USES)}")
        with self._registry.transaction() as connection:
            number = _number(connection, name)
            row = connection.execute(select(purposes).where(purposes.c.id == number)).one()
            if all(getattr(row, fact) == value for fact, value in stated.items()):
                return
            connection.execute(update(purposes).where(purposes.c.id == number).values(**stated))
            self._ledger.append(connection, "purpose_stated", {"name": name, "uses": stated})
            self._registry.bump(connection)

    def uses(self, name: str) -> dict[str, bool | None]:
        """What the use of a purpose is, each fact as the nearest purpose above says that does.

        Raises `NotFound`, naming the purposes there are.
        """
        with self._registry.reading() as connection:
            line = _above(_number(connection, name), _parents(connection))
            rows = connection.execute(select(purposes).where(purposes.c.id.in_(line)))
            said = {row.id: row._mapping for row in rows}
        return {
            fact: next((said[n][fact] for n in line if said[n][fact] is not None), None)
            for fact in USES
        }

    def number(self, name: str) -> int:
        """The number of the purpose called `name`. Raises `NotFound`, naming those there are."""
        with self._registry.reading() as connection:
            return _number(connection, name)

    def names(self) -> dict[int, str]:
        """The names of all purposes by number."""
        rows = self._registry.rows(select(purposes.c.id, purposes.c.name))
        return {row.id: row.name for row in rows}

    def covering(self, name: str) -> tuple[int, ...]:
        """The numbers of `name` and of all purposes above it; a grant for any of these covers it.

        Raises `NotFound`, naming the purposes there are.
        """
        with self._registry.reading() as connection:
            return _above(_number(connection, name), _parents(connection))

    def touching(self, name: str) -> frozenset[int]:
        """The numbers of `name` and of all purposes above and below it.

        Raises `NotFound`, naming the purposes there are.
        """
        with self._registry.reading() as connection:
            number, parents = _number(connection, name), _parents(connection)
        below = {other for other in parents if number in _above(other, parents)}
        return frozenset(below.union(_above(number, parents)))

    def tree(self) -> list[Branch]:
        """All purposes, each followed by those under it, in the order of their names."""
        rows = self._registry.rows(select(purposes).order_by(purposes.c.name))
        children: dict[int | None, list[tuple[int, str, str | None]]] = {}
        for row in rows:
            children.setdefault(row.parent, []).append((row.id, row.name, row.dpv))
        found: list[Branch] = []

        def grow(parent: int | None, parent_name: str | None, depth: int) -> None:
            for number, name, dpv in children.get(parent, ()):
                found.append(Branch(name, parent_name, dpv, depth))
                grow(number, name, depth + 1)

        grow(None, None, 0)
        return found

    def _add(self, connection: Connection, name: str, parent: str | None, dpv: str | None) -> int:
        above = None if parent is None else _number(connection, parent)
        known = connection.execute(select(purposes).where(purposes.c.name == name)).one_or_none()
        if known is not None:
            if (known.parent, known.dpv) != (above, dpv):
                raise InvalidInput(
                    f"there is a purpose {name} already, with another parent or term; "
                    "grants rest on it, so it can't be changed: choose another name"
                )
            return int(known.id)
        done = connection.execute(insert(purposes).values(name=name, parent=above, dpv=dpv))
        assert done.inserted_primary_key is not None
        self._ledger.append(
            connection, "purpose_added", {"name": name, "parent": parent, "dpv": dpv}
        )
        self._registry.bump(connection)
        return int(done.inserted_primary_key[0])


def _number(connection: Connection, name: str) -> int:
    number = connection.scalar(select(purposes.c.id).where(purposes.c.name == name))
    if number is None:
        names = connection.scalars(select(purposes.c.name).order_by(purposes.c.name)).all()
        there = ", ".join(names) or "none yet"
        raise NotFound(f"no purpose is called {name!r}; there are: {there}")
    return int(number)


def _parents(connection: Connection) -> dict[int, int | None]:
    return {row.id: row.parent for row in connection.execute(select(purposes))}


def _above(number: int, parents: dict[int, int | None]) -> tuple[int, ...]:
    """A purpose and all those above it. A circle, which no call here can make, ends it, too."""
    found: list[int] = []
    here: int | None = number
    while here is not None and here not in found:
        found.append(here)
        here = parents[here]
    return tuple(found)
