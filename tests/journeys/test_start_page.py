"""The page `docs/start.md` works as it stands: its code and its commands, in their order."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
_PAGE = (_ROOT / "docs" / "start.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"```(python|console)\n(.*?)```", re.DOTALL)
_EXIT = re.compile(r"# exit code (\d+)")


def _commands(block: str) -> list[tuple[str, list[str]]]:
    """Each command of a block with the lines that its answer must hold."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line.strip())
    return found


@pytest.mark.slow
def test_every_command_of_the_start_page_works_as_it_stands(tmp_path: Path) -> None:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    program = Path(sys.executable).parent / "rightful"
    done = 0
    for kind, block in _BLOCK.findall(_PAGE):
        if kind == "python":
            subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True)
            continue
        for line, wanted in _commands(block):
            words = shlex.split(line, comments=True)
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                environment[name] = value
                continue
            assert words[0] == "rightful", line
            ran = subprocess.run(
                [str(program), *words[1:]],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
            )
            code = _EXIT.search(line)
            assert ran.returncode == int(code[1] if code else 0), (line, ran.stdout, ran.stderr)
            for piece in wanted:
                assert piece in ran.stdout, (line, piece, ran.stdout)
            done += 1
    assert done == _PAGE.count("$ rightful")
