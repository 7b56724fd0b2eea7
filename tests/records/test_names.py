"""A record has one key everywhere, and nothing that is stored lets others guess it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.keys import WorkspaceKey
from rightful.records.names import KEY_BYTES, NameCipher, record_key

_OTHER = NameCipher(WorkspaceKey(bytes(32)))


def test_a_key_stays_the_same_in_every_version_and_workspace() -> None:
    # Bins, and so weights, stand on these bytes.
    assert record_key("digits", "17").hex() == "aadd5d498771f255a58c60d3bf9e01f0"


def test_source_and_reference_can_not_run_into_each_other() -> None:
    assert record_key("ab", "c") != record_key("a", "bc")
    assert record_key("a", "") != record_key("", "a")


@given(st.lists(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), max_size=20))
@settings(max_examples=40)
def test_stored_keys_decipher_to_what_they_were(keys: list[bytes]) -> None:
    read = _OTHER.decipher(_OTHER.encipher(b"".join(keys)))
    assert read.shape == (len(keys), KEY_BYTES)
    assert read.dtype == np.uint8
    assert [row.tobytes() for row in read] == keys


def test_a_stored_key_is_another_one_in_another_workspace(names: NameCipher) -> None:
    key = record_key("digits", "17")
    assert len({key, names.encipher(key), _OTHER.encipher(key)}) == 3


@pytest.mark.parametrize("written", ["Zo\u00eb", "Zoe\u0308", " Zo\u00eb\n"])
def test_a_person_is_found_however_the_reference_is_written(
    names: NameCipher, written: str
) -> None:
    assert names.lookup(written) == names.lookup("Zo\u00eb")


def test_hashes_are_keyed_and_apart_by_use(names: NameCipher) -> None:
    hashes = [
        hashed
        for one in (names, _OTHER)
        for hashed in (one.lookup("a"), one.content_hash(b"a"), one.suppression(b"a"))
    ]
    assert len(set(hashes)) == 6
    assert {len(hashed) for hashed in hashes} == {32}
