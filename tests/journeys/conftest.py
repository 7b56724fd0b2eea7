"""Journeys: what a person does with Rightful from end to end, each process a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import rightful

PROGRAMS = Path(__file__).parent / "programs"

#: How the columns of `digits` and of the shared handwriting are to be understood.
PIXELS = ("image=image", "image_shape=28x28", "label=label", "subject=writer", "reference=index")
COLUMNS = (*PIXELS, "residence=country", "birth_year=born")

LENET = "rightful.training.lenet:LeNet"

_CLI = "from rightful.cli import main; main()"


def digits(count: int, people: Sequence[int], seed: int) -> list[dict[str, Any]]:
    """Rows of invented digits; a bright bar tells the label, and the rest is noise."""
    generator = np.random.default_rng(seed)
    rows = []
    for index in range(count):
        label = int(generator.integers(10))
        image = generator.integers(0, 160, (28, 28))
        image[2 + 2 * label : 5 + 2 * label, 4:24] += 60
        rows.append(
            {
                "image": image.astype(np.uint8).tobytes(),
                "label": label,
                "writer": people[index % len(people)],
                "index": index,
                "country": "DE",
                "born": 1970,
            }
        )
    return rows


def recipe(seed: int, **more: Any) -> dict[str, Any]:
    """A recipe for the invented digits: two epochs of 20 steps, about 20 records each."""
    table = {
        "model": {"path": LENET},
        "epochs": 2,
        "bins": 20,
        "seed": seed,
        "batch_size": 20,
    }
    return {**table, **more}


@dataclass(frozen=True)
class Brought:
    """A source: its files with the mapping of each, and the grounds on which it may be used."""

    name: str
    files: Sequence[tuple[Path, Sequence[str]]]
    interests: Sequence[str] = ()  # the purposes of legitimate interests, and of its licence
    consents: Sequence[tuple[str, Sequence[str]]] = ()  # purposes, and who consented to each


@dataclass(frozen=True)
class Trained:
    """A model to be trained, from random weights or from those of `parent`."""

    model: str
    program: dict[str, Any]
    parent: str | None = None
    cadence: Sequence[Any] = ()


@dataclass(frozen=True)
class Journey:
    """Walks and commands, in workspaces that lie in one folder.

    A process trains on one thread: on a busy machine, small work on several takes ten times longer.
    """

    folder: Path
    threads: int = 1
    started: "list[subprocess.Popen[str]]" = field(default_factory=list)

    @staticmethod
    def source(name: str, path: Path, columns: Sequence[str] = COLUMNS, **grounds: Any) -> Brought:
        """A source of one file."""
        return Brought(name, [(path, columns)], **grounds)

    @staticmethod
    def model(name: str, program: dict[str, Any], parent: str | None = None) -> Trained:
        """A model to be trained."""
        return Trained(name, program, parent)

    def weights(self, name: str) -> dict[str, str | None]:
        """The SHA-256 of the weights of each model in force, as `walk` returned them at first."""
        with rightful.open(self.folder / name) as workspace:
            trainer = workspace.trainer
            return {m.name: trainer.runs.get(m.run).weights_sha256 for m in trainer.models.all()}

    def table(self, name: str, rows: Sequence[dict[str, Any]]) -> Path:
        """Write rows to a Parquet file."""
        path = self.folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
        return path

    def walk(
        self,
        name: str,
        sources: Iterable[Brought],
        runs: Iterable[Trained] = (),
        registry: str | None = None,
    ) -> dict[str, str]:
        """Make a workspace in another process; the SHA-256 of the weights of each model."""
        plan = self.folder / f"{name}.json"
        plan.write_text(
            json.dumps(
                {
                    "folder": str(self.folder / name),
                    "registry": registry,
                    "sources": [
                        {
                            "name": source.name,
                            "files": [[str(path), columns] for path, columns in source.files],
                            "interests": source.interests,
                            "consents": source.consents,
                        }
                        for source in sources
                    ],
                    "runs": [
                        {
                            "model": run.model,
                            "program": run.program,
                            "parent": run.parent,
                            "cadence": run.cadence,
                        }
                        for run in runs
                    ],
                }
            )
        )
        weights: dict[str, str] = json.loads(self.finished(self.program("walk.py", plan)))
        return weights

    def program(self, name: str, *arguments: Any) -> "subprocess.Popen[str]":
        """Start one of `programs/`."""
        return self._started([str(PROGRAMS / name), *map(str, arguments)])

    def start(self, workspace: str, *words: Any) -> "subprocess.Popen[str]":
        """Start `rightful` on a workspace, as typed in a shell; it answers in JSON."""
        place = str(self.folder / workspace)
        return self._started(["-c", _CLI, *map(str, words), "-w", place, "--json"])

    def command(self, workspace: str, *words: Any, code: int = 0) -> dict[str, Any]:
        """Give one command of `rightful` and wait; its answer."""
        answer: dict[str, Any] = json.loads(self.finished(self.start(workspace, *words), code))
        return answer

    @staticmethod
    def finished(process: "subprocess.Popen[str]", code: int = 0) -> str:
        """Wait for a process that is to end with `code`; returns what it wrote."""
        written, complaints = process.communicate(timeout=800)
        assert process.returncode == code, f"{written}\n{complaints}"
        return written

    def _started(self, arguments: list[str]) -> "subprocess.Popen[str]":
        # What the shell of the tests is set to must not matter; a warning is an error there, too.
        set_ = {name: v for name, v in os.environ.items() if not name.startswith("RIGHTFUL_")}
        process = subprocess.Popen(
            [sys.executable, "-W", "error", *arguments],
            cwd=self.folder,
            env={**set_, "OMP_NUM_THREADS": str(self.threads)},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """Kill what a test that failed has left running."""
        for process in self.started:
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class Small:
    """Two sources of invented digits: 400 of people 0 to 19, licensed; 400 of 20 to 39, by consent.

    Two models: `base` is pretrained on the first, `digits` fine-tuned from it on the second.
    """

    journey: Journey

    @staticmethod
    def invented(count: int, people: Sequence[int]) -> list[dict[str, Any]]:
        """Other digits."""
        return digits(count, people, seed=3)

    @property
    def licensed(self) -> list[dict[str, Any]]:
        return digits(400, range(20), seed=1)

    @property
    def consented(self) -> list[dict[str, Any]]:
        return digits(400, range(20, 40), seed=2)

    def sources(self, without: Iterable[int] = ()) -> list[Brought]:
        """Both sources, as if these people had never been there."""
        gone = set(without)
        tag = "-".join(map(str, sorted(gone))) or "all"
        files = {}
        for name, rows in (("licensed", self.licensed), ("consented", self.consented)):
            stay = [row for row in rows if row["writer"] not in gone]
            files[name] = [(self.journey.table(f"{name}-{tag}", stay), COLUMNS)]
        people = [str(person) for person in range(20, 40) if person not in gone]
        return [
            Brought("licensed", files["licensed"], interests=["pretraining"]),
            Brought("consented", files["consented"], consents=[("fine-tuning", people)]),
        ]

    def as_toml(self, name: str, *, epochs: int, bins: int, seed: int) -> Path:
        """A file for --program: LeNet, in batches of about 10."""
        path = self.journey.folder / f"{name}.toml"
        path.write_text(
            f"epochs = {epochs}\nbins = {bins}\nseed = {seed}\nbatch_size = 10\n"
            f'[model]\npath = "{LENET}"\n'
        )
        return path

    def runs(self, **more: Any) -> list[Trained]:
        return [
            Trained("base", recipe(7, **more)),
            Trained("digits", recipe(8, schedule="cosine", **more), parent="base"),
        ]

    def trained(
        self, name: str, without: Iterable[int] = (), registry: str | None = None
    ) -> dict[str, str]:
        """A workspace with both models, trained in another process."""
        return self.journey.walk(name, self.sources(without), self.runs(), registry)


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    journey = Journey(tmp_path)
    yield journey
    journey.end()


@pytest.fixture
def small(journey: Journey) -> Small:
    return Small(journey)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """The same for what all tests of a file begin with."""
    journey = Journey(tmp_path_factory.mktemp("made"))
    yield Small(journey)
    journey.end()
