"""The same content has the same bytes, and bytes read back as what was written."""

from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rightful.errors import Damaged, InvalidInput
from rightful.records import content

_IMAGES = arrays.arrays(
    np.uint8,
    st.tuples(st.integers(1, 6), st.integers(1, 6))
    | st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)),
)
_LABELS = st.integers(0, content.LABELS - 1)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(_IMAGES, _LABELS)
@settings(max_examples=60)
def test_a_picture_reads_back_with_its_label(image: content.Image, label: int) -> None:
    read = content.decode(content.encode({"image": image, "label": label}))
    grey = image.ndim == 3 and image.shape[2] == 1
    np.testing.assert_array_equal(read["image"], image[:, :, 0] if grey else image)
    assert read["image"].dtype == np.uint8
    assert read["label"] == label


@given(_TEXTS, st.none() | _LABELS)
@settings(max_examples=60)
def test_a_text_reads_back(text: str, label: int | None) -> None:
    value = {"text": text} if label is None else {"text": text, "label": label}
    assert content.decode(content.encode(value)) == value


def test_bytes_do_not_depend_on_how_the_content_is_held() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    same: list[dict[str, Any]] = [
        {"image": image, "label": 3},
        {"label": 3, "image": image},
        {"image": image[:, :, None], "label": np.int64(3)},
        {"image": np.asfortranarray(image), "label": np.uint8(3)},
        {"image": np.arange(24, dtype=np.uint8)[::2].reshape(3, 4) // 2, "label": 3},
    ]
    assert len({content.encode(value) for value in same}) == 1


def test_pictures_of_another_shape_are_other_content() -> None:
    pixels = np.zeros(12, np.uint8)
    shapes = [(3, 4), (4, 3), (2, 6), (2, 2, 3)]
    encoded = {content.encode({"image": pixels.reshape(s), "label": 0}) for s in shapes}
    assert len(encoded) == len(shapes)


def test_the_bytes_stay_the_same_in_every_version() -> None:
    # Digests, and what models were trained on, stand on these bytes.
    assert content.encode({"text": "é", "label": 1}).hex() == "82a56c6162656c01a474657874a2c3a9"
    image = np.array([[1, 2]], np.uint8)
    assert content.encode(
        {"image": image, "label": 300}
    ).hex() == "82a5696d616765929201 02c4020102a56c6162656ccd012c".replace(" ", "")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"image": np.zeros((2, 2), np.uint8)},
        {"label": 1},
        {"image": np.zeros((2, 2), np.uint8), "text": "a"},
        {"image": np.zeros((2, 2), np.float32), "label": 1},
        {"image": np.zeros((0, 2), np.uint8), "label": 1},
        {"image": np.zeros(4, np.uint8), "label": 1},
        {"image": np.zeros((1, 1, 1, 1), np.uint8), "label": 1},
        {"image": [[1]], "label": 1},
        {"text": "a", "label": -1},
        {"text": "a", "label": content.LABELS},
        {"text": "a", "label": True},
        {"text": "a", "label": 1.0},
        {"text": b"a"},
        {"text": "Anna \ud800"},
    ],
)
def test_what_is_no_content_is_refused_without_its_value(value: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=r"^content") as caught:
        content.encode(value)
    assert "Anna" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81",
        msgpack.packb({}),
        msgpack.packb({"label": 1}),
        msgpack.packb([1]),
        msgpack.packb({"image": 3, "label": 1}),
        msgpack.packb({"image": [[2, 2], b"abc"], "label": 1}),
        content.encode({"text": "a"}) + b"x",
        content.encode({"text": "abc"})[:-1],
    ],
)
def test_bytes_that_were_not_written_here_are_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        content.decode(data)


def test_a_picture_can_not_be_changed_in_place() -> None:
    data = content.encode({"image": np.zeros((2, 2), np.uint8), "label": 0})
    image = content.decode(data)["image"]
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 1
