"""Fine-tunes slowly, and says on standard output at what time each step was done.

python watched_finetune.py WORKSPACE PROGRAM.toml [FILE]

With FILE, it waits after its first step until that is there.
"""

import json
import sys
import time
from pathlib import Path

import rightful
from rightful.training import Loss, Program


def told(done: int, of: int, loss: Loss | None) -> None:
    """Say when a step was done, and leave others a moment before the next one."""
    sys.stdout.write(json.dumps([done - 1, time.time()]) + "\n")
    sys.stdout.flush()
    time.sleep(0.01)
    while not all(Path(name).exists() for name in sys.argv[3:]):
        time.sleep(0.01)


with rightful.open(sys.argv[1]) as workspace:
    workspace.trainer.finetune(
        Program.load(Path(sys.argv[2])), model="digits", parent="base", on_progress=told
    )
