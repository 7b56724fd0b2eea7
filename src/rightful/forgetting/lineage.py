"""From records to the runs that were given them, and on to every run that came from those."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyroaring import BitMap64

from rightful.clearance import Clearances
from rightful.training import Model, Models, Run, Runs


@dataclass(frozen=True, slots=True)
class Family:
    """All runs of a workspace, and which of them stand behind a model in force."""

    runs: dict[int, Run]
    models: Sequence[Model]

    def ancestry(self, number: int) -> list[Run]:
        """A run and those whose weights it came from, the oldest first."""
        found: list[Run] = []
        at: int | None = number
        while at is not None:
            found.append(self.runs[at])
            at = self.runs[at].parent
        return found[::-1]

    def living(self) -> list[Run]:
        """The runs behind any model, parents before their children."""
        numbers = {run.number for model in self.models for run in self.ancestry(model.run)}
        return [self.runs[number] for number in sorted(numbers)]

    def given(self, records: BitMap64) -> dict[int, BitMap64]:
        """Which of these records each run was given; runs that were given none are not in it."""
        shares = {number: run.records & records for number, run in self.runs.items()}
        return {number: share for number, share in shares.items() if share}

    def influenced(self, runs: Iterable[int]) -> set[int]:
        """These runs, and all that came from one of them."""
        these = set(runs)
        return {n for n in self.runs if any(run.number in these for run in self.ancestry(n))}

    def models_of(self, runs: set[int]) -> list[str]:
        """The models that any of these runs stands behind."""
        return [m.name for m in self.models if {r.number for r in self.ancestry(m.run)} & runs]


def family(runs: Runs, models: Models) -> Family:
    """The family of all runs, as the registry has it now."""
    return Family({run.number: run for run in runs.all()}, models.all())


@dataclass(frozen=True, slots=True)
class Debt:
    """A run in force that was given records which may no longer be used."""

    run: int
    purpose: str
    models: tuple[str, ...]
    records: BitMap64


def owed(kin: Family, runs: Runs, clearances: Clearances) -> dict[int, BitMap64]:
    """Which records each run that is kept has, and may have no more; none where it owes nothing.

    They are not cleared for its purpose any more, or left it on the way. What is still cleared for
    one purpose stays in the runs of that one, though it was withdrawn for another.
    """
    cleared: dict[str, BitMap64] = {}
    found = {}
    for number, run in kin.runs.items():
        if run.status == "superseded":
            continue
        if run.purpose not in cleared:
            cleared[run.purpose] = clearances.compute(run.purpose).cleared
        left = BitMap64().union(*(records for _, records in runs.departed(number)))
        if own := (run.records - cleared[run.purpose]) | (run.records & left):
            found[number] = own
    return found


def debts(kin: Family, owed: Mapping[int, BitMap64]) -> list[Debt]:
    """What the runs behind models owe, parents before their children."""
    return [
        Debt(run.number, run.purpose, tuple(kin.models_of({run.number})), owed[run.number])
        for run in kin.living()
        if run.number in owed
    ]
