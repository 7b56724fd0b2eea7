"""Killed at any moment, a command is given again, and all is as if nothing had happened.

RIGHTFUL_KILLS says how many times each command is killed.
"""

import logging
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pytest
from pyroaring import BitMap64

import rightful
from rightful.forgetting import verify
from rightful.ledger import ExportedLedger
from rightful.registry.tables import subjects
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey, Small

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("RIGHTFUL_KILLS", "7"))

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Victim:
    """A command, to be killed on copies of a workspace.

    `begun` and `going` are questions to the registry: whether its work has begun, and whether it
    was not at its end yet.
    """

    journey: "Journey"
    template: str
    words: tuple[Any, ...]
    begun: str
    going: str

    def undisturbed(self) -> tuple[str, float]:
        """A copy on which nobody kills it, and how many seconds its work takes."""
        copy = self._copy("undisturbed")
        process = self.journey.start(copy, *self.words)
        self._wait(process, copy)
        since = time.monotonic()
        while process.poll() is None and self._ask(copy, self.going):
            time.sleep(0.005)
        seconds = time.monotonic() - since
        self.journey.finished(process)
        return copy, seconds

    def killed(self, number: int, after: float) -> tuple[str, bool, float]:
        """A copy on which it was killed so many seconds after its work began.

        Was it at work, and how many seconds was it let live?
        """
        copy = self._copy(f"killed-{number}")
        process = self.journey.start(copy, *self.words)
        self._wait(process, copy)
        since = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
        lived = time.monotonic() - since
        process.kill()
        process.communicate()
        return copy, self._ask(copy, self.going), lived

    def _copy(self, name: str) -> str:
        shutil.copytree(self.journey.folder / self.template, self.journey.folder / name)
        return name

    def _wait(self, process: Any, copy: str) -> None:
        while process.poll() is None and not self._ask(copy, self.begun):
            time.sleep(0.005)

    def _ask(self, copy: str, question: str) -> bool:
        registry = self.journey.folder / copy / "registry.sqlite"
        with closing(sqlite3.connect(registry)) as connection:
            return bool(connection.execute(f"SELECT EXISTS ({question})").fetchone()[0])


def kill_and_go_on(
    victim: Victim, seed: int, again: Callable[[str, bool], object]
) -> tuple[str, list[str]]:
    """Kill at random moments, each time give the command again, and check the ledger.

    Returns the copy that nobody disturbed, and the others.
    """
    undisturbed, seconds = victim.undisturbed()
    generator = random.Random(seed)
    copies, hit = [], 0
    for number in range(KILLS):
        after = generator.uniform(0, seconds)
        copy, at_work, lived = victim.killed(number, after)
        log.info("seed %s: after %.3f of %.3f s; at work: %s", seed, lived, seconds, at_work)
        hit += at_work
        if not at_work:  # the machine has less to do than it had before
            seconds = min(seconds, lived)
        with rightful.open(victim.journey.folder / copy) as workspace:
            assert workspace.ledger.check() == [], "before it is given again, too"
        again(copy, at_work)
        with rightful.open(victim.journey.folder / copy) as workspace:
            assert workspace.ledger.check() == []
        copies.append(copy)
    status = victim.journey.command(copies[-1], "status")
    unfinished = ("imports", "runs", "forgettings", "requests", "debts")
    assert [status[name] for name in unfinished] == [[]] * len(unfinished)
    assert hit >= KILLS / 3, f"only {hit} of {KILLS} hit it at work, so little was shown"
    return undisturbed, copies


def kinds(workspace: Workspace) -> Counter[str]:
    """How many entries of each kind the ledger has."""
    return Counter(entry.kind for entry in workspace.ledger.entries())


def test_an_import_that_is_killed_takes_every_row_once(small: "Small") -> None:
    journey = small.journey
    licensed, _ = small.sources()
    [(_, columns)] = licensed.files
    many = journey.table("many", small.invented(3000, range(20, 80)))
    mapped = [word for pair in columns for word in ("--map", pair)]
    journey.walk("template", [licensed])
    journey.command("template", "source", "add", "many", "--kind", "licensed")
    words = ("import", many, "--source", "many", *mapped)
    finished = {}

    def again(copy: str, at_work: bool) -> None:
        # Whoever imports a file once more is told that its records are held.
        done = journey.command(copy, *words)
        assert (done["added"], done["held"]) == ((3000, 0) if at_work else (0, 3000))
        finished[copy] = 2 if at_work else 3

    undisturbed, copies = kill_and_go_on(
        Victim(
            *(journey, "template", words),
            begun="SELECT 1 FROM imports WHERE source = 2",
            going="SELECT 1 FROM imports WHERE finished_at IS NULL",
        ),
        21,
        again,
    )
    with rightful.open(journey.folder / undisturbed) as workspace:
        wanted = _held(workspace)
    assert len(wanted) == 3400
    for copy in copies:
        with rightful.open(journey.folder / copy) as workspace:
            assert _held(workspace) == wanted
            assert len({workspace.subjects.find(str(person)) for person in range(80)}) == 80
            assert len(workspace.registry.rows(subjects.select())) == 80
            assert kinds(workspace)["import_finished"] == finished[copy]
    trained = {copy: _trained_on_many(journey, copy) for copy in (undisturbed, copies[-1])}
    assert trained[undisturbed] == trained[copies[-1]]


