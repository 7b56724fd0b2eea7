"""The demo, twice, as `make demo` runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

_DEMO = [sys.executable, "-c", "from rightful.cli import main; main()", "demo", "--folder"]


@pytest.mark.slow
def test_the_demo_proves_that_it_forgot_and_can_be_given_again(tmp_path: Path) -> None:
    folder = tmp_path / "demo-workspace"
    told = subprocess.run(
        [*_DEMO, folder], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert told.returncode == 0, told.stderr
    assert "Equal, bit for bit." in told.stdout
    assert "refused: " in told.stdout
    rows = re.findall(r"^ ?(base|digits) +([0-9a-f]{64}) +([0-9a-f]{64})", told.stdout, re.M)
    assert {name for name, _, _ in rows} == {"base", "digits"}
    assert all(here == elsewhere for _, here, elsewhere in rows)

    page = (folder / "demo.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 2
    assert "http" not in page
    assert "证书内容" in page
    assert all(here in page for _, here, _ in rows)

    status = subprocess.run(
        [*_DEMO[:3], "-w", folder, "status", "--json"], capture_output=True, text=True, check=True
    )
    facts = json.loads(status.stdout)
    assert facts["debts"], "a withdrawal is left to be forgotten"
    assert facts["next"] == "rightful forget"

    again = subprocess.run(
        [*_DEMO, folder, "--json"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert again.returncode == 0, again.stderr
    answer = json.loads(again.stdout)
    assert answer["equal"] is True
    assert answer["weights"] == {name: here for name, here, _ in rows}
    assert answer["accuracy_after"] > 0.9
