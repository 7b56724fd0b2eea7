"""Whose an identifier is can be asked by its hash, is forgotten with them, and shows nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from rightful import canonical
from rightful.errors import InvalidInput, NotFound
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import NameCipher, Person, Subjects
from rightful.registry import Registry
from rightful.registry.tables import identifiers as table
from rightful.screening.claims import Reason, import_claims
from rightful.screening.identifiers import Identifiers

ANN = "ann@mail.example"


class Town:
    """Two people, anna and bert, and what is claimed for them."""

    def __init__(self, folder: Path, key: WorkspaceKey) -> None:
        self.registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
        self.registry.create()
        self.keyring = Keyring(self.registry, key)
        self.subjects = Subjects(self.registry, self.keyring, NameCipher(key))
        self.ledger = Ledger(self.registry, key, "test")
        self.subjects.ensure({"anna": Person(), "bert": Person()})
        self.identifiers = Identifiers(self.registry, self.keyring, self.subjects, self.ledger, key)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, WorkspaceKey(bytes(range(32))))
    yield town
    town.registry.close()


def _of(town: Town, kind: str, text: str) -> set[int]:
    digest = town.identifiers.digest(kind, text)
    return town.identifiers.of([digest]).get(digest, set())


def test_a_claimed_identifier_is_found_however_it_is_written(town: Town) -> None:
    assert town.identifiers.claim("anna", "email", ANN)
    assert town.identifiers.claim("anna", "phone", "138 0000 0000")
    anna = town.subjects.find("anna")
    assert _of(town, "email", "ANN@mail.example") == {anna}
    assert _of(town, "cn_mobile", "+86 13800000000") == {anna}
    assert _of(town, "email", "bob@mail.example") == set()
    assert _of(town, "token", ANN) == set()


def test_several_people_may_share_one_and_nobody_is_told_twice(town: Town) -> None:
    assert town.identifiers.claim("anna", "phone", "+1 415 555 0123")
    assert town.identifiers.claim("bert", "phone", "(415) 555-0123")
    before = town.ledger.size
    assert not town.identifiers.claim("anna", "phone", "415-555-0123")
    assert town.ledger.size == before
    assert _of(town, "phone", "4155550123") == {
        town.subjects.find("anna"),
        town.subjects.find("bert"),
    }


def test_what_was_claimed_for_somebody_can_be_forgotten_alone(town: Town) -> None:
    town.identifiers.claim("anna", "email", ANN)
    town.identifiers.claim("bert", "email", ANN)
    anna, bert = town.subjects.find("anna"), town.subjects.find("bert")
    with town.registry.transaction() as connection:
        town.subjects.erase(connection, anna)
    assert _of(town, "email", ANN) == {bert}


def test_nobody_can_claim_for_whom_is_not_held(town: Town) -> None:
    with pytest.raises(NotFound):
        town.identifiers.claim("carl", "email", ANN)
    with town.registry.transaction() as connection:
        town.subjects.erase(connection, town.subjects.find("anna"))
    with pytest.raises(NotFound):
        town.identifiers.claim("anna", "email", ANN)
    assert _of(town, "email", ANN) == set()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", "Ann Lee"),
        ("birth_date", "1990-01-01"),
        ("health_condition", "diabetes"),
        ("phone", "call me"),
        ("phone", "110"),
    ],
)
def test_what_tells_nobody_apart_is_refused_without_the_value(
    town: Town, kind: str, value: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        town.identifiers.claim("anna", kind, value)
    assert value not in str(refused.value)


def test_the_ledger_tells_whose_and_of_what_kind_and_never_the_value(town: Town) -> None:
    town.identifiers.claim("anna", "email", ANN)
    entry = list(town.ledger.entries())[-1]
    assert (entry.kind, entry.facts["identifier"]) == ("identifier_claimed", "email")
    anna = Holder("subject", town.subjects.find("anna"))
    assert entry.facts["subject"] == town.keyring.pseudonym(anna)
    assert b"ann@" not in entry.data


def test_hashes_differ_between_workspaces_and_are_not_of_the_value_alone(
    town: Town, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Town(tmp_path / "other", WorkspaceKey(bytes(32)))
    mine, theirs = (each.identifiers.digest("email", ANN) for each in (town, other))
    assert len(mine) == 32
    assert mine != theirs
    assert mine != town.identifiers.digest("token", ANN)
    other.registry.close()


def test_a_file_of_claims_brings_what_it_can_and_says_what_it_could_not(
    town: Town, tmp_path: Path
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "reference,kind,value,region\n"
        f"anna,email,{ANN},\n"
        "bert,phone,030 23125123,DE\n"
        f"carl,email,{ANN},\n"
        "anna,name,Ann Lee,\n"
        "anna,E-Mail,x@mail.example,\n"
        "anna,email,,\n"
        "anna,phone,030 23125123,UK\n"
        ",email,y@mail.example,\n",
        "utf-8",
    )
    before = town.ledger.size
    done = import_claims(town.identifiers, path)
    assert (done.added, done.held, done.quarantined) == (2, 0, 6)
    assert done.reasons == {
        str(reason): 1
        for reason in (
            Reason.NOT_HELD,
            Reason.TELLS_NOBODY,
            Reason.KIND,
            Reason.VALUE,
            Reason.REGION,
            Reason.REFERENCE,
        )
    }
    assert _of(town, "phone", "+49 30 23125123") == {town.subjects.find("bert")}
    assert [e.facts for e in list(town.ledger.entries())[before:]] == [{"identifiers": 2}]
    assert done.quarantine is not None
    written = done.quarantine.read_bytes()
    assert [canonical.decode(line, "it")["row"] for line in written.splitlines()] == list(
        range(2, 8)
    )
    assert not [word for word in (b"ann", b"carl", b"mail", b"2312") if word in written.lower()]
    again = import_claims(town.identifiers, path)
    assert (again.added, again.held, again.quarantined) == (0, 2, 6)


def test_a_file_with_other_columns_is_refused(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("reference,value\nanna,a@mail.example\n", "utf-8")
    with pytest.raises(InvalidInput, match="the column kind is missing"):
        import_claims(town.identifiers, path)
    path.write_text("reference,kind,value,colour\n", "utf-8")
    with pytest.raises(InvalidInput, match="'colour' is no column of claims"):
        import_claims(town.identifiers, path)


def test_no_value_lies_in_any_file_of_the_workspace(town: Town, tmp_path: Path) -> None:
    town.identifiers.claim("anna", "email", ANN)
    kept = town.registry.rows(select(table.c.digest))
    assert len(kept) == 1
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if ANN.encode() in path.read_bytes()]
