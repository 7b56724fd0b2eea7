"""A grant as it is held: what is known of it, and what can be said of it at a moment."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, Select, String, cast, select

from rightful import moments
from rightful.registry.tables import grants, notices, purposes, sources

Status = Literal["active", "withdrawn", "expired", "pending"]


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
    condition: str | None
    uuid: str | None  # its name in a consent record, once it was in one
    recorded_at: datetime

    def status(self, at: datetime) -> Status:
        """What can be said of it at a moment; a tie goes to the end."""
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return "withdrawn"
        if self.valid_to is not None and self.valid_to <= at:
            return "expired"
        return "active" if self.valid_from <= at else "pending"


#: A notice as `Notice` writes it: `privacy@2/en`.
NOTICE = (
    notices.c.name.concat("@")
    .concat(cast(notices.c.version, String))
    .concat("/")
    .concat(notices.c.language)
)


def held() -> Select[Any]:
    """Grants with the names of what they refer to, as `read` takes them."""
    named = (
        purposes.c.name.label("purpose_name"),
        sources.c.name.label("source_name"),
        NOTICE.label("notice_name"),
    )
    return select(grants, *named).select_from(
        grants.join(purposes, grants.c.purpose == purposes.c.id)
        .outerjoin(sources, grants.c.source == sources.c.id)
        .outerjoin(notices, grants.c.notice == notices.c.id)
    )


def read(row: Row[Any]) -> Grant:
    """The grant that a row of `held` is."""
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
        condition=row.condition,
        uuid=row.uuid,
        recorded_at=moments.parse(row.created_at),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moments.parse(text)
