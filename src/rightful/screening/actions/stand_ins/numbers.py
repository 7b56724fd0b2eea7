"""Numbers that are given out by banks and states, with right check digits where nobody can be."""

import re
from datetime import date, timedelta

from rightful.screening.actions.stand_ins.draw import Draw

#: How the numbers begin with which processors of payments let one test, by how real ones begin.
_CARDS = (
    ("34", "378282"),
    ("37", "378282"),
    ("35", "353011"),
    ("30", "305693"),
    ("36", "305693"),
    ("38", "305693"),
    ("39", "305693"),
    ("62", "620000"),
    ("6", "601111"),
    ("5", "555555"),
    ("2", "222300"),
)
_CARD_ELSE = "400000"
_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{8,30}")
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][ ·•・.-]?[A-Z0-9]{4,6}[挂学警港澳]?")
_SEPARATOR = re.compile(r"[^A-Za-z0-9]")
_FIRST_BIRTH = date(1950, 1, 1)
_BIRTHS = 365 * 50


def card(text: str, draw: Draw) -> str | None:
    """A number of the same length and network, from a range for tests, that Luhn's check takes."""
    digits = _plain(text)
    if not digits.isdigit() or not 12 <= len(digits) <= 19:
        return None
    begin = next((test for real, test in _CARDS if digits.startswith(real)), _CARD_ELSE)
    body = begin + draw.digits(len(digits) - len(begin) - 1)
    return poured(body + luhn_digit(body), text)


def iban(text: str, draw: Draw) -> str | None:
    """One of the same country, with right check digits, of a bank with a code of zeros or X.

    Check digits of the country's own, inside of the number, are drawn like the rest.
    """
    plain = _plain(text).upper()
    if not _IBAN.fullmatch(plain):
        return None
    account = "".join(_drawn(sign, place, draw, fixed=4) for place, sign in enumerate(plain[4:]))
    country = plain[:2]
    rest = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00")) % 97
    return poured(f"{country}{98 - rest:02d}{account}", text)


def cn_id(text: str, draw: Draw) -> str | None:
    """A Chinese identity number with a right check digit, of a province that does not exist."""
    plain = _plain(text)
    born = (_FIRST_BIRTH + timedelta(days=draw.below(_BIRTHS))).strftime("%Y%m%d")
    region = "99" + draw.digits(4)
    if len(plain) == 15:
        return poured(region + born[2:] + draw.digits(3), text)
    if len(plain) != 18:
        return None
    body = region + born + draw.digits(3)
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return poured(body + "10X98765432"[total % 11], text)


def us_ssn(text: str, draw: Draw) -> str | None:
    """An American social security number of area 666, which is never given."""
    if len(_plain(text)) != 9:
        return None
    group, serial = 1 + draw.below(99), 1 + draw.below(9999)
    return poured(f"666{group:02d}{serial:04d}", text)


def cn_plate(text: str, draw: Draw) -> str | None:
    """A Chinese number plate with the letter I, which no office uses, after the province."""
    if not _PLATE.fullmatch(text):
        return None
    rest = "".join(
        draw.one("0123456789" if sign.isdigit() else "ABCDEFGH")
        if sign.isascii() and sign.isalnum()
        else sign
        for sign in text[2:]
    )
    return f"{text[0]}I{rest}"


def shaped(text: str, draw: Draw) -> str | None:
    """Digits for digits and letters for letters, the first two being 0 or X.

    Check digits are not computed; of ten such numbers about one has a right one by chance.
    """
    plain = _plain(text)
    return poured("".join(_drawn(s, place, draw, fixed=2) for place, s in enumerate(plain)), text)


def luhn_digit(body: str) -> str:
    """The check digit that goes after these digits."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def poured(signs: str, shape: str) -> str:
    """Letters and digits written with the separators of another text that has as many.

    Without any where the other text has letters or digits of another script: none may stay.
    """
    if any(sign.isalnum() and not sign.isascii() for sign in shape):
        return signs
    left = iter(signs)
    return "".join(sign if _SEPARATOR.match(sign) else next(left) for sign in shape)


def _plain(text: str) -> str:
    return _SEPARATOR.sub("", text)


def _drawn(sign: str, place: int, draw: Draw, *, fixed: int) -> str:
    if sign.isdigit():
        return "0" if place < fixed else draw.digits(1)
    drawn = "x" if place < fixed else draw.letters(1)
    return drawn.upper() if sign.isupper() else drawn
