"""What does the law say? Packs as data, their gates as one query, their terms and refusals.

Legal text here is data with a source and a date. Passing these rules makes nobody compliant.
"""

from rightful.policy.compiler import Answer, Gate, Gates, Judgement
from rightful.policy.deadlines import Deadline, RefusalGround, deadline, refusal_grounds
from rightful.policy.decision import Decision
from rightful.policy.examples import check
from rightful.policy.library import built_in, load
from rightful.policy.pack import Pack, Rule
from rightful.policy.text import Language, Text

__all__ = [
    "Answer",
    "Deadline",
    "Decision",
    "Gate",
    "Gates",
    "Judgement",
    "Language",
    "Pack",
    "RefusalGround",
    "Rule",
    "Text",
    "built_in",
    "check",
    "deadline",
    "load",
    "refusal_grounds",
]
