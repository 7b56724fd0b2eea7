"""How does a model forget? By becoming what it would have been: `train(p, D - S)`, bit for bit."""

from rightful.forgetting.certificate import Verified, verify
from rightful.forgetting.forgetter import Done, Forgetter
from rightful.forgetting.lineage import Debt
from rightful.forgetting.outcome import Outcome
from rightful.forgetting.plan import Correction, Expired, Plan, Replay
from rightful.forgetting.planner import Target

__all__ = [
    "Correction",
    "Debt",
    "Done",
    "Expired",
    "Forgetter",
    "Outcome",
    "Plan",
    "Replay",
    "Target",
    "Verified",
    "verify",
]
