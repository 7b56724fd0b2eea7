"""One law, standard or house policy as data: rules with the article that each comes from.

A pack is somebody's reading of a text on a day, with how sure they were. It is not the text, and
passing its rules makes nobody compliant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from rightful.policy.decision import Decision
from rightful.policy.expression import Expression
from rightful.policy.facts import Value
from rightful.policy.text import Text

#: `law` binds; a record that no law speaks about is held. `house` is the controller's own.
PackKind = Literal["law", "standard", "house"]
#: A pack that covers personal data is silent about a record that is known to hold none.
Coverage = Literal["personal_data", "other"]
#: Found in the text itself, in a secondary source, or written from memory.
Confidence = Literal["found", "secondary", "memory"]
RuleKind = Literal[
    "gate", "deadline", "refusal", "threshold", "report", "retention", "notice", "record"
]
Unit = Literal[
    "hour", "working_day", "calendar_day", "calendar_week", "calendar_month", "calendar_year"
]

#: The requests that a deadline or a refusal may be about.
REQUESTS = (
    *("know", "access", "rectify", "erase", "withdraw", "restrict", "object", "port", "opt_out"),
)

#: What can start a clock. Only requests are counted yet.
TRIGGERS = (
    "request.received",
    "complaint.received",
    "order.received",
    "signal.received",
    "consent.withdrawn",
    "data.collected",
    "data.expired",
    "source.acquired",
    "purpose.served",
    "assessment.made",
    "breach.known",
    "model.released",
    "model.changed",
)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something may take."""

    amount: int
    unit: Unit
    rolls: bool = False
    """A last day on a weekend moves to the next working day (Reg. 1182/71 Art. 3(4))."""
    extend: int | None = None
    """By how many more of the unit it can be extended."""
    acknowledge: "Clock | None" = None
    """By when receipt must be confirmed, where that is asked for."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule must answer, run by `check`.

    For a gate or a refusal: `facts` (those not named are unknown) and `fires`, `passes` or
    `unknown`. For a deadline: the day of receipt and the last day, as `YYYY-MM-DD`; where hours
    count, moments.
    """

    expect: str
    facts: Mapping[str, Value] | None = None
    received: date | datetime | None = None
    extended: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One duty. What the fields mean for each kind is in docs/policy.md."""

    id: str
    article: str
    title: Text
    kind: RuleKind
    confidence: Confidence
    source: str
    as_of: date
    review_by: date
    advisory: bool = False
    """Decides nothing unless it is turned on: marked so, or known only from memory."""
    reference: tuple[str, ...] = ()
    """Rows of the fact sheet that it encodes, where they are called otherwise than the rule."""
    note: Text | None = None
    when: Expression | None = None
    decision: Decision | None = None
    asks: Text | None = None
    conditions: Text | None = None
    requests: tuple[str, ...] = ()
    ground: str | None = None
    trigger: str | None = None
    clock: Clock | None = None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEncoded:
    """A duty that a pack does not decide, and why."""

    id: str
    title: Text
    why: Text


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules of one origin. `sha256` is that of the canonical JSON of the whole file."""

    id: str
    kind: PackKind
    covers: Coverage
    title: Text
    authority: str
    version: str
    as_of: date
    review_by: date
    applies: Expression
    """Whom or what it is about; where that is unknown, the pack speaks."""
    sources: Mapping[str, str]
    rules: tuple[Rule, ...]
    sha256: str
    terms: Mapping[str, Expression]
    """Conditions by the names that rules of this pack use for them."""
    not_encoded: tuple[NotEncoded, ...]

    def rules_of(self, kind: RuleKind) -> tuple[Rule, ...]:
        """Its rules of one kind, in the order of the file."""
        return tuple(rule for rule in self.rules if rule.kind == kind)

    def overdue(self, day: date) -> bool:
        """Whether somebody should have looked at it again by now."""
        return day > self.review_by
