"""What screening found in a record, as rules ask about it."""

from rightful.policy.facts import FOUND, SCREENING_VERDICTS, Value

#: The facts that are about findings.
FACTS = ("screening_verdict", "duplicate", *(f"found_{group}" for group in FOUND))


def facts(groups: str | None, verdict: str | None, duplicate: bool | None) -> dict[str, Value]:
    """The facts FACTS about a record of which the store says this.

    A group that no rule can ask about was written by a newer version: whether it stands for one of
    those that rules ask about is not known, so none of these is denied then.
    """
    found: dict[str, Value] = {f"found_{group}": None for group in FOUND}
    if groups is not None:
        listed = set(groups.split(",")) - {""}
        missing = None if listed - FOUND.keys() else False
        found = {f"found_{group}": True if group in listed else missing for group in FOUND}
    said = "none" if verdict is None else verdict
    return {
        "screening_verdict": said if said in SCREENING_VERDICTS else None,
        "duplicate": {None: "none", True: "copy", False: "no"}[duplicate],
        **found,
    }
