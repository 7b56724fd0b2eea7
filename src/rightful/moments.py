"""Points in time, kept as UTC and written as ISO 8601 text that sorts as it reads.

>>> text(parse("2026-11-24T17:15:00+01:00"))
'2026-11-24T16:15:00.000000Z'
"""

import re
from datetime import UTC, date, datetime

from rightful.errors import InvalidInput

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def text(moment: datetime) -> str:
    """A moment as it is stored: UTC, six decimals, `Z`. Raises `ValueError` without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    # Not strftime: it writes the year 999 with three digits, which would sort last.
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def parse(value: str) -> datetime:
    """The moment that a user or a file names; a day alone is its first moment in UTC.

    Raises:
        InvalidInput: not ISO 8601, or a time without its zone.
    """
    if _DAY.fullmatch(value):
        return datetime.combine(day(value), datetime.min.time(), UTC)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidInput(
            f"{value!r} is no date or time; write 2026-11-24 or 2026-11-24T16:15:00Z"
        ) from None
    if moment.tzinfo is None:
        raise InvalidInput(f"{value!r} has no time zone; add Z for UTC or an offset such as +08:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f"{value!r} is outside the years 1 to 9999") from None


def day(value: str) -> date:
    """The day that `YYYY-MM-DD` names. Raises `InvalidInput` for anything else."""
    try:
        if not _DAY.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidInput(f"{value!r} is no day; write it as 2026-11-24") from None
