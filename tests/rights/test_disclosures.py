"""What was given out, and to whom: so that they can be told of an erasure."""

import pytest
from pyroaring import BitMap64
from tests.workspaces import PEOPLE, records_of

from rightful.errors import InvalidInput
from rightful.workspace import Workspace


def test_whoever_got_a_record_is_found_by_it(trained: Workspace) -> None:
    trained.disclosures.record("First", "one set", BitMap64([1, 2]))
    trained.disclosures.record("Second", "another set", BitMap64([2, 3]))

    def recipients(*records: int) -> list[str]:
        return [each.recipient for each in trained.disclosures.of(BitMap64(records))]

    assert recipients(1) == ["First"]
    assert recipients(2) == ["First", "Second"]
    assert recipients(3, 4) == ["Second"]
    assert recipients(4) == recipients() == []


def test_it_is_still_found_when_the_records_are_gone(trained: Workspace) -> None:
    person = PEOPLE["tuned"][3]
    own = BitMap64(records_of(trained, person))
    number = trained.disclosures.record("Partner", "digits", own)
    trained.rights.erase([person])
    assert [each.number for each in trained.disclosures.of(own)] == [number]


def test_the_ledger_says_it_without_saying_whose(trained: Workspace) -> None:
    trained.disclosures.record("Partner", "digits", BitMap64([1, 2, 3]))
    entry = trained.ledger.entries()[-1]
    assert entry.kind == "disclosure"
    assert (entry.facts["disclosure"], entry.facts["records"]) == (1, 3)
    assert "subject" not in entry.facts


@pytest.mark.parametrize("recipient", ["", "  "])
def test_nobody_is_no_recipient(trained: Workspace, recipient: str) -> None:
    with pytest.raises(InvalidInput):
        trained.disclosures.record(recipient, "digits", BitMap64([1]))
    assert trained.disclosures.all() == []
