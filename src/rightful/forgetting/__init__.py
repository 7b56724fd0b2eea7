"""How does a model forget? By becoming what it would have been: `train(p, D - S)`, bit for bit."""

from rightful.forgetting.certificate import Verified, verify
from rightful.forgetting.forgetter import Done, Forgetter, Target
from rightful.forgetting.lineage import Debt
from rightful.forgetting.outcome import Outcome
from rightful.forgetting.plan import Correction, Plan, Replay

__all__ = [
    "Correction",
    "Debt",
    "Done",
    "Forgetter",
    "Outcome",
    "Plan",
    "Replay",
    "Target",
    "Verified",
    "verify",
]
