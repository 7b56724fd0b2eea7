"""By when a request must be answered, and on what grounds it may be refused.

Working days are Monday to Friday. No public holidays are known here: where there is one, the law
may give a day more than this does. Days count in the time zone of the moment that is given.

>>> due(Clock(1, "calendar_month", rolls=True), date(2026, 1, 31))
datetime.date(2026, 3, 2)
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rightful.errors import InvalidInput
from rightful.policy.expression import Expression
from rightful.policy.pack import REQUESTS, Clock, Pack, Rule
from rightful.policy.text import Text

_SATURDAY = 5
_RECEIVED = "request.received"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for an answer, and the rule that says so."""

    due: date
    extended: date | None
    """The last day after an extension, which must be told, with reasons, by `due`."""
    rule: str
    article: str
    title: Text
    advisory: bool
    acknowledge_by: date | None = None
    """The last day to confirm receipt, where the rule asks for that."""


@dataclass(frozen=True, slots=True)
class RefusalGround:
    """A ground that a pack gives for refusing a request, where `when` is true of its facts."""

    rule: str
    article: str
    title: Text
    requests: tuple[str, ...]
    code: str
    """The term of the W3C Data Privacy Vocabulary."""
    when: Expression


def deadline(packs: Iterable[Pack], request: str, received_at: datetime) -> Deadline | None:
    """The earliest last day that the packs give for an answer to a request of this kind.

    An advisory rule counts only where no other speaks, and says so; None where none does.

    Raises:
        InvalidInput: there is no such kind of request.
    """
    _check_request(request)
    found = [
        _deadline(rule, rule.clock, received_at.date())
        for pack in packs
        for rule in pack.rules_of("deadline")
        if rule.clock and rule.clock.unit != "hour"
        if rule.trigger == _RECEIVED and request in rule.requests
    ]
    return min(found, key=lambda each: (each.advisory, each.due, each.rule), default=None)


def refusal_grounds(packs: Iterable[Pack], request: str | None = None) -> list[RefusalGround]:
    """The grounds for refusing requests, of one kind or of all, without the advisory ones."""
    if request is not None:
        _check_request(request)
    return [
        RefusalGround(rule.id, rule.article, rule.title, rule.requests, rule.ground, rule.when)
        for pack in packs
        for rule in pack.rules_of("refusal")
        if rule.ground and rule.when and not rule.advisory
        if request is None or request in rule.requests
    ]


def due(clock: Clock, received: date, *, extended: bool = False) -> date:
    """The last day of a term that starts with `received`, which is not counted itself.

    A month ends on the day of the same number, or on the month's last day where there is none
    (Reg. 1182/71 Art. 3(2)(c)). Hours don't end on a day: see `due_moment`.
    """
    amount = clock.amount + (clock.extend or 0 if extended else 0)
    match clock.unit:
        case "calendar_year":
            last = _months_after(received, 12 * amount)
        case "calendar_month":
            last = _months_after(received, amount)
        case "calendar_week":
            last = received + timedelta(weeks=amount)
        case "calendar_day":
            last = received + timedelta(days=amount)
        case "working_day":
            last = received
            for _ in range(amount):
                last = _working_day(last + timedelta(days=1))
        case "hour":
            raise ValueError("hours end at a moment, not on a day")
    return _working_day(last) if clock.rolls else last


def due_moment(clock: Clock, start: datetime, *, extended: bool = False) -> datetime:
    """The last moment of a term of hours. Raises `ValueError` for any other unit."""
    if clock.unit != "hour":
        raise ValueError("only hours end at a moment")
    return start + timedelta(hours=clock.amount + (clock.extend or 0 if extended else 0))


def _deadline(rule: Rule, clock: Clock, received: date) -> Deadline:
    extended = due(clock, received, extended=True) if clock.extend else None
    confirmed = due(clock.acknowledge, received) if clock.acknowledge else None
    return Deadline(
        due(clock, received),
        extended,
        rule.id,
        rule.article,
        rule.title,
        rule.advisory,
        confirmed,
    )


def _check_request(request: str) -> None:
    if request not in REQUESTS:
        raise InvalidInput(f"{request!r} is no kind of request; known: {', '.join(REQUESTS)}")


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))


def _working_day(day: date) -> date:
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day
