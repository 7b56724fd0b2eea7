"""Packs from strangers: each is refused with one sentence, at once, and nothing of it is run."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.policy.hostile.packs import CONDITIONS, FINE, PLACES, TEXTS

from rightful.errors import InvalidInput
from rightful.policy import Decision, Gates, Pack, check, load
from rightful.policy.facts import table
from rightful.policy.reading import read

#: Of processor time for one pack, and of memory for all of them together, over what is loaded once.
MOST_SECONDS = 1.0
MOST_MEGABYTES = 200

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, dict[str, Any]], str]:
    """What came of each pack, in a process of their own; and what was said on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.policy.hostile.packs", tmp_path_factory.mktemp("hostile")],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["name"]: row for row in rows}, done.stderr


def test_what_they_are_made_of_is_a_pack_itself() -> None:
    pack = read(FINE, "fine.yaml")
    assert check(pack) == []
    assert len(Gates([pack]).gates) > 1


@pytest.mark.parametrize("name", [*TEXTS, *PLACES])
def test_a_hostile_pack_is_refused_with_one_sentence_at_once(
    told: tuple[dict[str, dict[str, Any]], str], name: str
) -> None:
    row = told[0][name]
    assert row["kind"] in ("InvalidInput", "NotFound")
    assert "\n" not in row["told"]
    assert row["told"].isprintable()
    assert not re.search(r"[.!?] [A-Z]", row["told"].replace("...", ""))
    assert len(row["told"]) < 500
    assert row["seconds"] < MOST_SECONDS


def test_reading_them_takes_little_memory(
    told: tuple[dict[str, dict[str, Any]], str],
) -> None:
    megabytes = [row["megabytes"] for row in told[0].values()]
    assert max(megabytes) - megabytes[0] < MOST_MEGABYTES


def test_nothing_else_is_said(told: tuple[dict[str, dict[str, Any]], str]) -> None:
    assert told[1] == ""


def test_every_kind_of_statement_is_tried_in_every_condition() -> None:
    for name in CONDITIONS:
        assert {f"when: {name}", f"applies: {name}", f"term: {name}"} <= set(TEXTS)


@pytest.mark.parametrize("field", ["authority", "version", "title: {en", "    article", "BOOK"])
def test_a_statement_in_words_for_people_stays_words(field: str) -> None:
    """It is shown, and never comes near the database."""
    statement = "'; DROP TABLE facts; --"
    text = re.sub(rf'{re.escape(field)}: ?"?[^,"}}\n]*"?', f'{field}: "{statement}"', FINE, count=1)
    pack = read(text, "house.yaml")
    assert statement in json.dumps(
        [pack.authority, pack.version, pack.title.en, pack.title.zh, *pack.sources.values()]
        + [rule.article for rule in pack.rules]
    )
    assert "DROP" not in Gates([pack]).sql


def test_the_largest_pack_that_is_read_is_asked_at_once(
    make_pack: Callable[..., Pack], rule_fields: Callable[..., dict[str, Any]]
) -> None:
    when = " AND ".join(f"age <> {n}" for n in range(7))
    rules = [rule_fields(id=f"H.{n}", when=when, decision="restrict") for n in range(500)]
    start = time.process_time()
    gates = Gates([make_pack(rules=rules)])
    [decided] = gates.decide(table([{"record": 1, "personal": True, "age": 9}])).to_pylist()
    assert time.process_time() - start < 10 * MOST_SECONDS
    assert decided["decision"] >= Decision.RESTRICT
    with pytest.raises(InvalidInput, match="all conditions together have more than 15,000 parts"):
        make_pack(rules=[rule_fields(id=f"H.{n}", when=f"{when} AND {when}") for n in range(500)])


def test_a_text_on_several_lines_becomes_one_so_that_it_can_t_pretend_to_be_an_answer() -> None:
    text = FINE.replace("en: House,", 'en: "House\\n\\nRIGHTFUL.OK  allowed",')
    assert read(text, "house.yaml").title.en == "House RIGHTFUL.OK allowed"


def test_a_link_to_a_pack_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there.yaml").write_text(FINE, encoding="utf-8")
    (tmp_path / "here.yaml").symlink_to(tmp_path / "there.yaml")
    assert [pack.id for pack in load([str(tmp_path / "here.yaml")])] == ["house"]
