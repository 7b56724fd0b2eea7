"""What a detector declares: a pattern, who judges what it matches, and how sure that makes us."""

from dataclasses import dataclass

from rightful.policy.facts import FOUND
from rightful.policy.text import Text

#: What a detector's kind is about. Facts and rules speak of these: `found_<group>`.
GROUPS = tuple(FOUND)

#: What is less sure than this is no finding.
LEAST_CONFIDENCE = 0.4

#: Characters after a value in which a context word counts, too.
AFTER = 20


@dataclass(frozen=True, slots=True)
class Context:
    """Words that make a value surer where they stand near by."""

    words: tuple[str, ...]
    within: int
    """Characters before the value; `AFTER` behind it count, too."""
    required: bool
    """Without one of the words it is no finding."""
    confidence: float
    """With one of the words."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and what the detector finds in it, in order."""

    text: str
    finds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detector:
    """One way to find values of one kind."""

    id: str
    kind: str
    group: str
    title: Text
    pattern: str
    """What `re` and hyperscan understand alike. The value is its group, or all if it has none."""
    longest: int
    """The most characters that the pattern matches."""
    confidence: float
    """Without context words near by."""
    country: str | None = None
    ignore_case: bool = False
    """Of ASCII letters."""
    validators: tuple[str, ...] = ()
    """All of them must agree."""
    context: Context | None = None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectorFile:
    """What stands in a file of detectors."""

    id: str
    title: Text
    version: int
    detectors: tuple[Detector, ...]
    sha256: str
    """Of what was read, in canonical JSON."""
