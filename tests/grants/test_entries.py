"""What a file of grants brought can be shown in the ledger, grant by grant, and nothing forged."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from rightful import moments
from rightful.errors import Damaged, NotFound
from rightful.grants import Grants, NewGrant, import_grants
from rightful.grants import entries as module
from rightful.ledger import Ledger
from rightful.registry.tables import grants as table

_START = "2026-01-01T00:00:00.000000Z"


@pytest.fixture
def brought(grants: Grants, tmp_path: Path) -> list[int]:
    """The numbers of five grants that a file brought."""
    rows = [
        {
            "subject": f"person {n}",
            "kind": "consent",
            "purpose": "fine-tuning",
            "valid_from": _START,
            "valid_to": "2097-01-01",
            "evidence": f"form {n}",
            "notice": "privacy@1",
        }
        for n in range(5)
    ]
    path = tmp_path / "grants.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_grants(grants, path)
    return sorted(grant.number for grant in grants.all())


def _shown(grants: Grants, ledger: Ledger, number: int) -> dict[str, object]:
    """What a proof shows, after it was checked as somebody else would."""
    proof = grants.entries.proof(number)
    entry = ledger.entries(proof.entry, proof.entry + 1)[0]
    digests = base64.b64decode(entry.facts["digests"])
    digest = hashlib.sha256(proof.said).digest()
    assert digests[32 * proof.place : 32 * proof.place + 32] == digest
    said = json.loads(proof.said)
    assert isinstance(said, dict)
    return said


def test_every_grant_of_a_file_is_proven_by_its_digest(
    grants: Grants, ledger: Ledger, brought: list[int]
) -> None:
    for number in brought:
        said = _shown(grants, ledger, number)
        assert said["grant"] == number
        assert (said["ground"], said["purpose"]) == ("consent", "fine-tuning")
        assert (said["valid_from"], said["notice"]) == (_START, "privacy@1/en")


def test_a_grant_that_has_ended_since_is_proven_as_it_was(
    grants: Grants, ledger: Ledger, brought: list[int]
) -> None:
    before = _shown(grants, ledger, brought[0])
    grants.withdraw("person 0")
    for days in (2, 3):
        grants.expire(brought[0], moments.now() - timedelta(days=days))
    assert _shown(grants, ledger, brought[0]) == before


def test_more_than_an_entry_has_room_for_goes_into_several(
    grants: Grants, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(module, "_IN_AN_ENTRY", 2)
    numbers = request.getfixturevalue("brought")
    imported = [entry for entry in ledger.entries() if entry.kind == "grants_imported"]
    assert [entry.facts["count"] for entry in imported] == [2, 2, 1]
    assert [_shown(grants, ledger, number)["grant"] for number in numbers] == numbers


@pytest.mark.parametrize(
    "change", [{"valid_to": None}, {"purpose": 1}, {"explicit": True}, {"subject": 1}]
)
def test_a_grant_that_was_changed_from_outside_is_not_proven(
    grants: Grants, brought: list[int], change: dict[str, object]
) -> None:
    with grants.registry.transaction() as connection:
        connection.execute(update(table).where(table.c.id == brought[1]).values(**change))
    with pytest.raises(Damaged, match="is not what the ledger says"):
        grants.entries.proof(brought[1])


def test_the_erasure_of_one_leaves_the_proofs_of_the_others(
    grants: Grants, ledger: Ledger, brought: list[int], erase: Callable[[str], None]
) -> None:
    erase("person 1")
    assert _shown(grants, ledger, brought[2])["grant"] == brought[2]


def test_the_digests_of_two_equal_grants_differ(
    grants: Grants, ledger: Ledger, brought: list[int]
) -> None:
    [entry] = [entry for entry in ledger.entries() if entry.kind == "grants_imported"]
    digests = base64.b64decode(entry.facts["digests"])
    assert len({digests[at : at + 32] for at in range(0, len(digests), 32)}) == len(brought)
    salts = {_shown(grants, ledger, number)["salt"] for number in brought}
    assert len(salts) == len(brought)


def test_a_grant_of_its_own_has_an_entry_and_no_proof(grants: Grants) -> None:
    number = grants.record(NewGrant("consent", "fine-tuning", "anna@people.example"))
    with pytest.raises(NotFound, match="an entry of its own"):
        grants.entries.proof(number)
    with pytest.raises(NotFound, match="there is no grant 99"):
        grants.entries.proof(99)
