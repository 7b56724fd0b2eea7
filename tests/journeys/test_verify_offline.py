"""A stranger checks a certificate with three files and nothing else."""

import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import rightful
from rightful.errors import NotVerified, RightfulError
from rightful.forgetting import verify
from rightful.ledger import ExportedLedger

if TYPE_CHECKING:
    from tests.journeys.conftest import Journey, Small

pytestmark = pytest.mark.slow

PERSON = "33"


class Stranger:
    """A folder with a certificate, the ledger, and the key; the workspace is out of reach."""

    def __init__(self, journey: "Journey") -> None:
        self.journey = journey
        self.folder = journey.folder
        self.certificate = self.folder / "certificate.json"
        self.ledger = self.folder / "ledger"
        self.key = self.folder / "controller.key"

    def check(self, code: int = 0, **instead: Path) -> dict[str, Any]:
        """`rightful verify` in a process of its own."""
        files = {"key": self.key, "ledger": self.ledger, **instead}
        words = [word for name, path in files.items() for word in (f"--{name}", path)]
        return self.journey.command("no-workspace", "verify", self.certificate, *words, code=code)

    def holds(self, certificate: bytes | None = None) -> bool:
        """The same in this process, which is quicker."""
        data = self.certificate.read_bytes() if certificate is None else certificate
        try:
            verify(data, self.key.read_text().strip(), ExportedLedger(self.ledger))
        except RightfulError:
            return False
        return True


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, made: "Small") -> Path:
    """What the controller gives to strangers, and what it might try to give them instead."""
    journey = made.journey
    folder = tmp_path_factory.mktemp("given")
    made.trained("workspace")
    shutil.copytree(journey.folder / "workspace", journey.folder / "backup")
    (answer,) = journey.command("workspace", "erase", PERSON)["answers"]
    assert answer["outcome"] == "exact"
    shutil.copy(answer["certificate"], folder / "certificate.json")
    journey.command("workspace", "ledger", "export", folder / "ledger")
    shutil.copy(folder / "ledger/public.key", folder / "controller.key")
    # A backup from before it, brought back: the same key signs another story.
    journey.command("backup", "ledger", "export", folder / "older")
    journey.command("backup", "erase", "34")
    journey.command("backup", "erase", "35")
    journey.command("backup", "ledger", "export", folder / "rewritten")
    for name in ("workspace", "backup"):
        shutil.rmtree(journey.folder / name)
    return folder


@pytest.fixture
def stranger(given: Path, journey: "Journey") -> Stranger:
    for entry in given.iterdir():
        to = journey.folder / entry.name
        shutil.copytree(entry, to) if entry.is_dir() else shutil.copy(entry, to)
    return Stranger(journey)


@pytest.fixture(scope="module")
def other_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public key of another controller, as good as any."""
    folder = tmp_path_factory.mktemp("other")
    with rightful.init(folder / "workspace", controller="Other", establishment="FR") as other:
        (folder / "other.key").write_text(other.ledger.public_key)
    return folder / "other.key"


def test_certificate_ledger_and_key_are_all_it_takes(stranger: Stranger) -> None:
    told = stranger.check()
    assert told["verified"]
    body = told["body"]
    assert (body["outcome"], body["kind"], body["records"]) == ("exact", "erase", 20)
    assert told["size"] == ExportedLedger(stranger.ledger).size
    assert len(bytes.fromhex(body["subject"])) == 32, "a pseudonym, whose key is destroyed"
    words = ("verify", stranger.certificate, "--key", stranger.key)
    assert stranger.journey.command("no-workspace", *words)["verified"], "without the ledger, too"


def test_the_key_of_another_controller_does_not_open_it(
    stranger: Stranger, other_key: Path
) -> None:
    told = stranger.check(NotVerified.exit_code, key=other_key)
    assert told["exit_code"] == NotVerified.exit_code


def test_a_ledger_that_was_cut_is_found_out(stranger: Stranger) -> None:
    """What was exported earlier is whole and signed, and the certificate's entry is gone."""
    told = stranger.check(NotVerified.exit_code, ledger=stranger.folder / "older")
    assert "it was cut" in told["error"]


def test_a_ledger_that_was_rewritten_is_found_out(stranger: Stranger) -> None:
    """It is longer than at the certificate's time, whole, and signed by the right key."""
    rewritten = ExportedLedger(stranger.folder / "rewritten")
    assert rewritten.verify(stranger.key.read_text().strip()).size > stranger.check()["size"]
    told = stranger.check(NotVerified.exit_code, ledger=rewritten.folder)
    assert "not the one that the certificate was issued from" in told["error"]


def test_any_changed_byte_is_found_out(stranger: Stranger) -> None:
    assert stranger.holds()
    data = stranger.certificate.read_bytes()
    generator = random.Random(11)
    for place in generator.sample(range(len(data)), 250):
        changed = bytearray(data)
        changed[place] ^= 1 << generator.randrange(8)
        assert not stranger.holds(bytes(changed)), f"byte {place} of the certificate"
    for cut in generator.sample(range(len(data)), 20):
        assert not stranger.holds(data[:cut])
    files = [path for path in sorted(stranger.ledger.rglob("*")) if path.is_file()]
    # The key beside a ledger proves nothing, so it is not read.
    counted = [path for path in files if path.name != "public.key"]
    assert len(counted) >= 3, "checkpoint, entries, and hashes of them"
    for path in counted:
        whole = path.read_bytes()
        for place in generator.sample(range(len(whole)), min(60, len(whole))):
            changed = bytearray(whole)
            changed[place] ^= 1 << generator.randrange(8)
            path.write_bytes(changed)
            assert not stranger.holds(), f"byte {place} of {path.name}"
        path.unlink()
        assert not stranger.holds(), f"{path.name} is missing"
        path.write_bytes(whole)
    assert stranger.holds()
