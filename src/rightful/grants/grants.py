"""On what ground data may be used: recorded, withdrawn, ended, looked up.

Every change is one transaction with its entry in the ledger. Withdrawing is one call, and it does
not fail for want of the right words: a consent that covers the purpose in any way is withdrawn
whole, and one that was recorded for everyone in a source is withdrawn for this person alone.

A grant is active at a moment if it has begun and is neither withdrawn nor over. Of two things that
happen at the same moment, the one that ends it counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, String, cast, insert, or_, select, update

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.grants.new_grant import NewGrant
from rightful.grants.notices import Notices
from rightful.grants.purposes import Purposes
from rightful.keys import Holder, Keyring
from rightful.ledger import Ledger
from rightful.records.sources import Sources
from rightful.records.subjects import Subjects
from rightful.registry import Registry
from rightful.registry.tables import GRANT_KINDS, grants, notices, purposes, sources, subjects

Status = Literal["active", "withdrawn", "expired", "pending"]

#: The columns that make a grant what it is. A withdrawal or another end does not make it another.
IDENTITY = (
    *("kind", "subject", "source", "purpose", "valid_from", "notice"),
    *("explicit", "given_by", "evidence", "licence"),
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it is held. Its subject is a number; its text form does not show its evidence."""

    number: int
    kind: str
    purpose: str
    subject: int | None
    source: str | None
    valid_from: datetime
    valid_to: datetime | None
    withdrawn_at: datetime | None
    notice: str | None
    explicit: bool | None
    given_by: str | None
    evidence: str | None = field(repr=False)
    licence: str | None
    recorded_at: datetime

    def status(self, at: datetime) -> Status:
        """What can be said of it at a moment; a tie goes to the end."""
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return "withdrawn"
        if self.valid_to is not None and self.valid_to <= at:
            return "expired"
        return "active" if self.valid_from <= at else "pending"


