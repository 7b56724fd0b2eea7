"""docs/importing.md says of every reason what to do, and of every target what it is."""

from pathlib import Path

import pytest

from rightful.records.mapping import TARGETS
from rightful.records.readers import FORMATS, Reason

_CELLS = [
    line.split(" | ")[0].removeprefix("| ")
    for line in (Path(__file__).parents[2] / "docs" / "importing.md").read_text().splitlines()
    if line.startswith("| ")
]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_one_row_that_says_what_to_do(reason: Reason) -> None:
    assert _CELLS.count(str(reason)) == 1


@pytest.mark.parametrize("name", [*TARGETS, *FORMATS])
def test_every_target_and_format_is_explained(name: str) -> None:
    assert _CELLS.count(f"`{name}`") == 1


def test_no_reason_is_explained_that_there_is_not() -> None:
    first = _CELLS.index(str(Reason.NOT_UTF8))
    assert _CELLS[first - 2] == "reason"
    explained = _CELLS[first : first + len(Reason)]
    assert set(explained) == {str(reason) for reason in Reason}
