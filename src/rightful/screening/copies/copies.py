"""Which records of a workspace are copies of others: looked for, kept, asked for and forgotten.

Whose a copy is: docs/decisions/0012.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap64
from sqlalchemy import Connection, delete, insert, select, update

from rightful import moments
from rightful.keys import WorkspaceKey
from rightful.records import likeness
from rightful.records.content import decode
from rightful.records.screened import ScreenedRecords
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.registry.many import insert_many
from rightful.registry.tables import duplicates, properties
from rightful.screening.actions.policy import Duplicates, Keep
from rightful.screening.copies.clusters import first, joined
from rightful.screening.copies.near import Near, Pair, jaccard, pieces

#: Records that are opened at once, and numbers in one question to the registry.
_BATCH, _CHUNK = 4096, 500

#: The fact of a workspace that says how alike near copies were to be, when they were looked for.
_THRESHOLD = "threshold of near copies"

_Groups = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for copies found."""

    looked: BitMap64
    exact: int
    """Clusters of records whose contents are the same."""
    near: int
    """Clusters of records whose texts are nearly the same."""
    duplicate: BitMap64
    """Records in whose place a copy stays."""
    held: BitMap64
    """Those of them that somebody is to look at, as the policy says."""


@dataclass(slots=True)
class _Seen:
    """What a reading of the store shows of each distinctive content."""

    representatives: dict[bytes, int] = field(default_factory=dict)
    groups: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    looked: BitMap64 = field(default_factory=BitMap64)

    def exact(self) -> dict[int, list[int]]:
        """Clusters of the same content, by the smallest record."""
        return {min(some): sorted(some) for some in self.groups.values() if len(some) > 1}


class Copies:
    """The copies among the records of one workspace."""

    def __init__(
        self,
        registry: Registry,
        store: RecordStore,
        screened: ScreenedRecords,
        workspace_key: WorkspaceKey,
    ) -> None:
        self._registry = registry
        self._store = store
        self._screened = screened
        self._workspace_key = workspace_key

    def find(self, policy: Duplicates) -> Found:
        """Look through all records, and keep which are copies, in the place of what was kept.

        Callers hold the registry's lock "records". Who is stopped half-way has kept nothing, or
        has yet to mark the records and looks again.

        Raises `NotFound` where the key of a record was destroyed, as in an erasure that has yet to
        be finished; nothing is changed then.
        """
        seen = _Seen()
        pairs = Near(policy.threshold).pairs(self._texts(seen), self._read)
        exact, near = seen.exact(), _spread(pairs, seen.groups)
        self._keep(_rows(exact, near, pairs, seen.groups), policy.threshold)
        members = BitMap64(n for group in (*exact.values(), *near.values()) for n in group)
        keys = self._keys(members)
        leave_exact = _leaving(exact, keys) if policy.exact != Keep.ALL else BitMap64()
        leave_near = BitMap64()
        if policy.near != Keep.ALL:
            leave_near = _leaving(near, keys)
            if policy.exact == Keep.ALL:  # those that are the same as what stays, stay with it
                leave_near -= _same_as(BitMap64(members) - leave_near, exact)
        held = BitMap64()
        held |= leave_exact if policy.exact == Keep.HOLD else held
        held |= leave_near if policy.near == Keep.HOLD else held
        duplicate = leave_exact | leave_near
        self._screened.mark_duplicates(seen.looked, duplicate)
        return Found(seen.looked, len(exact), len(near), duplicate, held)

    def of(self, records: BitMap64) -> BitMap64:
        """The other records that are copies of these, and so are treated as about the same people.

        Those that the last search recorded as the same; those that are held with the very same
        distinctive content, whether one was made or not; and those that the last search recorded
        as near, and that are as near to one of these as it asked for. Two that are near to a third
        are not yet near to each other.

        Raises `NotFound` where one of `records` is held and can't be opened (any more).
        """
        contents = dict(self._opened(self._held(records)))
        found = self._identical(contents) | self._near(records, contents)
        for cluster in self._recorded("exact", records).values():
            found |= cluster
        return self._held(found - records)

    def forget(self, connection: Connection, records: BitMap64) -> None:
        """Delete what is kept about copies of `records`, in the caller's transaction.

        What is left of a cluster has the name of its smallest record again, and one that is left
        alone is in none.
        """
        gone = select(duplicates.c.kind, duplicates.c.cluster).distinct()
        touched: set[tuple[str, int]] = set()
        for some in _chunks(records):
            asked = gone.where(duplicates.c.record.in_(some))
            touched.update((kind, cluster) for kind, cluster in connection.execute(asked))
            connection.execute(delete(duplicates).where(duplicates.c.record.in_(some)))
        for kind, cluster in sorted(touched):
            its = (duplicates.c.kind == kind) & (duplicates.c.cluster == cluster)
            left = list(connection.scalars(select(duplicates.c.record).where(its)))
            if len(left) == 1:
                connection.execute(delete(duplicates).where(its))
            elif left:
                connection.execute(update(duplicates).where(its).values(cluster=min(left)))

    # Looking

    def _texts(self, seen: _Seen) -> Iterator[tuple[int, str]]:
        """Each distinctive text once, by the number of a record; what is seen is put down."""
        numbers = self._store.metadata().column("record").to_numpy()
        for start in range(0, len(numbers), _BATCH):
            some = BitMap64(numbers[start : start + _BATCH].tolist())
            for record, content in self._opened(some):
                if not likeness.stands_alone(content):
                    continue
                digest = likeness.digest_of(self._workspace_key, content)
                new = digest not in seen.representatives
                representative = seen.representatives.setdefault(digest, record)
                seen.groups[representative].append(record)
                if new and "text" in content:
                    yield record, content["text"]
            seen.looked |= some

    def _opened(self, records: BitMap64) -> Iterator[tuple[int, dict[str, Any]]]:
        numbers = np.fromiter(records, np.int64, len(records))
        for record, data in zip(numbers.tolist(), self._store.open_to_screen(numbers), strict=True):
            yield record, decode(data)

    def _read(self, records: Sequence[int]) -> list[str]:
        """Texts in the order of `records`."""
        opened = self._store.open_to_screen(np.array(records, np.int64))
        return [decode(data)["text"] for data in opened]

    def _keys(self, records: BitMap64) -> dict[int, bytes]:
        table = self._store.rows(records)
        keys = self._store.keys(table)
        numbers = table.column("record").to_pylist()
        return {number: key.tobytes() for number, key in zip(numbers, keys, strict=True)}

    def _keep(self, rows: list[dict[str, object]], threshold: float) -> None:
        with self._registry.transaction() as connection:
            connection.execute(delete(duplicates))
            insert_many(connection, duplicates, rows)
            connection.execute(delete(properties).where(properties.c.name == _THRESHOLD))
            connection.execute(insert(properties).values(name=_THRESHOLD, value=repr(threshold)))

    # Asking

    def _recorded(self, kind: str, records: BitMap64) -> dict[int, BitMap64]:
        """The clusters of one kind that hold one of `records`, by their names."""
        found: dict[int, BitMap64] = defaultdict(BitMap64)
        with self._registry.reading() as connection:
            for some in _chunks(records):
                clusters = select(duplicates.c.cluster).where(
                    duplicates.c.kind == kind, duplicates.c.record.in_(some)
                )
                its = select(duplicates.c.cluster, duplicates.c.record).where(
                    duplicates.c.kind == kind, duplicates.c.cluster.in_(clusters)
                )
                for cluster, record in connection.execute(its):
                    found[cluster].add(record)
        return found

    def _identical(self, contents: Mapping[int, dict[str, Any]]) -> BitMap64:
        """Records with the very content of one of these, if it is distinctive."""
        own = BitMap64(n for n, content in contents.items() if likeness.stands_alone(content))
        table = self._store.metadata()
        wanted = self._store.rows(own).column("content_hash").combine_chunks()
        same = pc.is_in(table.column("content_hash"), value_set=pa.array(wanted))
        return BitMap64(table.filter(same).column("record").to_pylist())

    def _near(self, records: BitMap64, contents: Mapping[int, dict[str, Any]]) -> BitMap64:
        """Of the recorded near clusters, what is near to one of `records` itself."""
        found = BitMap64()
        clusters = self._recorded("near", records)
        if not clusters:
            return found
        asked = select(properties.c.value).where(properties.c.name == _THRESHOLD)
        threshold = float(self._registry.rows(asked)[0][0])
        for cluster in clusters.values():
            own = [pieces(contents[n]["text"]) for n in cluster if "text" in contents.get(n, ())]
            for record, content in self._opened(self._held(cluster - records)):
                theirs = pieces(content["text"])
                if any(jaccard(theirs, mine) >= threshold for mine in own):
                    found.add(record)
        return found

    def _held(self, records: BitMap64) -> BitMap64:
        return BitMap64(self._store.rows(records).column("record").to_pylist())


