"""A workspace is made whole or can be made again, opened by its folder, and shared by processes."""

import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rightful
from rightful import config, files
from rightful.errors import Damaged, InvalidInput, NotFound, Refused
from rightful.keys import WorkspaceKey
from rightful.records import RecordStore, Source
from rightful.registry import Registry
from rightful.workspace import Workspace


def make(place: Path, **more: Any) -> Workspace:
    return rightful.init(place, controller="Example Lab", establishment="DE", **more)


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("workspace") / "lab"
    make(place).close()
    return place


@pytest.fixture
def place(original: Path, tmp_path: Path) -> Path:
    """A workspace of one test, a copy of one that was made once."""
    shutil.copytree(original, tmp_path / "lab")
    return tmp_path / "lab"


def check_whole(place: Path) -> None:
    """Everything is there, and nothing that was only on the way."""
    with rightful.open(place) as opened:
        assert len(opened.id) == 36
        assert set(opened.purposes.names().values()) >= {"pretraining", "fine-tuning"}
        assert opened.records.metadata().num_rows == 0
        assert {pack.id for pack in opened.packs} == {"eu.gdpr", "cn.pipl"}
    names = {path.name for path in place.iterdir()}
    assert names >= {"rightful.toml", "workspace.key", "registry.sqlite", "records.lance"}
    assert not {name for name in names if name.startswith(".unfinished") or "new" in name}


# Making one


def test_a_new_workspace_has_all_it_needs(place: Path) -> None:
    check_whole(place)
    assert stat.S_IMODE((place / "workspace.key").stat().st_mode) == 0o600


def test_a_folder_that_is_there_and_empty_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty").close()
    check_whole(tmp_path / "empty")


def test_two_workspaces_are_two(place: Path, tmp_path: Path) -> None:
    with rightful.open(place) as one, make(tmp_path / "other") as other:
        assert one.id != other.id
        assert one.key.derive("anything") != other.key.derive("anything")
        assert one.ledger.public_key != other.ledger.public_key


def test_a_workspace_is_not_made_twice(place: Path) -> None:
    key = (place / "workspace.key").read_bytes()
    with pytest.raises(InvalidInput, match="is a workspace already"):
        make(place)
    assert (place / "workspace.key").read_bytes() == key
    check_whole(place)


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InvalidInput, match="is not empty; choose a new folder"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"controller": " "}, "give the name"),
        ({"establishment": "Germany"}, "two letters"),
        ({"packs": ["eu.gdrp"]}, "eu.gdrp"),
        ({"registry": "mysql://host/db"}, "mysql is not supported"),
        ({"registry": "nonsense"}, "not a database URL"),
    ],
)
def test_what_makes_no_sense_is_told_and_can_be_given_again_mended(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises((InvalidInput, NotFound), match=said):
        rightful.init(tmp_path / "lab", **{"controller": "Lab", "establishment": "DE", **given})
    with pytest.raises(NotFound):
        rightful.open(tmp_path / "lab")
    make(tmp_path / "lab").close()
    check_whole(tmp_path / "lab")


def _dying(owner: object, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    return lambda patch: patch.setattr(owner, name, die)


@pytest.mark.parametrize(
    "dies",
    [
        _dying(WorkspaceKey, "create"),
        _dying(config, "write"),
        _dying(Registry, "create"),
        _dying(Registry, "property"),
        _dying(RecordStore, "create"),
        _dying(Path, "rmdir"),
    ],
    ids=["key", "configuration", "registry", "identity", "records", "last folder"],
)
def test_stopped_half_way_it_can_be_given_again(
    tmp_path: Path, dies: Callable[[pytest.MonkeyPatch], None]
) -> None:
    place = tmp_path / "lab"
    with pytest.MonkeyPatch.context() as patch:
        dies(patch)
        with pytest.raises(KeyboardInterrupt):
            make(place)
    if (place / "rightful.toml").exists():  # it was only stopped while tidying up
        with pytest.raises(InvalidInput, match="is a workspace already"):
            make(place)
    else:
        with pytest.raises(NotFound, match="no workspace at"):
            rightful.open(place)
        make(place).close()
        check_whole(place)
    with rightful.open(place) as opened:
        assert opened.records.metadata().num_rows == 0


def test_what_was_begun_keeps_its_key(tmp_path: Path) -> None:
    place = tmp_path / "lab"
    with pytest.MonkeyPatch.context() as patch:
        _dying(RecordStore, "create")(patch)
        with pytest.raises(KeyboardInterrupt):
            make(place)
    key = (place / "workspace.key").read_bytes()
    make(place).close()
    assert (place / "workspace.key").read_bytes() == key


_KILLED = """
import os, signal, sys
import rightful
from rightful.records.store import RecordStore
RecordStore.create = lambda self: os.kill(os.getpid(), signal.SIGKILL)
rightful.init(sys.argv[1], controller="Example Lab", establishment="DE")
"""


def test_killed_half_way_it_can_be_given_again(tmp_path: Path) -> None:
    place = tmp_path / "lab"
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(place)], capture_output=True, timeout=120, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    (place / f"{files.UNFINISHED}key").write_text("half")
    make(place).close()
    check_whole(place)


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
