"""Which records may be used for a purpose now, and why not the others?

The only way to a set of records that may be opened for training.
"""

from rightful.clearance.clearance import Clearance, Clearances, Counts, Reason, RuleCount
from rightful.clearance.explain import Explanation, Finding, Judged, KnownFact
from rightful.clearance.words import explained, summarised

__all__ = [
    "Clearance",
    "Clearances",
    "Counts",
    "Explanation",
    "Finding",
    "Judged",
    "KnownFact",
    "Reason",
    "RuleCount",
    "explained",
    "summarised",
]
