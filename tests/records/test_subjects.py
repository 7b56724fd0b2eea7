"""A person has one number, is found by a reference that lies nowhere in the clear, and goes."""

import pytest
from sqlalchemy import select, update

from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.records import NameCipher, Person, Subjects, Suppressions
from rightful.registry import Changes, Registry
from rightful.registry.tables import subjects as table

_MAIL = "anna.example@mail.example"


def test_each_person_gets_a_number_and_a_key(subjects: Subjects, keyring: Keyring) -> None:
    numbers, contradicted = subjects.ensure({"anna": Person("DE", 1980), "bert": Person()})
    assert not contradicted
    assert numbers["anna"] != numbers["bert"]
    assert subjects.person(numbers["anna"]) == Person("DE", 1980)
    assert subjects.person(numbers["bert"]) == Person()
    assert len(keyring.load([Holder("subject", n) for n in numbers.values()])) == 2


def test_somebody_who_is_held_keeps_number_and_key(subjects: Subjects, keyring: Keyring) -> None:
    first, _ = subjects.ensure({"anna": Person()})
    key = keyring.get(Holder("subject", first["anna"]))
    keyring.drop_cache()
    assert subjects.ensure({"anna": Person(), "bert": Person()})[0]["anna"] == first["anna"]
    assert keyring.get(Holder("subject", first["anna"])) == key


def test_many_people_are_told_apart(subjects: Subjects, keyring: Keyring) -> None:
    people = {f"p{n}": Person(None, 1900 + n % 100) for n in range(1203)}
    numbers, _ = subjects.ensure(people)
    assert len(set(numbers.values())) == 1203
    assert subjects.numbers(people) == numbers
    for reference in ("p0", "p77", "p1202"):
        assert subjects.person(numbers[reference]) == people[reference]
        assert subjects.reference(numbers[reference]) == reference


def test_one_person_written_in_two_ways_is_one_person(subjects: Subjects) -> None:
    numbers, _ = subjects.ensure({"Zo\u00eb": Person("FR"), " Zoe\u0308": Person(None, 1990)})
    assert len(set(numbers.values())) == 1
    assert len(numbers) == 2
    again, _ = subjects.ensure({"Zo\u00eb ": Person(), "Zo\u00eb": Person()})
    assert set(again.values()) == set(numbers.values())
    assert subjects.person(numbers["Zo\u00eb"]) == Person("FR", 1990)


def test_a_reference_is_nowhere_in_the_clear(subjects: Subjects, registry: Registry) -> None:
    numbers, _ = subjects.ensure({_MAIL: Person()})
    registry.scrub()
    data = b"".join(p.read_bytes() for p in registry.folder.iterdir() if p.is_file())
    assert data
    assert _MAIL.encode() not in data
    assert subjects.reference(numbers[_MAIL]) == _MAIL


def test_what_is_newly_stated_is_kept_and_nothing_is_lost(subjects: Subjects) -> None:
    numbers, _ = subjects.ensure({"anna": Person("DE")})
    subjects.ensure({"anna": Person(None, 1980)})
    subjects.ensure({"anna": Person()})
    assert subjects.person(numbers["anna"]) == Person("DE", 1980)


def test_a_contradiction_is_told_and_changes_nothing(subjects: Subjects) -> None:
    numbers, _ = subjects.ensure({"anna": Person("DE"), "bert": Person("CN")})
    again, contradicted = subjects.ensure(
        {"anna": Person("FR", 1980), "bert": Person("CN", 1970), "carl": Person("US")}
    )
    assert contradicted == {"anna"}
    assert again["anna"] == numbers["anna"]
    assert subjects.person(numbers["anna"]) == Person("DE")
    assert subjects.person(again["bert"]) == Person("CN", 1970)
    assert subjects.person(again["carl"]) == Person("US")


def test_only_a_change_counts_as_one(subjects: Subjects, registry: Registry) -> None:
    subjects.ensure({"anna": Person("DE")})
    before = registry.revision
    subjects.ensure({"anna": Person("DE")})
    subjects.ensure({"anna": Person("FR")})
    assert registry.revision == before
    subjects.ensure({"anna": Person("DE", 1980)})
    assert registry.revision > before


