"""Packs are found by id or by file; one that is missing is never skipped."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rightful.errors import InvalidInput, NotFound
from rightful.policy import built_in, load
from rightful.policy.yaml_file import LARGEST

PackText = Callable[..., str]


def test_the_built_in_packs_are_found_by_their_ids() -> None:
    assert {"cn.pipl", "eu.gdpr"} <= set(built_in())
    assert [pack.id for pack in load(reversed(built_in()))] == list(built_in())


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_a_pack_of_ones_own_is_named_by_its_file(
    pack_text: PackText, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"rules{suffix}"
    path.write_text(pack_text(), encoding="utf-8")
    assert [pack.id for pack in load([str(path), "eu.gdpr"])] == ["eu.gdpr", "house"]


def test_no_packs_are_no_packs() -> None:
    assert load([]) == ()


def test_an_unknown_id_is_answered_with_those_there_are() -> None:
    with pytest.raises(NotFound, match=r"no pack 'eu\.gpdr'; built in are .*cn\.pipl, .*eu\.gdpr"):
        load(["cn.pipl", "eu.gpdr"])


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.yaml", tmp_path / "gone" / "house.yaml"):
        with pytest.raises(NotFound, match="nothing is decided without it"):
            load([str(path)])
    (tmp_path / "file").write_text("")
    with pytest.raises(NotFound, match="nothing is decided without it"):
        load([str(tmp_path / "file" / "house.yaml")])


def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_bytes(b"id: \xff")
    with pytest.raises(InvalidInput, match="can't be read as UTF-8 text"):
        load([str(path)])
    path.write_bytes(b"#" * (4 * LARGEST + 1))
    with pytest.raises(InvalidInput, match="too large for a pack"):
        load([str(path)])
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InvalidInput, match="is no file; a pack is one"):
        load([str(tmp_path / "folder.yaml")])


def test_what_is_wrong_in_a_file_is_told_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_text("id: house\n")
    with pytest.raises(InvalidInput, match=r"^house\.yaml: as_of is missing"):
        load([str(path)])


def test_two_packs_of_one_id_or_with_a_rule_of_one_id_are_refused(
    pack_text: PackText, tmp_path: Path
) -> None:
    one, same, other = (tmp_path / name for name in ("one.yaml", "same.yaml", "other.yaml"))
    one.write_text(pack_text(), encoding="utf-8")
    same.write_text(pack_text(), encoding="utf-8")
    other.write_text(pack_text(id="other"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="pack house is in two packs, house and house"):
        load([str(one), str(same)])
    with pytest.raises(InvalidInput, match=r"rule HOUSE\.1 is in two packs, house and other"):
        load([str(one), str(other)])
    with pytest.raises(InvalidInput, match=r"pack eu\.gdpr is in two packs"):
        load(["eu.gdpr", "eu.gdpr"])
