"""One command under way: its workspace, and where it says things.

Answers go to standard output: a text for people, or with `--json` one object and nothing else.
Notes and progress go to standard error.
"""

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import rightful
from rightful import config, moments
from rightful.errors import InvalidInput, NotFound, RightfulError
from rightful.workspace import Workspace

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

#: Names a workspace where neither option nor folder does.
ENVIRONMENT = "RIGHTFUL_WORKSPACE"

#: What a table may take where nobody sees it on a terminal.
_WIDTH = 160


class Stopped(RightfulError):
    """Ctrl-C was pressed."""

    exit_code = 130


class Session:
    """What every command is given. `place` is the workspace that was named, if one was."""

    def __init__(self, place: Path | None = None, *, as_json: bool = False) -> None:
        self.place = place
        self.as_json = as_json

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        if "workspace" in self.__dict__:
            self.workspace.close()

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace that the command is about. Raises `NotFound` where there is none."""
        return rightful.open(self.place or named() or nearest(Path.cwd()))

    @property
    def has_workspace(self) -> bool:
        """Whether there is a workspace, for commands that can do without."""
        try:
            return bool(self.place or named() or nearest(Path.cwd()))
        except NotFound:
            return False

    # Saying things

    def answer(self, facts: Mapping[str, Any], *shown: "RenderableType") -> None:
        """Say what was asked for: `facts` to a program, or what is `shown` to a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(plain(facts), ensure_ascii=False) + "\n")
            return
        for each in shown:
            self._out.print(each, soft_wrap=isinstance(each, str))

    def tell(self, *shown: "RenderableType") -> None:
        """Say something to a person on the way to the answer; a program is not told."""
        if not self.as_json:
            self.answer({}, *shown)

    def chapter(self, title: str) -> None:
        """Begin a part of a long story."""
        from rich.rule import Rule

        self.tell("", Rule(printable(title), align="left"))

    def note(self, text: str) -> None:
        """Say something beside the answer."""
        self._err.print(printable(text), soft_wrap=True)

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
        """Show how far something is, on a terminal; call what this gives with done and total."""
        if not sys.stderr.isatty():
            yield _silent
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            *(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()),
        )
        with Progress(*columns, console=self._err, transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done, of: progress.update(task, completed=done, total=of or None)

    @cached_property
    def _out(self) -> "Console":
        return _console(sys.stdout)

    @cached_property
    def _err(self) -> "Console":
        return _console(sys.stderr)


def _silent(done: int, of: int) -> None:
    """Progress that nobody watches."""


def named() -> Path | None:
    """The workspace that the environment names."""
    value = os.environ.get(ENVIRONMENT)
    return Path(value) if value else None


def nearest(folder: Path) -> Path:
    """The nearest folder from `folder` upwards that is a workspace. Raises `NotFound`."""
    for place in (folder, *folder.parents):
        if (place / config.FILE).is_file():
            return place
    raise NotFound(
        f"there is no workspace in {folder} or above it; name one with -w FOLDER or "
        f"{ENVIRONMENT}, or make one with `rightful init FOLDER`"
    )


def _console(stream: Any) -> "Console":
    from rich.console import Console

    class Quiet(Console):
        """Leaves it to the command line how a command ends whose reader went away."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    width = None if stream.isatty() else _WIDTH
    # Names come from people: they are neither markup nor emoji.
    return Quiet(file=stream, width=width, markup=False, emoji=False, highlight=False)


def printable(text: str) -> str:
    """`text` without what would steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> "RenderableType":
    """A table for people. A column whose name starts with `#` holds numbers, set to the right."""
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        side: Literal["left", "right"] = "right" if column.startswith("#") else "left"
        drawn.add_column(column.removeprefix("#"), justify=side, overflow="fold")
    for row in rows:
        drawn.add_row(*(_cell(value) for value in row))
    return drawn


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return shown_moment(value)
    return printable(str(value))


def shown_moment(moment: datetime) -> str:
    """A moment to the second, as people read it."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def plain(value: Any) -> Any:
    """A value as JSON has it. Sets of records are given as how many they are."""
    if isinstance(value, Enum):
        return getattr(value, "word", value.value)  # decisions are numbers with a word
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return moments.text(value)
    if isinstance(value, date | Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return len(value)


def counted(number: int, what: str) -> str:
    """A number and its noun: `1 record`, `2,000 records`."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def references(given: Sequence[str], file: Path | None) -> list[str]:
    """The people that a command is about, each once.

    They are typed, or, so that they stay out of the shell's history, read from a file or from
    standard input (`-`), one a line. Raises `InvalidInput` where nobody is named.
    """
    found = [each for each in given if each != "-"]
    if "-" in given or (file is not None and str(file) == "-"):
        found += _lines(sys.stdin.read())
    elif file is not None:
        found += _lines(read_text(file))
    if not found:
        raise InvalidInput("name at least one person, or a file of references, one a line")
    return list(dict.fromkeys(found))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_text(path: Path) -> str:
    """The text of a file that the user named. Raises `InvalidInput`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        why = (error.strerror or "it is damaged").lower()
        raise InvalidInput(f"{path} can't be read: {why}; check the path") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not text in UTF-8; save it as such") from None
