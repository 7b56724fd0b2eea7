"""How good a forgetting is: graded, and never a bare "verified"."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a request to forget. The certificate says the same word."""

    EXACT = "exact"
    """The weights in force are the bits that training without the records gives."""
    EQUIVALENT = "equivalent"
    """Trained anew without the records, but elsewhere than at first, so bits can't be compared."""
    NEVER_TRAINED = "never trained"
    """The data is gone; no run was ever given it, so no model had anything to forget."""
    NOTHING_HELD = "nothing held"
    """Nobody of that reference is held here, and so nothing was done."""
    REFUSED = "refused"
    """Not done, on a ground that a law gives."""
    NOTHING_DUE = "nothing due"
    """No record is past its date, or none that may be deleted, and so nothing was done."""
