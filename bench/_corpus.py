"""A made-up workspace as Arrow tables: millions of records, the people in them, and their grants.

It has the columns that the store and the registry hand to a clearance, and nothing of either: no
keys, no content. Everything is drawn from a fixed seed, so a size is the same corpus every time.
Records come in batches of a million, each from a seed of its own, so that what is measured takes
the memory and not what is made up: 50 million records are never in memory at once.

>>> corpus = Corpus(records=2_500_000)
>>> [batch.num_rows for batch in corpus.batches()]
[1000000, 1000000, 500000]
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.clearance.situations.view import COLUMNS, RegistryView
from rightful.policy.facts import GROUPS, Value

SEED = 20261125
BATCH = 1_000_000

#: The moment that the corpus is asked about; its dates lie before and after it.
AT = datetime(2026, 11, 25, tzinfo=UTC)
#: Numbers of purposes: the one asked for, those that cover it, and one that does not.
PURPOSE, COVERING, OTHER_PURPOSE = 3, (1, 2, 3), 4
NOTICE = 1
#: Of the controller and the use, which are the same for all records.
SHARED: Mapping[str, Value] = {
    **{fact.name: fact.type == "BOOLEAN" or "DE" for fact in GROUPS["controller"]},
    **{fact.name: False for fact in GROUPS["use"]},
}

#: What the sources are, each with its share of the records. They are numbered from 1.
_SOURCES: tuple[tuple[str, str, int], ...] = (
    *((("user_data", "form", 7),) * 4),
    *((("user_data", "service_use", 7),) * 5),
    *((("user_data", "upload", 4),) * 3),
    *((("licensed", "purchase", 3),) * 2),
    *((("public_dataset", "download", 3),) * 2),
    *((("crawl", "crawl", 3),) * 2),
    ("third_party_private", "transfer", 3),
    ("synthetic", "generated", 3),
)
SOURCES = len(_SOURCES)
_KINDS = tuple(kind for kind, _, _ in _SOURCES)
#: Of a hundred records of a source that can name people, how many name nobody; and two.
_NOBODY, _TWO = 3, 8

_RESIDENCES: Mapping[str | None, int] = {
    **{"DE": 14, "FR": 10, "IT": 6, "PL": 5, "IE": 2, "GB": 10, "CN": 14, "IN": 8, "BR": 6},
    **{None: 1, "KR": 4, "JP": 4, "US-CA": 6, "US-NY": 4, "US-TX": 4, "US": 2},
}
#: The grants of persons. What is granted for everybody in a source is in `_ALL`.
_GROUNDS = {
    **{"consent": 66, "separate_consent": 8, "contract": 16, "legal_obligation": 2},
    **{"vital_interests": 1, "public_task": 2, "legitimate_interests": 3, "special_condition": 2},
}
#: By the source that is licensed, one after the other.
_LICENCES = ("LicenseRef-archive", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0")
_CONDITIONS = ("research", "made_public", "health_care", "legal_claims")
#: For everybody in a source of this kind.
_ALL: Mapping[str, str] = {
    "licensed": "licence",
    "public_dataset": "licence",
    "crawl": "legitimate_interests",
    "third_party_private": "contract",
    "synthetic": "no_personal_data",
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """How many of each there are. What it holds is drawn when it is asked for."""

    records: int
    subjects: int = 2_000_000
    grants: int = 4_000_000

    def batches(self) -> Iterator[pa.Table]:
        """The records in order, with the store's columns that a clearance reads."""
        for first in range(0, self.records, BATCH):
            yield self._batch(first, min(BATCH, self.records - first))

    def _batch(self, first: int, rows: int) -> pa.Table:
        drawn = np.random.default_rng((SEED, 1, first))
        source = _choose(drawn, rows, (share for _, _, share in _SOURCES))
        count = np.ones(rows, np.int32)
        chance = drawn.random(rows) * 100
        count[chance < _NOBODY + _TWO] = 2
        count[(chance < _NOBODY) | (source == SOURCES - 1)] = 0
        ends = np.concatenate((np.zeros(1, np.int32), np.cumsum(count, dtype=np.int32)))
        people = self._at_home(drawn, np.repeat(source, count))
        special = drawn.random(rows)
        day = np.where(drawn.random(rows) < 0.4, drawn.integers(0, len(_COLLECTED), rows), -1)
        kept = np.where(drawn.random(rows) < 0.1, day, -1)
        return pa.table(
            {
                "record": pa.array(np.arange(first + 1, first + rows + 1)),
                "source": pa.array(source + 1),
                "subjects": pa.ListArray.from_arrays(pa.array(ends), pa.array(people)),
                "collected_at": _texts(day, _COLLECTED),
                "retention_until": _texts(kept, _KEPT),
                "special_category": pa.array(special < 0.01, mask=special >= 0.1),
            }
        )

    def _at_home(
        self, drawn: np.random.Generator, source: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """People for these places: nine of ten where most of their data, and their grants, are."""
        person: npt.NDArray[np.int64] = drawn.integers(0, self.subjects, len(source))
        home = drawn.random(len(source)) < 0.9
        moved = person[home] // SOURCES * SOURCES + source[home]
        person[home] = np.minimum(moved, self.subjects - 1)
        return person + 1

    def view(self) -> RegistryView:
        """All that a clearance reads of the registry. What is not made up here is not known."""
        made = {
            "subjects": self.people(),
            "sources": places(),
            "grants": self.grounds(),
            "purposes": purposes(),
            "assessments": assessments(),
            "reservations": reservations(),
        }
        return RegistryView.of(
            0, AT, {table.name: _shaped(made[table.name], COLUMNS[table]) for table in COLUMNS}
        )

    def people(self) -> pa.Table:
        """The subjects: where they live, how old they are, what they objected to."""
        drawn = np.random.default_rng((SEED, 2))
        n = self.subjects
        residence = _choose(drawn, n, _RESIDENCES.values())
        born = drawn.integers(1940, 2022, n)
        return pa.table(
            {
                "id": pa.array(np.arange(1, n + 1)),
                "residence": _texts(residence, list(_RESIDENCES)),
                "birth_year": pa.array(born, mask=drawn.random(n) < 0.03),
                "restricted_at": _some(drawn, n, 0.005),
                "objected_at": _some(drawn, n, 0.01),
                "opted_out_at": _some(drawn, n, 0.02),
                "erased_at": _some(drawn, n, 0.002),
            }
        )

    def grounds(self) -> pa.Table:
        """The grants: those for everybody in a source first, then those of persons."""
        everybody = [(number, _ALL[kind]) for number, kind in enumerate(_KINDS, 1) if kind in _ALL]
        whole = _grants(
            np.random.default_rng((SEED, 4)),
            first=1,
            kind=pa.array([kind for _, kind in everybody]),
            subject=pa.nulls(len(everybody), pa.int64()),
            source=pa.array([number for number, _ in everybody], pa.int64()),
            ended=0.0,
        )
        starts = range(len(everybody), self.grants, BATCH)
        return pa.concat_tables(
            [whole, *(self._personal(first, min(BATCH, self.grants - first)) for first in starts)]
        )

    def _personal(self, first: int, rows: int) -> pa.Table:
        drawn = np.random.default_rng((SEED, 3, first))
        subject = drawn.integers(0, self.subjects, rows)
        chance = drawn.random(rows)
        # Three of ten count wherever the person is; of the others a few, where it is not.
        source = np.where(chance < 0.95, subject % SOURCES, drawn.integers(0, SOURCES, rows))
        return _grants(
            drawn,
            first=first + 1,
            kind=_texts(_choose(drawn, rows, _GROUNDS.values()), list(_GROUNDS)),
            subject=pa.array(subject + 1),
            source=pa.array(source + 1, mask=chance < 0.3),
            ended=0.04,
        )


def _grants(
    drawn: np.random.Generator,
    *,
    first: int,
    kind: pa.Array,
    subject: pa.Array,
    source: pa.Array,
    ended: float,
) -> pa.Table:
    """Grants with their times; `ended` is the share that is withdrawn, expired, and to come."""
    n = len(kind)
    chance = drawn.random(n)
    withdrawn, expired = chance < ended, (chance >= ended) & (chance < 2 * ended)
    to_come = (chance >= 2 * ended) & (chance < 3 * ended)
    early, late = drawn.integers(0, _SPAN, n), drawn.integers(_SPAN, len(_PAST), n)
    until = np.where(drawn.random(n) < 0.1, late + len(_PAST), -1)
    until[expired] = late[expired]
    condition = drawn.integers(0, len(_CONDITIONS), n)
    return pa.table(
        {
            "id": pa.array(np.arange(first, first + n)),
            "kind": kind,
            "subject": subject,
            "source": source,
            "purpose": pa.array(_choose(drawn, n, (2, 10, 80, 8)) + 1),
            "valid_from": _texts(early + to_come * len(_PAST), _PAST + _FUTURE),
            "valid_to": _texts(until, _PAST + _FUTURE),
            "withdrawn_at": _texts(np.where(withdrawn, late, -1), _PAST),
            "notice": pa.array(drawn.random(n) < 0.95),
            "explicit": pa.array(drawn.random(n) < 0.8, mask=drawn.random(n) < 0.05),
            "given_by": _texts(_choose(drawn, n, (92, 5, 3)), ("self", "guardian", None)),
            "evidence": pa.array(drawn.random(n) < 0.95),
            "licence": _texts(_only(kind, "licence", np.arange(n) % len(_LICENCES)), _LICENCES),
            "condition": _texts(_only(kind, "special_condition", condition), _CONDITIONS),
        }
    )


def places() -> pa.Table:
    """The sources. Of two of them less is known."""
    user, crawled = [k == "user_data" for k in _KINDS], [k == "crawl" for k in _KINDS]
    known = [number not in (5, 15) for number in range(1, SOURCES + 1)]
    return pa.table(
        {
            "id": pa.array(range(1, SOURCES + 1), pa.int64()),
            "kind": pa.array(_KINDS),
            "method": pa.array([method for _, method, _ in _SOURCES]),
            "public": pa.array(
                [(crawl or k == "public_dataset") for crawl, k in zip(crawled, _KINDS, strict=True)]
            ),
            "special_category": pa.array([n == 3 if k else None for n, k in enumerate(known, 1)]),
            "criminal_offence": pa.array([False if k else None for k in known]),
            "notice": pa.array([NOTICE if u else None for u in user], pa.int64()),
            "retention_until": pa.array(["2031-12-31" if k else None for k in known], pa.string()),
            "purpose": pa.array([PURPOSE if u else None for u in user], pa.int64()),
            "collected_from": pa.array(["2019-01-01" if k else None for k in known], pa.string()),
            "collected_to": pa.array(["2026-06-30" if k else None for k in known], pa.string()),
            "owner": pa.array(known),
            "evidence": pa.array(known),
            **{
                name: pa.array([False if k else None for k in known])
                for name in (
                    *("infringing_site", "faces", "companion", "child_directed", "broker"),
                    "important_data",
                )
            },
            "lawfully_accessed": pa.array([True if k else None for k in known]),
        }
    )


def purposes() -> pa.Table:
    """The purpose asked for, those above it, and another one."""
    return pa.table(
        {
            "id": pa.array([*COVERING, OTHER_PURPOSE]),
            "name": pa.array(["any", "model-training", "fine-tuning", "advertising"]),
            "parent": pa.array([None, 1, 2, 1], pa.int64()),
        }
    )


def assessments() -> pa.Table:
    """One of most kinds, for all sources; those of the crawls failed."""
    kinds = ("legitimate_interests", "compatibility", "dpia", "pipia", "supplier_check")
    rows = [
        {
            "id": index + 1,
            "kind": kind,
            "source": source,
            "purpose": PURPOSE,
            "outcome": "failed" if _KINDS[source - 1] == "crawl" else "passed",
            "made_at": _moment(AT - timedelta(days=100)),
        }
        for index, (kind, source) in enumerate(
            (kind, source) for kind in kinds for source in range(1, SOURCES + 1)
        )
    ]
    schema = {
        **dict.fromkeys(("id", "source", "purpose", "sampled", "failed", "total"), pa.int64()),
        **dict.fromkeys(("kind", "outcome", "made_at", "valid_until"), pa.string()),
    }
    return pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))


