"""`noai` and its like, in the header X-Robots-Tag or a page's meta elements.

A habit of sites and no standard. `noimageai` is about pictures; it is taken as it is for any data.

>>> directives("X-Robots-Tag: noai, noimageai")
'yes'
>>> directives('<meta name="robots" content="noindex">')
'no'
"""

import re

from rightful.records.reservations.markup import metas

_WORDS = frozenset({"noai", "noimageai", "noml"})


def directives(text: str) -> str:
    """`yes` where training is refused, else `no`; of a header or of a whole page."""
    said = [text]
    if "<" in text:
        said = [meta.get("content", "") for meta in metas(text)]
    words = {word for each in said for word in re.split(r"[\s,:;]+", each.casefold())}
    return "yes" if words & _WORDS else "no"
