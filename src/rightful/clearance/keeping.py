"""Which records are kept though their retention date has passed, and on what ground.

Two things keep them, whichever of a record's people they are about: a legal obligation that is
recorded and active, for any purpose, and a restriction, under which data may be stored and nothing
else. Packs say which article lets the controller keep what it is obliged to; other grounds on which
an erasure may be refused don't move a date that the controller has set itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyroaring import BitMap64
from sqlalchemy import or_, select

from rightful import moments
from rightful.clearance.clearances import Clearances
from rightful.grants import Purposes
from rightful.policy import Pack, refusal_grounds
from rightful.policy.expression import Both, Column, Expression, parse
from rightful.records.retention import Retained
from rightful.registry import Registry
from rightful.registry.tables import grants, subjects

#: Where no pack that certainly applies names an article for it.
OBLIGED = "a legal obligation that is recorded; no pack names its article"
RESTRICTED = "the person's data is restricted, and may only be stored until it is released"

_OBLIGED = parse("legal_obligation = 'active'")
_RESTRICTED = Expression(Both("AND", Column("personal"), Column("restricted")))


@dataclass(frozen=True, slots=True)
class Kept:
    """Records that are kept, and why. Each is under the first ground only."""

    ground: str
    records: BitMap64


class Keeping:
    """Says what is kept in one workspace."""

    def __init__(
        self,
        registry: Registry,
        purposes: Purposes,
        packs: Sequence[Pack],
        clearances: Clearances,
    ) -> None:
        self._registry = registry
        self._purposes = purposes
        self._packs = packs
        self._clearances = clearances

    def of(self, found: Retained, at: datetime) -> tuple[Kept, ...]:
        """Those of the records past their date that are kept at a moment."""
        left = found.past
        if not left:
            return ()
        kept: dict[str, BitMap64] = {}
        obliging = self._obliging(at)
        conditions = dict(self._grounds())
        for purpose in self._purposes_of(obliging):
            true = self._clearances.where(list(conditions.values()), purpose, left, at=at)
            for ground, those in zip(conditions, true, strict=True):
                kept[ground] = kept.get(ground, BitMap64()) | (those & left)
                left -= those
        # Whoever records of a whole source are about: the obligation is about the records.
        whole = {row.source for row in obliging if row.subject is None}
        rest = BitMap64().union(*(each.past for each in found.sources if each.source in whole))
        kept[OBLIGED] = kept.get(OBLIGED, BitMap64()) | (rest & left)
        return tuple(Kept(ground, those) for ground, those in kept.items() if those)

    def _grounds(self) -> Iterator[tuple[str, Expression]]:
        """What keeps records, with its condition; what names an article comes first."""
        for pack in self._packs:
            for ground in refusal_grounds([pack], "erase"):
                if "legal_obligation" in ground.when.columns:
                    obliged = Both("AND", _OBLIGED.root, ground.when.root)
                    condition = Expression(Both("AND", pack.applies.root, obliged))
                    yield f"{ground.rule} ({ground.article})", condition
        yield OBLIGED, _OBLIGED
        yield RESTRICTED, _RESTRICTED

    def _obliging(self, at: datetime) -> list[Any]:
        """The obligations that stand: for which purpose, about whom or about which source."""
        now, column = moments.text(at), grants.c
        query = select(column.purpose, column.source, column.subject).where(
            column.kind == "legal_obligation",
            column.valid_from <= now,
            or_(column.valid_to.is_(None), column.valid_to > now),
            or_(column.withdrawn_at.is_(None), column.withdrawn_at > now),
        )
        return list(self._registry.rows(query))

    def _purposes_of(self, obliging: list[Any]) -> list[str]:
        """The purposes to ask for. Who is restricted is so for any one, so one will do for them."""
        names = self._purposes.names()
        if obliging:
            return sorted({names[row.purpose] for row in obliging})
        restricted = select(subjects.c.id).where(subjects.c.restricted_at.is_not(None)).limit(1)
        return [min(names.values())] if self._registry.rows(restricted) else []
