"""docs/command-line.md and the commands agree."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from rightful import errors
from rightful.cli.app import app

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
SECTIONS = dict(part.split("\n", 1) for part in PAGE.split("\n### ")[1:])
COMMON = {"--workspace", "-w", "--json", "--help"}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, each in inner.items():
        yield from commands(each, (*path, name))


ALL = dict(commands(typer.main.get_command(app)))


def test_every_command_has_its_section_and_no_other_has() -> None:
    assert set(SECTIONS) == set(ALL)


def test_every_option_stands_in_the_section_of_its_command() -> None:
    for name, command in ALL.items():
        section = re.split(r"\n## ", SECTIONS[name])[0]
        options = {
            option
            for parameter in command.params
            if parameter.param_type_name == "option"
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
        assert options >= COMMON - {"--help"}
        rows = [row.split(" | ")[0] for row in re.findall(r"(?m)^\| `.*", section)]
        named = set(re.findall(r"`(--[a-z-]+)`", " ".join(rows)))
        assert named == options - COMMON, name


def test_every_exit_code_of_an_error_is_listed() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.RightfulError)
    ]
    listed = {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", PAGE)}
    assert {kind.exit_code for kind in kinds} - {1} <= listed
    assert listed >= {0, 8, 9, 70, 130, 141}