def _held(workspace: Workspace) -> list[tuple[bytes, bytes, str]]:
    """Each record by its name, its content, and whose it is; numbers may differ."""
    table = workspace.records.metadata()
    assert pc.count_distinct(table.column("record")).as_py() == table.num_rows
    people = {s: workspace.subjects.reference(s) for s in set(_flat(table.column("subjects")))}
    names = [key.tobytes() for key in workspace.records.keys(table)]
    hashes = table.column("content_hash").to_pylist()
    whose = [",".join(people[s] for s in each) for each in table.column("subjects").to_pylist()]
    return sorted(zip(names, hashes, whose, strict=True))


def _flat(column: Any) -> list[int]:
    return [subject for subjects in column.to_pylist() for subject in subjects]


def _trained_on_many(journey: "Journey", copy: str) -> str:
    """The digest of a model trained on what was imported."""
    words = "grant record --purpose pretraining --source many --kind"
    journey.command(copy, *words.split(), "legitimate_interests", "--evidence", "assessment 2")
    told = ("--not-public", "--no-special-category", "--no-criminal-offence", "--method", "form")
    journey.command(
        copy,
        *("source", "add", "many", *told, "--notice", "licensed-notice"),
        *("--retention-until", "2999-01-01"),
    )
    done = journey.command(
        copy, "pretrain", "--model", "many", "--bins", "40", "--seed", "3", "--epochs", "1"
    )
    assert done["records"] == 3400
    return str(done["weights_sha256"])


def test_a_training_that_is_killed_ends_with_the_same_bits(small: "Small") -> None:
    journey = small.journey
    journey.walk("template", small.sources(), small.runs()[:1])
    program = small.as_toml("program", epochs=3, bins=60, seed=8)
    words = ("finetune", "--model", "digits", "--from", "base", "--program", program)
    undisturbed, copies = kill_and_go_on(
        Victim(
            *(journey, "template", words),
            begun="SELECT 1 FROM runs WHERE model = 'digits'",
            going="SELECT 1 FROM runs WHERE status = 'running'",
        ),
        22,
        lambda copy, _: journey.command(copy, *words),
    )
    with rightful.open(journey.folder / undisturbed) as workspace:
        wanted, entries = journey.weights(undisturbed), kinds(workspace)
        losses = workspace.trainer.runs.losses(2)
    for copy in copies:
        with rightful.open(journey.folder / copy) as workspace:
            assert journey.weights(copy) == wanted
            assert [run.status for run in workspace.trainer.runs.all()] == ["finished"] * 2
            assert workspace.trainer.runs.losses(2) == losses
            assert kinds(workspace) == entries
            _assert_checkpoints_are_known(workspace)


def _assert_checkpoints_are_known(workspace: Workspace) -> None:
    there = {path for path in (workspace.folder / "runs").rglob("*") if path.is_file()}
    checkpoints = workspace.trainer.checkpoints
    known = [c for run in workspace.trainer.runs.all() for c in checkpoints.of(run.number)]
    assert there == {workspace.folder / each.path for each in known}
    assert all(checkpoints.intact(each) for each in known)


def test_an_erasure_that_is_killed_ends_with_one_certificate_and_the_same_bits(
    small: "Small",
) -> None:
    journey = small.journey
    small.trained("template")

    def again(copy: str, at_work: bool) -> None:
        # Killed at the very end, it was done: then the person is not held any more.
        (one,) = journey.command(copy, "erase", "5", code=0 if at_work else 8)["answers"]
        assert one["outcome"] == ("exact" if at_work else "nothing held")

    undisturbed, copies = kill_and_go_on(
        Victim(
            *(journey, "template", ("erase", "5")),
            begun="SELECT 1 FROM requests",
            going="SELECT 1 FROM requests WHERE state = 'open'",
        ),
        23,
        again,
    )
    with rightful.open(journey.folder / undisturbed) as workspace:
        wanted, entries = journey.weights(undisturbed), kinds(workspace)
        records = _numbers(workspace)
    assert len(records) == 780
    for copy in copies:
        with rightful.open(journey.folder / copy) as workspace:
            assert journey.weights(copy) == wanted
            assert _numbers(workspace) == records
            _assert_one_certificate(workspace, entries)


def _numbers(workspace: Workspace) -> BitMap64:
    return BitMap64(workspace.records.metadata().column("record").to_pylist())


def _assert_one_certificate(workspace: Workspace, entries: Counter[str]) -> None:
    """The ledger tells of one erasure; whoever asked again is told that nobody is held."""
    found = kinds(workspace)
    asked_again = found["request_received"] - 1
    assert asked_again in (0, 1)
    for kind in ("request_received", "request_closed"):
        found[kind] -= asked_again
    assert found == entries
    requests = workspace.requests.all()
    assert [each.state for each in requests] == ["closed"] * (1 + asked_again)
    assert requests[0].outcome == "exact"
    assert not workspace.forgetter.unfinished()
    assert {m.status for m in workspace.trainer.models.all()} == {"in_force"}
    (path,) = (workspace.folder / "certificates").iterdir()
    exported = ExportedLedger(workspace.folder / "ledger")
    verified = verify(Path(path).read_bytes(), workspace.ledger.public_key, exported)
    assert verified.body["records"] == 20
    _assert_checkpoints_are_known(workspace)
