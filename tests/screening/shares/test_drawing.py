"""A draw is a function of seed and records; its items can be told from those of others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.errors import InvalidInput
from rightful.keys import WorkspaceKey
from rightful.screening.shares.drawing import chosen, codes, mark_of, marks, place_of

KEY = WorkspaceKey(bytes(range(32)))


def _keys(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 16)).astype(np.uint8)


@given(st.integers(0, 2**63 - 1), st.integers(1, 60), st.randoms(use_true_random=False))
def test_the_order_of_import_does_not_matter(seed: int, items: int, random: object) -> None:
    keys = _keys(40)
    shuffled = keys.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = keys[chosen(keys, seed, items)], shuffled[chosen(shuffled, seed, items)]
    assert len(first) == min(items, 40)
    assert first.tolist() == second.tolist() or len({bytes(k) for k in shuffled}) < 40


def test_a_shorter_draw_is_the_beginning_of_a_longer_one() -> None:
    keys = _keys(500)
    assert chosen(keys, 3, 100).tolist() == chosen(keys, 3, 400)[:100].tolist()


def test_records_that_come_later_leave_the_others_in_their_order() -> None:
    keys = _keys(200)
    before = [bytes(keys[each]) for each in chosen(keys[:150], 3, 150)]
    after = [bytes(keys[each]) for each in chosen(keys, 3, 200)]
    known = set(before)
    assert [key for key in after if key in known] == before


def test_another_seed_gives_another_draw() -> None:
    keys = _keys(500)
    assert chosen(keys, 1, 100).tolist() != chosen(keys, 2, 100).tolist()


def test_every_record_is_drawn_as_often_as_every_other() -> None:
    """Of 20 records 5 are drawn, 2,000 times: each about 500 times, within five deviations."""
    keys = _keys(20)
    counts = np.bincount(np.concatenate([chosen(keys, seed, 5) for seed in range(2000)]))
    assert counts.sum() == 10_000
    assert abs(counts - 500).max() < 5 * (2000 * 0.25 * 0.75) ** 0.5


def test_of_nothing_nothing_is_drawn() -> None:
    assert len(chosen(_keys(0), 1, 10)) == 0


def test_a_seed_or_a_number_that_makes_no_sense_is_refused() -> None:
    for seed, items in ((-1, 5), (2**63, 5), (1, 0), (1, -3)):
        with pytest.raises(InvalidInput):
            chosen(_keys(5), seed, items)


def test_an_item_tells_its_place_and_is_no_item_of_another_draw_or_workspace() -> None:
    keys = _keys(30)
    own = codes(KEY, "d1", keys)
    assert [place_of(KEY, "d1", code) for code in own] == list(range(1, 31))
    assert [mark_of(code) for code in own] == marks(KEY, "d1", keys)
    assert {place_of(KEY, "d2", code) for code in own} == {None}
    assert {place_of(WorkspaceKey(bytes(32)), "d1", code) for code in own} == {None}


def test_a_name_that_was_changed_is_no_item() -> None:
    (code,) = codes(KEY, "d1", _keys(1))
    for wrong in ("", "i", code[1:], code[:-1], code + "0", code.replace("i000001", "i000002")):
        assert place_of(KEY, "d1", wrong) is None
