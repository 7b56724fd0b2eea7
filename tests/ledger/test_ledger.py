"""Entries are in the transaction of the act, numbered without a gap, and all proofs hold."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, update

from rightful.errors import Damaged, InvalidInput
from rightful.keys import WorkspaceKey
from rightful.ledger import Ledger
from rightful.ledger.verify import (
    open_checkpoint,
    verify_consistency,
    verify_inclusion,
    verify_signature,
)
from rightful.registry import Registry
from rightful.registry.tables import ledger_entries

Again = Callable[[], Ledger]
Grow = Callable[[Ledger, int], None]


# Adding


def test_entries_are_numbered_from_0_and_read_back(
    registry: Registry, ledger: Ledger, again: Again
) -> None:
    before = datetime.now(UTC)
    with registry.transaction() as connection:
        assert ledger.append(connection, "source_declared", {"source": "forms"}) == 0
        assert ledger.append(connection, "import_finished", {"source": "forms", "added": 3}) == 1
    with registry.transaction() as connection:
        assert ledger.append(connection, "run_started", {"run": 1}) == 2

    entries = again().entries()
    assert [entry.number for entry in entries] == [0, 1, 2]
    assert [entry.kind for entry in entries] == [
        "source_declared",
        "import_finished",
        "run_started",
    ]
    assert entries[1].facts == {"source": "forms", "added": 3}
    assert before <= entries[0].at <= entries[2].at <= datetime.now(UTC)
    assert ledger.size == 3


def test_an_entry_goes_with_the_transaction_of_its_act(
    registry: Registry, ledger: Ledger, grow: Grow
) -> None:
    grow(ledger, 2)

    def fail() -> None:
        with registry.transaction() as connection:
            assert ledger.append(connection, "run_started", {"run": 1}) == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert ledger.size == 2
    grow(ledger, 1)
    assert [entry.number for entry in ledger.entries()] == [0, 1, 2]
    assert ledger.check() == []


def test_those_who_add_at_the_same_time_leave_no_gap(registry: Registry, again: Again) -> None:
    writers, each = 4, 12
    errors: list[BaseException] = []

    def write(name: int) -> None:
        ledger = again()
        try:
            for place in range(each):
                with registry.transaction() as connection:
                    ledger.append(connection, "disclosure", {"writer": name, "place": place})
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    ledger = again()
    entries = ledger.entries()
    assert [entry.number for entry in entries] == list(range(writers * each))
    for name in range(writers):
        mine = [entry.facts["place"] for entry in entries if entry.facts["writer"] == name]
        assert mine == list(range(each))
    assert ledger.check() == []


def test_only_a_transaction_that_writes_can_add(registry: Registry, ledger: Ledger) -> None:
    with registry.reading() as connection, pytest.raises(ValueError, match="transaction"):
        ledger.append(connection, "run_started", {"run": 1})
    assert ledger.size == 0


def test_what_is_refused_is_not_added(registry: Registry, ledger: Ledger) -> None:
    with registry.transaction() as connection:
        with pytest.raises(TypeError):
            ledger.append(connection, "run_started", {"run": {1, 2}})
        with pytest.raises(InvalidInput):
            ledger.append(connection, "run_started", {"run": "x" * 70_000})
    assert ledger.size == 0


# Reading


def test_a_part_can_be_read(ledger: Ledger, grow: Grow) -> None:
    grow(ledger, 10)
    assert [entry.number for entry in ledger.entries(3, 5)] == [3, 4]
    assert [entry.number for entry in ledger.entries(8)] == [8, 9]
    assert [entry.number for entry in ledger.entries(8, 99)] == [8, 9]
    assert ledger.entries(10) == ledger.entries(99) == ledger.entries(5, 5) == []
    for start, stop in ((-1, None), (0, -1)):
        with pytest.raises(InvalidInput):
            ledger.entries(start, stop)


def test_an_empty_ledger_is_sound_and_has_a_checkpoint(ledger: Ledger) -> None:
    assert (ledger.size, ledger.entries(), ledger.check()) == (0, [], [])
    assert open_checkpoint(ledger.checkpoint(), ledger.public_key).size == 0


# Damage


def test_the_check_finds_every_entry_that_is_missing_or_changed(
    registry: Registry, ledger: Ledger, grow: Grow
) -> None:
    grow(ledger, 9)
    assert ledger.check() == []
    number = ledger_entries.c.number
    with registry.transaction() as connection:
        connection.execute(delete(ledger_entries).where(number.in_([3, 4])))
        changed = update(ledger_entries).where(number == 6).values(entry=b'{"kind": "departure"}')
        connection.execute(changed)
        connection.execute(insert(ledger_entries).values(number=-1, entry=b"{}"))
    problems = ledger.check()
    assert len(problems) == 4
    assert "-1, below 0" in problems[0]
    assert "entry -1" in problems[1]
    assert "3 to 4 are missing" in problems[2]
    assert "entry 6" in problems[3]


def test_nothing_is_signed_while_an_entry_is_missing(
    registry: Registry, ledger: Ledger, grow: Grow
) -> None:
    grow(ledger, 5)
    with registry.transaction() as connection:
        connection.execute(delete(ledger_entries).where(ledger_entries.c.number == 2))
    for ask in (ledger.checkpoint, ledger.entries, lambda: ledger.inclusion(0, 5)):
        with pytest.raises(Damaged, match="missing"):
            ask()


def test_a_ledger_that_has_become_shorter_is_damage(
    registry: Registry, ledger: Ledger, grow: Grow
) -> None:
    grow(ledger, 5)
    ledger.checkpoint()
    with registry.transaction() as connection:
        connection.execute(delete(ledger_entries).where(ledger_entries.c.number == 4))
    with pytest.raises(Damaged, match="had 5 entries and now has 4"):
        ledger.checkpoint()


# Proving


def test_every_entry_is_proven_against_a_signed_checkpoint(ledger: Ledger, grow: Grow) -> None:
    grow(ledger, 13)
    checkpoint = open_checkpoint(ledger.checkpoint(), ledger.public_key)
    assert (checkpoint.origin, checkpoint.size) == ("rightful.example/w-1", 13)
    for entry in ledger.entries():
        proof = ledger.inclusion(entry.number, 13)
        verify_inclusion(entry.data, entry.number, 13, proof, checkpoint.root)


def test_each_checkpoint_continues_the_ones_before(ledger: Ledger, grow: Grow) -> None:
    notes = []
    for count in (1, 4, 300):
        grow(ledger, count)
        notes.append(ledger.checkpoint())
    checkpoints = [open_checkpoint(note, ledger.public_key) for note in notes]
    assert [checkpoint.size for checkpoint in checkpoints] == [1, 5, 305]
    for old in checkpoints:
        assert ledger.checkpoint(old.size) in notes
        for new in checkpoints[checkpoints.index(old) :]:
            proof = ledger.consistency(old.size, new.size)
            verify_consistency(old.size, new.size, proof, old.root, new.root)


def test_another_process_signs_the_same_bytes(ledger: Ledger, again: Again, grow: Grow) -> None:
    grow(ledger, 7)
    ledger.checkpoint()
    grow(ledger, 7)
    other = again()
    assert other.checkpoint() == ledger.checkpoint()
    assert other.public_key == ledger.public_key
    assert other.inclusion(3, 14) == ledger.inclusion(3, 14)


def test_what_is_not_committed_is_not_signed(
    registry: Registry, ledger: Ledger, grow: Grow
) -> None:
    grow(ledger, 2)
    with registry.transaction() as connection:
        ledger.append(connection, "run_started", {"run": 1})
        assert open_checkpoint(ledger.checkpoint(), ledger.public_key).size == 2
    assert open_checkpoint(ledger.checkpoint(), ledger.public_key).size == 3


def test_sizes_that_are_not_there_are_refused(ledger: Ledger, grow: Grow) -> None:
    grow(ledger, 3)
    for ask in (
        lambda: ledger.checkpoint(4),
        lambda: ledger.inclusion(3, 3),
        lambda: ledger.consistency(2, 4),
    ):
        with pytest.raises(InvalidInput):
            ask()


def test_certificates_are_signed_with_the_ledgers_key(ledger: Ledger) -> None:
    verify_signature(b"a certificate", ledger.sign(b"a certificate"), ledger.public_key)


def test_each_workspace_and_each_key_has_a_public_key_of_its_own(registry: Registry) -> None:
    keys = {
        Ledger(registry, WorkspaceKey(bytes([secret]) * 32), name).public_key
        for secret in (0, 1)
        for name in ("w-1", "w-2")
    }
    assert len(keys) == 4


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_workspace_id_that_no_note_can_carry_is_refused(registry: Registry, name: str) -> None:
    with pytest.raises(InvalidInput):
        Ledger(registry, WorkspaceKey(bytes(32)), name)
