"""Starting the command line, and how it ends: one sentence and a number for whatever goes wrong.

docs/command-line.md lists the numbers. What nobody foresaw ends with its traceback and 70.
"""

import contextlib
import errno
import io
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from rightful.cli.app import app
from rightful.errors import Damaged, RightfulError

#: The exit code of a mistake in how the command was typed.
USAGE = 2
#: The exit code of an error that nobody foresaw: `EX_SOFTWARE` of sysexits.h.
UNFORESEEN = 70
#: What a shell says of a program whose reader went away: 128 and SIGPIPE.
PIPE = 141

_FULL = "the disk is full; free some room and give the command again. Nothing is half-written"


def main() -> None:
    """The program `rightful`."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal can't show, or was typed as broken bytes, must not end in a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # Networks of one's own are found beside oneself, yet never in place of what is installed.
    sys.path.append(str(Path.cwd()))
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Give one command, as typed; returns its exit code."""
    as_json = "--json" in arguments
    try:
        code = app(list(arguments) or ["--help"], prog_name="rightful", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except RightfulError as error:
        return _told(str(error), error.exit_code, as_json)
    except KeyboardInterrupt:
        return _told("stopped before it began; nothing was changed", 130, as_json)
    except BrokenPipeError:
        # Whoever read us has enough; Python must not complain about the rest when it ends.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is not None:
            said = usage().removesuffix(".")
            end = "" if said.endswith("?") else "."
            return _told(f"{said}{end} `rightful … --help` tells how", USAGE, as_json)
        if any(_is_full(each) for each in _causes(error)):
            return _told(_FULL, Damaged.exit_code, as_json)
        traceback.print_exc()
        kind = type(error).__name__
        return _told(
            f"an error that nobody foresaw ({kind}); please report it", UNFORESEEN, as_json
        )


def _told(sentence: str, code: int, as_json: bool) -> int:
    """Say what went wrong where it belongs; returns `code`."""
    with contextlib.suppress(BrokenPipeError):
        if as_json:
            sys.stdout.write(json.dumps({"error": sentence, "exit_code": code}) + "\n")
            sys.stdout.flush()
        else:
            sys.stderr.write(f"rightful: {sentence}\n")
    return code


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return "no space left on device" in str(error).lower()
