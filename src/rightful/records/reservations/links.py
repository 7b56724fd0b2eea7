"""Where a page, a header or a robots.txt points to for the terms of its use.

>>> header('Link: </terms.xml>; rel="license"; type="application/rsl+xml"', "https://a.example/").terms
('https://a.example/terms.xml',)
>>> read('<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">', "").licences
('https://creativecommons.org/licenses/by/4.0/',)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urljoin

from rightful.records.readers.capture import where
from rightful.records.readers.html_tokens import tokens
from rightful.records.reservations.headers import values

_RSL = "application/rsl+xml"
_LINK = re.compile(
    r"<([^<>]{0,2048})>((?:\s*;\s*[a-z*]+\s*=\s*(?:\"[^\"]{0,256}\"|[^\s;,\"]{0,256}))*)", re.I
)
_PARAMETER = re.compile(r"([a-z*]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))", re.I)


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses, as far as they can be told."""

    terms: tuple[str, ...] = ()
    """Of RSL documents."""
    licences: tuple[str, ...] = ()
    """Of licences that the page names as its own."""
    manifest: bool = False
    """Whether there is a C2PA manifest somewhere else."""
    inline: tuple[str, ...] = ()
    """RSL documents that stand in the page."""
    metas: str = ""
    """The page's meta elements."""


def read(page: str, base: str) -> Links:
    """The links of an HTML page at the address `base`."""
    found: list[tuple[str, str, str]] = []
    inline: list[str] = []
    metas: list[dict[str, str]] = []
    inside = False
    for token in tokens(page):
        said = token.attributes
        if token.kind == "text":
            if inside and token.text.strip():
                inline.append(token.text)
            continue
        kind = said.get("type", "").casefold().strip()
        inside = token.kind == "start" and token.name == "script" and kind == _RSL
        if token.kind == "start" and token.name == "meta":
            metas.append(said)
        if token.name in ("link", "a", "area") and said.get("rel"):
            found.append((said["rel"], kind, said.get("href", "")))
    return replace(_sorted(found, base), inline=tuple(inline), metas=_written(metas))


def _written(metas: list[dict[str, str]]) -> str:
    """Meta elements as a page of their own."""
    return "".join(
        "<meta " + " ".join(f'{name}="{escape(value)}"' for name, value in each.items()) + ">"
        for each in metas
    )


def header(headers: str, base: str) -> Links:
    """The links of the header Link."""
    found = []
    for value in values(headers, "link") if re.search(r"(?im)^link\s*:", headers) else ():
        for match in _LINK.finditer(value):
            said = {m[1].casefold(): m[2] or m[3] or "" for m in _PARAMETER.finditer(match[2])}
            found.append((said.get("rel", ""), said.get("type", ""), match[1]))
    return _sorted(found, base)


def in_robots(text: str, base: str) -> Iterator[str]:
    """The addresses of the lines License of a robots.txt."""
    for line in text.splitlines():
        name, _, value = line.partition("#")[0].partition(":")
        if name.strip().casefold() == "license" and value.strip():
            yield _joined(base, value.strip())


def redirection(headers: str, base: str) -> tuple[str, str] | None:
    """The site and the path that the header Location points to."""
    found = values(headers, "location") if re.search(r"(?im)^location\s*:", headers) else []
    return where(_joined(base, found[0])) if found else None


def _sorted(found: list[tuple[str, str, str]], base: str) -> Links:
    terms, licences, manifest = [], [], False
    for rel, kind, address in found:
        rels = rel.casefold().split()
        manifest = manifest or "c2pa-manifest" in rels
        if "license" in rels and kind.casefold() == _RSL:
            terms.append(_joined(base, address))
        elif "license" in rels:
            licences.append(_joined(base, address))
    return Links(tuple(terms), tuple(dict.fromkeys(licences)), manifest)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address.strip()
