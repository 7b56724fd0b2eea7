"""Copies are found, one of them stays whatever the order, and an erasure finds the others."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pyroaring import BitMap64
from sqlalchemy import insert, select

from rightful.errors import NotFound
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.records import NameCipher, RecordStore
from rightful.records.content import encode
from rightful.records.names import record_key
from rightful.records.screened import ScreenedRecords
from rightful.records.store import NewRecord
from rightful.registry import Registry
from rightful.registry.tables import duplicates, sources, subjects
from rightful.screening.actions.policy import Duplicates, Keep
from rightful.screening.copies import Copies

LETTER = (
    "Dear Sir, since Tuesday night the boiler of flat twelve makes a noise like a train and gives "
    "no warm water. Please send somebody before the weekend, for my mother is staying with us."
)
NEARLY = LETTER.replace("Tuesday", "Sunday")
OTHER = "The library closes at six on Fridays, and the reading room on the second floor at five."
NOTICE = (
    "王女士写道：梧桐路十二号的锅炉从星期二晚上起一直发出很大的响"
    "声，没有热水，请在周末之前派人来修理，谢谢大家。"
)


class Town:
    """A store with a record of each content, each about a person of its own."""

    def __init__(self, folder: Path) -> None:
        key = WorkspaceKey(bytes(range(32)))
        self.registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
        self.registry.create()
        self.keyring = Keyring(self.registry, key)
        self.store = RecordStore(str(folder / "records.lance"), self.keyring, NameCipher(key))
        self.store.create()
        self.copies = Copies(self.registry, self.store, ScreenedRecords(self.store), key)
        with self.registry.transaction() as connection:
            row = {"id": 1, "name": "forum", "created_at": "2026-01-01T00:00:00Z"}
            connection.execute(insert(sources).values(**row))

    def hold(self, contents: dict[str, dict[str, object]]) -> None:
        """Records 1, 2, … with these references and contents."""
        new = []
        with self.registry.transaction() as connection:
            for number, (reference, content) in enumerate(contents.items(), start=1):
                row = {"id": number, "created_at": "2026-01-01T00:00:00Z"}
                connection.execute(insert(subjects).values(**row))
                self.keyring.create(connection, [Holder("subject", number)])
                key = record_key("forum", reference)
                new.append(NewRecord(number, 1, (number,), key, encode(content)))
        self.store.append(new)

    def hold_texts(self, *texts: str) -> None:
        self.hold({f"r{n}": {"text": text} for n, text in enumerate(texts, start=1)})

    def kept(self) -> set[tuple[str, int, int]]:
        columns = (duplicates.c.kind, duplicates.c.record, duplicates.c.cluster)
        return {tuple(row) for row in self.registry.rows(select(*columns))}

    def marked(self) -> dict[int, bool | None]:
        return {row["record"]: row["duplicate"] for row in self.store.metadata().to_pylist()}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.registry.close()


def test_copies_are_recorded_by_kind_and_the_others_are_not(town: Town) -> None:
    town.hold_texts(LETTER, OTHER, LETTER.upper(), NEARLY, "Thanks!", "Thanks!", NOTICE, NOTICE)
    found = town.copies.find(Duplicates())
    assert (found.exact, found.near, list(found.looked)) == (2, 1, list(range(1, 9)))
    exact = {("exact", 1, 1), ("exact", 3, 1), ("exact", 7, 7), ("exact", 8, 7)}
    assert town.kept() == exact | {("near", 1, 1), ("near", 3, 1), ("near", 4, 1)}
    similar = dict(
        town.registry.rows(
            select(duplicates.c.record, duplicates.c.similarity).where(duplicates.c.kind == "near")
        )
    )
    assert similar[1] == similar[3] == 1.0
    assert 0.8 <= similar[4] < 1.0


def test_under_keep_all_nothing_is_a_duplicate_and_all_were_looked_at(town: Town) -> None:
    town.hold_texts(LETTER, LETTER, NEARLY, "Hi")
    assert town.marked() == dict.fromkeys(range(1, 5))
    assert not town.copies.find(Duplicates()).duplicate
    assert town.marked() == dict.fromkeys(range(1, 5), False)


@pytest.mark.parametrize(
    ("exact", "near"),
    [(Keep.FIRST, Keep.ALL), (Keep.ALL, Keep.FIRST), (Keep.FIRST, Keep.HOLD)],
)
def test_the_policy_decides_what_stays(town: Town, exact: Keep, near: Keep) -> None:
    town.hold_texts(LETTER, LETTER, NEARLY)
    in_order = sorted((1, 2, 3), key=lambda n: record_key("forum", f"r{n}"))
    of_the_same = [n for n in in_order if n != 3]
    leave = {
        (Keep.FIRST, Keep.ALL): {of_the_same[1]},
        (Keep.ALL, Keep.FIRST): {3} if in_order[0] != 3 else {1, 2},
        (Keep.FIRST, Keep.HOLD): set(in_order[1:]),
    }[exact, near]
    found = town.copies.find(Duplicates(exact, near))
    assert set(found.duplicate) == leave
    assert set(found.held) == (leave if near == Keep.HOLD else set())
    assert {n for n, marked in town.marked().items() if marked} == leave


def test_what_stays_does_not_depend_on_the_order_of_import(tmp_path: Path) -> None:
    stay = set()
    for number, order in enumerate(("abc", "bca", "cba")):
        folder = tmp_path / str(number)
        folder.mkdir()
        town = Town(folder)
        town.hold({reference: {"text": LETTER} for reference in order})
        found = town.copies.find(Duplicates(exact=Keep.FIRST))
        stay.add(tuple(order[n - 1] for n in found.looked - found.duplicate))
        town.registry.close()
    assert stay == {(min("abc", key=lambda name: record_key("forum", name)),)}


def test_looking_again_takes_the_place_of_what_was_kept(town: Town) -> None:
    town.hold_texts(LETTER, NEARLY)
    town.copies.find(Duplicates(near=Keep.FIRST))
    assert len(town.kept()) == 2
    town.copies.find(Duplicates(near=Keep.FIRST, threshold=0.99))
    assert town.kept() == set()
    assert town.marked() == {1: False, 2: False}


def test_an_erasure_finds_copies_the_same_and_near_and_no_coincidence(town: Town) -> None:
    town.hold_texts(LETTER, OTHER, LETTER.lower(), NEARLY, "Thanks!", "Thanks!", NOTICE, NOTICE)
    town.copies.find(Duplicates())
    assert set(town.copies.of(BitMap64([1]))) == {3, 4}
    assert set(town.copies.of(BitMap64([4]))) == {1, 3}
    assert set(town.copies.of(BitMap64([1, 4, 8]))) == {3, 7}
    assert set(town.copies.of(BitMap64([2, 5]))) == set()
    assert set(town.copies.of(BitMap64([99]))) == set()


def test_the_very_same_content_is_found_though_nobody_looked_for_copies(town: Town) -> None:
    image = np.random.default_rng(1).integers(0, 255, (8, 8)).astype(np.uint8)
    blank = {"image": np.zeros((8, 8), np.uint8), "label": 0}
    same = {"image": image, "label": 3}
    town.hold({"a": same, "b": blank, "c": same, "d": blank, "e": {"text": LETTER}})
    assert set(town.copies.of(BitMap64([1]))) == {3}
    assert set(town.copies.of(BitMap64([2]))) == set()
    town.copies.find(Duplicates())
    assert town.kept() == {("exact", 1, 1), ("exact", 3, 1)}


def test_two_that_are_near_to_a_third_are_not_yet_near_to_each_other(town: Town) -> None:
    words = random.Random(5).sample([f"{a}{b}" for a in OTHER.split() for b in LETTER.split()], 120)
    chain = [" ".join(words[start : start + 100]) for start in (0, 8, 16)]
    town.hold_texts(*chain)
    assert town.copies.find(Duplicates(threshold=0.8)).near == 1
    assert set(town.copies.of(BitMap64([1]))) == {2}
    assert set(town.copies.of(BitMap64([2]))) == {1, 3}


def test_forgetting_leaves_nothing_of_a_record_and_no_cluster_of_one(town: Town) -> None:
    town.hold_texts(LETTER, LETTER, LETTER, NEARLY, NOTICE, NOTICE)
    town.copies.find(Duplicates())
    with town.registry.transaction() as connection:
        town.copies.forget(connection, BitMap64([1, 5]))
    near = {("near", 2, 2), ("near", 3, 2), ("near", 4, 2)}
    assert town.kept() == near | {("exact", 2, 2), ("exact", 3, 2)}


def test_what_cannot_be_opened_any_more_is_told(town: Town) -> None:
    town.hold_texts(LETTER, LETTER)
    with town.registry.transaction() as connection:
        town.keyring.destroy(connection, [Holder("subject", 1)])
    with pytest.raises(NotFound):
        town.copies.of(BitMap64([1]))


def test_an_empty_store_and_one_record_have_no_copies(town: Town) -> None:
    assert town.copies.find(Duplicates(Keep.FIRST, Keep.FIRST)).exact == 0
    assert town.copies.of(BitMap64()) == BitMap64()
    town.hold_texts(LETTER)
    found = town.copies.find(Duplicates(Keep.FIRST, Keep.FIRST))
    assert (found.exact, found.near, set(found.duplicate)) == (0, 0, set())
    assert town.marked() == {1: False}
