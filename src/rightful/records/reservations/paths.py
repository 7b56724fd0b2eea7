"""Paths of a site against the patterns of robots.txt (RFC 9309, sections 2.2.2 and 2.2.3).

>>> matches("/private/*.html$", "/private/a/b.html")
True
>>> matches("/private/*.html$", "/private/a/b.html?x")
False
"""

import re

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")


def matches(pattern: str, path: str) -> bool:
    """Whether a path begins as the pattern says: `*` is anything, `$` at the end is its end."""
    anchored = pattern.endswith("$")
    first, *pieces = normal(pattern.removesuffix("$")).split("*")
    # In the path these two are what they are, and not signs.
    wanted = normal(path).replace("*", "%2A").replace("$", "%24")
    if not wanted.startswith(first):
        return False
    if not pieces:
        return not anchored or wanted == first
    at = len(first)
    # The leftmost place for each piece leaves the most room for the next ones.
    for piece in pieces[:-1]:
        found = wanted.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    last = pieces[-1]
    if anchored:
        return len(wanted) - len(last) >= at and wanted.endswith(last)
    return wanted.find(last, at) >= 0


def normal(path: str) -> str:
    """A path or pattern in one form: encoded where it must be, and nowhere else."""

    def plain(match: re.Match[bytes]) -> bytes:
        octet = int(match[1], 16)
        return bytes([octet]) if octet in _UNRESERVED else b"%%%02X" % octet

    encoded = path.encode("utf-8", "surrogateescape")
    octets = _ENCODED.sub(plain, encoded)
    return "".join(chr(o) if 0x20 < o < 0x7F else f"%{o:02X}" for o in octets)
