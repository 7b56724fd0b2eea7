"""How commands end, whatever goes wrong."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rightful
from rightful.cli import run, running
from rightful.errors import Refused

Give = Callable[..., Any]

PROGRAM = [sys.executable, "-c", "from rightful.cli import main; main()"]


def test_a_mistake_in_typing_ends_with_2_and_one_sentence(give: Give) -> None:
    for words in (["clear"], ["clear", "a", "b"], ["nonsense"], ["status", "--colour"], ["source"]):
        said = give(*words, code=2)
        assert said.out == ""
        assert said.err.startswith("rightful: ")
        assert said.err.count("\n") == 1


def test_nothing_typed_lists_the_commands(give: Give) -> None:
    assert "pretrain" in give().out


def test_an_error_with_json_is_an_object_on_standard_output(give: Give) -> None:
    said = give("status", "--json", code=3)
    assert said.err == ""
    assert said.facts["exit_code"] == 3
    assert "rightful init" in said.facts["error"]
    assert give("clear", "--json", code=2).facts["exit_code"] == 2


def test_each_error_ends_with_its_own_code(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Refused("no")

    monkeypatch.setattr(rightful, "open", refuse)
    assert give("status", code=4).err == "rightful: no\n"


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_full_disk_is_one_sentence(
    give: Give, monkeypatch: pytest.MonkeyPatch, wrapped: bool
) -> None:
    def fail(*_: object) -> None:
        full = OSError(errno.ENOSPC, "No space left on device", "/secret/name")
        if wrapped:
            raise RuntimeError("somewhere inside") from full
        raise full

    monkeypatch.setattr(rightful, "open", fail)
    said = give("status", code=5)
    assert said.err.startswith("rightful: the disk is full")
    assert "secret" not in said.err


def test_what_nobody_foresaw_ends_with_70_and_its_traceback(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("strange")

    monkeypatch.setattr(rightful, "open", fail)
    said = give("status", "--json", code=70)
    assert "Traceback" in said.err
    assert "LookupError: strange" in said.err
    assert said.facts["exit_code"] == 70


def test_ctrl_c_ends_with_130_and_says_that_it_goes_on(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rightful, "open", interrupt)
    assert "same command again" in give("status", code=130).err


def test_a_reader_that_goes_away_is_no_error(held: Give, place: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*PROGRAM, "-w", str(place), "ledger", "show", "--last", "500"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert done.returncode == running.PIPE
    assert done.stderr == b""


def test_help_and_grants_come_without_pytorch(held: Give, place: Path) -> None:
    code = (
        "import sys; from rightful.cli import run\n"
        "code = run(sys.argv[1:])\n"
        "assert 'torch' not in sys.modules, 'torch was loaded'\n"
        "sys.exit(code)"
    )
    for words in (["--help"], ["grant", "list"], ["clear", "fine-tuning"], ["status"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            env={**os.environ, "RIGHTFUL_WORKSPACE": str(place)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_a_workspace_is_named_before_or_after_the_command_or_found(
    made: Give, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RIGHTFUL_WORKSPACE")
    wanted = str(place)
    assert made("-w", place, "status", "--json").facts["workspace"] == wanted
    assert made("status", "--json", "-w", place).facts["workspace"] == wanted
    made("status", code=3)
    deep = place / "deep" / "down"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert made("status", "--json").facts["workspace"] == wanted


def test_what_people_typed_is_neither_markup_nor_steers_the_terminal(made: Give) -> None:
    made("source", "add", "[bold]x\x1b[31m")
    out = made("source", "list").out
    assert "[bold]x" in out
    assert "\x1b" not in out


@pytest.mark.slow
def test_ctrl_c_in_a_run_leaves_one_that_the_same_command_goes_on_with(
    held: Give, place: Path
) -> None:
    words = ["pretrain", "--model", "long", "--epochs", "30", "--bins", "20"]
    process = subprocess.Popen(
        [*PROGRAM, "-w", str(place), *words], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not list(place.glob("runs/*/step-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1].startswith("rightful: stopped")
    stopped = held("status", "--json").facts
    (left,) = stopped["runs"]
    assert 0 < left["step"] < 600
    assert "pretrain --model long" in stopped["next"]
    # The seed was never typed, and yet it is the same run that goes on.
    done = held(*words, "--json")
    assert done.facts["run"] == left["run"]
    assert f"Run {left['run']} has this recipe" in done.err


def test_run_gives_back_the_code_and_never_leaves_by_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"{rightful.__version__}\n"
