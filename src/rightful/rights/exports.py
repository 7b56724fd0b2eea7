"""Giving a model's weights out: a disclosure, since what it learned from people goes with them.

It is written down before the file gets its name, so nothing leaves unrecorded. Should the process
die just then, one that did not happen is written down, which harms nobody.
"""

from pathlib import Path

import safetensors.torch
from pyroaring import BitMap64

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.files import UNFINISHED, sync_folder, write_atomic
from rightful.rights.disclosures import Disclosure, Disclosures
from rightful.training import Run, Trainer, weights


def export(
    trainer: Trainer, disclosures: Disclosures, model: str, path: Path, recipient: str
) -> Disclosure:
    """Write the weights of a model to a new file for `recipient`, as safetensors.

    Raises:
        NotFound: there is no such model.
        Refused: it is restricted, and may only be stored.
        InvalidInput: nobody is named, or the file can't be made there.
    """
    run = trainer.runs.get(trainer.models.usable(model).run)
    if path.suffix != ".safetensors" or path.exists() or not path.parent.is_dir():
        raise InvalidInput(
            f"{path}: weights go to a new file .safetensors, in a folder that is there"
        )
    unfinished = path.with_name(f"{UNFINISHED}{path.name}")
    try:
        write_atomic(unfinished, _file(trainer, model, run), mode=0o600)
        records = given(trainer, run)
        number = disclosures.record(recipient, f"model {model}, run {run.number}", records)
        trainer.models.usable(model)  # somebody may have asked to be erased meanwhile
        unfinished.replace(path)
        sync_folder(path.parent)
    except PermissionError:
        raise InvalidInput(f"{path} can't be written there; choose another folder") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return next(each for each in disclosures.all() if each.number == number)


def given(trainer: Trainer, run: Run) -> BitMap64:
    """What a run, and those whose weights it came from, were given."""
    found = BitMap64(run.records)
    while run.parent is not None:
        run = trainer.runs.get(run.parent)
        found |= run.records
    return found


def _file(trainer: Trainer, model: str, run: Run) -> bytes:
    about = {
        "model": model,
        "run": run.number,
        "program_sha256": run.program.sha256,
        "weights_sha256": run.weights_sha256,
    }
    found = weights.apart(trainer.last_weights(run))
    # One entry: safetensors writes several in any order, and the bytes should be the same ones.
    metadata = {"rightful": canonical.encode(about).decode()}
    data: bytes = safetensors.torch.save(found, metadata=metadata)
    return data