def test_only_those_who_are_new_or_changed_are_named_as_changes(
    subjects: Subjects, registry: Registry
) -> None:
    first, _ = subjects.ensure({"anna": Person("DE"), "bert": Person("CN")})
    before = registry.revision
    numbers, _ = subjects.ensure(
        {"anna": Person("DE"), "bert": Person("CN", 1970), "carl": Person()}
    )
    with registry.reading() as connection:
        assert registry.changes(connection, 0) == Changes(frozenset(numbers.values()))
        changed = {first["bert"], numbers["carl"]}
        assert registry.changes(connection, before) == Changes(frozenset(changed))


def test_an_erasure_names_who_is_erased_as_a_change(subjects: Subjects, registry: Registry) -> None:
    numbers, _ = subjects.ensure({"anna": Person(), "bert": Person()})
    before = registry.revision
    with registry.transaction() as connection:
        subjects.erase(connection, numbers["anna"])
    with registry.reading() as connection:
        assert registry.changes(connection, before) == Changes(frozenset({numbers["anna"]}))


@pytest.mark.parametrize("residence", ["DE", "US", "US-CA"])
def test_a_residence_is_a_country_or_a_state(subjects: Subjects, residence: str) -> None:
    numbers, _ = subjects.ensure({"anna": Person(residence)})
    assert subjects.person(numbers["anna"]).residence == residence


@pytest.mark.parametrize("residence", ["", "de", "Germany", "DE-BY", "US-", "US-ca", "US-CAL"])
def test_a_residence_of_another_form_is_refused(residence: str) -> None:
    with pytest.raises(InvalidInput, match=r"such as DE.*US-CA"):
        Person(residence)


def test_a_state_says_more_than_its_country_and_does_not_contradict_it(subjects: Subjects) -> None:
    subjects.ensure({"anna": Person("US"), "bert": Person("US-CA")})
    numbers, contradicted = subjects.ensure({"anna": Person("US-CA"), "bert": Person("US")})
    assert contradicted == set()
    assert {subjects.person(number).residence for number in numbers.values()} == {"US-CA"}
    _, contradicted = subjects.ensure({"anna": Person("US-TX"), "bert": Person("CA")})
    assert contradicted == {"anna", "bert"}


def test_strangers_are_not_found_and_not_named(subjects: Subjects) -> None:
    with pytest.raises(NotFound) as caught:
        subjects.find(_MAIL)
    assert _MAIL not in str(caught.value)
    assert subjects.known([_MAIL]) == {}
    with pytest.raises(NotFound):
        subjects.person(5)
    with pytest.raises(NotFound):
        subjects.reference(5)


def test_an_erased_person_leaves_a_bare_number(
    subjects: Subjects, registry: Registry, keyring: Keyring
) -> None:
    numbers, _ = subjects.ensure({_MAIL: Person("DE", 1980), "bert": Person("CN")})
    anna = numbers[_MAIL]
    with registry.transaction() as connection:
        subjects.erase(connection, anna)
    row = registry.rows(select(table).where(table.c.id == anna))[0]
    assert row.erased_at is not None
    assert (row.lookup, row.reference, row.residence, row.birth_year) == (None,) * 4
    assert keyring.load([Holder("subject", anna)]) == {}
    with pytest.raises(NotFound):
        subjects.find(_MAIL)
    with pytest.raises(NotFound):
        subjects.reference(anna)
    assert subjects.find("bert") == numbers["bert"]


def test_a_lookup_is_that_of_the_reference_until_the_person_is_erased(
    subjects: Subjects, registry: Registry
) -> None:
    numbers, _ = subjects.ensure({"anna": Person()})
    assert subjects.lookup(numbers["anna"]) == subjects.hashed("anna")
    assert subjects.hashed("anna") != subjects.hashed("bert")
    with registry.transaction() as connection:
        subjects.erase(connection, numbers["anna"])
    with pytest.raises(NotFound):
        subjects.lookup(numbers["anna"])


