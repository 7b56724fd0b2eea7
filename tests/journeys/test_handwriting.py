"""Real handwriting of 440 people: a model that reads digits well forgets whom it is asked to.

The digits of 200 writers are licensed, and used on legitimate interests; the others consented.
What is forgotten is shown on 60 of them, and on all with RIGHTFUL_FULL=1, which takes long.
"""

import logging
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import rightful
from rightful.records import content

if TYPE_CHECKING:
    from tests.journeys.conftest import Brought, Journey, Trained

pytestmark = pytest.mark.slow

FULL = os.environ.get("RIGHTFUL_FULL") == "1"

#: Of the 440 writers in the order of their names: whose digits are licensed, and who consented.
LICENSED = 200
SUBSET = 30

#: What the mission asks for. This recipe gave 99.1 to 99.2 % with five pairs of seeds.
ACCURACY = 0.988

log = logging.getLogger(__name__)

Correction = tuple[int, int]  # the index of a digit, and what it should say


class Writers:
    """The shared handwriting, as far as it is used; walks with it, and what came of them."""

    def __init__(self, journey: "Journey", table: pa.Table, each: int | None) -> None:
        train = table.filter(pc.equal(table["split"], "train"))
        names = sorted(set(train["writer"].to_pylist()))
        #: Whose digits are licensed, and who consented to fine-tuning.
        self.licensed = names[:LICENSED][:each]
        self.consented = names[LICENSED:][:each]
        self._journey = journey
        self._train = train
        self._test = table.filter(pc.equal(table["split"], "test"))
        self._seeds = 7, 8

    def about(self, writer: str) -> list[dict[str, Any]]:
        """The rows of a writer."""
        rows: list[dict[str, Any]] = self._of([writer]).to_pylist()
        return rows

    def walk(
        self,
        name: str,
        *,
        without: Iterable[str] = (),
        corrected: Correction | None = None,
        tested: bool = False,
    ) -> dict[str, str]:
        """Pretrain and fine-tune in another process, as if these writers had never been there."""
        gone = set(without)
        licensed = [writer for writer in self.licensed if writer not in gone]
        consented = [writer for writer in self.consented if writer not in gone]
        sources = [
            self._source("licensed", self._of(licensed), interests=["pretraining"]),
            self._source(
                "consented",
                _correct(self._of(consented), corrected),
                consents=[("fine-tuning", consented)],
            ),
        ]
        if tested:
            others = sorted(set(self._test["writer"].to_pylist()))
            consents = [("model-evaluation", others)]
            sources.append(self._source("test", self._test, consents=consents))
        return self._journey.walk(name, sources, self._runs())

    def _of(self, writers: Sequence[str]) -> pa.Table:
        return self._train.filter(pc.is_in(self._train["writer"], pa.array(writers)))

    def _source(self, name: str, table: pa.Table, **grounds: Any) -> "Brought":
        rows = table.select(["index", "image", "label", "writer"]).to_pylist()
        invented = {"country": "DE", "born": 1970}
        path = self._journey.table(name, [{**row, **invented} for row in rows])
        return self._journey.source(name, path, **grounds)

    def _runs(self) -> list["Trained"]:
        """Three epochs each, in steps of about 64 records, with Adam at 0.001."""
        base, tuned = (
            {
                "model": {"path": "rightful.training.lenet:LeNet"},
                "epochs": 3,
                "bins": round(self._of(writers).num_rows / 64),
                "seed": seed,
                "batch_size": 64,
            }
            for writers, seed in zip((self.licensed, self.consented), self._seeds, strict=True)
        )
        return [
            self._journey.model("base", base),
            self._journey.model("digits", {**tuned, "schedule": "cosine"}, parent="base"),
        ]


def _correct(table: pa.Table, corrected: Correction | None) -> pa.Table:
    """The rows with one label changed."""
    if corrected is None:
        return table
    index, label = corrected
    labels = pc.if_else(pc.equal(table["index"], index), label, table["label"])
    return table.set_column(table.schema.get_field_index("label"), "label", labels)


@pytest.fixture
def table(shared_data: Path) -> pa.Table:
    return pq.read_table(shared_data / "handwriting.parquet")


def test_pretrained_and_fine_tuned_it_reads_the_digits_of_strangers(
    journey: "Journey", table: pa.Table
) -> None:
    Writers(journey, table, None).walk("workspace", tested=True)
    score = evaluated(journey, "digits")
    assert score >= ACCURACY
    assert evaluated(journey, "base") < score


def evaluated(journey: "Journey", model: str) -> float:
    """The accuracy on digits of people who are in neither training set."""
    metrics = journey.command("workspace", "evaluate", model)["metrics"]
    assert metrics["records"] == 10_000
    log.info("%s is right on %.2f %%", model, 100 * metrics["accuracy"])
    return float(metrics["accuracy"])


@pytest.mark.timeout(7200 if FULL else 900)
def test_each_forgetting_gives_the_bits_of_a_training_that_never_knew(
    journey: "Journey", table: pa.Table
) -> None:
    writers = Writers(journey, table, None if FULL else SUBSET)
    before = writers.walk("workspace", tested=FULL)
    gone: set[str] = set()
    requests = (writers.consented[3:4], writers.consented[4:9], writers.licensed[2:3])
    for number, people in enumerate(requests):
        since = time.monotonic()
        for answer in journey.command("workspace", "erase", *people)["answers"]:
            assert answer["outcome"] == "exact"
        forgot = time.monotonic()
        gone.update(people)
        after = journey.weights("workspace")
        assert after == writers.walk(f"alone-{number}", without=gone)
        alone = time.monotonic()
        log.info("erased %s in %.1f s; alone %.1f s", people, forgot - since, alone - forgot)
        assert after["digits"] != before["digits"]
        assert (after["base"] == before["base"]) == (people != requests[2])
    digit = writers.about(writers.consented[10])[5]
    corrected = digit["index"], (digit["label"] + 1) % 10
    record = _record(journey, writers.consented[10], digit["image"])
    command = ("rectify", record, "--label", corrected[1])
    assert [a["outcome"] for a in journey.command("workspace", *command)["answers"]] == ["exact"]
    last = journey.weights("workspace")
    assert last == writers.walk("alone-corrected", without=gone, corrected=corrected)
    assert last["digits"] != after["digits"]
    if FULL:
        assert evaluated(journey, "digits") >= ACCURACY


def _record(journey: "Journey", writer: str, image: bytes) -> int:
    """The number of the record that holds this picture."""
    with rightful.open(journey.folder / "workspace") as workspace:
        held = workspace.records.open_about(workspace.subjects.find(writer))
    (found,) = (n for n, data in held.items() if content.decode(data)["image"].tobytes() == image)
    return found
