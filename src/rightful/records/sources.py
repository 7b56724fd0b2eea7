"""Where records come from."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, insert, select, update

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import notices, purposes, sources

KINDS = (
    "user_data",
    "licensed",
    "public_dataset",
    "third_party_private",
    "crawl",
    "synthetic",
    "other",
)


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a source. None means not known, which rules take as such."""

    name: str
    kind: str | None = None
    owner: str | None = None
    method: str | None = None
    public: bool | None = None
    special_category: bool | None = None
    criminal_offence: bool | None = None
    notice: int | None = None
    retention_until: str | None = None
    purpose: str | None = None
    """What it was collected for: the name of a purpose."""
    collected_from: str | None = None
    collected_to: str | None = None
    evidence: str | None = None
    """Where the proof of the right to it is kept: a licence, a contract, an authorisation."""
    lawfully_accessed: bool | None = None
    infringing_site: bool | None = None
    faces: bool | None = None
    companion: bool | None = None
    child_directed: bool | None = None
    broker: bool | None = None
    important_data: bool | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidInput("a source needs a name")
        if self.kind is not None and self.kind not in KINDS:
            raise InvalidInput(f"source kind {self.kind!r} is unknown; known: {', '.join(KINDS)}")
        for day in (self.retention_until, self.collected_from, self.collected_to):
            if day is not None:
                moments.day(day)
        _check_period(self.collected_from, self.collected_to)
        if self.evidence is not None and not self.evidence.strip():
            raise InvalidInput("evidence: say where the proof is kept, or leave it out")


class Sources:
    """The sources of one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def declare(self, source: Source) -> int:
        """Add a source, or state more about one that is there; returns its number.

        Fields that are None leave what was known as it is.

        Raises:
            NotFound: its notice was never published, or there is no such purpose.
            InvalidInput: with what was known, its collection would end before it began.
        """
        known = {
            field.name: value
            for field in fields(source)
            if (value := getattr(source, field.name)) is not None
        }
        with self._registry.transaction() as connection:
            number = _number(connection, source.name)
            if source.purpose is not None:
                known["purpose"] = _purpose(connection, source.purpose)
            notice = select(notices.c.id).where(notices.c.id == source.notice)
            if source.notice is not None and connection.scalar(notice) is None:
                raise NotFound(f"there is no notice {source.notice}; publish it first")
            if number is None:
                row = {**known, "created_at": moments.text(moments.now())}
                done = connection.execute(insert(sources).values(**row))
                assert done.inserted_primary_key is not None
                number = int(done.inserted_primary_key[0])
            else:
                _check_collection(connection, number, source)
                connection.execute(update(sources).where(sources.c.id == number).values(**known))
            # Owners and names may be people: the entry says which facts were stated, not what.
            entry = {"source": number, "stated": sorted(known)}
            self._ledger.append(connection, "source_declared", entry)
            self._registry.bump(connection, sources=[number])
        return number

    def number(self, name: str) -> int:
        """The number of the source called `name`. Raises `NotFound`, naming those there are."""
        with self._registry.reading() as connection:
            number = _number(connection, name)
            if number is None:
                names = connection.scalars(select(sources.c.name).order_by(sources.c.name)).all()
                there = ", ".join(names) or "none yet; `rightful source add` makes one"
                raise NotFound(f"no source is called {name!r}; there are: {there}")
        return number

    def all(self) -> dict[int, Source]:
        """Every source by number, with what is known of it."""
        columns = [sources.c[each.name] for each in fields(Source) if each.name != "purpose"]
        query = (
            select(sources.c.id, *columns, purposes.c.name.label("purpose"))
            .join(purposes, purposes.c.id == sources.c.purpose, isouter=True)
            .order_by(sources.c.id)
        )
        facts = [each.name for each in fields(Source)]
        rows = self._registry.rows(query)
        return {row.id: Source(**{name: getattr(row, name) for name in facts}) for row in rows}

    def names(self) -> dict[int, str]:
        """The names of all sources by number."""
        rows = self._registry.rows(select(sources.c.id, sources.c.name))
        return {row.id: row.name for row in rows}


def _number(connection: Connection, name: str) -> int | None:
    return connection.scalar(select(sources.c.id).where(sources.c.name == name))


def _purpose(connection: Connection, name: str) -> int:
    number = connection.scalar(select(purposes.c.id).where(purposes.c.name == name))
    if number is None:
        raise NotFound(
            f"no purpose is called {name!r}; `rightful purpose list` shows those there are"
        )
    return int(number)


def _check_period(begin: str | None, end: str | None) -> None:
    if begin is not None and end is not None and end < begin:
        raise InvalidInput(
            f"the collection of a source can't end on {end}, before it began on {begin}"
        )


def _check_collection(connection: Connection, number: int, stated: Source) -> None:
    period = select(sources.c.collected_from, sources.c.collected_to)
    before = connection.execute(period.where(sources.c.id == number)).one()
    _check_period(
        stated.collected_from or before.collected_from, stated.collected_to or before.collected_to
    )
