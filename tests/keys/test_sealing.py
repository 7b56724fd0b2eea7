"""Sealed content opens with the keys of all its people, as that record, unchanged; else never."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import Damaged, NotFound
from rightful.keys import Holder, Sealer

_ANNA, _BERT, _CARL = (Holder("subject", n) for n in (1, 2, 3))
_SHOP = Holder("source", 1)
_KEYS = {holder: bytes([n]) * 32 for n, holder in enumerate((_ANNA, _BERT, _CARL, _SHOP))}

_GROUPS = st.lists(st.sampled_from(list(_KEYS)), min_size=1, max_size=4, unique=True)


@given(st.binary(max_size=200), st.integers(0, 2**63 - 1), _GROUPS)
@settings(max_examples=60)
def test_content_opens_as_it_was_sealed(content: bytes, record: int, group: list[Holder]) -> None:
    sealed = Sealer(_KEYS).seal(content, record, group)
    assert Sealer(_KEYS).open(sealed, record, group) == content
    assert len(sealed) == len(content) + 28


@given(_GROUPS, st.data())
@settings(max_examples=40)
def test_without_any_one_of_its_keys_it_stays_closed(
    group: list[Holder], data: st.DataObject
) -> None:
    sealed = Sealer(_KEYS).seal(b"content", 1, group)
    gone = data.draw(st.sampled_from(group))
    left = {holder: key for holder, key in _KEYS.items() if holder != gone}
    with pytest.raises(NotFound, match=f"{gone.kind} {gone.number}"):
        Sealer(left).open(sealed, 1, group)
    # Nor do those that are left open it by themselves.
    for fewer in (list(left), [h for h in group if h != gone]):
        if fewer:
            with pytest.raises(Damaged):
                Sealer(left).open(sealed, 1, fewer)


def test_the_order_of_people_does_not_matter() -> None:
    sealed = Sealer(_KEYS).seal(b"content", 1, [_BERT, _ANNA, _CARL])
    assert Sealer(_KEYS).open(sealed, 1, [_CARL, _BERT, _ANNA]) == b"content"


@given(st.integers(0, 35), st.integers(0, 7))
@settings(max_examples=40)
def test_a_single_changed_bit_is_noticed(place: int, bit: int) -> None:
    sealed = bytearray(Sealer(_KEYS).seal(b"contents", 1, [_ANNA]))
    sealed[place] ^= 1 << bit
    with pytest.raises(Damaged, match="record 1 does not open"):
        Sealer(_KEYS).open(bytes(sealed), 1, [_ANNA])


def test_content_moved_to_another_record_or_person_does_not_open() -> None:
    sealer = Sealer(_KEYS)
    sealed = sealer.seal(b"content", 1, [_ANNA])
    with pytest.raises(Damaged):
        sealer.open(sealed, 2, [_ANNA])
    with pytest.raises(Damaged):
        sealer.open(sealed, 1, [_BERT])


@pytest.mark.parametrize("cut", [0, 5, 12, 20])
def test_sealed_bytes_that_were_cut_do_not_open(cut: int) -> None:
    sealed = Sealer(_KEYS).seal(b"content", 1, [_ANNA])
    with pytest.raises(Damaged):
        Sealer(_KEYS).open(sealed[:cut], 1, [_ANNA])


def test_sealing_twice_gives_different_bytes() -> None:
    sealer = Sealer(_KEYS)
    assert sealer.seal(b"content", 1, [_ANNA]) != sealer.seal(b"content", 1, [_ANNA])


def test_a_missing_key_is_told_before_anything_is_sealed() -> None:
    with pytest.raises(NotFound, match="subject 9"):
        Sealer(_KEYS).seal(b"content", 1, [_ANNA, Holder("subject", 9)])
