"""IETF AIPREF: the header `Content-Usage: train-ai=n` (drafts of August 2026).

The category `train-ai` is the training of models that generate. Anything but the tokens `y` and `n`
is unknown, and so is a statement that can't be read.

>>> header("Content-Usage: train-ai=n, search=y")
'n'
>>> header("train-ai=n, train-ai=y")
'y'
>>> header("train-ai")
'unknown'
"""

from rightful.records.reservations.headers import values
from rightful.records.reservations.structured import read_dictionary

_CATEGORY = "train-ai"


def header(text: str) -> str:
    """What a response's header says: `y`, `n`, `unknown` or `none`.

    Several lines of it are one field, as HTTP has it: of a key given twice, the last counts.
    """
    return preference(", ".join(values(text, "content-usage")))


def preference(value: str) -> str:
    """What one statement says of training; `none` where it leaves it out."""
    members = read_dictionary(value)
    if members is None:
        return "unknown"
    said = members.get(_CATEGORY)
    if said is None:
        return "none"
    return said if said in ("y", "n") else "unknown"
