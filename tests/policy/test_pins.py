"""A pinned pack is the copy that was made, unchanged, whatever happens to where it came from."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.files import write_atomic
from rightful.policy import load as load_loose
from rightful.policy import pins

PackText = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "packs"


@pytest.fixture
def house(tmp_path: Path, pack_text: PackText) -> Path:
    path = tmp_path / "house.yaml"
    path.write_text(pack_text(), encoding="utf-8")
    return path


def test_nothing_pinned_is_what_the_names_say(folder: Path, house: Path) -> None:
    names = ["eu.gdpr", str(house)]
    assert pins.load(names, folder) == load_loose(names)
    assert not folder.exists()
    assert pins.pins(folder) == {}


def test_a_pinned_pack_stays_as_it_was(folder: Path, house: Path, pack_text: PackText) -> None:
    names = ["eu.gdpr", str(house)]
    before = load_loose(names)
    done = pins.pin(names, folder)
    assert [(pin.id, pin.version, pin.sha256) for pin in done] == [
        (pack.id, pack.version, pack.sha256) for pack in before
    ]
    house.write_text(pack_text(version="2"), encoding="utf-8")
    assert pins.load(names, folder) == before
    house.unlink()
    assert pins.load(names, folder) == before
    assert pins.one("house", folder).version == "1"
    with pytest.raises(NotFound, match=r"no pack cn\.pipl is pinned"):
        pins.one("cn.pipl", folder)


def test_pinning_again_takes_the_pack_as_it_is_now_and_leaves_no_old_copy(
    folder: Path, house: Path, pack_text: PackText
) -> None:
    pins.pin([str(house)], folder)
    [old] = folder.glob("*.yaml")
    house.write_text(pack_text(version="2"), encoding="utf-8")
    pins.pin([str(house)], folder)
    [new] = folder.glob("*.yaml")
    assert old.name != new.name
    assert pins.load([str(house)], folder)[0].version == "2"


def test_one_pack_is_pinned_or_let_go_by_its_name_or_id(folder: Path, house: Path) -> None:
    names = ["eu.gdpr", "cn.pipl", str(house)]
    assert [pin.id for pin in pins.pin(names, folder, only=["house", "eu.gdpr"])] == [
        "house",
        "eu.gdpr",
    ]
    assert set(pins.pins(folder)) == {"eu.gdpr", "house.yaml"}
    assert [pin.id for pin in pins.unpin(folder, only=[str(house)])] == ["house"]
    assert set(pins.pins(folder)) == {"eu.gdpr"}
    with pytest.raises(NotFound, match="does not obey a pack uk"):
        pins.pin(names, folder, only=["uk"])
    with pytest.raises(NotFound, match="no pack house is pinned"):
        pins.unpin(folder, only=["house"])
    assert [pin.id for pin in pins.unpin(folder)] == ["eu.gdpr"]
    assert [path.name for path in folder.iterdir()] == [pins.FILE]
    assert pins.unpin(folder) == []


def test_pins_follow_a_workspace_that_is_moved(tmp_path: Path, pack_text: PackText) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "house.yaml").write_text(pack_text(), encoding="utf-8")
    pins.pin([str(here / "house.yaml")], here / "packs")
    here.rename(there)
    (there / "house.yaml").unlink()
    assert pins.load([str(there / "house.yaml")], there / "packs")[0].id == "house"


def test_a_copy_that_was_changed_is_refused(folder: Path, house: Path, pack_text: PackText) -> None:
    [pin] = pins.pin([str(house)], folder)
    copy = folder / pin.file
    text = copy.read_text(encoding="utf-8")
    copy.write_text("# a comment changes nothing\n" + text, encoding="utf-8")
    assert pins.load([str(house)], folder)[0].sha256 == pin.sha256
    for changed, sentence in {
        pack_text(version="2"): "was changed",
        pack_text(id="other"): "was changed",
        "": "is no pack",
    }.items():
        copy.write_text(changed, encoding="utf-8")
        with pytest.raises(Damaged, match=f"{sentence}.* pin it anew"):
            pins.load([str(house)], folder)
    copy.unlink()
    with pytest.raises(Damaged, match="the copy of the pinned pack house is gone"):
        pins.load([str(house)], folder)
    copy.symlink_to(house)
    with pytest.raises(Damaged, match="is a link and no copy"):
        pins.load([str(house)], folder)
    copy.unlink()
    pins.pin([str(house)], folder)
    assert pins.load([str(house)], folder)[0].sha256 == pin.sha256


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"packs": 1}',
        '{"packs": [1]}',
        '{"packs": [{"id": "a"}]}',
        "\xff",
        "[" * 9999,
    ],
)
def test_pins_that_can_t_be_read_are_refused(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / pins.FILE).write_text(text, encoding="latin-1")
    with pytest.raises(Damaged, match="not known which packs count"):
        pins.load(["eu.gdpr"], folder)


def test_a_pack_that_is_none_is_not_pinned(folder: Path, house: Path) -> None:
    house.write_text("id: house\n")
    with pytest.raises(InvalidInput, match="as_of is missing"):
        pins.pin(["eu.gdpr", str(house)], folder)
    assert not folder.exists()
    with pytest.raises(NotFound):
        pins.pin(["eu.gdpr", str(house.with_name("gone.yaml"))], folder)
    assert not folder.exists()


def test_a_file_where_the_folder_belongs_is_told_and_pins_nothing(folder: Path) -> None:
    folder.write_text("mine")
    assert [pack.id for pack in pins.load(["eu.gdpr"], folder)] == ["eu.gdpr"]
    with pytest.raises(InvalidInput, match="can't be made for the copies"):
        pins.pin(["eu.gdpr"], folder)
    assert folder.read_text() == "mine"


def test_a_crash_leaves_the_old_pins(
    folder: Path, house: Path, pack_text: PackText, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins.pin([str(house)], folder)
    house.write_text(pack_text(version="2"), encoding="utf-8")
    written = write_atomic

    def stopped(path: Path, data: bytes) -> None:
        if path.name == pins.FILE:
            raise KeyboardInterrupt
        written(path, data)

    monkeypatch.setattr(pins, "write_atomic", stopped)
    with pytest.raises(KeyboardInterrupt):
        pins.pin([str(house)], folder)
    assert pins.load([str(house)], folder)[0].version == "1"
    monkeypatch.undo()
    pins.pin([str(house)], folder)
    assert pins.load([str(house)], folder)[0].version == "2"
    assert len(list(folder.glob("*.yaml"))) == 1


def test_what_is_written_says_name_version_and_hash(folder: Path, house: Path) -> None:
    [pin] = pins.pin([str(house)], folder)
    [said] = json.loads((folder / pins.FILE).read_text("utf-8"))["packs"]
    assert said == {"name": "house.yaml", "id": "house", "version": "1", "sha256": pin.sha256}
