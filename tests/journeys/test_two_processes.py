"""Several processes on one workspace: nothing is lost or doubled, and readers never fail."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyroaring import BitMap64

import rightful
from rightful.errors import Busy

if TYPE_CHECKING:
    from tests.journeys.conftest import Small

PURPOSE = "fine-tuning"


def _grants(path: Path, people: Sequence[int]) -> Path:
    """A file of consents, one for each person."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        columns = ("subject", "source", "kind", "purpose", "notice", "explicit", "given_by")
        writer.writerow((*columns, "evidence"))
        for person in people:
            row = (person, "consented", "consent", PURPOSE, "consented-notice", "yes", "self")
            writer.writerow((*row, "cupboard 3"))
    return path


@pytest.mark.slow
def test_two_imports_a_file_of_grants_and_a_reader_at_once(small: "Small") -> None:
    journey = small.journey
    _, consented = small.sources()
    [(first, columns)] = consented.files
    journey.walk("workspace", [replace(consented, files=[], consents=[])])
    # The second file has half of the first one's records, too: they must not come in twice.
    more = [{**row, "index": row["index"] + 200} for row in small.consented]
    second = journey.table("second", small.consented[200:] + more[200:])
    grants = _grants(journey.folder / "grants.csv", range(20, 40))
    mapped = [word for pair in columns for word in ("--map", pair)]

    reader = journey.program("reader.py", "workspace", PURPOSE, "stop")
    assert reader.stdout is not None
    seen = [json.loads(reader.stdout.readline())]
    writers = [
        journey.start("workspace", "import", first, "--source", "consented", *mapped),
        journey.start("workspace", "import", second, "--source", "consented", *mapped),
        journey.start("workspace", "grant", "import", grants),
    ]
    answers: list[dict[str, Any]] = [json.loads(journey.finished(each)) for each in writers]
    (journey.folder / "stop").touch()
    seen += [json.loads(line) for line in journey.finished(reader).splitlines()]

    imports, granted = answers[:2], answers[2]
    assert sum(each["added"] for each in imports) == 600
    assert sum(each["held"] for each in imports) == 200
    assert [each["quarantined"] for each in imports] == [0, 0]
    assert (granted["added"], granted["quarantined"]) == (20, 0)
    # Records, what is cleared of them, and the ledger only ever grow here.
    assert all(list(column) == sorted(column) for column in zip(*seen, strict=True)), seen
    assert (seen[0][:2], seen[-1][:2]) == ([0, 0], [600, 600])
    with rightful.open(journey.folder / "workspace") as workspace:
        table = workspace.records.metadata()
        assert BitMap64(table.column("record").to_pylist()) == BitMap64(range(600))
        assert len({key.tobytes() for key in workspace.records.keys(table)}) == 600
        assert len(workspace.clearances.compute(PURPOSE).cleared) == 600
        people = [workspace.subjects.find(str(person)) for person in range(20, 40)]
        assert len(set(people)) == 20
        assert sum(workspace.records.about(each).num_rows for each in people) == 600
        assert [len(workspace.grants.about(each)) for each in people] == [1] * 20
        assert workspace.ledger.check() == []
        entries = workspace.ledger.entries()
        assert [entry.kind for entry in entries].count("import_finished") == 2
        told = [entry.facts["count"] for entry in entries if entry.kind == "grants_imported"]
        assert sum(told) == 20


@pytest.mark.slow
def test_of_two_trainings_at_once_one_says_that_it_is_busy(small: "Small") -> None:
    journey = small.journey
    journey.walk("workspace", small.sources(), small.runs()[:1])
    program = small.as_toml("slow", epochs=1, bins=20, seed=8)
    going = journey.program("watched_finetune.py", "workspace", program, "go-on")
    assert going.stdout is not None
    going.stdout.readline()  # it is under way
    other = ("finetune", "--model", "other", "--from", "base", "--seed", "9", "--epochs", "1")
    busy = journey.command("workspace", *other, code=Busy.exit_code)
    assert "another process is working on this workspace (training)" in busy["error"]
    (journey.folder / "go-on").touch()
    journey.finished(going)
    assert journey.command("workspace", *other)["run"] == 3
    with rightful.open(journey.folder / "workspace") as workspace:
        assert [run.model for run in workspace.trainer.runs.all()] == ["base", "digits", "other"]
        kinds = [entry.kind for entry in workspace.ledger.entries()]
        assert (kinds.count("run_started"), kinds.count("run_finished")) == (3, 3)
