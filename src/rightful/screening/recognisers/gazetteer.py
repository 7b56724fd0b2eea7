"""Names and places by lists and context: what there is without a model. It misses many.

What it finds and what it misses was measured; docs/screening-names.md has the shares.
"""

from collections.abc import Sequence

from rightful import canonical
from rightful.screening.finding import Finding
from rightful.screening.recognisers import chinese, latin, lists

#: Goes up with whatever changes a finding and is in no list.
_VERSION = 1


class Gazetteer:
    """Finds names behind titles, cues and known given names; places that are on a short list."""

    name = "gazetteer"

    def __init__(self) -> None:
        self.version = f"{_VERSION}-{canonical.digest(lists.everything())[:12]}"

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text, by their start; none overlaps another."""
        return [_found(text) for text in texts]


def _found(text: str) -> list[Finding]:
    hits = sorted(
        (*latin.find(text), *chinese.find(text)),
        key=lambda hit: (-hit[3], hit[1] - hit[2], hit[1], hit[0]),
    )
    taken: list[Finding] = []
    free = bytearray(b"\x01") * len(text) if hits else bytearray()
    for kind, start, end, confidence in hits:
        if 0 not in free[start:end]:
            free[start:end] = bytes(end - start)
            taken.append(Finding(kind, start, end, confidence, "gazetteer"))
    return sorted(taken, key=lambda each: each.start)
