"""Findings by kind and by source, counted in one pass over the store, and a few masked samples.

Which findings are shown is drawn by a seed, so that the same store and seed give the same page.
Records about a restricted person are counted, and not opened (GDPR Art. 18).
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgpack
import numpy as np
from pyroaring import BitMap64
from sqlalchemy import select

from rightful.errors import Damaged
from rightful.records import content
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.registry.tables import subjects
from rightful.screening.actions import mask

#: Of each kind, so many findings are shown, and so many characters of one.
SAMPLES, _LONGEST = 3, 60

_COLUMNS = ("record", "source", "findings", "verdict", "screened_with", "spans")


@dataclass(slots=True)
class SourceTally:
    """What was found in the records of one source."""

    records: int = 0
    screened: int = 0
    unreadable: int = 0
    """Those whose content is no text."""
    out_of_date: int = 0
    """Those of the screened that another version of detectors, policy or recogniser looked at."""
    with_findings: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """In how many records each kind was found."""
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def not_screened(self) -> int:
        return self.records - self.screened - self.unreadable


@dataclass(frozen=True, slots=True)
class Sample:
    """One finding, with stars in the place of most of it."""

    kind: str
    masked: str
    confidence: float
    detector: str


@dataclass(slots=True)
class Figures:
    """What screening found in a store."""

    version: str
    """That of today, with which what was screened is compared."""
    seed: int
    sources: dict[int, SourceTally] = field(default_factory=dict)
    findings: Counter[str] = field(default_factory=Counter)
    """How many of each kind; `SourceTally.kinds` has in how many records."""
    samples: list[Sample] = field(default_factory=list)

    @property
    def total(self) -> SourceTally:
        """Of all sources together."""
        all_ = SourceTally()
        for each in self.sources.values():
            all_.records += each.records
            all_.screened += each.screened
            all_.unreadable += each.unreadable
            all_.out_of_date += each.out_of_date
            all_.with_findings += each.with_findings
            all_.kinds.update(each.kinds)
            all_.verdicts.update(each.verdicts)
        return all_

    def facts(self, names: Mapping[int, str]) -> dict[str, Any]:
        """The same for a program; `names` are those of the sources."""
        total = self.total
        return {
            **_facts(total),
            "version": self.version,
            "seed": self.seed,
            "findings": {
                kind: {"findings": self.findings[kind], "records": total.kinds[kind]}
                for kind in sorted(total.kinds)
            },
            "sources": [
                {"source": names.get(number), **_facts(each), "kinds": dict(each.kinds)}
                for number, each in sorted(self.sources.items())
            ],
        }


def _facts(tally: SourceTally) -> dict[str, Any]:
    return {
        "records": tally.records,
        "screened": tally.screened,
        "unreadable": tally.unreadable,
        "not_screened": tally.not_screened,
        "out_of_date": tally.out_of_date,
        "with_findings": tally.with_findings,
        "verdicts": dict(tally.verdicts),
    }


#: Where a finding stands: how it was drawn, its record, start, end, confidence and detector.
_Drawn = tuple[bytes, int, int, int, float, str]


def figures(registry: Registry, store: RecordStore, version: str, seed: int = 0) -> Figures:
    """Count what was found, and draw what is shown of it.

    Raises `Damaged` where the findings in a record can't be read.
    """
    counted = Figures(version, seed)
    drawn: dict[str, list[_Drawn]] = {}
    _, parts = store.scan(_COLUMNS)
    for part in parts:
        for row in part.to_pylist():
            _count(counted.sources.setdefault(row["source"], SourceTally()), row, version)
            for kind, start, end, confidence, detector, _ in _spans(row["spans"]):
                counted.findings[kind] += 1
                lot = _lot(seed, row["record"], start)
                _draw(
                    drawn.setdefault(kind, []),
                    (lot, row["record"], start, end, confidence, detector),
                )
    counted.samples = _samples(registry, store, drawn)
    return counted


def _count(tally: SourceTally, row: Mapping[str, Any], version: str) -> None:
    tally.records += 1
    if row["screened_with"] is None:
        return
    if row["verdict"] is None:
        tally.unreadable += 1
        return
    tally.screened += 1
    tally.out_of_date += row["screened_with"] != version
    tally.verdicts[row["verdict"]] += 1
    tally.with_findings += bool(row["findings"])
    tally.kinds.update(row["findings"])


def _spans(packed: bytes | None) -> list[list[Any]]:
    if packed is None:
        return []
    try:
        rows: list[list[Any]] = msgpack.unpackb(packed)
    except (ValueError, msgpack.UnpackException):
        raise Damaged("the findings in a record can't be read; screen it again") from None
    return rows


def _lot(seed: int, record: int, start: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{record}:{start}".encode(), digest_size=8).digest()


def _draw(held: list[_Drawn], one: _Drawn) -> None:
    """Keep those with the lowest lots: a few more than are shown, as some may not be opened."""
    if len(held) == 4 * SAMPLES and one >= held[-1]:
        return
    held.append(one)
    held.sort()
    del held[4 * SAMPLES :]


def _samples(
    registry: Registry, store: RecordStore, drawn: Mapping[str, list[_Drawn]]
) -> list[Sample]:
    wanted = BitMap64(one[1] for some in drawn.values() for one in some)
    restricted = {
        row.id
        for row in registry.rows(select(subjects.c.id).where(subjects.c.restricted_at.is_not(None)))
    }
    rows = store.rows(wanted).select(["record", "subjects"]).to_pylist()
    free = np.array(
        [row["record"] for row in rows if not restricted.intersection(row["subjects"])], np.int64
    )
    texts = {
        record: str(content.decode(data)["text"])
        for record, data in zip(free.tolist(), store.open_to_screen(free), strict=True)
    }
    found = []
    for kind in sorted(drawn):
        shown = [one for one in drawn[kind] if one[1] in texts][:SAMPLES]
        for _, record, start, end, confidence, detector in shown:
            masked = mask(kind, texts[record][start:end])
            masked = masked if len(masked) <= _LONGEST else masked[:_LONGEST] + "…"
            found.append(Sample(kind, masked, confidence, detector))
    return found
