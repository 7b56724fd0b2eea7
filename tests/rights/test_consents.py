"""Consent records that are given out are written down before anybody has them."""

import json
from pathlib import Path

import pytest
from pyroaring import BitMap64
from tests.workspaces import PEOPLE, records_of

from rightful.errors import InvalidInput
from rightful.grants import Controller
from rightful.rights import give_consent_records
from rightful.workspace import Workspace

LAB = Controller("Example Lab", "DE")


def test_the_recipient_is_written_down_with_the_records_of_those_who_are_named(
    trained: Workspace, tmp_path: Path
) -> None:
    person = PEOPLE["tuned"][3]
    path = tmp_path / "consents.jsonld"
    given = (trained.grants, trained.records, trained.disclosures, LAB, path, "Auditors")
    done = give_consent_records(*given, subject=person)
    [told] = trained.disclosures.all()
    assert (told.recipient, told.what) == ("Auditors", "consent records of one person")
    assert told.records == BitMap64(records_of(trained, person))
    assert done.people == {trained.subjects.find(person)}
    text = path.read_text("utf-8")
    assert all((who == person) == (who in text) for who in PEOPLE["tuned"])


def test_the_records_of_all_people_concern_everybody(trained: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "consents.jsonl"
    give_consent_records(
        *(trained.grants, trained.records, trained.disclosures, LAB, path, "Auditors")
    )
    [told] = trained.disclosures.all()
    people = [who for group in PEOPLE.values() for who in group]
    assert told.records == BitMap64(n for who in people for n in records_of(trained, who))
    documents = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    named = {document["dpv:hasDataSubject"]["dpv:hasIdentifier"] for document in documents}
    assert named == set(people)


def test_without_a_recipient_nobody_gets_anything(trained: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "consents.jsonl"
    with pytest.raises(InvalidInput, match="recipient"):
        give_consent_records(
            *(trained.grants, trained.records, trained.disclosures, LAB, path, " ")
        )
    assert list(tmp_path.glob("*consents*")) == []
    assert trained.disclosures.all() == []
