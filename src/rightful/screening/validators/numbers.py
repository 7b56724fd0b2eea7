"""Check digits and shapes of numbers that python-stdnum lacks, or that it judges too strictly here.

People's numbers are looked for in prose, so a county that was renamed or a bank that closed must
not hide one: what is asked is what the issuer computes (the check digit), and the few parts that
never change.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

_BETWEEN = re.compile(r"[\s.\-/\u2013\u00a0]+")
_CARD_LENGTHS: tuple[tuple[re.Pattern[str], frozenset[int]], ...] = (
    (re.compile(r"4"), frozenset({13, 16, 19})),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), frozenset({16})),  # Mastercard
    (re.compile(r"220[0-4]"), frozenset({16, 17, 18, 19})),  # Mir
    (re.compile(r"3[47]"), frozenset({15})),  # American Express
    (re.compile(r"30[0-5]|36|3[89]"), frozenset({14, 16, 19})),  # Diners Club
    (re.compile(r"2131|1800"), frozenset({15})),  # JCB, the old ones
    (re.compile(r"35"), frozenset({15, 16, 17, 18, 19})),  # JCB
    (re.compile(r"62|6011|64[4-9]|65|60|81|82"), frozenset({16, 17, 18, 19})),  # UnionPay, others
    (re.compile(r"50|5[6-8]|6[37]|0604"), frozenset(range(12, 20))),  # Maestro
)
#: The first two digits of a resident identity number: provinces, and 83 for Taiwan residents.
_PROVINCES = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55))
    for code in codes
) | {"61", "62", "63", "64", "65", "71", "81", "82", "83", "91"}
_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    **{"P": 7, "R": 9},
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NINO = re.compile(r"([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])\d{6}[A-D]")
_TW_ID = re.compile(r"[A-Z][0-9]{9}")
_NINO_NEVER = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})


def compact(text: str) -> str:
    """Without the spaces, dots, dashes and slashes that people put between groups."""
    return _BETWEEN.sub("", text)


def luhn(text: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    digits = compact(text)
    if not (digits.isascii() and digits.isdigit()) or not digits.strip("0"):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def card(text: str) -> bool:
    """Whether it can be the number of a payment card: a network's prefix and length, and Luhn."""
    digits = compact(text)
    return (
        any(
            len(digits) in lengths and prefix.match(digits) is not None
            for prefix, lengths in _CARD_LENGTHS
        )
        and not_repeated(digits)
        and luhn(digits)
    )


def not_repeated(text: str) -> bool:
    """Whether it is more than the same one or two digits over and over, or a count."""
    digits = "".join(char for char in text if char.isalnum())
    if digits == (digits[:2] * len(digits))[: len(digits)]:
        return False
    return digits not in "01234567890123456789" and digits not in "98765432109876543210"


def mod97(text: str) -> bool:
    """Whether ISO 7064's mod 97-10 check holds, the first four characters moved to the end."""
    chars = compact(text).upper()
    if len(chars) < 5 or not (chars.isascii() and chars.isalnum()):
        return False
    return int("".join(str(int(char, 36)) for char in chars[4:] + chars[:4])) % 97 == 1


def cn_id(text: str) -> bool:
    """A Chinese resident identity number of 18 characters: province, birth date, check digit."""
    number = compact(text).upper()
    if len(number) != 18 or not number[:17].isdecimal() or number[:2] not in _PROVINCES:
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17] and born(number[6:14])


def cn_id_15(text: str) -> bool:
    """One of the 15 digits that were given until 1999: province and birth date, no check digit."""
    return text.isdecimal() and text[:2] in _PROVINCES and born("19" + text[6:12])


def born(text: str) -> bool:
    """Whether eight digits are a date on which somebody alive today can have been born."""
    try:
        return date(1900, 1, 1) <= date.fromisoformat(text) <= date.today()  # noqa: DTZ011
    except ValueError:
        return False


def nino(text: str) -> bool:
    """A British National Insurance number: the prefixes that are given, and none that never is."""
    match = _NINO.fullmatch(compact(text).upper())
    return match is not None and match[1] not in _NINO_NEVER


def us_ssn(text: str) -> bool:
    """An American social security number: no part is all zeros, no area that was never given."""
    digits = compact(text)
    return (
        len(digits) == 9
        and digits.isdecimal()
        and digits[:3] not in {"000", "666"}
        and digits[0] != "9"
        and digits[3:5] != "00"
        and digits[5:] != "0000"
        and not_repeated(digits)
    )


def icao(text: str) -> bool:
    """Whether the last digit is ICAO 9303's check digit of the rest (German identity cards)."""
    chars = compact(text).upper()
    if len(chars) < 2 or not chars[-1].isdecimal():
        return False
    return _icao_digit(chars[:-1]) == int(chars[-1])


def passport_line(text: str) -> bool:
    """The second line of a passport's machine-readable zone: three of its check digits hold."""
    return len(text) == 44 and all(
        text[end].isdecimal() and _icao_digit(text[start:end]) == int(text[end])
        for start, end in ((0, 9), (13, 19), (21, 27))
    )


def tw_id(text: str) -> bool:
    """A Taiwanese identity number: a letter for the place, and the check digit."""
    if _TW_ID.fullmatch(text) is None:
        return False
    place = "ABCDEFGHJKLMNPQRSTUVXYWZIO".find(text[0]) + 10
    digits = [place // 10, place % 10, *(int(char) for char in text[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(a * b for a, b in zip(digits, weights, strict=True)) % 10 == 0


def mixed(text: str) -> bool:
    """Letters and digits both, so that it is neither a word nor a plain number."""
    return any(char.isalpha() for char in text) and plate(text)


def plate(text: str) -> bool:
    """Whether at least two of the characters are digits, as on all but a few plates."""
    return sum(char.isdecimal() for char in text) >= 2


def vin(text: str) -> bool:
    """A vehicle identification number with the check digit of North America and China."""
    chars = text.upper()
    if len(chars) != 17 or any(char not in _VIN_VALUES for char in chars):
        return False
    pairs = zip(chars, _VIN_WEIGHTS, strict=True)
    total = sum(_VIN_VALUES[char] * weight for char, weight in pairs) % 11
    return chars[8] == ("X" if total == 10 else str(total)) and not_repeated(chars)


def _icao_digit(chars: str) -> int:
    weights = (7, 3, 1)
    return (
        sum(
            (0 if char == "<" else int(char, 36)) * weights[place % 3]
            for place, char in enumerate(chars)
        )
        % 10
    )


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "born": born,
    "card": card,
    "cn_id": cn_id,
    "cn_id_15": cn_id_15,
    "icao": icao,
    "luhn": luhn,
    "mixed": mixed,
    "mod97": mod97,
    "nino": nino,
    "not_repeated": not_repeated,
    "passport_line": passport_line,
    "plate": plate,
    "tw_id": tw_id,
    "us_ssn": us_ssn,
    "vin": vin,
}
