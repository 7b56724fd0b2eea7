"""The gate that every step of a run passes: who may still be in it?"""

from collections.abc import Callable
from dataclasses import replace

from pyroaring import BitMap64

from rightful import moments
from rightful.clearance import Clearance, Clearances
from rightful.training.runs import Runs


class Gate:
    """Watches the clearance of one run while it goes.

    `remaining` are the records that may be used now; `departed` those that left. `clearance` opens
    records and never holds one that has left.
    """

    def __init__(
        self, clearances: Clearances, runs: Runs, run: int, clearance: Clearance, records: BitMap64
    ) -> None:
        self._upkeep = clearances.keep(clearance.purpose)
        self._runs = runs
        self._run = run
        self.clearance = clearance
        self.remaining = records & clearance.cleared
        self.departed = BitMap64()

    def check(self, step: int, revision: Callable[[], int]) -> None:
        """Before a step: let go of whoever is no longer cleared, and write down that they left."""
        if revision() == self.clearance.revision and moments.now() < self.clearance.valid_until:
            return
        fresh = self._upkeep.clearance()
        self.leave(step, self.remaining - fresh.cleared)
        self.clearance = replace(fresh, cleared=self.remaining)

    def leave(self, step: int, left: BitMap64) -> None:
        """Go on without some records from this step on."""
        if left:
            self._runs.depart(self._run, step, left)
            self.remaining = self.remaining - left
            self.departed = self.departed | left
