"""What is done about what was found: a rule per kind or group, for all sources or for one.

Of the rules that speak of a finding and whose confidence it reaches, the nearest decides: a rule of
its source before one for all, its kind before its group before everything. Where two are equally
near, the more restrictive does. What no rule speaks of is flagged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rightful.screening.finding import Finding


class Action(StrEnum):
    """What can be done about a finding, from the least to the most restrictive."""

    FLAG = "flag"
    """It is counted, and rules of policy can ask for it; the content stays."""
    MASK = "mask"
    """All but a few characters become stars."""
    PSEUDONYMISE = "pseudonymise"
    """A stand-in of the same form takes its place, always the same one within a corpus."""
    REDACT = "redact"
    """The name of its kind takes its place."""
    HOLD = "hold"
    """The record stays out of use until somebody has looked at it."""
    DROP = "drop"
    """The record stays out of use."""

    @property
    def severity(self) -> int:
        """Of two actions, the one with the higher number wins."""
        return _SEVERITIES[self]

    @property
    def changes(self) -> bool:
        """Whether it puts other characters in the place of what was found."""
        return self in (Action.MASK, Action.PSEUDONYMISE, Action.REDACT)


_SEVERITIES = {action: place for place, action in enumerate(Action)}


class Keep(StrEnum):
    """Which records of a cluster of copies stay in use."""

    ALL = "keep all"
    FIRST = "keep first"
    """One stays, and the others are marked as its duplicates."""
    HOLD = "hold"
    """One stays, and the others wait until somebody has looked at them."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What is done about copies. `threshold` is the similarity from which two are near copies."""

    exact: Keep = Keep.ALL
    near: Keep = Keep.ALL
    threshold: float = 0.8


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do about some findings. Without kinds and groups, about every one."""

    action: Action
    kinds: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    confidence: float = 0.0
    """The least that a finding must have."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What is stated for all sources, or for one; None is not stated."""

    rules: tuple[Rule, ...] = ()
    keep_original: bool | None = None
    duplicates: Duplicates | None = None


@dataclass(frozen=True, slots=True)
class ScreeningPolicy:
    """What is done about findings and copies in one workspace."""

    general: Measures
    sources: Mapping[str, Measures] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    """By kind, what a redaction writes in the place of a finding."""
    version: str = ""
    """A digest of all of the above; what was done under another one may be out of date."""

    def treatment(self, source: str | None, groups: Mapping[str, str]) -> "Treatment":
        """What holds for one source. `groups` says of each kind to which group it belongs."""
        own = self.sources.get(source, Measures()) if source is not None else Measures()
        keep = own.keep_original
        if keep is None:
            keep = self.general.keep_original or False
        return Treatment(
            rules=(own.rules, self.general.rules),
            groups=groups,
            keep_original=keep,
            duplicates=own.duplicates or self.general.duplicates or Duplicates(),
            placeholders=self.placeholders,
        )


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done about the findings in records of one source."""

    rules: tuple[tuple[Rule, ...], ...]
    groups: Mapping[str, str]
    keep_original: bool
    """Whether the content as it was is kept, sealed, where an action changes it."""
    duplicates: Duplicates
    placeholders: Mapping[str, str]

    def action(self, finding: Finding) -> Action:
        """What is done about a finding, were it the only one."""
        group = self.groups.get(finding.kind)
        for rules in self.rules:
            reached = [rule for rule in rules if finding.confidence >= rule.confidence]
            for near in (
                [rule.action for rule in reached if finding.kind in rule.kinds],
                [rule.action for rule in reached if group in rule.groups],
                [rule.action for rule in reached if not rule.kinds and not rule.groups],
            ):
                if near:
                    return max(near, key=lambda action: action.severity)
        return Action.FLAG