def _spread(pairs: Iterable[Pair], groups: _Groups) -> dict[int, list[int]]:
    """Near clusters of all records, of pairs of those that stand for others like themselves."""
    found = {}
    for representatives in joined((a, b) for a, b, _ in pairs).values():
        members = sorted(n for each in representatives for n in groups[each])
        found[members[0]] = members
    return found


def _rows(
    exact: _Groups, near: _Groups, pairs: Iterable[Pair], groups: _Groups
) -> list[dict[str, object]]:
    """The rows of the table `duplicates`."""
    nearest: dict[int, float] = defaultdict(float)
    for a, b, similarity in pairs:
        for each in (a, b):
            nearest[each] = max(nearest[each], similarity)
    similar = {
        record: 1.0 if len(groups[each]) > 1 else similarity
        for each, similarity in nearest.items()
        for record in groups[each]
    }
    at = moments.text(moments.now())
    return [
        {
            "record": record,
            "kind": kind,
            "cluster": cluster,
            "similarity": 1.0 if kind == "exact" else similar[record],
            "created_at": at,
        }
        for kind, clusters in (("exact", exact), ("near", near))
        for cluster, records in clusters.items()
        for record in records
    ]


def _leaving(clusters: _Groups, keys: Mapping[int, bytes]) -> BitMap64:
    """All records of the clusters but the one of each that stays."""
    return BitMap64(
        record
        for records in clusters.values()
        for record in BitMap64(records) - BitMap64([first(records, keys)])
    )


def _same_as(records: BitMap64, exact: _Groups) -> BitMap64:
    """All records of the exact clusters that hold one of `records`."""
    return BitMap64(n for some in exact.values() if BitMap64(some) & records for n in some)


def _chunks(records: BitMap64) -> Iterator[list[int]]:
    numbers = list(records)
    for start in range(0, len(numbers), _CHUNK):
        yield numbers[start : start + _CHUNK]