class Grants:
    """The grants of one workspace."""

    def __init__(
        self,
        registry: Registry,
        keyring: Keyring,
        subjects: Subjects,
        sources: Sources,
        purposes: Purposes,
        notices: Notices,
        ledger: Ledger,
    ) -> None:
        self.registry = registry
        self.subjects = subjects
        self.sources = sources
        self.purposes = purposes
        self.notices = notices
        self._keyring = keyring
        self._ledger = ledger
        # Of purposes and notices, which never change; the ledger names them by these.
        self._words: dict[tuple[str, int], str] = {}

    def record(self, grant: NewGrant) -> int:
        """Keep a grant; returns its number.

        Raises:
            NotFound: its subject, source, purpose or notice is not held.
            InvalidInput: its notice is there in several languages, and none is named.
        """
        row = {
            **stated(grant),
            "subject": None if grant.subject is None else self.subjects.find(grant.subject),
            "source": None if grant.source is None else self.sources.number(grant.source),
            "purpose": self.purposes.number(grant.purpose),
            "notice": None if grant.notice is None else self.notices.named(grant.notice).number,
        }
        with self.registry.transaction() as connection:
            number = self.add(connection, row)
            self.registry.bump(connection)
        return number

    def withdraw(
        self,
        subject: str,
        *,
        purpose: str | None = None,
        kind: str = "consent",
        at: datetime | None = None,
    ) -> list[int]:
        """Withdraw what a person granted; returns the numbers of the grants that ended by it.

        With a purpose, whatever touches it is withdrawn whole: a consent to `model-training` is
        withdrawn by withdrawing `fine-tuning`, and the other way round. A consent recorded for
        everyone in a source gets, for this person, a withdrawn copy of its own, which outweighs it.
        Empty where nothing was active or yet to begin, such as the second time. What was granted
        anew after `at` stays.

        Raises:
            NotFound: nobody of that reference is held, or there is no such purpose.
            InvalidInput: there is no such kind, or `at` lies in the future or has no time zone.
        """
        if kind not in GRANT_KINDS:
            raise InvalidInput(f"that kind of grant is unknown; known: {', '.join(GRANT_KINDS)}")
        moment = _past(at)
        number = self.subjects.find(subject)
        touched = None if purpose is None else self.purposes.touching(purpose)
        with self.registry.transaction() as connection:
            ended = self._end_own(connection, number, kind, touched, moment)
            if kind == "consent":
                ended += self._end_for_one(connection, number, touched, moment)
            if ended:
                self.registry.bump(connection)
        return ended

    def expire(self, number: int, at: datetime) -> None:
        """Let a grant end at a moment; one that ends earlier already is left as it is.

        Raises:
            NotFound: there is no grant of that number.
            InvalidInput: `at` has no time zone.
        """
        end = moments.text(_zoned(at))
        with self.registry.transaction() as connection:
            row = connection.execute(select(grants).where(grants.c.id == number)).one_or_none()
            if row is None:
                raise NotFound(f"there is no grant {number}; `rightful grant list` numbers them")
            if row.valid_to is not None and row.valid_to <= end:
                return
            self.mark_expired(connection, row._asdict(), end)
            self.registry.bump(connection)

    def about(self, subject_number: int) -> list[Grant]:
        """What one person granted or is granted for, the oldest first.

        Grants for everyone in a source are not among them.
        """
        query = _held().where(grants.c.subject == subject_number).order_by(grants.c.id)
        return [_grant(row) for row in self.registry.rows(query)]

    def all(self, limit: int | None = None) -> list[Grant]:
        """All grants, the newest first, at most `limit`."""
        query = _held().order_by(grants.c.id.desc()).limit(limit)
        return [_grant(row) for row in self.registry.rows(query)]

    # For those who bring many, in a transaction of their own; they say `bump`.

    def add(self, connection: Connection, row: dict[str, Any]) -> int:
        """Insert a grant whose subject, source, purpose and notice are numbers already.

        Raises `NotFound` where the subject was erased in the meantime.
        """
        now = moments.text(moments.now())
        values = {**row, "valid_from": row["valid_from"] or now, "created_at": now}
        if values["subject"] is not None:
            self._check_held(connection, values["subject"])
        done = connection.execute(insert(grants).values(**values))
        assert done.inserted_primary_key is not None
        values["id"] = int(done.inserted_primary_key[0])
        facts = {name: value for name in _SAID if (value := values[name]) is not None}
        if values["notice"] is not None:
            facts["notice"] = self._word(connection, "notice", values["notice"])
        # Where the proof is kept may name the person: the entry says only whether it is known.
        facts["evidence"] = values["evidence"] is not None
        self._enter(connection, "grant_recorded", values, facts)
        if values["withdrawn_at"] is not None:
            self._enter(connection, "grant_withdrawn", values, {"from": values["withdrawn_at"]})
        return int(values["id"])

    def mark_withdrawn(self, connection: Connection, row: dict[str, Any], at: str) -> None:
        """Set the withdrawal of a grant that is held, given as its row."""
        number = grants.c.id == row["id"]
        connection.execute(update(grants).where(number).values(withdrawn_at=at))
        self._enter(connection, "grant_withdrawn", row, {"from": at})

    def mark_expired(self, connection: Connection, row: dict[str, Any], end: str) -> None:
        """Set the end of a grant that is held, given as its row."""
        number = grants.c.id == row["id"]
        connection.execute(update(grants).where(number).values(valid_to=end))
        self._enter(connection, "grant_expired", row, {"valid_to": end})

    def warm(self, numbers: Iterable[int]) -> None:
        """Load the keys of many subjects at once; entries in the ledger name them by those."""
        self._keyring.load(Holder("subject", number) for number in numbers)

    def _end_own(
        self,
        connection: Connection,
        subject: int,
        kind: str,
        touched: frozenset[int] | None,
        at: str,
    ) -> list[int]:
        query = select(grants).where(
            grants.c.subject == subject,
            grants.c.kind == kind,
            # What was given anew after this moment is not taken back by it.
            or_(grants.c.valid_from <= at, grants.c.created_at <= at),
            or_(grants.c.valid_to.is_(None), grants.c.valid_to > at),
            or_(grants.c.withdrawn_at.is_(None), grants.c.withdrawn_at > at),
        )
        if touched is not None:
            query = query.where(grants.c.purpose.in_(touched))
        rows = connection.execute(query.order_by(grants.c.id)).all()
        for row in rows:
            self.mark_withdrawn(connection, row._asdict(), at)
        return [int(row.id) for row in rows]

    def _end_for_one(
        self, connection: Connection, subject: int, touched: frozenset[int] | None, at: str
    ) -> list[int]:
        """Withdraw, for one person, the consents that were recorded for everyone in a source.

        Not those that the person already withdrew since they began.
        """
        query = select(grants).where(
            grants.c.subject.is_(None),
            grants.c.kind == "consent",
            grants.c.valid_from <= at,
            or_(grants.c.valid_to.is_(None), grants.c.valid_to > at),
            or_(grants.c.withdrawn_at.is_(None), grants.c.withdrawn_at > at),
        )
        if touched is not None:
            query = query.where(grants.c.purpose.in_(touched))
        ended = []
        for row in connection.execute(query.order_by(grants.c.id)).all():
            done_before = select(grants.c.id).where(
                grants.c.subject == subject,
                grants.c.kind == "consent",
                grants.c.source == row.source,
                grants.c.purpose == row.purpose,
                grants.c.withdrawn_at >= row.valid_from,
            )
            if connection.execute(done_before.limit(1)).one_or_none() is not None:
                continue
            own = {key: value for key, value in row._asdict().items() if key not in _OWN}
            ended.append(self.add(connection, {**own, "subject": subject, "withdrawn_at": at}))
        return ended

    def _check_held(self, connection: Connection, subject: int) -> None:
        query = select(subjects.c.erased_at).where(subjects.c.id == subject)
        row = connection.execute(query).one_or_none()
        if row is None or row.erased_at is not None:
            raise NotFound("nobody with that reference is held here; check how it is written")

    def _enter(
        self, connection: Connection, kind: str, row: dict[str, Any], facts: dict[str, Any]
    ) -> None:
        about: dict[str, Any] = {
            "grant": row["id"],
            "ground": row["kind"],
            "purpose": self._word(connection, "purpose", row["purpose"]),
        }
        if row["subject"] is not None:
            about["subject"] = self._keyring.pseudonym(Holder("subject", row["subject"]))
        if row["source"] is not None:
            about["source"] = row["source"]
        self._ledger.append(connection, kind, {**about, **facts})

    def _word(self, connection: Connection, what: Literal["purpose", "notice"], number: int) -> str:
        word = self._words.get((what, number))
        if word is None:
            if what == "purpose":
                query = select(purposes.c.name).where(purposes.c.id == number)
            else:
                query = select(_NOTICE).where(notices.c.id == number)
            word = self._words[what, number] = connection.execute(query).scalar_one()
        return word


