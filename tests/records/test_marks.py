"""What a person asks to stand about them stands until it is lifted, and the ledger tells of it."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, select, update

from rightful.errors import NotFound, Refused
from rightful.keys import Holder, Keyring
from rightful.ledger import Ledger
from rightful.records import Mark, Marks, Person, Subjects
from rightful.registry import Changes, Registry
from rightful.registry.tables import requests
from rightful.registry.tables import subjects as table

Act = Callable[[str], bool]


@pytest.fixture
def marks(registry: Registry, keyring: Keyring, subjects: Subjects, ledger: Ledger) -> Marks:
    subjects.ensure({"anna": Person(), "bert": Person()})
    return Marks(registry, keyring, subjects, ledger)


def _act(marks: Marks, mark: Mark) -> Act:
    acts = {
        Mark.RESTRICTED: marks.restrict,
        Mark.OBJECTED: marks.object_to,
        Mark.OPTED_OUT: marks.opt_out,
    }
    return acts[mark]


def _kinds(ledger: Ledger) -> list[str]:
    return [entry.kind for entry in ledger.entries()]


@pytest.mark.parametrize("mark", Mark)
def test_a_mark_stands_about_one_person_only(
    marks: Marks, subjects: Subjects, registry: Registry, mark: Mark
) -> None:
    anna, bert = subjects.find("anna"), subjects.find("bert")
    before = registry.revision
    assert _act(marks, mark)("anna")
    assert marks.of(anna).keys() == {mark}
    assert marks.of(bert) == {}
    with registry.reading() as connection:
        assert registry.changes(connection, before) == Changes(frozenset({anna}))


@pytest.mark.parametrize("mark", Mark)
def test_a_mark_that_stands_already_keeps_its_moment(
    marks: Marks, subjects: Subjects, registry: Registry, ledger: Ledger, mark: Mark
) -> None:
    _act(marks, mark)("anna")
    before = marks.of(subjects.find("anna")), registry.revision, ledger.size
    assert not _act(marks, mark)("anna")
    assert before == (marks.of(subjects.find("anna")), registry.revision, ledger.size)


@pytest.mark.parametrize("mark", Mark)
def test_a_mark_that_is_lifted_leaves_the_others(
    marks: Marks, subjects: Subjects, registry: Registry, mark: Mark
) -> None:
    for each in Mark:
        _act(marks, each)("anna")
    before = registry.revision
    assert marks.lift("anna", mark)
    number = subjects.find("anna")
    assert marks.of(number).keys() == set(Mark) - {mark}
    with registry.reading() as connection:
        assert registry.changes(connection, before) == Changes(frozenset({number}))
    assert not marks.lift("anna", mark)
    assert registry.revision == before + 1


def test_every_change_is_an_entry_under_the_pseudonym(
    marks: Marks, subjects: Subjects, keyring: Keyring, ledger: Ledger
) -> None:
    marks.restrict("anna")
    marks.object_to("anna")
    marks.opt_out("anna")
    marks.lift("anna", Mark.OBJECTED)
    assert _kinds(ledger) == [
        *("subject_restricted", "subject_objected", "subject_opted_out", "subject_released")
    ]
    pseudonym = keyring.pseudonym(Holder("subject", subjects.find("anna")))
    assert {entry.facts["subject"] for entry in ledger.entries()} == {pseudonym}
    assert list(ledger.entries())[-1].facts["mark"] == "objected"


def test_somebody_who_is_not_held_has_no_marks(marks: Marks, ledger: Ledger) -> None:
    for act in (marks.restrict, marks.object_to, marks.opt_out):
        with pytest.raises(NotFound, match="nobody with that reference"):
            act("carl")
    with pytest.raises(NotFound, match="nobody with that reference"):
        marks.lift("carl", Mark.RESTRICTED)
    assert marks.of(99) == {}
    assert ledger.size == 0


def test_a_mark_is_never_put_about_somebody_erased(
    marks: Marks, subjects: Subjects, registry: Registry, ledger: Ledger
) -> None:
    number = subjects.find("anna")
    with registry.transaction() as connection:
        connection.execute(update(table).where(table.c.id == number).values(erased_at="2026"))
        assert not marks.put(connection, number, Mark.OBJECTED)
    assert registry.rows(select(table.c.objected_at).where(table.c.id == number)) == [(None,)]
    assert ledger.size == 0


def test_a_restriction_is_not_lifted_while_an_erasure_is_under_way(
    marks: Marks, subjects: Subjects, registry: Registry
) -> None:
    number = subjects.find("anna")
    marks.restrict("anna")
    marks.object_to("anna")
    row = {"kind": "erase", "subject": number, "received_at": "2026", "state": "open"}
    with registry.transaction() as connection:
        connection.execute(insert(requests).values(row))
    with pytest.raises(Refused, match="rightful forget"):
        marks.lift("anna", Mark.RESTRICTED)
    assert Mark.RESTRICTED in marks.of(number)
    assert marks.lift("anna", Mark.OBJECTED)
    with registry.transaction() as connection:
        connection.execute(update(requests).values(state="closed"))
    assert marks.lift("anna", Mark.RESTRICTED)
