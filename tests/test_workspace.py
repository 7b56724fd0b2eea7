"""A workspace is opened by its folder or file, makes each room once, and is shared by processes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyroaring import BitMap64

import rightful
from rightful import config
from rightful.errors import Damaged, InvalidInput, NotFound, Refused
from rightful.grants import NewGrant
from rightful.keys import WorkspaceKey
from rightful.records import Mapping, Source
from rightful.records.readers import open_reader


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("workspace") / "lab"
    rightful.init(place, controller="Example Lab", establishment="DE").close()
    return place


@pytest.fixture
def place(original: Path, tmp_path: Path) -> Path:
    """A workspace of one test, a copy of one that was made once."""
    shutil.copytree(original, tmp_path / "lab")
    return tmp_path / "lab"


# Opening one


def test_it_opens_by_its_folder_or_its_file_and_wherever_it_was_moved(
    place: Path, tmp_path: Path
) -> None:
    with rightful.open(place) as opened:
        number, identity = opened.sources.declare(Source("form")), opened.id
    place.rename(tmp_path / "moved")
    for at in (tmp_path / "moved", str(tmp_path / "moved" / "rightful.toml")):
        with rightful.open(at) as opened:
            assert (opened.sources.number("form"), opened.id) == (number, identity)


def test_where_there_is_none_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no workspace at .*rightful init"):
        rightful.open(tmp_path)


def test_a_newer_format_is_not_touched(place: Path) -> None:
    file = place / "rightful.toml"
    file.write_text(file.read_text().replace("format = 1", "format = 2"))
    before = {path.name: path.stat().st_mtime_ns for path in place.iterdir()}
    with pytest.raises(Damaged, match=r"newer version of Rightful \(format 2"):
        rightful.open(place)
    assert {path.name: path.stat().st_mtime_ns for path in place.iterdir()} == before


def test_a_missing_key_registry_or_identity_is_told(place: Path) -> None:
    key, registry = place / "workspace.key", place / "registry.sqlite"
    key.rename(place / "elsewhere")
    with pytest.raises(NotFound, match=r"the key file .* is missing"):
        rightful.open(place)
    (place / "elsewhere").rename(key)
    with rightful.open(place) as opened:
        with opened.registry.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM properties")
        with pytest.raises(Damaged, match="does not say whose it is"):
            _ = opened.id
    registry.unlink()
    with pytest.raises(NotFound, match="no registry at"):
        rightful.open(place)


def test_a_key_that_others_can_read_is_refused(place: Path) -> None:
    (place / "workspace.key").chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        rightful.open(place)


def test_another_workspaces_key_is_refused(place: Path) -> None:
    (place / "workspace.key").unlink()
    WorkspaceKey.create(place / "workspace.key")
    with pytest.raises(Refused, match="is not the one that this workspace was made with"):
        rightful.open(place)


def test_a_missing_record_store_is_told_when_it_is_needed(place: Path) -> None:
    shutil.rmtree(place / "records.lance")
    with rightful.open(place) as opened:
        assert opened.sources.names() == {}
        with pytest.raises(NotFound, match="the record store is missing"):
            opened.records.metadata()


# Using one


def test_each_room_is_made_once_and_every_room_opens(place: Path) -> None:
    with rightful.open(place) as opened:
        rooms = (
            *("ledger", "keyring", "names", "sources", "subjects", "records", "suppressions"),
            *("importer", "purposes", "notices", "grants", "packs", "clearances", "trainer"),
            *("evaluator", "forgetter", "rights", "requests", "disclosures", "access", "know"),
        )
        for room in rooms:
            assert getattr(opened, room) is getattr(opened, room)


def test_a_closed_workspace_may_be_used_again(place: Path) -> None:
    opened = rightful.open(place)
    opened.close()
    assert opened.sources.declare(Source("form")) == 1
    opened.close()


def test_what_one_has_changed_another_sees(place: Path) -> None:
    with rightful.open(place) as one, rightful.open(place) as other:
        assert other.sources.names() == {}
        one.sources.declare(Source("form"))
        one.notices.publish("privacy", "We train a model.", "en")
        assert other.sources.names() == {1: "form"}
        assert other.notices.latest("privacy").version == 1
        assert other.ledger.checkpoint() == one.ledger.checkpoint()


_WRITES = """
import sys
import rightful
with rightful.open(sys.argv[1]) as workspace:
    for number in range(20):
        workspace.notices.publish("notice", f"{sys.argv[2]} {number}", "en")
"""


def test_two_processes_write_at_once_and_nothing_is_lost(place: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", _WRITES, str(place), name], stderr=subprocess.PIPE)
        for name in ("one", "two")
    ]
    for process in running:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told.decode()
    with rightful.open(place) as opened:
        assert sorted(notice.version for notice in opened.notices.all()) == list(range(1, 41))
        entries = opened.ledger.entries()
        published = [entry for entry in entries if entry.kind == "notice_published"]
        assert len(published) == 40
        assert [entry.number for entry in entries] == list(range(len(entries)))


# Its own licences

_LICENCE = """
[licences."LicenseRef-our-contract"]
training = "permitted"
commercial = "permitted"
derivatives = "prohibited"
"""


def test_what_the_configuration_says_of_licences_is_what_clearances_read(place: Path) -> None:
    with (place / config.FILE).open("a") as file:
        file.write(_LICENCE)
    with rightful.open(place) as opened:
        terms = opened.licences["LicenseRef-our-contract"]
        assert (terms.training, terms.derivatives, terms.attribution) == (
            "permitted",
            "prohibited",
            None,
        )
        assert terms.negotiated
        opened.sources.declare(Source("stills", kind="licensed"))
        for kind, licence in (("no_personal_data", None), ("licence", "LicenseRef-our-contract")):
            grant = NewGrant(kind=kind, purpose="model-training", source="stills", licence=licence)
            opened.grants.record(grant)
        (place / "rows.csv").write_text("content\nfor a test\n")
        opened.importer.run(
            open_reader(place / "rows.csv"), Mapping(content={"text": "content"}), "stills"
        )
        [row] = opened.clearances.facts(BitMap64([0]), "fine-tuning")
        assert (row["licence_training"], row["licence_negotiated"]) == ("permitted", True)


def test_a_licence_that_can_not_be_understood_is_named_with_its_file(place: Path) -> None:
    with (place / config.FILE).open("a") as file:
        file.write(_LICENCE.replace("prohibited", "forbidden"))
    with (
        rightful.open(place) as opened,
        pytest.raises(InvalidInput, match=r"rightful\.toml: licences: LicenseRef-our-contract: "),
    ):
        _ = opened.clearances
