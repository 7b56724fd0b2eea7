"""A picture file becomes pixels and nothing else, and what would be guessed at is refused."""

import io
import struct
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from rightful.errors import InvalidInput
from rightful.records.readers import BadRow, Reason, picture

_GREY = np.arange(12, dtype=np.uint8).reshape(3, 4)
_COLOUR = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)


def _saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _refusal(data: bytes) -> Reason:
    with pytest.raises(BadRow) as caught:
        picture.read(data, None)
    return caught.value.reason


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "WEBP"])
def test_grey_and_colour_read_back_from_every_lossless_format(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    read = picture.read(_saved(Image.fromarray(_COLOUR), kind, **options), None)
    np.testing.assert_array_equal(read, _COLOUR)
    if kind != "WEBP":  # which has no grey
        np.testing.assert_array_equal(
            picture.read(_saved(Image.fromarray(_GREY), kind), None), _GREY
        )


def test_palettes_and_bits_become_colours_and_greys() -> None:
    bits = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    np.testing.assert_array_equal(picture.read(_saved(bits), None), [[0, 255]])
    palette = Image.fromarray(_COLOUR).quantize(16)
    assert picture.read(_saved(palette), None).shape == (3, 4, 3)
    see_through = Image.new("RGBA", (4, 3), (1, 2, 3, 4))
    assert picture.read(_saved(see_through), None).shape == (3, 4, 4)


def test_a_photograph_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    photograph = Image.fromarray(np.zeros((8, 16, 3), np.uint8))
    assert picture.read(_saved(photograph, "JPEG", exif=exif), None).shape == (16, 8, 3)


def test_what_would_lose_bits_or_frames_is_refused() -> None:
    deep = Image.fromarray(np.zeros((2, 2), np.uint16))
    assert _refusal(_saved(deep)) == Reason.IMAGE_DEPTH
    frames = [Image.new("L", (2, 2), n) for n in (0, 255)]
    moving = _saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert _refusal(moving) == Reason.IMAGE_FRAMES


def test_a_picture_of_too_many_pixels_is_refused_by_its_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for width, height in ((9000, 9000), (30_000, 30_000)):
        head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        data = bytearray(_saved(Image.fromarray(_GREY)))
        data[12:33] = head + struct.pack(">I", zlib.crc32(head))
        assert _refusal(bytes(data)) == Reason.IMAGE_LARGE
    monkeypatch.setattr(picture, "MAX_PIXELS", 11)
    assert _refusal(_saved(Image.fromarray(_GREY))) == Reason.IMAGE_LARGE


def test_formats_that_run_programs_are_not_tried() -> None:
    assert _refusal(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n") == Reason.IMAGE_BROKEN


def test_without_pillow_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _saved(Image.fromarray(_GREY))
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(InvalidInput, match=r"pip install rightful\[images\]"):
        picture.read(data, None)
    np.testing.assert_array_equal(picture.read(_GREY.tobytes(), (3, 4)), _GREY)