def reservations() -> pa.Table:
    """What the crawled sources say of their use."""
    said = (("robots", "allowed"), ("tdmrep", "none"), ("aipref", "unknown"))
    rows = [
        {"source": source, "protocol": protocol, "value": value}
        for source, kind in enumerate(_KINDS, 1)
        if kind == "crawl"
        for protocol, value in said
    ]
    seen = _moment(AT - timedelta(days=20))
    return pa.table(
        {
            "id": pa.array(range(1, len(rows) + 1), pa.int64()),
            "source": pa.array([row["source"] for row in rows], pa.int64()),
            "protocol": pa.array([str(row["protocol"]) for row in rows]),
            "value": pa.array([str(row["value"]) for row in rows]),
            "seen_at": pa.array([seen] * len(rows)),
        }
    )


def _shaped(table: pa.Table, columns: Mapping[str, pa.DataType]) -> pa.Table:
    held = {
        name: table.column(name) if name in table.column_names else pa.nulls(len(table), kind)
        for name, kind in columns.items()
    }
    return pa.table(held).cast(pa.schema(list(columns.items())))


# How things are drawn

#: A record that has a date of its own was collected on one of these days, and may have to go as
#: many days after it as all others.
_COLLECTED = [str(AT.date() - timedelta(days=day)) for day in range(1, 2001)]
_KEPT = [str(AT.date() - timedelta(days=day - 1825)) for day in range(1, 2001)]


