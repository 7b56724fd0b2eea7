"""Workspaces with invented digits of ten people: each record tells in its corner whose it is."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import rightful
from rightful.grants import NewGrant
from rightful.records import Mapping, Source
from rightful.records.readers import open_reader
from rightful.training import ModelSpec, Program
from rightful.training.tasks import Batch, ImageClassification
from rightful.workspace import Workspace

IMPORTABLE = Path(__file__).parent / "importable"

PEOPLE = tuple(f"person{n}@people.example" for n in range(10))
RECORDS = 200
TESTED = 60

_MAPPING = Mapping.parse(
    [
        *("image=pixels", "image_shape=28x28", "label=label", "subject=who", "reference=number"),
        *("residence=country", "birth_year=born"),
    ]
)


def digits(count: int, seed: int) -> list[dict[str, Any]]:
    """Rows of invented digits; the label is told by a bright bar, and the rest is noise.

    The first pixel is the person's number, the second the record's.
    """
    generator = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        label = int(generator.integers(10))
        image = generator.integers(0, 90, (28, 28))
        image[2 + 2 * label : 5 + 2 * label, 4:24] += 150
        image[0, 0], image[0, 1] = number % len(PEOPLE), number
        rows.append(
            {
                "pixels": image.astype(np.uint8).tobytes(),
                "label": label,
                "who": PEOPLE[number % len(PEOPLE)],
                "number": number,
                "country": "DE",
                "born": 1980,
            }
        )
    return rows


DIGITS = digits(RECORDS, seed=1)


@dataclass(frozen=True)
class Maker:
    """Makes workspaces under one folder."""

    folder: Path

    def empty(self, name: str) -> Workspace:
        """People's consent to training has a notice to refer to, and nobody is there yet."""
        made = rightful.init(self.folder / name, controller="Example Lab", establishment="DE")
        notice = made.notices.publish("notice", "We train a digit recogniser.", "en")
        for source in ("form", "test"):
            made.sources.declare(
                Source(
                    source,
                    kind="user_data",
                    method="form",
                    public=False,
                    special_category=False,
                    criminal_offence=False,
                    notice=notice.number,
                    retention_until="2999-01-01",
                )
            )
        return made

    def add(
        self,
        made: Workspace,
        rows: Sequence[dict[str, Any]],
        *,
        source: str = "form",
        format: str = "parquet",  # noqa: A002 - what the importer calls it
        batch: int = 1024,
    ) -> None:
        """Import rows as records."""
        number = len(list(self.folder.glob("rows-*")))
        path = self.folder / f"rows-{number}.{format}"
        if format == "parquet":
            pq.write_table(pa.Table.from_pylist(list(rows)), path)
        else:
            lists = ({**row, "pixels": list(row["pixels"])} for row in rows)
            path.write_text("".join(json.dumps(row) + "\n" for row in lists))
        imported = made.importer.run(open_reader(path), _MAPPING, source, batch=batch)
        assert imported.added == len(rows), imported.reasons

    def consent(
        self,
        made: Workspace,
        people: Sequence[str] = PEOPLE,
        *,
        purpose: str = "model-training",
        source: str = "form",
    ) -> None:
        for person in people:
            made.grants.record(
                NewGrant(
                    "consent",
                    purpose,
                    subject=person,
                    source=source,
                    notice="notice",
                    explicit=True,
                    given_by="self",
                    evidence="cupboard 3",
                )
            )

    def full(self, name: str, rows: Sequence[dict[str, Any]] = DIGITS, **how: Any) -> Workspace:
        """Everybody of `rows` has consented to training."""
        made = self.empty(name)
        self.add(made, rows, **how)
        self.consent(made, sorted({row["who"] for row in rows}))
        return made


@pytest.fixture(scope="session", autouse=True)
def networks_on_the_path() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(IMPORTABLE))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """More would only wait for each other, with networks so small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    folder = tmp_path / "made"
    folder.mkdir()
    return Maker(folder)


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """What the template holds to train on."""
    return list(DIGITS)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that tests copy: 200 records to train on, 60 others to evaluate on."""
    maker = Maker(tmp_path_factory.mktemp("template"))
    with maker.full("workspace") as made:
        maker.add(made, digits(TESTED, seed=2), source="test")
        maker.consent(made, purpose="model-evaluation", source="test")
        return made.folder


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the template, for one test."""
    shutil.copytree(template, tmp_path / "workspace")
    with rightful.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def second(template: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Another copy, with another fate."""
    shutil.copytree(template, tmp_path / "second")
    with rightful.open(tmp_path / "second") as opened:
        yield opened


@pytest.fixture
def program() -> Program:
    """24 steps of about 25 records."""
    return Program(ModelSpec("small_networks:Small"), epochs=3, bins=8, seed=7, batch_size=25)


@dataclass(frozen=True)
class Seen:
    """What reached the network, step by step."""

    people: list[set[int]]
    records: list[list[int]]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Looks at each batch as the loss gets it, and reads in its corner whose it is."""
    noted = Seen([], [])
    loss = ImageClassification.loss

    def spy(self: ImageClassification, network: Any, batch: Batch) -> Any:
        corner = (batch.inputs[:, 0, 0, :2] * 255).round().to(torch.int64).tolist()
        noted.people.append({person for person, _ in corner})
        noted.records.append([record for _, record in corner])
        return loss(self, network, batch)

    monkeypatch.setattr(ImageClassification, "loss", spy)
    return noted
