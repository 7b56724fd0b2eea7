"""One thing that was found in a text: what, where, and how sure; never the words themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The characters from `start` up to `end`, which is not among them, of a text."""

    kind: str
    """What it is, such as `email` or `cn_id`."""
    start: int
    end: int
    confidence: float
    """From 0 to 1."""
    detector: str
    """Which declaration, or recogniser, found it."""
