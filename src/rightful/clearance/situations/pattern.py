"""Everything that rules can ask about a person's grants as the bits of one number.

There are few such patterns, however many people.
"""

from dataclasses import dataclass

import numpy as np

from rightful.clearance.situations.coding import Bools, Ints, Shorts
from rightful.registry.tables import GRANT_KINDS

CONSENTS = ("consent", "separate_consent")

#: What can be said of one grant at a moment, the more telling the greater.
PENDING, EXPIRED, WITHDRAWN, ACTIVE = range(1, 5)
_STATES = 4

# Bits of a pattern, from the lowest: a bit for each kind and state, then single ones.
KINDS = {kind: number for number, kind in enumerate(GRANT_KINDS)}
_SHIFTS = {kind: number * _STATES for kind, number in KINDS.items()}
_FLAGS = len(GRANT_KINDS) * _STATES
OTHER_PURPOSE, ASSESSED, NOTICED, SPECIAL_EVIDENCE, SPECIAL_OTHER, SPECIAL_UNKNOWN = (
    1 << (_FLAGS + number) for number in range(6)
)
_BITS = _FLAGS + 6
#: Above them what is said of the consent that counts: whether there is one, and its traits; and of
#: a separate consent: whether one counts, and who gave it.
_CONSENT_BITS, _SEPARATE_BITS = 7, 3
_CONSENT, _SEPARATE = _BITS, _BITS + _CONSENT_BITS

BITS_PART = (1 << _BITS) - 1
CONSENT_PART = ((1 << _CONSENT_BITS) - 1) << _CONSENT
SEPARATE_PART = ((1 << _SEPARATE_BITS) - 1) << _SEPARATE
CONSENT_STANDS, SEPARATE_STANDS = 1 << _CONSENT, 1 << _SEPARATE

# Traits of a grant.
NOTICE, EVIDENCE, EXPLICIT, EXPLICIT_KNOWN, GUARDIAN, SELF, MADE_PUBLIC, OTHER_CONDITION = (
    1 << number for number in range(8)
)

#: The bits about the consents that count, by what they say of them.
TRAITS = {
    "notice": NOTICE << 1 << _CONSENT,
    "evidence": EVIDENCE << 1 << _CONSENT,
    "explicit": (EXPLICIT | EXPLICIT_KNOWN) << 1 << _CONSENT,
    "given_by": (GUARDIAN | SELF) << 1 << _CONSENT,
    "separate_given_by": (GUARDIAN | SELF) >> 4 << 1 << _SEPARATE,
}


def shift(kind: str) -> int:
    """The place of the bits about a kind of grant, one for each state."""
    return _SHIFTS[kind]


def bit(kind: str, state: int) -> int:
    """The bit of a pattern that says that there is a grant of this kind in this state."""
    return 1 << (shift(kind) + state - 1)


@dataclass(frozen=True, slots=True)
class Traits:
    """What the consent that counts says of itself."""

    notice: bool
    evidence: bool
    explicit: bool | None
    by_guardian: bool | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, taken apart."""

    bits: int
    consent: Traits | None
    """Of the consent that counts; None where none does."""
    separate: bool
    separate_by_guardian: bool | None

    @classmethod
    def of(cls, number: int) -> "Pattern":
        consent = (number & CONSENT_PART) >> _CONSENT
        separate = (number & SEPARATE_PART) >> _SEPARATE
        return cls(
            number & BITS_PART,
            _traits(consent >> 1) if consent & 1 else None,
            bool(separate & 1),
            _by_guardian(separate >> 1 << 4),
        )

    def status(self, kind: str) -> str:
        """The most telling state of a kind of grant."""
        return _MOST_TELLING[self.bits >> shift(kind) & STATES_PART]


#: The words for them, the most telling first.
STATES = {ACTIVE: "active", WITHDRAWN: "withdrawn", EXPIRED: "expired", PENDING: "pending"}
#: The bits about one kind of grant, where they are the lowest.
STATES_PART = (1 << _STATES) - 1
#: By the bits about a kind, the word for the highest of them.
_MOST_TELLING = [STATES.get(bits.bit_length(), "none") for bits in range(STATES_PART + 1)]


def _traits(bits: int) -> Traits:
    explicit = bool(bits & EXPLICIT) if bits & EXPLICIT_KNOWN else None
    return Traits(bool(bits & NOTICE), bool(bits & EVIDENCE), explicit, _by_guardian(bits))


def _by_guardian(bits: int) -> bool | None:
    return True if bits & GUARDIAN else (False if bits & SELF else None)


# Bits by what a grant covers, is, has become and says


_TRAITS = range(256)


def _shapes() -> Ints:
    table = [
        _bits(covers, kind, state, traits)
        for covers in (False, True)
        for kind in GRANT_KINDS
        for state in (PENDING, EXPIRED, WITHDRAWN, ACTIVE)
        for traits in _TRAITS
    ]
    return np.array(table, np.int64)


def _bits(covers: bool, kind: str, state: int, traits: int) -> int:
    active = state == ACTIVE
    if not covers:
        return OTHER_PURPOSE if active and kind in CONSENTS else 0
    bits = bit(kind, state)
    if not active:
        return bits
    if kind == "legitimate_interests" and traits & EVIDENCE:
        bits |= ASSESSED
    if kind not in CONSENTS and traits & NOTICE:
        bits |= NOTICED
    if kind == "special_condition" and traits & EVIDENCE:
        bits |= SPECIAL_EVIDENCE
    if kind == "special_condition" and traits & OTHER_CONDITION:
        bits |= SPECIAL_OTHER
    if kind == "special_condition" and not traits & (OTHER_CONDITION | MADE_PUBLIC):
        bits |= SPECIAL_UNKNOWN
    return bits


_SHAPES = _shapes()


def bits_of(covers: Bools, kind: Shorts, state: Shorts, traits: Shorts) -> Ints:
    """The bits of grants by whether they cover the purpose, kind, state and traits."""
    shape = (covers * np.int16(len(GRANT_KINDS)) + kind) * np.int16(_STATES) + state
    found: Ints = _SHAPES[(shape - np.int16(1)) * np.int16(len(_TRAITS)) + traits]
    return found


def of_consents(traits: Shorts) -> Ints:
    """What is said of consents that count, by their traits."""
    found: Ints = (1 | traits.astype(np.int64) << 1) << _CONSENT & CONSENT_PART
    return found


def of_separate_consents(traits: Shorts) -> Ints:
    """What is said of separate consents that count, by their traits."""
    found: Ints = (1 | traits.astype(np.int64) >> 4 << 1) << _SEPARATE & SEPARATE_PART
    return found
