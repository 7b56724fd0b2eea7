"""The page about forgetting names everything that a certificate says, and nothing else."""

import json
import re
from pathlib import Path
from typing import get_args

from sqlalchemy import CheckConstraint
from tests.workspaces import PEOPLE

from rightful.forgetting import Outcome
from rightful.forgetting.plan import Kind
from rightful.registry.tables import forgettings
from rightful.workspace import Workspace

PAGE = (Path(__file__).parents[2] / "docs" / "forgetting.md").read_text(encoding="utf-8")


def table(heading: str) -> set[str]:
    """What stands in code in the first column of the table below a heading."""
    part = PAGE.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall("`([^`]+)`", row)}


def test_every_field_of_a_certificate_is_described(trained: Workspace) -> None:
    (answer,) = trained.rights.erase([PEOPLE["tuned"][3]])
    assert answer.certificate is not None
    certificate = json.loads(answer.certificate.read_bytes())
    assert table("### Its parts") == set(certificate)
    assert table("### `body`") == set(certificate["body"])
    assert table("### `runs`") == set(certificate["body"]["runs"][0])
    assert table("### `proof`") == set(certificate["proof"])


def test_every_outcome_and_state_is_described() -> None:
    assert table("## Outcomes") == {str(outcome) for outcome in Outcome}
    (check,) = [
        str(each.sqltext)
        for each in forgettings.constraints
        if isinstance(each, CheckConstraint) and "state" in str(each.sqltext)
    ]
    assert table("## The states") == set(re.findall("'(.+?)'", check))
    assert all(f"`{kind}`" in PAGE for kind in get_args(Kind))