def _moment(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


#: A moment of each day before the corpus's, and of each day after. What ends does so in the later
#: half of either, what begins in the earlier.
_PAST = [_moment(AT - timedelta(days=day, hours=9)) for day in range(1000, 0, -1)]
_FUTURE = [_moment(AT + timedelta(days=day, hours=9)) for day in range(1000)]
_SPAN = 500


def _texts(codes: npt.NDArray[Any], values: Sequence[str | None]) -> pa.Array:
    """The text that each code stands for; of -1, NULL."""
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(values)).cast(pa.string())


def _only(kind: pa.Array, wanted: str, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The codes of grants of that kind; of others, none."""
    return np.where(pc.equal(kind, wanted).to_numpy(zero_copy_only=False), codes, -1)


def _choose(drawn: np.random.Generator, n: int, shares: Iterable[int]) -> npt.NDArray[np.int64]:
    """A number for each, from 0, as often as the shares say."""
    weights = np.array(list(shares))
    chosen: npt.NDArray[np.int64] = drawn.choice(len(weights), n, p=weights / weights.sum())
    return chosen


def _some(drawn: np.random.Generator, n: int, share: float) -> pa.Array:
    """A moment of the past for that share, else NULL."""
    days = drawn.integers(_SPAN, len(_PAST), n)
    return _texts(np.where(drawn.random(n) < share, days, -1), _PAST)
