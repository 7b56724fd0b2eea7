"""The order and the form in which records came reach no weight."""

import base64
import csv
import gzip
import json
import random
import struct
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import rightful

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey, Small

Rows = list[dict[str, Any]]

_PIXELS = ("image=image", "image_shape=28x28", "label=label", "subject=writer", "reference=index")
_ALL = (*_PIXELS, "residence=country", "birth_year=born")


@pytest.mark.slow
def test_three_imports_of_other_formats_in_another_order_give_the_same_bits(
    small: "Small",
) -> None:
    journey = small.journey
    straight = small.trained("straight")
    licensed, consented = small.sources()
    mixed = random.Random(5).sample(small.consented, 400)
    # QMNIST's labels say who wrote a digit, and nothing else about them: that is known by then.
    files = [
        (_as_csv(journey.folder / "first.csv", mixed[250:]), _ALL),
        (_as_jsonl(journey.folder / "second.jsonl", mixed[120:250]), _ALL),
        (_as_idx(journey.folder, mixed[:120]), _PIXELS),
    ]
    turned = journey.walk(
        "turned",
        # The licensed ones come last here, so that every record and person has another number.
        [replace(consented, files=files), licensed],
        small.runs(),
    )
    assert turned == straight
    _assert_numbered_otherwise(journey, "straight", "turned")
    for name in ("straight", "turned"):
        (answer,) = journey.command(name, "erase", "31")["answers"]
        assert answer["outcome"] == "exact"
    assert journey.weights("turned") == journey.weights("straight")
    assert journey.weights("turned")["digits"] != straight["digits"]


def _assert_numbered_otherwise(journey: "Journey", *names: str) -> None:
    """Otherwise the same weights would be no wonder."""
    numbers = []
    for name in names:
        with rightful.open(journey.folder / name) as workspace:
            subject = workspace.subjects.find("25")
            numbers.append(workspace.records.about(subject).column("record").to_pylist())
    assert numbers[0] != numbers[1]
    assert len(numbers[0]) == len(numbers[1]) == 20


def _as_csv(path: Path, rows: Rows) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, sorted(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "image": base64.b64encode(row["image"]).decode()})
    return path


def _as_jsonl(path: Path, rows: Rows) -> Path:
    lists = ({**row, "image": list(row["image"])} for row in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in lists))
    return path


def _as_idx(folder: Path, rows: Rows) -> Path:
    """As MNIST has it, zipped, with QMNIST's extended labels beside it."""
    images = np.frombuffer(b"".join(row["image"] for row in rows), np.uint8).reshape(-1, 28, 28)
    labels = np.zeros((len(rows), 8), ">i4")
    labels[:, 0] = [row["label"] for row in rows]
    labels[:, 2] = [row["writer"] for row in rows]
    labels[:, 5] = [row["index"] for row in rows]
    path = folder / "third-images-idx3-ubyte.gz"
    for to, kind, array in (
        (path, 0x08, images),
        (folder / "third-labels-idx2-int.gz", 0x0C, labels),
    ):
        head = bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        to.write_bytes(gzip.compress(head + array.tobytes()))
    return path
