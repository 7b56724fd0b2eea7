"""Addresses of machines, told from what is written like them: versions, times, fingerprints."""

import ipaddress
import re
from collections.abc import Callable, Mapping

#: Endings of file names that are written like addresses: `logo@2x.png`.
_FILES = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "css", "js", "json", "py", "txt"}
)
_LETTERS = re.compile(r"[a-z]", re.IGNORECASE)


def ip(text: str) -> bool:
    """An IPv4 address of some machine: no mask, no loopback, not the address of none."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return not (address.is_loopback or int(address) >> 24 in {0, 255})


def ip_not_version(text: str) -> bool:
    """An IPv4 address with parts as large as versions of programs seldom have."""
    if not ip(text):
        return False
    parts = [int(part) for part in text.split(".")]
    return max(parts) >= 100 or sum(part >= 30 for part in parts) >= 2


def ip6(text: str) -> bool:
    """An IPv6 address, and not a slice such as `1::2`, a name such as `ab::cd` or a fingerprint."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified:
        return False
    groups = [group for group in text.split(":") if group]
    if "::" not in text:
        return any(len(group) > 2 for group in groups)
    return len(groups[0]) == 4 and any(char.isdecimal() for char in groups[0] + groups[-1])


def mac(text: str) -> bool:
    """Six bytes, not all the same, that are no date or count: with a letter, or with colons."""
    parts = re.split(r"[:-]", text)
    return len(parts) == 6 and len(set(parts)) > 1 and (":" in text or bool(_LETTERS.search(text)))


def email(text: str) -> bool:
    """An address whose parts can be ones: no double dots, no dash at an end, no file's name."""
    person, _, domain = text.rpartition("@")
    labels = domain.lower().split(".")
    return (
        not person.endswith(".")
        and ".." not in person
        and labels[-1] not in _FILES
        and not any(label.startswith("-") or label.endswith("-") for label in labels)
    )


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "email": email,
    "ip": ip,
    "ip6": ip6,
    "ip_not_version": ip_not_version,
    "mac": mac,
}