def test_an_erased_persons_number_is_not_given_to_anybody(
    subjects: Subjects, registry: Registry
) -> None:
    numbers, _ = subjects.ensure({"anna": Person()})
    with registry.transaction() as connection:
        subjects.erase(connection, numbers["anna"])
    assert subjects.ensure({"anna": Person()})[0]["anna"] != numbers["anna"]


def test_a_restriction_keeps_its_first_moment(subjects: Subjects, registry: Registry) -> None:
    numbers, _ = subjects.ensure({"anna": Person()})
    seen = set()
    for _ in range(2):
        with registry.transaction() as connection:
            subjects.restrict(connection, numbers["anna"])
        seen.add(registry.rows(select(table.c.restricted_at))[0].restricted_at)
    assert len(seen) == 1
    assert None not in seen


@pytest.mark.parametrize("sealed", [b"short", bytes(60)])
def test_a_reference_that_was_changed_is_damaged(
    subjects: Subjects, registry: Registry, sealed: bytes
) -> None:
    numbers, _ = subjects.ensure({"anna": Person()})
    with registry.transaction() as connection:
        connection.execute(update(table).values(reference=sealed))
    with pytest.raises(Damaged):
        subjects.reference(numbers["anna"])


@pytest.mark.parametrize(
    ("residence", "birth_year"),
    [("de", None), ("D1", None), ("DEU", None), ("ÄÖ", None), (None, 1889), (None, 9999)],
)
def test_facts_that_can_not_be_are_refused(residence: str | None, birth_year: int | None) -> None:
    with pytest.raises(InvalidInput):
        Person(residence, birth_year)


# Many at once


def test_many_are_settled_at_once_and_those_not_held_are_added(
    subjects: Subjects, keyring: Keyring
) -> None:
    before, _ = subjects.ensure({"anna": Person("DE", 1980)})
    settled = subjects.settle({"anna", "bert", *(f"p{n}" for n in range(1201))})
    assert settled.numbers["anna"] == before["anna"]
    assert len(set(settled.numbers.values())) == 1203
    assert settled.new == set(settled.numbers.values()) - {before["anna"]}
    assert settled.erased == frozenset()
    assert subjects.person(before["anna"]) == Person("DE", 1980)
    assert subjects.reference(settled.numbers["p77"]) == "p77"
    assert len(keyring.load([Holder("subject", n) for n in settled.new])) == 1202
    again = subjects.settle(settled.numbers)
    assert (again.numbers, again.new) == (settled.numbers, frozenset())
    assert subjects.settle([]).numbers == {}


def test_one_person_settled_in_two_ways_is_one_person(subjects: Subjects) -> None:
    settled = subjects.settle(["Zo\u00eb", " Zoe\u0308"])
    assert len(set(settled.numbers.values())) == len(settled.new) == 1


def test_somebody_erased_is_settled_as_such_and_does_not_come_back(
    subjects: Subjects, registry: Registry, workspace_key: WorkspaceKey
) -> None:
    names = NameCipher(workspace_key)
    listed = Suppressions(registry, names)
    number = subjects.settle(["anna"]).numbers["anna"]
    with registry.transaction() as connection:
        listed.add(connection, [listed.of_subject(names.lookup("anna"))])
        subjects.erase(connection, number)
    settled = subjects.settle(["anna", "bert"])
    assert settled.erased == frozenset({"anna"})
    assert set(settled.numbers) == {"bert"}
    assert "anna" not in repr(settled)


def test_settling_tells_only_of_those_who_are_new(subjects: Subjects, registry: Registry) -> None:
    subjects.settle(["anna"])
    before = registry.revision
    subjects.settle(["anna"])
    assert registry.revision == before
    settled = subjects.settle(["anna", "bert"])
    with registry.reading() as connection:
        assert registry.changes(connection, before).subjects == settled.new


def test_many_references_are_read_at_once_but_those_of_the_erased(
    subjects: Subjects, registry: Registry
) -> None:
    numbers = subjects.settle([f"p{n}" for n in range(1201)]).numbers
    with registry.transaction() as connection:
        subjects.erase(connection, numbers["p7"])
    found = subjects.references(numbers.values())
    del numbers["p7"]
    assert found == {number: reference for reference, number in numbers.items()}
