"""A workspace is made whole, or can be made again."""

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
from rightful.errors import InvalidInput, NotFound
from rightful.keys import WorkspaceKey
from rightful.records import RecordStore
from rightful.registry import Registry
from rightful.workspace import Workspace


def make(place: Path, **more: Any) -> Workspace:
    return rightful.init(place, controller="Example Lab", establishment="DE", **more)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace that was made."""
    make(tmp_path / "lab").close()
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
