"""Lays out a desk for the trials of `docs/bad-inputs.md`: small workspaces, and wrong files.

    python desk.py FOLDER

In `people` are 24 invented digits of six people, of whom one was erased, and the model `base` that
was pretrained on the others'. `other` is a workspace of its own.
"""

import base64
import gzip
import json
import os
import pickle
import shutil
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import safetensors.torch
import torch
from PIL import Image
from torch import nn

import rightful
from rightful.grants import NewGrant
from rightful.records import Mapping, Source
from rightful.records.readers import open_reader
from rightful.training import Cadence, Program
from rightful.training.lenet import LeNet
from rightful.workspace import Workspace

PEOPLE = [f"writer-{name}" for name in ("ada", "bo", "cem", "dov", "eva", "fu")]

MAPPING = """\
image = "image"
image_shape = "28x28"
label = "label"
subject = "writer"
reference = "id"
residence = "country"
birth_year = "born"
"""

PROGRAM = """\
epochs = 2
bins = 4
seed = 7
batch_size = 6

[model]
path = "rightful.training.lenet:LeNet"
"""

PACK = """\
id: house.rules
version: 1.0.0
rules: everything is forbidden
"""


class Evil:
    """Unpickled, it leaves a file behind."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch code-ran",)


class Tiny(nn.Linear):
    """A network of somebody's own, which a pickle would want to import."""


def rows(count: int, seed: int) -> list[dict[str, Any]]:
    """Invented digits, as a table of some other system has them."""
    noise = np.random.default_rng(seed).integers(0, 255, (count, 784), np.uint8)
    return [
        {
            "image": base64.b64encode(noise[number].tobytes()).decode(),
            "label": number % 10,
            "writer": PEOPLE[number % len(PEOPLE)],
            "id": f"{seed}/{number}",
            "country": "DE",
            "born": 1970,
        }
        for number in range(count)
    ]


