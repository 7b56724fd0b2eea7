"""A small town for tests of forgetting and rights: invented digits of people, and two models.

The source `base` is pretrained on, and `tuned` fine-tuned on; each has ten people with six records.
A workspace in which somebody was never known is made the same way without them, so what forgetting
promises can be held against it: the same bits.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from torch import nn

import rightful
from rightful.grants import NewGrant
from rightful.records import Mapping as Columns
from rightful.records import Source
from rightful.records.readers import open_reader
from rightful.training import ModelSpec, Program
from rightful.workspace import Workspace

SOURCES = {"base": "pretraining", "tuned": "fine-tuning"}

#: Who has six records of their own in each source.
PEOPLE = {name: tuple(f"{name}-person-{n}@people.example" for n in range(10)) for name in SOURCES}

#: Two of them are in one picture.
TOGETHER = (PEOPLE["tuned"][1], PEOPLE["tuned"][2])

RESIDENCE, BORN = "DE", 1971

EVIDENCE = "cupboard of anna"

BINS = 8

_COLUMNS = (
    *("image=pixels", "image_shape=12x12", "label=label", "subject=who", "reference=number"),
    *("residence=country", "birth_year=born"),
)


class Small(nn.Module):
    """One layer with dropout before it, so that the random generators reach the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.25)
        self.last = nn.Linear(144, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.last(self.dropout(images.flatten(1)))
        return logits


def rows(source: str) -> list[dict[str, Any]]:
    """What the source gives: a record is named by its number, and is about one person or two."""
    generator = np.random.default_rng(len(source))
    found: list[dict[str, Any]] = []
    for number in range(60):
        label = int(generator.integers(10))
        image = generator.integers(0, 120, (12, 12))
        image[label + 1] += 120
        found.append(
            {
                "pixels": image.astype(np.uint8).tobytes(),
                "label": label,
                "who": [PEOPLE[source][number % 10]],
                "number": str(number),
                "country": RESIDENCE,
                "born": BORN,
            }
        )
    if source == "tuned":
        pixels = bytes(reversed(found[-1]["pixels"]))
        both = {"who": list(TOGETHER), "country": None, "born": None}
        found.append({**found[-1], **both, "number": "60", "label": 3, "pixels": pixels})
    return found


def program(seed: int, **more: Any) -> Program:
    """16 steps of seven or eight records."""
    spec = ModelSpec("tests.workspaces:Small")
    return Program(spec, **{"epochs": 2, "bins": BINS, "batch_size": 8, **more}, seed=seed)


def pretrain(workspace: Workspace, **how: Any) -> None:
    workspace.trainer.pretrain(program(7), model="base", **how)


def finetune(workspace: Workspace, model: str = "tuned", seed: int = 8, **how: Any) -> None:
    workspace.trainer.finetune(program(seed), model=model, parent="base", **how)


def train(workspace: Workspace) -> None:
    """Both models."""
    pretrain(workspace)
    finetune(workspace)


def weights(workspace: Workspace) -> dict[str, str]:
    """The weights in force, by the name of the model; a restricted one has none."""
    return {
        model.name: str(workspace.trainer.runs.get(model.run).weights_sha256)
        for model in workspace.trainer.models.all()
        if model.status == "in_force"
    }


def number_of(workspace: Workspace, person: str) -> int:
    return workspace.subjects.find(person)


def records_of(workspace: Workspace, person: str) -> list[int]:
    """The numbers of the records about a person."""
    table = workspace.records.about(workspace.subjects.find(person))
    found: list[int] = table.column("record").to_pylist()
    return found


def consent(workspace: Workspace, person: str, purpose: str, **how: Any) -> int:
    return workspace.grants.record(
        NewGrant(
            "consent",
            purpose,
            subject=person,
            notice="notice",
            explicit=True,
            given_by="self",
            evidence=EVIDENCE,
            **how,
        )
    )


def bring(workspace: Workspace, source: str, given: list[dict[str, Any]], folder: Path) -> Any:
    """Import rows, as from a file that lies elsewhere."""
    file = folder / f"{workspace.folder.name}-{source}.parquet"
    pq.write_table(pa.Table.from_pylist(given), file)
    try:
        dated = ["retention=until"] if any("until" in row for row in given) else []
        columns = Columns.parse([*_COLUMNS, *dated])
        return workspace.importer.run(open_reader(file), columns, source)
    finally:
        file.unlink()


@dataclass
class Town:
    """Makes workspaces in a folder, and remembers what training in them gave."""

    folder: Path
    known: dict[str, dict[str, str]] = field(default_factory=dict)

    def workspace(
        self,
        name: str,
        *,
        without: Collection[str] = (),
        lost: Collection[tuple[str, int]] = (),
        mended: Mapping[tuple[str, int], int] | None = None,
        silent: Collection[str] = (),
        dated: Mapping[tuple[str, int], str] | None = None,
    ) -> Workspace:
        """A workspace in which some people were never known.

        `lost` are single records (source, number) that are not there, `mended` have another label,
        the `silent` are known and have not consented, and the `dated` have a retention date of
        their own.
        """
        made = rightful.init(self.folder / name, controller="Example Lab", establishment="DE")
        notice = made.notices.publish("notice", "We train a digit recogniser.", "en")
        for source, purpose in SOURCES.items():
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
            given = [
                {**row, "label": (mended or {}).get((source, int(row["number"])), row["label"])}
                for row in rows(source)
                if not {*row["who"]} & {*without} and (source, int(row["number"])) not in lost
            ]
            if dated:
                given = [{**r, "until": dated.get((source, int(r["number"])))} for r in given]
            assert bring(made, source, given, self.folder).added == len(given)
            for person in {each for row in given for each in row["who"]} - {*silent}:
                consent(made, person, purpose)
        return made

    def expected(self, train: Callable[[Workspace], None] = train, **how: Any) -> dict[str, str]:
        """The weights of a workspace that was never anything else; trained once for each `how`.

        Train differently in a function of another name.
        """
        key = repr((train.__qualname__, sorted((k, _sorted(v)) for k, v in how.items())))
        if key not in self.known:
            with self.workspace(f"expected-{len(self.known)}", **how) as made:
                train(made)
                self.known[key] = weights(made)
        return self.known[key]


def _sorted(value: Any) -> list[Any]:
    return sorted(value.items() if isinstance(value, Mapping) else value)
