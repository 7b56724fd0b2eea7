"""A clearance clears what every rule lets pass, says what it stands on, and is kept."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from pyroaring import BitMap64
from sqlalchemy import select

from rightful import canonical, moments
from rightful.clearance import judging
from rightful.clearance.situations import inquiry
from rightful.errors import Busy, Damaged, InvalidInput, NotFound, Refused
from rightful.grants import NewGrant
from rightful.ledger.verify import commitment
from rightful.policy import Decision, built_in, load
from rightful.registry.tables import clearances as kept
from rightful.registry.tables import sources, subjects

if TYPE_CHECKING:
    from tests.clearance.conftest import House

ANNA, BEN = "anna.example.reference", "ben.example.reference"


@pytest.fixture
def three(house: "House") -> "House":
    """0: Anna, 1: Ben, 2: both; only Anna consented."""
    for record, people in enumerate([(1,), (2,), (1, 2)]):
        house.add(record, people)
    house.consent(ANNA)
    return house


# Deciding


def test_a_record_needs_the_ground_of_everyone_it_is_about(three: "House") -> None:
    clearances = three.clearances()
    found = clearances.compute("fine-tuning")
    assert found.cleared == BitMap64([0])
    assert found.decisions[Decision.ALLOW] == BitMap64([0])
    assert found.decisions[Decision.DENY] == BitMap64([1, 2])
    three.consent(BEN)
    assert clearances.compute("fine-tuning").cleared == BitMap64([0, 1, 2])
    three.grants.withdraw(ANNA)
    assert clearances.compute("fine-tuning").cleared == BitMap64([1])


def test_every_record_outside_has_a_rule_that_says_why(three: "House") -> None:
    three.add(3, ())
    three.change(subjects, 2, birth_year=None)
    found = three.clearances().compute("fine-tuning")
    explained = BitMap64()
    for why in found.reasons:
        explained |= why.fired | why.unanswered
    outside = BitMap64()
    for decision in (Decision.HOLD, Decision.RESTRICT, Decision.DENY):
        outside |= found.decisions[decision]
    assert outside == BitMap64([1, 2, 3])
    assert explained >= outside
    by_rule = {why.rule.id: (why.pack, why.fired) for why in found.reasons}
    assert by_rule["EU.GDPR.6"] == ("eu.gdpr", BitMap64([1, 2]))
    assert by_rule["RIGHTFUL.UNKNOWN_PERSONAL"] == (None, BitMap64([3]))


def test_each_record_has_one_decision(three: "House") -> None:
    three.add(3, ())
    found = three.clearances().compute("fine-tuning")
    assert sum(found.about_all.values()) == 4
    assert set(found.about_all) == set(Decision)
    assert BitMap64.union(*found.decisions.values()) == BitMap64(range(4))


def test_without_packs_nothing_is_cleared(three: "House") -> None:
    found = three.clearances([]).compute("fine-tuning")
    assert not found.cleared
    # Without a ground it is denied whatever the packs.
    assert found.decisions[Decision.HOLD] == BitMap64([0])
    assert found.decisions[Decision.DENY] == BitMap64([1, 2])


def test_among_asks_about_those_that_are_held_only(three: "House") -> None:
    found = three.clearances().compute("fine-tuning", among=BitMap64([0, 1, 77]))
    assert found.cleared == BitMap64([0])
    assert found.counts.records == 2


def test_many_records_are_judged_in_parts_with_the_same_answer(
    three: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = three.clearances().compute("fine-tuning", at=moments.now())
    monkeypatch.setattr(judging, "BATCH", 1)
    monkeypatch.setattr(inquiry, "CHUNK", 2)
    parts = three.clearances().compute("fine-tuning", at=whole.at)
    assert parts == whole
    assert parts.decisions == whole.decisions


def test_an_advisory_rule_speaks_only_when_it_is_turned_on(three: "House") -> None:
    packs = list(load(built_in()))
    advisory = {rule.id for pack in packs for rule in pack.rules_of("gate") if rule.advisory}
    assert advisory
    plain = {gate.rule.id for gate in three.clearances(packs).gates.gates}
    turned_on = {gate.rule.id for gate in three.clearances(packs, advisory=True).gates.gates}
    assert turned_on - plain == advisory
    one = sorted(advisory)[0]
    single = {gate.rule.id for gate in three.clearances(packs, turned_on=[one]).gates.gates}
    assert single - plain == {one}


@pytest.mark.parametrize("country", ["Germany", "UK", "de", ""])
def test_an_establishment_that_is_no_country_is_refused_and_not_taken_for_unknown(
    house: "House", country: str
) -> None:
    with pytest.raises(InvalidInput, match="no country"):
        house.clearances(establishment=country)


def test_an_unknown_purpose_is_answered_with_those_there_are(house: "House") -> None:
    with pytest.raises(NotFound, match="fine-tuning"):
        house.clearances().compute("fun")


def test_a_moment_needs_its_zone(house: "House") -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        house.clearances().compute("fine-tuning", at=datetime(2026, 11, 24))  # noqa: DTZ001


def test_the_facts_of_records_are_given_for_each_person(three: "House") -> None:
    rows = three.clearances().facts(BitMap64([0, 2, 77]), "fine-tuning")
    told = sorted((row["record"], row["subject"], row["consent"]) for row in rows)
    assert told == [(0, 1, "active"), (2, 1, "active"), (2, 2, "none")]


# Nothing is no success


@pytest.mark.parametrize("granted", [False, True])
def test_an_empty_store_gives_an_empty_clearance_that_says_so(
    house: "House", granted: bool
) -> None:
    if granted:
        house.consent(ANNA)
        house.consent(BEN, source="form")
    found = house.clearances().compute("fine-tuning")
    assert not found.cleared
    assert set(found.about_all.values()) == {0}
    assert found.summary == "no record is held, so nothing is cleared for fine-tuning"
    with pytest.raises(NotFound, match="no record is held"):
        found.require_records()


def test_a_clearance_of_nothing_stops_whoever_needs_records(house: "House") -> None:
    house.add(0, (1,))
    found = house.clearances().compute("fine-tuning")
    assert found.summary == "none of 1 records is cleared for fine-tuning"
    with pytest.raises(Refused, match="rightful clear"):
        found.require_records()
    house.consent(ANNA)
    house.clearances().compute("fine-tuning").require_records()


# One view


def test_the_revision_tells_of_every_later_change(three: "House") -> None:
    clearances = three.clearances()
    found = clearances.compute("fine-tuning")
    assert found.revision == three.registry.revision
    three.grants.withdraw(ANNA)
    assert found.revision != three.registry.revision
    assert clearances.compute("fine-tuning").revision == three.registry.revision


@pytest.mark.parametrize("room", ["registry.arrow", "store.scan"])
def test_a_withdrawal_while_it_is_computed_is_heeded_or_shows_in_the_revision(
    three: "House", monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    holder: Any = three.registry if room.startswith("registry") else three.store
    name = room.split(".")[1]
    original: Callable[..., Any] = getattr(holder, name)
    done: list[int] = []

    def meanwhile(*arguments: Any) -> Any:
        answer = original(*arguments)
        if not done:
            done.extend(three.grants.withdraw(ANNA))
        return answer

    monkeypatch.setattr(holder, name, meanwhile)
    found = three.clearances().compute("fine-tuning")
    assert done
    assert 0 not in found.cleared or found.revision < three.registry.revision


def test_an_erasure_between_the_two_readings_leaves_nobody_cleared(
    three: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    original = three.store.scan

    def after_erasure(columns: Any) -> Any:
        with three.registry.transaction() as connection:
            three.subjects.erase(connection, 1)
        three.store.delete(BitMap64([0, 2]))
        return original(columns)

    monkeypatch.setattr(three.store, "scan", after_erasure)
    found = three.clearances().compute("fine-tuning")
    assert not found.cleared


# Keeping


def test_a_saved_clearance_is_loaded_as_it_was(three: "House") -> None:
    clearances = three.clearances()
    computed = clearances.compute("fine-tuning")
    saved = clearances.save(computed)
    assert saved.number == 1
    loaded = clearances.load(1)
    for name in (
        "number",
        "purpose",
        "at",
        "valid_until",
        "revision",
        "packs",
        "cleared",
        "counts",
    ):
        assert getattr(loaded, name) == getattr(saved, name)
    with pytest.raises(NotFound, match="compute it anew"):
        _ = loaded.reasons
    with pytest.raises(NotFound, match="compute it anew"):
        _ = loaded.decisions


def test_saving_is_one_entry_that_commits_to_the_records_and_names_nobody(three: "House") -> None:
    clearances = three.clearances()
    saved = clearances.save(clearances.compute("fine-tuning"))
    (entry,) = [e for e in three.ledger.entries() if e.kind == "clearance_computed"]
    stored = three.store.rows(saved.cleared).column("key").to_pylist()
    assert entry.facts["records"] == commitment(stored)
    assert entry.facts["cleared"] == 1
    assert entry.facts["clearance"] == 1
    assert entry.facts["purpose"] == "fine-tuning"
    assert entry.facts["counts"]["decisions"] == {
        "allow": 1,
        "allow_with_conditions": 0,
        "hold": 0,
        "restrict": 0,
        "deny": 2,
    }
    hashes = {name: pack["sha256"] for name, pack in entry.facts["packs"].items()}
    assert hashes == {pack.id: pack.sha256 for pack in load(["eu.gdpr", "cn.pipl"])}
    assert ANNA.encode() not in entry.data
    assert b"reference" not in entry.data


def test_saving_twice_keeps_one(three: "House") -> None:
    clearances = three.clearances()
    saved = clearances.save(clearances.compute("fine-tuning"))
    assert clearances.save(saved) is saved
    assert len(three.registry.rows(select(kept))) == 1


def test_a_clearance_is_kept_with_its_entry_or_not_at_all(
    three: "House", monkeypatch: pytest.MonkeyPatch
) -> None:
    clearances = three.clearances()
    computed = clearances.compute("fine-tuning")

    def fail(*_: Any) -> int:
        raise OSError("the disk is gone")

    monkeypatch.setattr(three.ledger, "append", fail)
    with pytest.raises(OSError, match="gone"):
        clearances.save(computed)
    assert three.registry.rows(select(kept)) == []


def test_a_clearance_of_somebody_erased_since_is_not_saved(three: "House") -> None:
    clearances = three.clearances()
    computed = clearances.compute("fine-tuning")
    three.store.delete(BitMap64([0]))
    with pytest.raises(Busy, match="compute it again"):
        clearances.save(computed)


def test_a_clearance_that_clears_nothing_can_be_kept(house: "House") -> None:
    clearances = house.clearances()
    saved = clearances.save(clearances.compute("fine-tuning"))
    loaded = clearances.load(saved.number or 0)
    assert loaded.summary == "no record is held, so nothing is cleared for fine-tuning"


def test_a_number_that_was_not_given_out_is_not_found(house: "House") -> None:
    with pytest.raises(NotFound, match="no clearance 7"):
        house.clearances().load(7)


@pytest.mark.parametrize(
    "change", [{"records": b"no bitmap"}, {"counts": "{}"}, {"packs": "["}, {"at": "today"}]
)
def test_a_clearance_that_was_changed_is_not_believed(
    three: "House", change: dict[str, Any]
) -> None:
    clearances = three.clearances()
    clearances.save(clearances.compute("fine-tuning"))
    three.change(kept, 1, **change)
    with pytest.raises(Damaged, match="restore a backup"):
        clearances.load(1)


def test_counts_are_kept_as_canonical_json(three: "House") -> None:
    clearances = three.clearances()
    clearances.save(clearances.compute("fine-tuning"))
    (row,) = three.registry.rows(select(kept))
    assert canonical.decode(row.counts.encode(), "counts")["decisions"]["deny"] == 2


def test_a_record_without_people_needs_only_its_sources_word(house: "House") -> None:
    house.add(0, ())
    clearances = house.clearances()
    assert clearances.compute("fine-tuning").about_all[Decision.HOLD] == 1
    house.grants.record(NewGrant(kind="no_personal_data", purpose="model-training", source="form"))
    assert clearances.compute("fine-tuning").cleared == BitMap64([0])
    house.change(sources, 1, retention_until=None)  # the law asks it of personal data only
    assert clearances.compute("fine-tuning").cleared == BitMap64([0])