#: What the ledger says of a grant as it is stored.
_SAID = ("valid_from", "valid_to", "explicit", "given_by", "licence")

#: What a person's own copy of a source's consent does not take over.
_OWN = ("id", "subject", "withdrawn_at", "created_at")


def stated(grant: NewGrant) -> dict[str, Any]:
    """The columns of a grant that are not numbers of something else, as they are stored."""
    return {
        "kind": grant.kind,
        "valid_from": _text(grant.valid_from),
        "valid_to": _text(grant.valid_to),
        "withdrawn_at": _text(grant.withdrawn_at),
        "explicit": grant.explicit,
        "given_by": grant.given_by,
        "evidence": grant.evidence,
        "licence": grant.licence,
    }


def identity(row: dict[str, Any]) -> tuple[Any, ...]:
    """What two rows have in common if and only if they are the same grant."""
    return tuple(row[name] for name in IDENTITY)


#: A notice as `Notice` writes it: `privacy@2/en`.
_NOTICE = (
    notices.c.name.concat("@")
    .concat(cast(notices.c.version, String))
    .concat("/")
    .concat(notices.c.language)
)


def _held() -> Select[Any]:
    """Grants with the names of what they refer to."""
    named = (
        purposes.c.name.label("purpose_name"),
        sources.c.name.label("source_name"),
        _NOTICE.label("notice_name"),
    )
    return select(grants, *named).select_from(
        grants.join(purposes, grants.c.purpose == purposes.c.id)
        .outerjoin(sources, grants.c.source == sources.c.id)
        .outerjoin(notices, grants.c.notice == notices.c.id)
    )


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        number=row.id,
        kind=row.kind,
        purpose=row.purpose_name,
        subject=row.subject,
        source=row.source_name,
        valid_from=moments.parse(row.valid_from),
        valid_to=_moment(row.valid_to),
        withdrawn_at=_moment(row.withdrawn_at),
        notice=row.notice_name,
        explicit=row.explicit,
        given_by=row.given_by,
        evidence=row.evidence,
        licence=row.licence,
        recorded_at=moments.parse(row.created_at),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moments.parse(text)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moments.text(moment)


def _zoned(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise InvalidInput("that moment has no time zone; add one, such as UTC")
    return at


def _past(at: datetime | None) -> str:
    now = moments.now()
    if at is not None and _zoned(at) > now:
        raise InvalidInput("a withdrawal can't lie in the future; leave the moment out for now")
    return moments.text(at or now)