def lines(path: Path, table: list[dict[str, Any]]) -> Path:
    """Write a table as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in table))
    return path


def furnish(workspace: Workspace, desk: Path) -> None:
    """Digits, consents to use them, a model, and one person less."""
    notice = workspace.notices.publish("form", "We train a digit recogniser.", "en")
    workspace.sources.declare(
        Source(
            "digits",
            kind="user_data",
            method="form",
            public=False,
            special_category=False,
            criminal_offence=False,
            retention_until="2999-01-01",
            notice=notice.number,
        )
    )
    mapping = Mapping.parse(
        [pair.replace(" ", "").replace('"', "") for pair in MAPPING.splitlines()]
    )
    workspace.importer.run(open_reader(desk / "digits.jsonl"), mapping, "digits")
    workspace.purposes.add("captioning")
    for person in PEOPLE:
        for purpose, end in (
            ("model-training", None),
            ("captioning", datetime(2021, 1, 1, tzinfo=UTC)),
        ):
            workspace.grants.record(
                NewGrant(
                    "consent",
                    purpose,
                    subject=person,
                    source="digits",
                    valid_from=datetime(2020, 1, 1, tzinfo=UTC),
                    valid_to=end,
                    notice=str(notice),
                    explicit=True,
                    given_by="self",
                    evidence="cupboard 3",
                )
            )
    (answer,) = workspace.rights.erase([PEOPLE[-1]])
    assert answer.certificate is not None
    shutil.copy(answer.certificate, desk / "certificate.json")
    workspace.ledger.export(desk / "ledger")
    (desk / "public.key").write_text(workspace.ledger.public_key + "\n")
    program = Program.load(desk / "program.toml")
    workspace.trainer.pretrain(program, model="base", cadence=Cadence(keep="latest"))


def write_tables(desk: Path) -> None:
    """Tables that are wrong in one way each."""
    lines(desk / "more.jsonl", rows(400, 2))
    few = rows(3, 3)
    lines(desk / "no-writers.jsonl", [{**row, "writer": None} for row in few[:2]] + few[2:])
    lines(desk / "bad-labels.jsonl", [{**row, "label": "aardvark"} for row in few[:2]] + few[2:])
    lines(desk / "all-bad.jsonl", [{**row, "label": -4} for row in few])
    lines(desk / "no-column.jsonl", [{"image": row["image"], "label": 1} for row in few])
    (desk / "prose.jsonl").write_text("Dear diary, today I wrote to writer-ada.\n")
    (desk / "empty.csv").write_bytes(b"")
    (desk / "header.csv").write_text("image,label,writer,id,country,born\n")
    latin = "image,label,writer,id,country,born\nZoë,2,1,4,DE,1970\n"
    (desk / "latin.csv").write_bytes(latin.encode("latin-1"))
    (desk / "folder.csv").mkdir()
    (desk / "digits.docx").write_bytes(b"PK\x03\x04")
    pq.write_table(pa.Table.from_pylist(few), desk / "whole.parquet")
    (desk / "cut.parquet").write_bytes((desk / "whole.parquet").read_bytes()[:-100])
    head = struct.pack(">BBBB3I", 0, 0, 8, 3, 50, 28, 28)
    images = gzip.compress(head + bytes(range(256)) * 153 + bytes(32))
    (desk / "cut-images-idx3-ubyte.gz").write_bytes(images[: len(images) // 2])
    labels = struct.pack(">BBBBI", 0, 0, 8, 1, 50) + bytes(50)
    (desk / "cut-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    (desk / "digits.toml").write_text(MAPPING)
    head_ = "kind,purpose,subject,valid_from,valid_to,withdrawn_at\n"
    (desk / "grants.csv").write_text(
        head_
        + "consent,pretraining,writer-ada,2020-01-01,,\n"
        + "consent,daydreaming,writer-ada,2020-01-01,,\n"
        + "consent,pretraining,,2020-01-01,,\n"
        + "consent,pretraining,writer-bo,2020-01-01,2019-01-01,\n"
        + "consent,pretraining,writer-bo,someday,,\n"
    )
    (desk / "withdrawn-later.csv").write_text(
        head_ + "consent,pretraining,writer-bo,2020-01-01,,2999-01-01\n"
    )


def write_recipes(desk: Path) -> None:
    """Programs and a pack, right and wrong."""
    (desk / "program.toml").write_text(PROGRAM)
    (desk / "unknown-field.toml").write_text("warmth = 37\n" + PROGRAM)
    (desk / "ill-value.toml").write_text(PROGRAM.replace("epochs = 2", "epochs = -2"))
    (desk / "ill-optimizer.toml").write_text(PROGRAM + '\n[optimizer]\nname = "magic"\n')
    (desk / "not-toml.toml").write_text("epochs: 2\n")
    (desk / "nowhere.toml").write_text(PROGRAM.replace("lenet:LeNet", "lenet:LeNot"))
    (desk / "house.yaml").write_text(PACK)
    (desk / "writers.txt").write_text("writer-ada\nwriter-nobody\n")


def write_weights(desk: Path) -> None:
    """Files of weights that are traps, cut, or of another network."""
    (desk / "evil.pth").write_bytes(pickle.dumps(Evil()))
    torch.save(Tiny(2, 2), desk / "module.pth")
    torch.save(LeNet().state_dict(), desk / "cut.pth")
    safetensors.torch.save_file(LeNet().state_dict(), desk / "cut.safetensors")
    for name in ("cut.pth", "cut.safetensors"):
        data = (desk / name).read_bytes()
        (desk / name).write_bytes(data[: len(data) // 2])
    safetensors.torch.save_file(LeNet(classes=26).state_dict(), desk / "letters.safetensors")
    safetensors.torch.save_file(nn.Linear(2, 2).state_dict(), desk / "linear.safetensors")


def write_pictures(desk: Path) -> None:
    """Pictures that no model here takes."""
    (desk / "letter.png").write_text("this is no picture")
    Image.new("L", (8, 8)).save(desk / "small.png")
    Image.new("L", (28, 28)).save(desk / "digit.png")


def write_certificates(desk: Path) -> None:
    """Certificates that somebody had a hand in."""
    data = (desk / "certificate.json").read_bytes()
    (desk / "cut.json").write_bytes(data[: len(data) // 2])
    changed = data.replace(b'"records":4', b'"records":9')
    assert changed != data
    (desk / "edited.json").write_bytes(changed)


def main(desk: Path) -> None:
    """Lay it out."""
    lines(desk / "digits.jsonl", rows(24, 1))
    write_recipes(desk)
    for name in ("people", "other"):
        with rightful.init(desk / name, controller="Example Lab", establishment="DE") as workspace:
            if name == "people":
                furnish(workspace, desk)
            else:
                workspace.ledger.export(desk / "other-ledger")
                (desk / "other.key").write_text(workspace.ledger.public_key + "\n")
    write_tables(desk)
    write_weights(desk)
    write_pictures(desk)
    write_certificates(desk)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
