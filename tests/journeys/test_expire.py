"""Records come with dates, a model is trained on them, the dates pass, and nothing of them is left.

All of it as typed in a shell; the clock of a command may stand at another day.
"""

import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import rightful
from rightful.ledger import ExportedLedger

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey, Small

pytestmark = pytest.mark.slow

#: The last day of every tenth record, and the day after.
DAY, AFTER = "2998-03-01", "2998-03-02T03:00:00Z"
#: Each of their writers has others that stay: writers are dealt by the rest of 20.
DATED = range(0, 400, 9)
FROM_LICENSED, FROM_CONSENTED = 45, 45

MAP = (
    *("--map", "image=image", "--map", "image_shape=28x28", "--map", "label=label"),
    *("--map", "subject=writer", "--map", "reference=index", "--map", "residence=country"),
    *("--map", "birth_year=born", "--map", "retention=until"),
)


def lived(small: "Small", name: str, *, without: bool = False) -> dict[str, str | None]:
    """A workspace with both models, made by typing; `without` what has a date of its own."""
    journey = small.journey
    journey.command("", "init", name, "--controller", "Example Lab", "--establishment", "DE")
    journey.command(name, "notice", "publish", "told", "--language", "en", "--text", "We train.")
    for source, rows in (("licensed", small.licensed), ("consented", small.consented)):
        journey.command(
            *(name, "source", "add", source, "--kind", "user_data", "--method", "form"),
            *("--not-public", "--no-special-category", "--no-criminal-offence"),
            *("--notice", "told", "--retention-until", "2999-01-01"),
        )
        dated = [{**row, "until": DAY if row["index"] in DATED else None} for row in rows]
        kept = [row for row in dated if not (without and row["until"])]
        file = journey.table(f"{name}-{source}", kept or dated)
        assert journey.command(name, "import", file, "--source", source, *MAP)["added"] == len(kept)
        interests = ("--kind", "legitimate_interests", "--evidence", "assessment 1")
        journey.command(
            name, "grant", "record", *interests, "--purpose", "model-training", "--source", source
        )
    recipe = ("--epochs", "1", "--bins", "20", "--batch-size", "20")
    journey.command(name, "pretrain", "--model", "base", "--seed", "7", *recipe)
    journey.command(name, "finetune", "--model", "digits", "--from", "base", "--seed", "8", *recipe)
    return journey.weights(name)


def later(journey: "Journey", name: str, *words: Any, code: int = 0) -> dict[str, Any]:
    """Give a command on the day after the date."""
    import json

    answer: dict[str, Any] = json.loads(journey.finished(started(journey, name, *words), code))
    return answer


def started(journey: "Journey", name: str, *words: Any) -> Any:
    place = ("-w", journey.folder / name, "--json")
    return journey.program("later.py", AFTER, *words, *place)


@pytest.fixture(scope="module")
def template(made: "Small") -> tuple["Small", dict[str, str | None]]:
    """A workspace to copy, and the weights of one in which the dated records never were."""
    lived(made, "template")
    return made, lived(made, "never", without=True)


def copy(small: "Small", name: str) -> str:
    shutil.copytree(small.journey.folder / "template", small.journey.folder / name)
    return name


def check_end(small: "Small", name: str, wanted: dict[str, str | None]) -> Path:
    """The models are those of the other workspace, and there is one certificate: its path."""
    journey = small.journey
    assert journey.weights(name) == wanted
    status = later(journey, name, "status")
    assert status["records"] == 800 - FROM_LICENSED - FROM_CONSENTED
    assert {each["status"] for each in status["models"]} == {"in_force"}
    assert (status["forgettings"], status["debts"], status["past_date"]["due"]) == ([], [], 0)
    with rightful.open(journey.folder / name) as workspace:
        assert workspace.ledger.check() == []
        kinds = [entry.kind for entry in workspace.ledger.entries()]
        assert kinds.count("records_expired") == 1
    (path,) = (journey.folder / name / "certificates").iterdir()
    return path


def test_what_is_past_its_date_is_gone_from_the_models_bit_for_bit(
    template: tuple["Small", dict[str, str | None]], tmp_path: Path
) -> None:
    small, wanted = template
    journey, name = small.journey, copy(small, "quiet")
    assert journey.command(name, "expire", code=8)["outcome"] == "nothing due"
    ahead = journey.command(name, "expire", "--dry-run", "--at", AFTER)
    assert [each["due"] for each in ahead["sources"]] == [FROM_LICENSED, FROM_CONSENTED]
    assert ahead["plan"]["models"] == ["base", "digits"]
    assert journey.weights(name) != wanted

    found = later(journey, name, "expire")

    assert found["outcome"] == "exact"
    assert found["seconds"] > 0
    path = check_end(small, name, wanted)
    assert later(journey, name, "expire", code=8)["outcome"] == "nothing due"
    # A stranger, with three files.
    shutil.copy(path, tmp_path / "certificate.json")
    journey.command(name, "ledger", "export", tmp_path / "ledger")
    shutil.copy(tmp_path / "ledger/public.key", tmp_path / "controller.key")
    told = journey.command(
        *("no-workspace", "verify", tmp_path / "certificate.json"),
        *("--key", tmp_path / "controller.key", "--ledger", tmp_path / "ledger"),
    )
    body = told["body"]
    assert told["verified"]
    assert (body["kind"], body["outcome"]) == ("expire", "exact")
    assert body["records"] == FROM_LICENSED + FROM_CONSENTED
    assert {run["model"]: run["weights_after"] for run in body["runs"]} == wanted
    entries = ExportedLedger(tmp_path / "ledger")
    said = [entries.entry(number) for number in range(told["size"])]
    (evidence,) = [each for each in said if b'"records_expired"' in each]
    assert body["expired"]["keys"].encode() in evidence


@pytest.mark.parametrize("state", ["planned", "shredded", "replayed", "purged"])
def test_killed_in_the_middle_the_same_command_does_the_rest(
    template: tuple["Small", dict[str, str | None]], state: str
) -> None:
    small, wanted = template
    journey, name = small.journey, copy(small, f"killed-{state}")
    process = started(journey, name, "expire")
    query = "SELECT state FROM forgettings"
    seen = None
    with closing(sqlite3.connect(journey.folder / name / "registry.sqlite")) as connection:
        order = ["planned", "shredded", "replayed", "purged", "done"]
        while process.poll() is None:
            with suppress(sqlite3.OperationalError):  # the database is being rewritten
                seen = next((row[0] for row in connection.execute(query)), None)
            if seen is not None and order.index(seen) >= order.index(state):
                break
            time.sleep(0.002)
        if seen == "shredded":
            time.sleep(0.3)  # somewhere in a run
    process.kill()
    process.communicate()
    assert seen is not None
    found = later(journey, name, "expire", code=8 if seen == "done" else 0)
    assert found["outcome"] == ("nothing due" if seen == "done" else "exact")
    check_end(small, name, wanted)
