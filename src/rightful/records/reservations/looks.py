"""What was seen of a source's reservations, look by look; the newest of each counts.

A look is kept as what it said and the SHA-256 of the statement, never the statement itself. Looks
are not undone: who sees something else looks again, at the same location.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.ledger import Ledger
from rightful.records.reservations.crawl import Heard
from rightful.records.reservations.protocols import (
    FACTS,
    NONE,
    UNKNOWN,
    fact_of,
    nothing,
    read,
    state,
    together,
)
from rightful.registry import Registry
from rightful.registry.tables import imports, reservations, sources

#: The most characters of a statement: robots.txt may have 500 KiB.
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """What one form of a protocol said, when somebody looked."""

    form: str
    value: str
    location: str | None
    sha256: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What a source says in a protocol by the looks that count, and when the oldest was taken."""

    value: str | None
    """None: it can't be told, as where nobody looked."""
    seen_at: datetime


class Reservations:
    """The reservations of the sources of one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def observe(
        self,
        source: str,
        protocol: str,
        statement: str | None = None,
        *,
        value: str | None = None,
        location: str | None = None,
        seen_at: datetime | None = None,
        paths: Sequence[str] | None = None,
    ) -> tuple[Look, ...]:
        """Keep what a source says in a protocol: the statement itself, or what somebody saw it say.

        `location` is where it was read, and what it is about; without one it is about all of the
        source. `paths` are those that the data was taken from, for what differs by path.

        Raises:
            InvalidInput: both or neither of statement and value are given, the protocol is unknown
                or can't say that, the statement is too long, or the look lies in the future.
            NotFound: there is no such source.
        """
        now = moments.now()
        if seen_at is not None and seen_at > now:
            raise InvalidInput("the look lies in the future; say when it was, or leave it out")
        said, digest = _said(protocol, statement, value, paths)
        at = seen_at or now
        looks = tuple(Look(form, what, location, digest, at) for form, what in said.items())
        with self._registry.transaction() as connection:
            number = _number(connection, source)
            rows = [
                {
                    "source": number,
                    "protocol": look.form,
                    "value": look.value,
                    "location": location,
                    "sha256": digest,
                    "seen_at": moments.text(at),
                    "created_at": moments.text(now),
                }
                for look in looks
            ]
            connection.execute(insert(reservations), rows)
            # A location may be somebody's own page, so the entry leaves it out.
            entry = {"source": number, "said": said, "sha256": digest, "seen_at": moments.text(at)}
            self._ledger.append(connection, "reservation_observed", entry)
            self._registry.bump(connection, sources=[number])
        return looks

    def keep(self, source: str, heard: Sequence[Heard], file_sha256: str) -> tuple[Look, ...]:
        """Keep what a crawl or other file says of its places, before it is imported.

        Each place in each file is a location of its own, so that no other file's looks make it
        freer, whenever they were taken. Where the source has no records but those of this file,
        and nobody has said how it is everywhere else, nothing is said there: there is no
        elsewhere. Looks that are held already are not kept twice.

        Raises:
            NotFound: there is no such source.
        """
        now = moments.now()
        with self._registry.transaction() as connection:
            number = _number(connection, source)
            known = connection.execute(
                select(reservations).where(reservations.c.source == number)
            ).all()
            looks = [
                Look(each.form, each.value, _location(each.place, file_sha256), each.sha256, at)
                for each in heard
                if each.sha256 is not None or each.value not in (NONE, nothing(each.form))
                for at in [min(each.seen_at, now)]
            ]
            if not _has_others(connection, number, file_sha256):
                whole = {row.protocol for row in known if row.location is None}
                oldest: dict[str, datetime] = {}
                for each in heard:
                    oldest[each.form] = min(oldest.get(each.form, now), each.seen_at)
                looks += [
                    Look(form, nothing(form), None, None, at)
                    for form, at in oldest.items()
                    if form not in whole
                ]
            held = {(r.protocol, r.value, r.location, r.sha256, r.seen_at) for r in known}
            new = [look for look in looks if _key(look) not in held]
            if new:
                self._insert(connection, number, new, now, file_sha256)
        return tuple(looks)

    def _insert(
        self,
        connection: Connection,
        number: int,
        looks: Sequence[Look],
        now: datetime,
        file_sha256: str,
    ) -> None:
        """Write looks down, with one entry in the ledger for all of them."""
        names = ("protocol", "value", "location", "sha256", "seen_at")
        rows = [{"source": number, **dict(zip(names, _key(look), strict=True))} for look in looks]
        connection.execute(
            insert(reservations), [{**row, "created_at": moments.text(now)} for row in rows]
        )
        said = {
            form: min((x.value for x in looks if x.form == form), key=FACTS[fact_of(form)].index)
            for form in dict.fromkeys(look.form for look in looks)
        }
        oldest = moments.text(min(look.seen_at for look in looks))
        entry = {"source": number, "said": said, "sha256": file_sha256, "seen_at": oldest}
        self._ledger.append(connection, "reservation_observed", entry)
        self._registry.bump(connection, sources=[number])

    def about(self, number: int) -> dict[str, Seen]:
        """What a source says, by fact; a fact that nobody looked for is left out."""
        return self.all(number).get(number, {})

    def all(self, number: int | None = None) -> dict[int, dict[str, Seen]]:
        """The same for every source by its number, or for one."""
        query = select(reservations)
        if number is not None:
            query = query.where(reservations.c.source == number)
        return combined(row._asdict() for row in self._registry.rows(query))

    def looks(self, number: int) -> list[Look]:
        """Every look at a source, in the order in which they were kept."""
        query = select(reservations).where(reservations.c.source == number)
        rows = self._registry.rows(query.order_by(reservations.c.id))
        return [
            Look(row.protocol, row.value, row.location, row.sha256, moments.parse(row.seen_at))
            for row in rows
        ]


def combined(
    rows: Iterable[Mapping[str, Any]], at: datetime | None = None
) -> dict[int, dict[str, Seen]]:
    """What rows of the table `reservations` say, by source and fact; those after `at` do not count.

    Of each form at each location the newest look counts, and of two at one moment the one that was
    kept later.
    """
    latest = "9999-12-31T23:59:59.999999Z" if at is None else moments.text(at)
    newest: dict[tuple[int, str, str | None], Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row["seen_at"], row["id"])):
        if row["seen_at"] <= latest:
            newest[row["source"], row["protocol"], row["location"]] = row
    looks: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in newest.values():
        looks[row["source"], fact_of(row["protocol"])].append(row)
    found: dict[int, dict[str, Seen]] = defaultdict(dict)
    for (source, fact), rows_ in looks.items():
        value = together(fact, ((r["protocol"], r["location"], r["value"]) for r in rows_))
        oldest = min(row["seen_at"] for row in rows_)
        # AIPREF has a word for it; of the others, it is not known what they say.
        told = None if value == UNKNOWN and fact != "aipref" else value
        found[source][fact] = Seen(told, moments.parse(oldest))
    return dict(found)


def _number(connection: Connection, source: str) -> int:
    number = connection.scalar(select(sources.c.id).where(sources.c.name == source))
    if number is None:
        raise NotFound(
            f"no source is called {source!r}; `rightful source list` shows those there are"
        )
    return int(number)


def _location(place: str, file_sha256: str) -> str:
    """A place in a file, as it can be given to `observe` to look again."""
    return f"{place} in {file_sha256[:12]}"


def _has_others(connection: Connection, source: int, file_sha256: str) -> bool:
    """Whether the source may have records of other files."""
    query = select(imports.c.id).where(
        imports.c.source == source, imports.c.file_sha256 != file_sha256
    )
    return connection.execute(query.limit(1)).first() is not None


def _key(look: Look) -> tuple[str, str, str | None, str | None, str]:
    return look.form, look.value, look.location, look.sha256, moments.text(look.seen_at)


def _said(
    protocol: str, statement: str | None, value: str | None, paths: Sequence[str] | None
) -> tuple[dict[str, str], str | None]:
    """What was seen by form, and the digest of the statement if there is one."""
    if (statement is None) == (value is None):
        raise InvalidInput("give either the statement itself, or the value that was seen")
    if statement is None:
        assert value is not None
        return state(protocol, value), None
    if len(statement) > LARGEST:
        raise InvalidInput(
            f"a statement of more than {LARGEST} characters is too long; give the part that counts"
        )
    if any(not path.startswith("/") for path in paths or ()):
        raise InvalidInput("a path begins with a slash, as in /articles/")
    data = statement.encode("utf-8", "surrogatepass")
    return read(protocol, statement, paths), hashlib.sha256(data).hexdigest()


__all__ = ["FACTS", "LARGEST", "Look", "Reservations", "Seen", "combined"]
