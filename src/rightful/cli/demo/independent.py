"""The other side of the demo's equality: all of it again, by another process, in another place.

    python -m rightful.cli.demo.independent

It has never seen the person who was erased, imports in another order, keeps other keys, and
prints the SHA-256 of the weights that it ends with.
"""

import json
import sys
import tempfile
from pathlib import Path

from rightful.cli.demo.building import FINE_TUNING, PRETRAINING, build
from rightful.cli.demo.people import ERASED, SHARES


def main() -> None:
    """Train from nothing, and say what came of it."""
    with tempfile.TemporaryDirectory() as place:
        order = reversed(SHARES)
        with build(Path(place) / "independent", without=ERASED, order=order) as workspace:
            base = workspace.trainer.pretrain(PRETRAINING, model="base")
            digits = workspace.trainer.finetune(FINE_TUNING, model="digits", parent="base")
            answer = {
                "base": base.weights_sha256,
                "digits": digits.weights_sha256,
                "public_key": workspace.ledger.public_key,
            }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
