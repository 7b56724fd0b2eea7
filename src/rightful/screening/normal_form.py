"""The one form of an identifier, however it is written, so that its hash is always the same.

Two ways to write one address or number must agree, and two addresses must not: what is not surely
the same (the part of an e-mail address after a plus sign, a telephone number without its country)
stays apart.
"""

import contextlib
import ipaddress
import re
import unicodedata

#: Kinds that are one thing to whoever owns it.
_CLASSES = {
    "cn_bank_card": "card",
    "bank_card": "card",
    "cn_mobile": "phone",
    "cn_landline": "phone",
    "person": "name",
}

_SPELLED = (
    (re.compile(r" ?[\[(] ?at ?[\])] ?"), "@"),
    (re.compile(r" ?[\[(] ?dot ?[\])] ?"), "."),
)
_EXTENSION = re.compile(r"(?:x|#|ext|durchwahl|转|分机).*", re.DOTALL)
_ABROAD = re.compile(r"\s*\(?\s*(?:\+|00|011[ -])")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_AMERICAN = re.compile(r"\s*(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]*[2-9]\d\d[ .-]*\d{4}\s*")
_ONE_AMERICAN = re.compile(r"\s*1[ .-]?\(?[2-9]\d\d\)?[ .-]\d{3}[ .-]\d{4}\s*")
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")


def kind_class(kind: str) -> str:
    """What kinds of the same thing have in common: a Chinese mobile number is a phone number."""
    return _CLASSES.get(kind, kind)


def normalised(kind: str, text: str, region: str | None = None) -> str:
    """The form in which every way to write this identifier agrees; empty where nothing is left.

    `region` is the country that a telephone number without one is of, as in ISO 3166-1. Without
    it, such a number agrees with itself alone, unless it is a Chinese mobile or North American.
    """
    folded = _folded(text)
    named = kind_class(kind)
    if named == "email":
        return _email(folded)
    if named == "phone":
        return _phone(folded, region)
    if named == "ip":
        return _ip(folded)
    if named in ("mac", "card", "iban") or _is_number(folded):
        return "".join(character for character in folded if character.isalnum())
    return " ".join(folded.split())


def _folded(text: str) -> str:
    # Folding can leave what composes anew, so the two are done until nothing changes.
    while True:
        folded = unicodedata.normalize("NFKC", text).casefold().strip()
        if folded == text:
            return folded
        text = folded


def _email(text: str) -> str:
    text = text.removeprefix("mailto:")
    if "@" not in text:
        for pattern, sign in _SPELLED:
            text = pattern.sub(sign, text)
    person, at, domain = text.rpartition("@")
    domain = domain.replace(" ", "").rstrip(".")
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):  # no domain, so as it is written
            domain = domain.encode("idna").decode()
    return f"{person.strip()}{at}{domain}"


def _phone(text: str, region: str | None) -> str:
    """`+` and all digits where the country is known; else the digits."""
    text = _EXTENSION.sub("", text)
    abroad = _ABROAD.match(text)
    if abroad:
        digits = _NOT_DIGITS.sub("", text[abroad.end() :].replace("(0)", ""))
        return f"+{digits}" if digits else ""
    digits = _NOT_DIGITS.sub("", text)
    if _CHINESE_MOBILE.fullmatch(digits) and not _ONE_AMERICAN.fullmatch(text):
        return f"+86{digits}"
    if region is not None:
        return f"+{_code(region)}{_national(digits, region)}" if digits else ""
    if len(digits) in (10, 11) and _AMERICAN.fullmatch(text):
        return f"+1{digits[-10:]}"
    return digits


def _code(region: str) -> int:
    try:
        import phonenumbers
    except ImportError:
        from rightful.screening.validators import missing

        raise missing("phonenumbers") from None
    return int(phonenumbers.country_code_for_region(region))


def _national(digits: str, region: str) -> str:
    """Without the digit that is dialled inside the country only; Italy's is dialled from abroad."""
    if region in ("US", "CA"):
        return digits[-10:] if len(digits) == 11 and digits[0] == "1" else digits
    return digits if region == "IT" else digits.removeprefix("0")


def _ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return text


def _is_number(text: str) -> bool:
    """Whether at least half of it is digits, as in what an office or a bank gives out."""
    signs = [character for character in text if character.isalnum()]
    return bool(signs) and 2 * sum(character.isdigit() for character in signs) >= len(signs)
