"""From records to the runs that were given them, and on to every run that came from those."""

from collections.abc import Sequence
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

    def influenced(self, records: BitMap64) -> set[int]:
        """The runs that were given any of these records, or came from one that was."""
        return {
            number
            for number in self.runs
            if any(run.records & records for run in self.ancestry(number))
        }

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


def debts(runs: Runs, models: Models, clearances: Clearances) -> list[Debt]:
    """What the models in force owe: records of theirs that are not cleared any more, or that left.

    Whatever the reason, those records could not be opened for these runs today.
    """
    kin = family(runs, models)
    cleared: dict[str, BitMap64] = {}
    found = []
    for run in kin.living():
        if run.purpose not in cleared:
            cleared[run.purpose] = clearances.compute(run.purpose).cleared
        left = BitMap64().union(*(records for _, records in runs.departed(run.number)))
        owed = (run.records - cleared[run.purpose]) | (run.records & left)
        if owed:
            names = tuple(kin.models_of({run.number}))
            found.append(Debt(run.number, run.purpose, names, owed))
    return found
