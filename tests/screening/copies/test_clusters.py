"""What belongs together, and which stays, does not depend on the order of anything."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening.copies import stays
from rightful.screening.copies.clusters import Clusters, first, joined

_PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=12)


def _plainly(pairs: list[tuple[int, int]]) -> dict[int, list[int]]:
    parts = [{n} for n in {n for pair in pairs for n in pair}]
    for pair in pairs:
        touched = [part for part in parts if part & set(pair)]
        parts = [part for part in parts if part not in touched] + [set().union(*touched)]
    return {min(part): sorted(part) for part in parts if len(part) > 1}


@given(_PAIRS)
@settings(max_examples=60)
def test_clusters_are_what_can_be_reached_pair_by_pair(pairs: list[tuple[int, int]]) -> None:
    assert joined(pairs) == _plainly(pairs)


@given(_PAIRS, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_the_pairs_changes_nothing(
    pairs: list[tuple[int, int]], random: object
) -> None:
    again = [(b, a) for a, b in pairs]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert joined(pairs) == joined(again)


def test_a_number_that_was_never_joined_is_a_cluster_of_its_own() -> None:
    clusters = Clusters()
    assert clusters.of(7) == 7
    assert clusters.all() == {}


@given(
    st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=8, unique=True), st.data()
)
@settings(max_examples=50)
def test_the_smallest_key_stays_whatever_the_order_of_import(
    keys: list[bytes], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(keys))
    table = np.frombuffer(b"".join(order), np.uint8).reshape(-1, 16)
    assert order[stays(table)] == min(keys)
    numbered = dict(enumerate(order))
    assert numbered[first(numbered, numbered)] == min(keys)
