"""Which licence a text or a link is of, as an SPDX identifier; None where that can't be told.

It is what a source says of itself, and nothing is granted by it: record it with `rightful grant
record --kind licence` once somebody has looked.

>>> of_link("https://creativecommons.org/licenses/by-nc/4.0/deed.de")
'CC-BY-NC-4.0'
>>> of_link("https://creativecommons.org/licenses/by/4.0.example/") is None
True
"""

import re
from pathlib import PurePath
from urllib.parse import urlsplit

from rightful.errors import InvalidInput
from rightful.grants.licences import check

_CC = re.compile(
    r"/(?:licenses/(?P<kind>by(?:-nc)?(?:-(?:sa|nd))?)/(?P<version>1\.0|2\.0|2\.5|3\.0|4\.0)"
    r"|publicdomain/(?P<zero>zero)/1\.0)(?:/(?:deed|legalcode)[a-z_.-]{0,16})?/?",
    re.IGNORECASE,
)
_CC_HOSTS = ("creativecommons.org", "www.creativecommons.org")
_SPDX = re.compile(r"/licenses/([A-Za-z0-9.+-]+?)(?:\.html)?/?")

#: All of these stand in the text, and none of those after it; the first that fits is it.
_TEXTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "Apache-2.0",
        ("apache license version 2.0", "grant of patent license", "submission of contributions"),
        (),
    ),
    (
        "MPL-2.0",
        ("mozilla public license version 2.0", "incompatible with secondary licenses"),
        (),
    ),
    (
        "AGPL-3.0",
        ("gnu affero general public license version 3 19 november 2007", "remote network"),
        (),
    ),
    (
        "LGPL-3.0",
        ("gnu lesser general public license version 3 29 june 2007", "combined works"),
        (),
    ),
    (
        "LGPL-2.1",
        ("gnu lesser general public license version 2.1 february 1999", "work that uses the"),
        (),
    ),
    (
        "GPL-3.0",
        ("gnu general public license version 3 29 june 2007", "conveying verbatim copies"),
        (),
    ),
    (
        "GPL-2.0",
        ("gnu general public license version 2 june 1991", "activities other than copying"),
        (),
    ),
    (
        "CC0-1.0",
        ("cc0 1.0 universal", "affirmer", "waiver", "public license fallback"),
        (),
    ),
    (
        "Unlicense",
        ("free and unencumbered software released into the public domain", "dedicate any and all"),
        (),
    ),
    (
        "MIT",
        (
            "permission is hereby granted free of charge to any person obtaining a copy",
            "to use copy modify merge publish distribute sublicense and or sell copies",
            "the above copyright notice and this permission notice shall be included",
            'the software is provided "as is" without warranty of any kind',
        ),
        ("except as contained in this notice", "the software shall be used for good"),
    ),
    (
        "BSD-3-Clause",
        (
            "redistribution and use in source and binary forms with or without modification are",
            "redistributions of source code must retain the above copyright notice",
            "redistributions in binary form must reproduce the above copyright notice",
            "may be used to endorse or promote products derived from this software without",
        ),
        ("all advertising materials", "not designed licensed or intended", "patent"),
    ),
    (
        "BSD-2-Clause",
        (
            "redistribution and use in source and binary forms with or without modification are",
            "redistributions of source code must retain the above copyright notice",
            "redistributions in binary form must reproduce the above copyright notice",
        ),
        ("endorse or promote", "all advertising materials", "patent", "name of"),
    ),
)

#: What may be added to a text that is known by its phrases, in words.
_SHORT = frozenset({"MIT", "BSD-2-Clause", "BSD-3-Clause", "Unlicense"})
_LONGEST_SHORT = 400

#: The largest text that is looked at, in characters.
_LARGEST = 200_000

_NAMES = re.compile(r"(licen[cs]e|copying|unlicense)([.-].*)?", re.IGNORECASE)
_DECLARED = re.compile(
    r"SPDX-License-Identifier:[ \t]*([^\r\n]{1,1000}?)[ \t]*(?:\*/|-->)?[ \t]*$", re.M
)


def is_licence_file(name: str) -> bool:
    """Whether a file is called as files of licences are, such as `LICENSE` or `COPYING.txt`."""
    return _NAMES.fullmatch(PurePath(name).name) is not None


def of_text(text: str) -> str | None:
    """The licence that a file's text is, or declares in a line `SPDX-License-Identifier`.

    The GNU texts do not say whether later versions may be chosen: of these the name is given
    that leaves it open (`GPL-3.0`). Two texts in one file, or one with terms added, are none.
    """
    if len(text) > _LARGEST:
        return None
    declared = set(_DECLARED.findall(text))
    if declared:
        return expression(declared.pop()) if len(declared) == 1 else None
    words = _plain(text)
    found = [
        name
        for name, phrases, others in _TEXTS
        if all(_plain(phrase) in words for phrase in phrases)
        and not any(_plain(other) in words for other in others)
    ]
    if len(found) != 1 or (found[0] in _SHORT and len(words.split()) > _LONGEST_SHORT):
        return None
    return found[0]


def of_link(address: str) -> str | None:
    """The licence that an address of Creative Commons or SPDX stands for."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").casefold()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", ""):
        return None
    if host in _CC_HOSTS and (found := _CC.fullmatch(parts.path)):
        if found["zero"]:
            return "CC0-1.0"
        return f"CC-{found['kind'].upper()}-{found['version']}"
    if host in ("spdx.org", "www.spdx.org") and (named := _SPDX.fullmatch(parts.path)):
        return expression(named[1])
    return None


def expression(text: str) -> str | None:
    """An SPDX expression as the library `license-expression` writes it; None where it is none.

    Identifiers that are not on its list, and not of the form `LicenseRef-…`, are none either.
    Without the library only the form is checked.
    """
    try:
        check(text)
    except InvalidInput:
        return None
    try:
        from license_expression import (  # type: ignore[import-untyped, unused-ignore]
            ExpressionError,
            get_spdx_licensing,
        )
    except ImportError:
        return text
    licensing = get_spdx_licensing()
    try:
        parsed = licensing.parse(text)
    except ExpressionError:
        return None
    unknown = licensing.unknown_license_keys(parsed)
    if parsed is None or not all(key.startswith("LicenseRef-") for key in unknown):
        return None
    return str(parsed)


def _plain(text: str) -> str:
    """Words alone, in small letters, so that lines and marks of lists do not matter."""
    words = re.sub(r"[^a-z0-9.\"]+", " ", text.casefold().replace("“", '"').replace("”", '"'))
    return re.sub(r"\s+", " ", words)
