"""The ledger: what was done, in an append-only log whose proofs a stranger can check."""

from rightful.ledger.entries import KINDS, Entry
from rightful.ledger.exported import ExportedLedger
from rightful.ledger.ledger import Ledger
from rightful.ledger.notes import Checkpoint
from rightful.ledger.sets import commitment

__all__ = ["KINDS", "Checkpoint", "Entry", "ExportedLedger", "Ledger", "commitment"]
