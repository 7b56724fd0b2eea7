"""What was assessed, for which source and purpose, with what outcome.

A law seldom looks into an assessment: it asks that there is one, that it was passed, and that it
can be shown. So each is a recorded act, with where its document is kept, or with the answers to
the questions that the law puts, or with the counts of a sampling. A later one takes the place of
those before it; none is ever changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select

from rightful import canonical, moments
from rightful.errors import InvalidInput
from rightful.grants.purposes import Purposes
from rightful.ledger import Ledger
from rightful.records.sources import Sources
from rightful.registry import Registry
from rightful.registry.tables import ASSESSMENT_KINDS, assessments

OUTCOMES = ("passed", "failed")

#: What is to be answered where the answers are the assessment: GDPR Art. 6(4) and 6(1)(f).
QUESTIONS: dict[str, tuple[str, ...]] = {
    "compatibility": ("link", "context", "nature", "consequences", "safeguards"),
    "legitimate_interests": ("interest", "necessity", "balance"),
}

#: Where a number of items was looked at, and some of them were found unfit.
SAMPLINGS = ("source_sampling", "corpus_sampling", "corpus_screening")

#: What is text of the controller's own.
_WRITTEN = ("reference", "answers")

_LONGEST = 20_000
_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class NewAssessment:
    """An assessment that is to be recorded.

    Raises `InvalidInput` where it lacks what its kind needs, or makes no sense.
    """

    kind: str
    outcome: str
    source: str | None = None
    """The name of the source that it is about; None: whatever the source."""
    purpose: str | None = None
    """The name of the purpose, with those under it; None: whatever the purpose."""
    reference: str | None = None
    """Where the controller keeps it."""
    answers: Mapping[str, str] | None = field(default=None, repr=False)
    sampled: int | None = None
    failed: int | None = None
    total: int | None = None
    made_at: datetime | None = None
    """When; None: now."""
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        if self.kind not in ASSESSMENT_KINDS:
            raise InvalidInput(
                f"assessment kind {self.kind!r} is unknown; known: {', '.join(ASSESSMENT_KINDS)}"
            )
        if self.outcome not in OUTCOMES:
            raise InvalidInput("the outcome of an assessment is passed or failed")
        if self.reference is not None and not 0 < len(self.reference.strip()) <= _LONGEST:
            raise InvalidInput("reference: say where the assessment is kept, in at most a page")
        self._check_times()
        self._check_answers()
        self._check_counts()
        if self.kind not in (*QUESTIONS, *SAMPLINGS) and self.reference is None:
            raise InvalidInput(
                f"an assessment of kind {self.kind} needs a reference: where its document is kept"
            )

    def _check_times(self) -> None:
        now = moments.now()
        made = self.made_at or now
        if made > now:
            raise InvalidInput("an assessment can't have been made in the future; check its date")
        if self.valid_until is not None and self.valid_until <= made:
            raise InvalidInput("an assessment must be valid until some time after it was made")

    def _check_answers(self) -> None:
        asked = QUESTIONS.get(self.kind)
        if asked is None:
            if self.answers is not None:
                raise InvalidInput(
                    f"an assessment of kind {self.kind} has no questions to answer; give a "
                    "reference to its document"
                )
            return
        given = self.answers or {}
        wanting = [each for each in asked if not given.get(each, "").strip()]
        if wanting or given.keys() - set(asked):
            raise InvalidInput(
                f"an assessment of kind {self.kind} answers these questions, and no others: "
                f"{', '.join(asked)}" + (f"; still open: {', '.join(wanting)}" if wanting else "")
            )
        if any(len(answer) > _LONGEST for answer in given.values()):
            raise InvalidInput(
                f"an answer may have {_LONGEST} characters; shorten it, or put it into a document "
                "and refer to that"
            )

    def _check_counts(self) -> None:
        counts = (self.sampled, self.failed, self.total)
        if self.kind not in SAMPLINGS:
            if counts != (None, None, None):
                raise InvalidInput(f"an assessment of kind {self.kind} counts no items")
            return
        if self.sampled is None or self.failed is None:
            raise InvalidInput(
                "a sampling needs how many items were looked at, and how many failed"
            )
        if self.kind == "corpus_screening" and self.total is None:
            raise InvalidInput("a screening of the corpus needs how many items there were in total")
        total = _MOST if self.total is None else self.total
        if not (0 <= self.failed <= self.sampled <= total <= _MOST) or self.sampled == 0:
            raise InvalidInput(
                "the counts of a sampling must be: failed at most as many as sampled, sampled at "
                "least one and at most the total"
            )
        if (self.kind == "source_sampling") != (self.source is not None):
            raise InvalidInput(
                "a source_sampling names its source; samplings of the corpus are about all of it "
                "and name none"
            )


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment as it was recorded."""

    number: int
    kind: str
    outcome: str
    source: str | None
    purpose: str | None
    reference: str | None
    answers: Mapping[str, str] | None = field(repr=False)
    sampled: int | None
    failed: int | None
    total: int | None
    made_at: datetime
    valid_until: datetime | None
    recorded_at: datetime

    def status(self, at: datetime) -> str:
        """`passed`, `failed` or `expired`, as it stands at a moment."""
        if self.valid_until is not None and self.valid_until <= at:
            return "expired"
        return self.outcome


