"""What screening found in a record, as rules ask about it."""

from rightful.clearance.situations.corpus import Own
from rightful.policy.facts import FOUND, SCREENING_VERDICTS, Value

#: The facts that are about findings.
FACTS = ("screening_verdict", "duplicate", *(f"found_{group}" for group in FOUND))


def facts(own: Own) -> dict[str, Value]:
    """The facts FACTS about a record of which the store says this.

    A group that no rule can ask about was written by a newer version: whether it stands for one of
    those that rules ask about is not known, so none of these is denied then.
    """
    found: dict[str, Value] = {f"found_{group}": None for group in FOUND}
    if own.found is not None:
        groups = set(own.found.split(",")) - {""}
        missing = None if groups - FOUND.keys() else False
        found = {f"found_{group}": True if group in groups else missing for group in FOUND}
    verdict: Value = "none" if own.verdict is None else own.verdict
    return {
        "screening_verdict": verdict if verdict in SCREENING_VERDICTS else None,
        "duplicate": {None: "none", True: "copy", False: "no"}[own.duplicate],
        **found,
    }
