"""What a source says of its use, given and shown on the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Give = Callable[..., Any]


def test_a_file_is_read_and_what_it_says_is_told(made: Give, tmp_path: Path) -> None:
    robots = tmp_path / "robots.txt"
    robots.write_text(
        "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nContent-Usage: train-ai=n\n"
    )
    facts = made("source", "reservation", "form", "robots", "--file", robots, "--json").facts
    said = {look["form"]: look["value"] for look in facts["looks"]}
    assert said == {"robots": "disallowed", "aipref.robots": "n", "content_signal": "none"}
    shown = made("source", "reservations", "form").out
    assert "disallowed" in shown
    assert "aipref" in shown


def test_a_statement_or_a_value_does_as_well(made: Give) -> None:
    words = ("source", "reservation", "form")
    made(*words, "tdmrep.header", "--statement", "tdm-reservation: 1", "--location", "a page")
    made(*words, "terms_reservation", "--value", "unclear", "--seen", "2026-03-01")
    found = made("source", "reservations", "form", "--json").facts["reservations"]
    assert {fact: each["value"] for fact, each in found.items()} == {
        "tdmrep": "reserved",
        "terms_reservation": "unclear",
    }
    assert found["terms_reservation"]["seen_at"] == "2026-03-01T00:00:00.000000Z"


def test_paths_decide_about_a_part_of_a_site(made: Give) -> None:
    text = "User-agent: CCBot\nDisallow: /private/"
    words = ("source", "reservation", "form", "robots", "--statement", text, "--json")
    assert made(*words).facts["looks"][0]["value"] == "disallowed"
    assert made(*words, "--path", "/open/").facts["looks"][0]["value"] == "allowed"


def test_who_looked_everywhere_says_it_once(made: Give) -> None:
    assert "Nobody looked" in made("source", "reservations", "form").out
    made("source", "reservation", "form", "all", "--value", "none")
    found = made("source", "reservations", "form", "--json").facts["reservations"]
    assert len(found) == 12
    assert {each["value"] for each in found.values()} == {"none", "no"}


def test_a_look_that_makes_no_sense_is_refused(made: Give, tmp_path: Path) -> None:
    words = ("source", "reservation", "form")
    made(*words, "robots", code=2)
    made(*words, "robots", "--value", "none", "--statement", "", code=2)
    assert "disallowed" in made(*words, "robots", "--value", "perhaps", code=2).err
    assert "tdmrep" in made(*words, "smoke", "--value", "none", code=2).err
    made(*words, "robots", "--file", tmp_path / "nowhere", code=2)
    made(*words, "robots", "--value", "none", "--seen", "2999-01-01", code=2)
    made("source", "reservation", "nobody", "robots", "--value", "none", code=3)
    made("source", "reservations", "nobody", code=3)
