"""What is the same content, and what is too common for that to mean anything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.errors import Damaged
from rightful.keys import WorkspaceKey
from rightful.records.content import encode
from rightful.records.likeness import digest, distinctive, normalised

KEY = WorkspaceKey(bytes(range(32)))
LETTER = "Dear Ann, the boiler in flat 12 broke again on Tuesday night. Kind regards"
NOTICE = (
    "二零二五年三月，住在梧桐路十二号的王女士因为锅炉再次损坏而写"
    "信给物业公司，要求尽快派人上门修理并说明原因。"
)


def _drawn(points: int) -> bytes:
    image = np.zeros((28, 28), np.uint8)
    image.reshape(-1)[:points] = 255
    return encode({"image": image, "label": 3})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße  12\n", "STRASSE 12"),
        ("ＡＢＣ\u3000１２３", "abc 123"),
        ("\tﬁle\u00a0name ", "file name"),
        ("e\u0301te\u0301", "ÉTÉ"),
    ],
)
def test_case_white_space_and_width_make_no_difference(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_other_words_stay_other_words() -> None:
    assert normalised("flat 12") != normalised("flat 21")
    assert normalised("resume") != normalised("résumé")


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_what_is_normal_stays_as_it_is(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once == once.strip()


@pytest.mark.parametrize("text", ["", " ", "Thanks!", "OK " * 40, "哈" * 80, LETTER[:30]])
def test_what_anybody_may_write_is_not_distinctive(text: str) -> None:
    assert not distinctive(encode({"text": text}))


@pytest.mark.parametrize("text", [LETTER, NOTICE])
def test_a_letter_is_distinctive_in_any_language(text: str) -> None:
    assert distinctive(encode({"text": text}))


def test_a_picture_of_hardly_anything_is_not_distinctive() -> None:
    assert not distinctive(_drawn(0))
    assert not distinctive(_drawn(31))
    assert distinctive(_drawn(32))
    assert not distinctive(encode({"image": np.full((28, 28), 255, np.uint8), "label": 0}))


def test_the_digest_is_of_the_content_and_not_of_its_label_or_writing() -> None:
    plain = digest(KEY, encode({"text": LETTER}))
    assert plain == digest(KEY, encode({"text": LETTER.upper() + "\n", "label": 4}))
    assert plain != digest(KEY, encode({"text": LETTER + " B"}))
    assert len(plain) == 32


def test_pictures_of_the_same_bytes_and_other_shapes_are_not_the_same() -> None:
    image = np.arange(64, dtype=np.uint8)
    square = encode({"image": image.reshape(8, 8), "label": 1})
    assert digest(KEY, square) == digest(KEY, encode({"image": image.reshape(8, 8), "label": 2}))
    assert digest(KEY, square) != digest(KEY, encode({"image": image.reshape(4, 16), "label": 1}))


def test_without_the_key_nobody_can_compute_a_digest() -> None:
    content = encode({"text": LETTER})
    assert digest(KEY, content) != digest(WorkspaceKey(bytes(32)), content)


def test_what_is_no_content_is_told_as_damaged() -> None:
    with pytest.raises(Damaged):
        distinctive(b"\xc1")
