"""Telephone numbers from the ranges that regulators keep for films and books, or that no one has.

NANP 555-0100 to 0199; Ofcom 07700 900000 to 900999; ARCEP 01 99 00 and 06 39 98; Bundesnetzagentur
030 23125; ACMA 02 5550. China keeps none, but its mobile numbers never begin with 12. Everything
else gets a country or an area of zeros or nines that the plan of no country has.
"""

import re

from rightful.screening.actions.stand_ins.draw import Draw
from rightful.screening.normal_form import normalised

#: By the digits after +: the range's own digits, and how many are drawn.
_RANGES: tuple[tuple[re.Pattern[str], str, int], ...] = (
    (re.compile(r"86"), "8612", 9),
    (re.compile(r"44"), "447700900", 3),
    (re.compile(r"33[67]"), "33639980", 3),
    (re.compile(r"33"), "33199000", 3),
    (re.compile(r"49"), "493023125", 3),
    (re.compile(r"61"), "6125550", 4),
)
_AREAS = ("201", "212", "303", "312", "404", "415", "503", "602", "713", "808", "914", "972")
#: Inside a country, by all digits: what stands for the zero or the lack of one.
_INSIDE: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"07\d{9}"), "44", "0"),
    (re.compile(r"0[1-9]\d{8}"), "33", "0"),
)
_EXTENSION = re.compile(r"[\s,;]*(?:x|#|ext|durchwahl|转|分机).*", re.IGNORECASE | re.DOTALL)
_ABROAD = re.compile(r"(\s*\(?\s*(?:\+|00|011[ -]))(.*)", re.DOTALL)
_DIGIT = re.compile(r"[0-9]")


def phone(text: str, draw: Draw) -> str | None:
    """A number that rings nowhere, written as the text is. Its extension is left out."""
    text = _EXTENSION.sub("", text)
    form = normalised("phone", text)
    abroad = _ABROAD.match(text)
    if abroad:
        return abroad[1] + _written(_somewhere(form.removeprefix("+"), draw), abroad[2])
    digits = "".join(_DIGIT.findall(text))
    if not 5 <= len(digits) <= 15:
        return None
    if form.startswith("+1"):
        found = _somewhere(form[1:], draw)
        return _written(found[-len(digits) :], text)
    if form.startswith("+86"):
        return _written(_somewhere(form[1:], draw)[2:], text)
    for shape, country, trunk in _INSIDE:
        if shape.fullmatch(digits):
            found = trunk + _somewhere(country + digits[1:], draw).removeprefix(country)
            return _written(found, text)
    return _written("000" + draw.digits(len(digits) - 3), text)


def _somewhere(digits: str, draw: Draw) -> str:
    """Digits after the plus, of the same country where it keeps a range."""
    if digits.startswith("1"):
        return f"1{draw.one(_AREAS)}55501{draw.digits(2)}"
    for country, begin, count in _RANGES:
        if country.match(digits):
            return begin + draw.digits(count)
    return "999" + draw.digits(max(len(digits) - 3, 3))  # a code that the ITU gives to nobody


def _written(digits: str, shape: str) -> str:
    """With the spaces and signs of `shape`; in a row where it has another number of digits."""
    others = any(sign.isalnum() and not _DIGIT.match(sign) for sign in shape)
    if others or len(digits) != len(_DIGIT.findall(shape)):
        return digits
    left = iter(digits)
    return _DIGIT.sub(lambda _: next(left), shape)
