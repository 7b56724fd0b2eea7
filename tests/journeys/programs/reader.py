"""Reads a workspace again and again until a file is there, and says each time what it saw.

python reader.py WORKSPACE PURPOSE FILE
"""

import json
import sys
from pathlib import Path

import rightful

folder, purpose, stop = sys.argv[1:]
stopping = False
with rightful.open(folder) as workspace:
    while not stopping:
        stopping = Path(stop).exists()  # once more after that
        clearance = workspace.clearances.compute(purpose)
        # What is cleared can be opened, at any moment: an import never shows half a batch.
        records = workspace.records.rows(clearance.cleared).column("record").to_numpy()
        opened = sum(1 for _ in workspace.records.open_cleared(clearance, records[-50:]))
        assert opened == len(records[-50:])
        assert not workspace.ledger.check()
        about_all = sum(len(each) for each in clearance.decisions.values())
        seen = [about_all, len(clearance.cleared), workspace.ledger.size]
        sys.stdout.write(json.dumps(seen) + "\n")
        sys.stdout.flush()
