"""docs/reservations.md names every protocol with the facts it tells of."""

from pathlib import Path

import pytest

from rightful.records.reservations import FACTS, PROTOCOLS
from rightful.records.reservations.protocols import fact_of

PAGE = (Path(__file__).parents[3] / "docs" / "reservations.md").read_text("utf-8")
ROWS = {
    cells[0].strip("`"): cells[2]
    for line in PAGE.splitlines()
    if line.startswith("| `") and len(cells := line.strip("| ").split(" | ")) == 3
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_has_its_row_with_its_facts(name: str) -> None:
    facts = {fact_of(form) for form in PROTOCOLS[name].forms}
    assert {fact for fact in FACTS if f"`{fact}`" in ROWS[name]} == facts
