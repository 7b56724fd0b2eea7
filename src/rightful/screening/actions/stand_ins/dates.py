"""Dates moved by up to half a year, the same date of a corpus always by the same days."""

import re
from datetime import date as day
from datetime import timedelta

from rightful.screening.actions.stand_ins.draw import Draw

_FORMS = (
    re.compile(r"(?P<y>\d{4})(?P<s>[-/. ])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})(?:\s*[日号])?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<d>\d{1,2})(?P<s>[.])\s?(?P<m>\d{1,2})(?P=s)\s?(?P<y>\d{4})"),
    # Either is written so; where both would do, it is the American order.
    re.compile(r"(?P<m>\d{1,2})(?P<s>[-/])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{1,2})(?P<s>[-/])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})"),
)
_FARTHEST = 182


def date(text: str, draw: Draw) -> str | None:
    """Another date in the same form; None for forms that are not known here."""
    days = 1 + draw.below(_FARTHEST)
    if draw.below(2):
        days = -days
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None:
            continue
        try:
            moved = day(*(int(match[part]) for part in "ymd")) + timedelta(days=days)
        except (ValueError, OverflowError):
            continue
        return _written(match, moved)
    return None


def _written(match: re.Match[str], moved: day) -> str:
    """The date in the place of the old one, with a leading zero where the old one had as many."""
    text = match.string
    parts = {"y": moved.year, "m": moved.month, "d": moved.day}
    padded = any(match[part].startswith("0") for part in "md")
    wide = all(len(match[part]) == 2 for part in "md")
    for part, value in sorted(parts.items(), key=lambda item: -match.start(item[0])):
        if part == "y":
            written = f"{value:04d}"
        elif padded or wide:
            written = f"{value:02d}"
        else:
            written = str(value)
        text = text[: match.start(part)] + written + text[match.end(part) :]
    return text
