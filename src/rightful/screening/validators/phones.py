"""Whether digits can be dialled: the `phonenumbers` library as one judge, plain shape as another.

People write numbers that no plan assigns: made up, misremembered, of last year's plan. So what
looks like a number and stands next to "call me at" is judged by its shape alone; a plan is asked
where nothing else speaks for the digits.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from rightful.screening.validators import missing

_EXTENSION = re.compile(r"\s?(?:x|#|ext|extension|durchwahl|转|分机).*", re.IGNORECASE | re.DOTALL)
_TRUNK = re.compile(r"\(0\)")
#: Countries with many speakers of what a corpus holds and a leading zero inside the country.
_TRUNK_COUNTRIES = (
    *("GB", "DE", "FR", "CN", "IN", "AU", "NL", "BE", "SE", "CH"),
    *("AT", "IT", "JP", "KR", "ZA", "NZ", "TR", "FI", "IE"),
)
_NO_DIGIT = re.compile(r"\D+")
_DATE = re.compile(
    r"(?:(?:19|20)\d\d[ ./-](?:0?[1-9]|1[0-2])[ ./-](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[ ./-](?:0?[1-9]|[12]\d|3[01])[ ./-](?:19|20)\d\d)(?:\D.*)?"
)
_YEARS = re.compile(r"(?:(?:19|20)\d\d[ .-]){1,4}(?:19|20)\d\d")


def international(text: str) -> bool:
    """A country that exists, and as many digits as its numbers can have."""
    digits = _digits(text)
    if text.lstrip("(").startswith("00"):
        digits = digits[2:]
    if not 7 <= len(digits) <= 15 or len(set(digits)) < 3:
        return False
    phonenumbers = _library()
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse("+" + digits)))
    except phonenumbers.NumberParseException:
        return False


def written(text: str) -> bool:
    """As many digits as a number has inside a country, and neither a date nor years."""
    digits = _digits(text)
    return (
        7 <= len(digits) <= 13
        and len(set(digits)) > 2
        and _DATE.fullmatch(text) is None
        and _YEARS.fullmatch(text) is None
    )


def planned(text: str) -> bool:
    """A number that the plan of one of the countries that write a leading zero has assigned."""
    return (
        written(text)
        and len(_digits(text)) >= 9
        and any(of_country(country)(text) for country in _TRUNK_COUNTRIES)
    )


@functools.cache
def of_country(country: str) -> Callable[[str], bool]:
    """What the numbering plan of a country, such as `GB`, says: whether the number is assigned.

    Raises:
        KeyError: there is no plan of that country.
        InvalidInput: the library isn't installed.
    """
    phonenumbers = _library()
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise KeyError(f"phone:{country}")

    def valid(text: str) -> bool:
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            return False
        return bool(phonenumbers.is_valid_number_for_region(number, country))

    return valid


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", _TRUNK.sub("", _EXTENSION.sub("", text)))


def _library() -> Any:
    try:
        import phonenumbers
    except ImportError:
        raise missing("phonenumbers") from None
    return phonenumbers


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "phone": international,
    "phone_planned": planned,
    "phone_written": written,
}
