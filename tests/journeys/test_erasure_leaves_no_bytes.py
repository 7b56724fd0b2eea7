"""After an erasure no file of the workspace holds a byte of the person; before it, files do."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from tests.workspaces import BINS, EVIDENCE, PEOPLE, TOGETHER, bring, number_of, records_of, rows

import rightful
from rightful.registry.tables import subjects, wrapped_keys
from rightful.training.bins import Bins
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.workspaces import Town

ONE = TOGETHER[0]


def traces(workspace: Workspace) -> dict[str, bytes]:
    """What a search must find before, by what it is."""
    number = number_of(workspace, ONE)
    row = workspace.registry.rows(select(subjects).where(subjects.c.id == number))[0]
    key = (wrapped_keys.c.holder_kind == "subject") & (wrapped_keys.c.holder == number)
    found = {
        "hash of the reference": bytes(row.lookup),
        "sealed reference": bytes(row.reference),
        "wrapped key": bytes(workspace.registry.rows(select(wrapped_keys).where(key))[0].wrapped),
    }
    table = workspace.records.about(number)
    records = table.column("record").to_numpy()
    for record, sealed in zip(records.tolist(), workspace.records.sealed(records), strict=True):
        found[f"sealed record {record}"] = sealed
    for record, stored in zip(records.tolist(), table.column("key").to_pylist(), strict=True):
        found[f"name of record {record}"] = stored
    for record, digest in zip(
        records.tolist(), table.column("content_hash").to_pylist(), strict=True
    ):
        found[f"hash of record {record}"] = digest
    return found


def plaintexts(workspace: Workspace) -> dict[str, bytes]:
    """What no search may ever find, before or after: it is nowhere in the clear."""
    opened = workspace.records.open_about(number_of(workspace, ONE))
    found = {"reference": ONE.encode()}
    for record, data in opened.items():
        found[f"content of record {record}"] = data
    for row in rows("tuned"):
        if ONE in row["who"]:
            for line in range(12):  # a row of pixels alone is enough to find the picture
                name = f"row {line} of picture {row['number']}"
                found[name] = row["pixels"][12 * line : 12 * line + 12]
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a workspace, read raw: databases with their logs, locks, Lance, all."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def found_in(wanted: Mapping[str, bytes], folder: Path) -> dict[str, list[str]]:
    """In which files each of the wanted things is; those that are in none are not named."""
    held = files(folder)
    places = {
        name: [path for path, data in held.items() if value in data]
        for name, value in wanted.items()
    }
    return {name: where for name, where in places.items() if where}


def test_an_erasure_leaves_no_bytes(town: "Town", trained: Workspace, tmp_path: Path) -> None:
    # As a workspace in use is: rows that could not be taken, old versions, scores, a correction.
    odd = [{**rows("tuned")[3], "number": "odd", "label": -1}, {**rows("tuned")[3], "number": "0"}]
    assert bring(trained, "tuned", odd, tmp_path).quarantined == 2
    other = records_of(trained, PEOPLE["tuned"][9])[0]
    trained.rights.rectify(other, {"label": (rows("tuned")[9]["label"] + 1) % 10})
    wanted, secret = traces(trained), plaintexts(trained)
    keys = trained.records.keys(trained.records.about(number_of(trained, ONE)))
    first = Bins(8, BINS).first_step(keys)
    replaced = trained.trainer.models.get("tuned").run
    old = trained.trainer.checkpoints.of(replaced)
    for each in old:
        if each.step > first:  # the person had a part in it
            wanted[each.path] = (trained.folder / each.path).read_bytes()
    assert any(each.path in wanted for each in old)
    assert set(found_in(wanted, trained.folder)) == set(wanted)
    assert found_in(secret, trained.folder) == {}
    assert EVIDENCE.encode() in (trained.folder / "registry.sqlite").read_bytes()

    trained.rights.erase([ONE])
    trained.close()

    assert found_in(wanted, trained.folder) == {}
    assert found_in(secret, trained.folder) == {}
    assert EVIDENCE.encode() in (trained.folder / "registry.sqlite").read_bytes()  # of others
    assert not any((trained.folder / each.path).exists() for each in old)
    with rightful.open(trained.folder) as again:
        assert len(records_of(again, TOGETHER[1])) == 6
