"""Headers of HTTP as somebody pasted them: with their name, without it, or among others.

>>> values("HTTP/1.1 200 OK\\nContent-Usage: train-ai=n\\nDate: today", "content-usage")
['train-ai=n']
>>> values("train-ai=n", "content-usage")
['train-ai=n']
"""

import re

# Not the scheme of an address.
_NAMED = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]*):(?P<value>(?!//).*)")
_STATUS = re.compile(r"HTTP/[0-9.]+ [0-9]{3}.*")


def values(text: str, name: str) -> list[str]:
    """The values of the header `name`, in their order.

    Lines without any name are values themselves, where no line has one.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [(line, _NAMED.fullmatch(line)) for line in lines if not _STATUS.fullmatch(line)]
    if not any(match for _, match in named):
        return [line for line, _ in named]
    return [m["value"].strip() for _, m in named if m and m["name"].casefold() == name.casefold()]
