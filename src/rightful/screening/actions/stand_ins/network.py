"""Addresses of machines that are kept for documents (RFC 5737, RFC 3849), or nobody's at all."""

import ipaddress
import re

from rightful.screening.actions.stand_ins.draw import Draw

_BLOCKS = ("192.0.2", "198.51.100", "203.0.113")
_DOCUMENTED = 0x20010DB8
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-]?)(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}")


def ip(text: str, draw: Draw) -> str | None:
    """An address of the same version in a range for documents: 762 there are of IPv4."""
    try:
        version = ipaddress.ip_address(text.strip("[]")).version
    except ValueError:
        return None
    if version == 4:
        return f"{draw.one(_BLOCKS)}.{1 + draw.below(254)}"
    return str(ipaddress.IPv6Address((_DOCUMENTED << 96) | draw.below(1 << 96)))


def mac(text: str, draw: Draw) -> str | None:
    """An address that is administered locally: no maker of cards has it."""
    shape = _MAC.fullmatch(text)
    if shape is None:
        return None
    written = shape[1].join(["02", *(f"{draw.below(256):02x}" for _ in range(5))])
    return written.upper() if text.upper() == text else written