class Assessments:
    """The assessments of one workspace."""

    def __init__(
        self, registry: Registry, sources: Sources, purposes: Purposes, ledger: Ledger
    ) -> None:
        self._registry = registry
        self._sources = sources
        self._purposes = purposes
        self._ledger = ledger

    def record(self, new: NewAssessment) -> int:
        """Keep an assessment; returns its number. Raises `NotFound` for a source or purpose."""
        source = None if new.source is None else self._sources.number(new.source)
        purpose = None if new.purpose is None else self._purposes.number(new.purpose)
        now = moments.now()
        values = {
            **{name: getattr(new, name) for name in ("kind", "outcome", "reference")},
            **{name: getattr(new, name) for name in ("sampled", "failed", "total")},
            "source": source,
            "purpose": purpose,
            "answers": canonical.encode(dict(new.answers)).decode() if new.answers else None,
            "made_at": moments.text(new.made_at or now),
            "valid_until": None if new.valid_until is None else moments.text(new.valid_until),
        }
        with self._registry.transaction() as connection:
            row = {**values, "created_at": moments.text(now)}
            done = connection.execute(insert(assessments).values(row))
            assert done.inserted_primary_key is not None
            number = int(done.inserted_primary_key[0])
            self._enter(connection, number, new, values)
            # One that is about every source may change any answer.
            self._registry.bump(connection, sources=None if source is None else [source])
        return number

    def about(self, *, source: str | None = None, purpose: str | None = None) -> list[Assessment]:
        """Those that speak for a source, for a purpose, or for both, the last one made first.

        One that names no source speaks for every source, and one for a purpose speaks for those
        under it. Raises `NotFound` for a source or purpose that is not there.
        """
        query = select(assessments)
        if source is not None:
            number = self._sources.number(source)
            column = assessments.c.source
            query = query.where(or_(column.is_(None), column == number))
        if purpose is not None:
            covering = self._purposes.covering(purpose)
            above = assessments.c.purpose
            query = query.where(or_(above.is_(None), above.in_(covering)))
        return self._found(query)

    def all(self) -> list[Assessment]:
        """Every assessment, the last one made first."""
        return self._found(select(assessments))

    def _found(self, query: Select[Any]) -> list[Assessment]:
        rows = self._registry.rows(
            query.order_by(assessments.c.made_at.desc(), assessments.c.id.desc())
        )
        sources, purposes = self._sources.names(), self._purposes.names()
        return [
            Assessment(
                number=row.id,
                kind=row.kind,
                outcome=row.outcome,
                source=sources.get(row.source),
                purpose=purposes.get(row.purpose),
                reference=row.reference,
                answers=_answers(row.answers),
                sampled=row.sampled,
                failed=row.failed,
                total=row.total,
                made_at=moments.parse(row.made_at),
                valid_until=None if row.valid_until is None else moments.parse(row.valid_until),
                recorded_at=moments.parse(row.created_at),
            )
            for row in rows
        ]

    def _enter(
        self, connection: Connection, number: int, new: NewAssessment, values: Mapping[str, Any]
    ) -> None:
        """The ledger's entry. What people wrote stays out; its hash shows what it was."""
        facts = {
            **{name: value for name, value in values.items() if name not in _WRITTEN},
            "purpose": new.purpose,
            "answered": sorted(new.answers or ()),
            "sha256": canonical.digest({name: values[name] for name in _WRITTEN}),
        }
        stated = {"assessment": number, "assessed": facts.pop("kind"), **facts}
        self._ledger.append(
            connection,
            "assessment_recorded",
            {name: value for name, value in stated.items() if value is not None},
        )


def _answers(text: str | None) -> Mapping[str, str] | None:
    if text is None:
        return None
    found = canonical.decode(text.encode(), "the answers of an assessment")
    assert isinstance(found, dict)
    return found
