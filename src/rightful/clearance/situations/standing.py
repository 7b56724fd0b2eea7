"""On what grounds a person's data from a source may be used, as rules ask about it.

What the person granted, which `grounds` puts together, and what was granted for everyone in the
source, which counts beside it. A consent for everyone in a source never outweighs a person's own
withdrawal.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rightful.clearance.situations.coding import Ints
from rightful.clearance.situations.granted import GrantArrays
from rightful.clearance.situations.grounds import Groups
from rightful.clearance.situations.instants import BEFORE_ALL
from rightful.clearance.situations.pattern import (
    ACTIVE,
    ASSESSED,
    BITS_PART,
    CONSENT_PART,
    CONSENT_STANDS,
    NOTICED,
    OTHER_PURPOSE,
    SEPARATE_PART,
    SEPARATE_STANDS,
    SPECIAL_EVIDENCE,
    SPECIAL_OTHER,
    SPECIAL_UNKNOWN,
    WITHDRAWN,
    Pattern,
    bit,
)
from rightful.clearance.situations.places import Place
from rightful.policy.facts import GROUNDS, Value

#: What is found out here: what a pattern means by itself, and what it means in a source.
FACTS = (
    *GROUNDS,
    *("consent_other_purpose", "consent_notice", "consent_explicit", "consent_evidence"),
    *("consent_by_guardian", "separate_by_guardian", "special_evidence", "special_made_public"),
)
TOLD = ("informed", "assessment")


@dataclass(frozen=True, slots=True)
class SourceGrounds:
    """What was granted for everyone in a source, as patterns."""

    pattern: int = 0
    without_separate: int = 0
    """The same for somebody who withdrew a separate consent."""
    without_any: int = 0
    """The same for somebody who withdrew consent."""
    left: int = BEFORE_ALL
    """When a consent for everyone was last withdrawn, as `Groups` has it."""
    separate_left: int = BEFORE_ALL

    @property
    def impersonal(self) -> bool:
        """Whether the source is declared to hold no personal data."""
        return bool(self.pattern & bit("no_personal_data", ACTIVE))


#: Of a source of which nothing was granted for everyone.
NOTHING = SourceGrounds()


def source_grounds(grants: GrantArrays, groups: Groups) -> dict[int, SourceGrounds]:
    """By source, what was granted for everyone in it."""
    whole = groups.part(np.flatnonzero(groups.subject < 0))
    numbers = (
        whole.patterns(grants),
        whole.without("separate_consent").patterns(grants),
        whole.without("separate_consent", "consent").patterns(grants),
        whole.left,
        whole.separate_left,
    )
    rows = zip(*(column.tolist() for column in numbers), strict=True)
    return {
        int(source): SourceGrounds(*row) for source, row in zip(whole.source, rows, strict=True)
    }


def effective(own: Ints, source: SourceGrounds) -> Ints:
    """Patterns of persons with what was granted for everyone in a source.

    Bits add up. Of consents, a person's own comes before one for everyone, which counts only for
    those who did not withdraw.
    """
    left = own & bit("consent", WITHDRAWN) != 0
    separate_left = own & bit("separate_consent", WITHDRAWN) != 0
    theirs = np.where(separate_left, source.without_separate, source.pattern)
    theirs = np.where(left, source.without_any, theirs)
    bits = (own | source.pattern) & BITS_PART
    consent = np.where(own & CONSENT_STANDS, own, theirs) & CONSENT_PART
    separate = np.where(own & SEPARATE_STANDS, own, theirs) & SEPARATE_PART
    found: Ints = bits | consent | separate
    return found


def facts(pattern: Pattern, *, known: bool) -> dict[str, Value]:
    """The facts that an effective pattern means, whatever the source.

    `known` says whether the registry knows all there is.
    """
    if not known:
        return dict.fromkeys(FACTS)
    return {
        **{kind: pattern.status(kind) for kind in GROUNDS},
        **_of_consents(pattern),
        "special_evidence": bool(pattern.bits & SPECIAL_EVIDENCE),
        "special_made_public": _made_public(pattern),
    }


def _made_public(pattern: Pattern) -> bool | None:
    """Whether nothing but that is the special condition; None where one does not say which."""
    active = pattern.status("special_condition") == "active"
    if not active or pattern.bits & SPECIAL_OTHER:
        return False
    return None if pattern.bits & SPECIAL_UNKNOWN else True


@dataclass(frozen=True, slots=True)
class Told:
    """What grants and source say of notice and assessment."""

    known: bool
    """Whether the registry knows all grants."""
    noticed: bool
    """A grant that counts names a notice."""
    assessed: bool
    """An active grant of legitimate interests names its assessment."""

    @classmethod
    def of(cls, pattern: Pattern, *, known: bool) -> "Told":
        noticed = bool(pattern.bits & NOTICED)
        noticed = noticed or (pattern.consent is not None and pattern.consent.notice)
        return cls(known, known and noticed, known and bool(pattern.bits & ASSESSED))

    def facts(self, place: Place) -> dict[str, Value]:
        """The facts for a source."""
        return {
            "informed": True
            if place.notice or self.noticed
            else (False if place.registered and self.known else None),
            "assessment": self.assessed or place.assessed if self.known else None,
        }


def _of_consents(pattern: Pattern) -> dict[str, Value]:
    found: dict[str, Any] = {
        "consent": _status(pattern, ("consent", "separate_consent"), pattern.consent is not None),
        "separate_consent": _status(pattern, ("separate_consent",), pattern.separate),
        "consent_other_purpose": bool(pattern.bits & OTHER_PURPOSE),
        "separate_by_guardian": pattern.separate_by_guardian if pattern.separate else False,
    }
    said = pattern.consent
    return {
        **found,
        "consent_notice": said is not None and said.notice,
        "consent_evidence": said is not None and said.evidence,
        "consent_explicit": said.explicit if said else False,
        "consent_by_guardian": said.by_guardian if said else False,
    }


def _status(pattern: Pattern, kinds: tuple[str, ...], counts: bool) -> str:
    """What can be said of consents: one that is active may have been outlived by a withdrawal."""
    if counts:
        return "active"
    states = {pattern.status(kind) for kind in kinds}
    # An active one that does not count was given before one that was withdrawn.
    if states & {"active", "withdrawn"}:
        return "withdrawn"
    return next((word for word in ("expired", "pending") if word in states), "none")
