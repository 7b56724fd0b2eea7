"""Where a record goes depends on its own key, the seed and the epoch."""

import hashlib
import random

import numpy as np
import numpy.typing as npt
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.training.bins import Bins, Keys

SEEDS = st.integers(0, 2**63 - 1)


def keys(count: int, seed: int = 0) -> Keys:
    """Distinct keys."""
    found: npt.NDArray[np.uint8] = np.random.default_rng(seed).integers(
        0, 256, (count, 16), np.uint8
    )
    found[:, :4] = np.arange(count, dtype=">u4").view(np.uint8).reshape(count, 4)
    return found


@given(
    count=st.integers(1, 300),
    bins=st.integers(1, 50),
    seed=SEEDS,
    epoch=st.integers(0, 1000),
    drawn=st.randoms(use_true_random=False),
)
@settings(max_examples=60)
def test_taking_any_records_out_moves_no_other(
    count: int, bins: int, seed: int, epoch: int, drawn: random.Random
) -> None:
    everyone = keys(count)
    stay = np.array([place for place in range(count) if drawn.random() < 0.7], np.intp)
    dealer = Bins(seed, bins)
    whole, part = dealer.epoch(everyone, epoch), dealer.epoch(everyone[stay], epoch)
    kept = set(stay.tolist())
    for number in range(bins):
        before = [place for place in whole.bin(number).tolist() if place in kept]
        assert stay[part.bin(number)].tolist() == before


@given(count=st.integers(0, 300), bins=st.integers(1, 50), seed=SEEDS)
@settings(max_examples=40)
def test_every_record_is_in_exactly_one_bin_of_an_epoch(count: int, bins: int, seed: int) -> None:
    epoch = Bins(seed, bins).epoch(keys(count), 0)
    places = [place for number in range(bins) for place in epoch.bin(number).tolist()]
    assert sorted(places) == list(range(count))


@given(count=st.integers(1, 200), bins=st.integers(1, 50), seed=SEEDS, epochs=st.integers(1, 4))
@settings(max_examples=40)
def test_steps_and_first_step_are_those_that_the_epochs_deal(
    count: int, bins: int, seed: int, epochs: int
) -> None:
    dealer, everyone = Bins(seed, bins), keys(count)
    steps = dealer.steps(everyone, epochs)
    assert steps.shape == (count, epochs)
    for epoch in range(epochs):
        dealt = dealer.epoch(everyone, epoch)
        for number in range(bins):
            assert (steps[dealt.bin(number), epoch] == epoch * bins + number).all()
    assert dealer.first_step(everyone) == steps.min()


@given(order=st.permutations(range(40)), seed=SEEDS)
@settings(max_examples=40)
def test_the_order_in_which_records_are_given_does_not_matter(order: list[int], seed: int) -> None:
    everyone, turned = keys(40), keys(40)[order]
    one, other = Bins(seed, 7).epoch(everyone, 3), Bins(seed, 7).epoch(turned, 3)
    for number in range(7):
        assert (everyone[one.bin(number)] == turned[other.bin(number)]).all()


def test_a_record_goes_where_aes_under_the_seed_and_epoch_sends_it() -> None:
    everyone = keys(500)
    secret = hashlib.sha256(b"rightful bins 7 2").digest()
    values = []
    for key in everyone:
        cipher = Cipher(algorithms.AES(secret), modes.ECB()).encryptor()
        values.append(int.from_bytes(cipher.update(key.tobytes()), "big"))
    epoch = Bins(7, 12).epoch(everyone, 2)
    for number in range(12):
        own = [place for place, value in enumerate(values) if (value >> 64) % 12 == number]
        assert epoch.bin(number).tolist() == sorted(own, key=lambda place: values[place])


def test_bins_are_about_as_even_as_dice() -> None:
    counts = np.bincount(Bins(1, 100).of(keys(50_000), 0), minlength=100)
    # 500 each are to be expected, with a standard deviation of about 22.
    assert 400 < counts.min() <= counts.max() < 600
    assert 15 < counts.std() < 30


@pytest.mark.parametrize(("seed", "epoch"), [(8, 0), (7, 1)])
def test_another_seed_or_epoch_deals_anew(seed: int, epoch: int) -> None:
    everyone = keys(10_000)
    same = (Bins(7, 100).of(everyone, 0) == Bins(seed, 100).of(everyone, epoch)).mean()
    assert 0.002 < same < 0.03


def test_nobody_has_no_first_step() -> None:
    with pytest.raises(ValueError, match="zero-size"):
        Bins(7, 10).first_step(keys(0))
