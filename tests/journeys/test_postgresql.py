"""The whole way with the registry on PostgreSQL, which makes no difference to a single bit."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import rightful
from rightful.errors import Busy

if TYPE_CHECKING:
    from tests.journeys.conftest import Small

PERSON, LEAVER, WRITER = "29", "30", "7"


@pytest.mark.slow
def test_train_withdraw_forget_erase_and_verify(small: "Small", postgresql_url: str) -> None:
    journey = small.journey
    lite = small.trained("lite")
    assert small.trained("workspace", registry=postgresql_url) == lite
    assert not list((journey.folder / "workspace").glob("*.sqlite"))

    with rightful.open(journey.folder / "workspace") as workspace:
        with workspace.registry.lock("training"):
            journey.command("workspace", "forget")  # nothing is owed, so nobody need wait
            journey.command("workspace", "withdraw", LEAVER)
            journey.command("workspace", "forget", code=Busy.exit_code)
        assert {debt.models for debt in workspace.forgetter.debts()} == {("digits",)}
    journey.command("lite", "withdraw", LEAVER)

    certificates: dict[str, list[Path]] = {"workspace": [], "lite": []}
    for name, written in certificates.items():
        (done,) = journey.command(name, "forget")["forgettings"]
        assert done["outcome"] == "exact"
        for answer in journey.command(name, "erase", PERSON, WRITER)["answers"]:
            assert answer["outcome"] == "exact"
            written.append(Path(answer["certificate"]))
        status = journey.command(name, "status")
        assert (status["next"], status["debts"], status["records"]) == ("nothing is due", [], 760)
        assert journey.command(name, "ledger", "check")["problems"] == []

    alone = small.trained("alone", without=[int(PERSON), int(LEAVER), int(WRITER)])
    assert journey.weights("workspace") == journey.weights("lite") == alone

    home = journey.folder / "workspace"
    shutil.copytree(home / "ledger", journey.folder / "ledger")
    key = journey.folder / "ledger/public.key"
    for each in certificates["workspace"]:
        told = journey.command(
            "nowhere", "verify", each, "--key", key, "--ledger", journey.folder / "ledger"
        )
        assert (told["verified"], told["body"]["key_destroyed"]) == (True, True)
