"""All that an outsider needs to check a ledger, without the workspace that it is about.

Each function returns nothing, or what it has checked; whatever does not hold is `NotVerified`.
"""

from rightful.ledger.exported import ExportedLedger
from rightful.ledger.notes import Checkpoint, open_checkpoint, verify_signature
from rightful.ledger.proofs import verify_consistency, verify_inclusion
from rightful.ledger.sets import commitment

__all__ = [
    "Checkpoint",
    "ExportedLedger",
    "commitment",
    "open_checkpoint",
    "verify_consistency",
    "verify_inclusion",
    "verify_signature",
]
