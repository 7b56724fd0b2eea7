"""Which records may be used for a purpose now, and why not the others?

The only way to a set of records that may be opened for training.
"""

from rightful.clearance.clearance import Clearance, Counts, Reason, RuleCount
from rightful.clearance.clearances import Clearances, Controller
from rightful.clearance.explain import Explanation, Finding, Judged, KnownFact
from rightful.clearance.groups import Group, Groups
from rightful.clearance.words import explained, explained_groups, summarised

__all__ = [
    "Clearance",
    "Clearances",
    "Controller",
    "Counts",
    "Explanation",
    "Finding",
    "Group",
    "Groups",
    "Judged",
    "KnownFact",
    "Reason",
    "RuleCount",
    "explained",
    "explained_groups",
    "summarised",
]
