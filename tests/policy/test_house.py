"""A house pack from the template is in order from the first day, and never overwrites anything."""

from datetime import date
from pathlib import Path

import pytest

from rightful.errors import InvalidInput
from rightful.policy import Decision, Gates, check, load
from rightful.policy.house import write_house
from rightful.policy.lint import lint

TEMPLATE = Path(__file__).parents[2] / "src/rightful/policy/templates/house.yaml"


def test_the_template_is_a_pack_in_which_nothing_is_wrong_or_weak() -> None:
    [pack] = load([str(TEMPLATE)])
    assert pack.kind == "house"
    assert 5 <= len(pack.rules) <= 8
    assert check(pack) == []
    assert lint(pack, date(2026, 11, 25)) == []


def test_its_rules_decide() -> None:
    gates = Gates(load(["eu.gdpr", str(TEMPLATE)]))
    fired = {
        gate.rule.id: gate.answer({"personal": True, "age": 12, "companion": True})
        for gate in gates.gates
        if gate.rule.id.startswith("HOUSE.")
    }
    assert fired["HOUSE.MINORS"] == fired["HOUSE.COMPANION"] == "fired"
    assert gates.judge([{"personal": True, "age": 12}]).decision is Decision.DENY


@pytest.mark.parametrize("name", ["house", "acme.training-2", "7"])
def test_a_new_pack_has_its_own_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new.yaml"
    made = write_house(name, path)
    [pack] = load([str(path)])
    assert pack == made
    assert pack.id == name
    assert check(pack) == []
    assert all(rule.id.startswith(f"{name.upper()}.") for rule in pack.rules)
    assert f"rightful policy lint {name}.yaml" in path.read_text("utf-8")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_text("mine")
    link = tmp_path / "link.yaml"
    link.symlink_to(tmp_path / "nowhere")
    for taken in (path, link):
        with pytest.raises(InvalidInput, match="is there already"):
            write_house("house", taken)
    assert path.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["", "../x", "a b", ".hidden", "хаус", "a" * 61, "a\nb", 'a"b'])
def test_what_can_t_be_an_id_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="can't be the id of a pack"):
        write_house(name, tmp_path / "new.yaml")
    assert not list(tmp_path.iterdir())


def test_a_place_that_can_t_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="can't be written"):
        write_house("house", tmp_path / "gone" / "house.yaml")
    with pytest.raises(InvalidInput, match=r"a pack's file is called \.yaml"):
        write_house("house", tmp_path / "house.txt")


def test_rightful_s_own_names_are_not_taken(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="built-in rules"):
        write_house("rightful", tmp_path / "rightful.yaml")
    assert not list(tmp_path.iterdir())
