"""Whether digits can be a day on which somebody was born, or a point on the earth."""

import re
from collections.abc import Callable

_DIGITS = re.compile(r"\d+")
_DECIMALS = re.compile(r"-?\d+(?:\.\d+)?")
_DEGREES = re.compile(r"(\d{1,3})\s?[°度]")
_EARLIEST, _LATEST = 1850, 2099


def birth_day(text: str) -> bool:
    """Whether a date that is written in digits has a month and a day; other dates pass."""
    parts = [int(part) for part in _DIGITS.findall(text)]
    if len(parts) < 3:
        return all(part <= 31 or _is_year(part) for part in parts)
    if len(parts) > 3:
        return False
    first, second, third = parts
    if first > 31:
        return _is_year(first) and 1 <= second <= 12 and 1 <= third <= 31
    days = 1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12
    return days and (third < 100 or _is_year(third))


def coordinates(text: str) -> bool:
    """Whether two decimals are a latitude and a longitude, and not both next to nothing."""
    pair = [float(number) for number in _DECIMALS.findall(text)[:2]]
    if len(pair) != 2:
        return False
    latitude, longitude = pair
    return abs(latitude) <= 90 and abs(longitude) <= 180 and max(map(abs, pair)) >= 1


def degrees(text: str) -> bool:
    """Whether the degrees of a latitude and a longitude, in either order, are on the earth."""
    pair = sorted(int(each) for each in _DEGREES.findall(text))
    return len(pair) == 2 and pair[0] <= 90 and pair[1] <= 180


def _is_year(number: int) -> bool:
    return _EARLIEST <= number <= _LATEST


VALIDATORS: dict[str, Callable[[str], bool]] = {
    "birth_day": birth_day,
    "coordinates": coordinates,
    "degrees": degrees,
}
