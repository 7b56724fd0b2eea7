"""The grants of a registry as arrays, sorted and ready to be asked about at any moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.clearance.situations.coding import Bools, Ints, Shorts, among
from rightful.clearance.situations.instants import BEFORE_ALL, NEVER, UNREADABLE, instants, micros
from rightful.clearance.situations.pattern import (
    CONSENTS,
    EVIDENCE,
    EXPLICIT,
    EXPLICIT_KNOWN,
    GUARDIAN,
    KINDS,
    MADE_PUBLIC,
    NOTICE,
    OTHER_CONDITION,
    SELF,
)
from rightful.registry.tables import GRANT_KINDS, SPECIAL_CONDITIONS

_OTHER_CONDITIONS = [name for name in SPECIAL_CONDITIONS if name != "made_public"]


@dataclass(frozen=True)
class GrantArrays:
    """Grants sorted by person, source, beginning and number; -1 where there is no such."""

    subject: Ints
    source: Ints
    kind: Shorts
    purpose: Ints
    start: Ints
    end: Ints
    left: Ints
    number: Ints
    traits: Shorts

    def part(self, of: Bools | Ints | slice) -> "GrantArrays":
        return GrantArrays(*(column[of] for column in self._columns()))

    def _columns(self) -> tuple[npt.NDArray[np.signedinteger], ...]:
        return (
            *(self.subject, self.source, self.kind, self.purpose, self.start),
            *(self.end, self.left, self.number, self.traits),
        )

    def turns(self, at: datetime, covering: Collection[int]) -> "Turns":
        """The moments after `at` at which a grant that could speak begins, ends or is withdrawn."""
        now = micros(at)
        asked = among(self.purpose, covering)
        for kind in CONSENTS:  # for other purposes they are a fact, too
            asked |= self.kind == KINDS[kind]
        found = []
        for column in (self.start, self.end, self.left):
            rows = np.flatnonzero(asked & (column > now) & (column < UNREADABLE))
            found.append((column[rows], self.subject[rows]))
        instants, subjects = zip(*found, strict=True)
        return Turns(np.concatenate(instants), np.concatenate(subjects))


@dataclass(frozen=True, slots=True)
class Turns:
    """When grants begin or end, and whose they are; -1 for those for everyone in a source."""

    instants: Ints
    subject: Ints


def grant_arrays(table: pa.Table) -> GrantArrays:
    """The grants of a table with the columns of `rightful.clearance.situations.view`, sorted.

    A moment that can't be read counts against the use: as not begun, as over, as withdrawn last.
    """
    known = pc.is_in(table.column("kind"), pa.array(GRANT_KINDS))
    about = pc.or_(pc.is_valid(table.column("subject")), pc.is_valid(table.column("source")))
    table = table.filter(pc.and_(known, about))
    kinds = pc.index_in(table.column("kind"), pa.array(GRANT_KINDS)).to_numpy()
    subject = _numbers(table, "subject")
    source = _numbers(table, "source")
    start = instants(table.column("valid_from"), empty=NEVER, unreadable=NEVER)
    number = _numbers(table, "id")
    arrays = GrantArrays(
        subject,
        source,
        kinds.astype(np.int16),
        _numbers(table, "purpose"),
        start,
        instants(table.column("valid_to"), empty=NEVER, unreadable=BEFORE_ALL),
        instants(table.column("withdrawn_at"), empty=NEVER, unreadable=UNREADABLE),
        number,
        _traits_of(table),
    )
    return arrays.part(_order(subject, source, start, number))


def _order(subject: Ints, source: Ints, start: Ints, number: Ints) -> Ints:
    """The order by person and source, then by beginning, then by number."""
    order = np.argsort(number, kind="stable")
    order = order[np.argsort(start[order], kind="stable")]
    whose = (subject[order] + 1) << 31 | (source[order] + 1)  # the registry's are below 2 ** 31
    sorted_: Ints = order[np.argsort(whose, kind="stable")]
    return sorted_


def _numbers(table: pa.Table, name: str) -> Ints:
    column: Ints = table.column(name).fill_null(-1).to_numpy()
    return column


def _traits_of(table: pa.Table) -> Shorts:
    def true(column: pa.ChunkedArray) -> Shorts:
        values: Shorts = column.fill_null(False).to_numpy().astype(np.int16)
        return values

    separate = pc.equal(table.column("kind"), "separate_consent")
    explicit = pc.or_kleene(table.column("explicit"), separate)
    given_by, condition = table.column("given_by"), table.column("condition")
    said = {
        NOTICE: true(table.column("notice")),
        EVIDENCE: true(table.column("evidence")),
        EXPLICIT: true(explicit),
        EXPLICIT_KNOWN: true(pc.is_valid(explicit)),
        GUARDIAN: true(pc.equal(given_by, "guardian")),
        SELF: true(pc.equal(given_by, "self")),
        MADE_PUBLIC: true(pc.equal(condition, "made_public")),
        OTHER_CONDITION: true(pc.is_in(condition, pa.array(_OTHER_CONDITIONS))),
    }
    traits = np.zeros(table.num_rows, np.int16)
    for flag, values in said.items():
        traits += flag * values
    return traits
