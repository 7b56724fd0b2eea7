"""What is done about findings: flag, mask, pseudonymise, redact, hold, drop."""

from rightful.screening.actions.applying import Applied, Change, apply, placeholder
from rightful.screening.actions.masking import mask
from rightful.screening.actions.policy import (
    Action,
    Duplicates,
    Keep,
    Measures,
    Rule,
    ScreeningPolicy,
    Treatment,
)
from rightful.screening.actions.reading import FILE, default, default_text, load, parse
from rightful.screening.actions.stand_ins import StandIns

__all__ = [
    "FILE",
    "Action",
    "Applied",
    "Change",
    "Duplicates",
    "Keep",
    "Measures",
    "Rule",
    "ScreeningPolicy",
    "StandIns",
    "Treatment",
    "apply",
    "default",
    "default_text",
    "load",
    "mask",
    "parse",
    "placeholder",
]
