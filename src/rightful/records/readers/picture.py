"""One picture, however a file holds it, as the array that `records.content` writes down.

    raw bytes of a given shape      bytes of a PNG, JPEG, … file      numbers, flat or nested
    base64 text of either           {"bytes": …, "path": …}           numpy arrays

Only pixels are kept: where and when a photograph was taken, which cameras write into it, is left
behind. A photograph that says it lies on its side is turned upright.
"""

import base64
import io
import json
import math
import re
import warnings
from typing import Any

import numpy as np

from rightful.errors import InvalidInput
from rightful.records.content import Image
from rightful.records.readers.reasons import BadRow, Reason

#: The most pixels that a picture may have; more is a mistake, or an attack on memory.
MAX_PIXELS = 2**26

# The formats that Pillow may try; its others run programs, or are no pictures that people train on.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")

# What each of Pillow's modes is turned into; those not named hold more than 8 bits for a colour.
_MODES = {
    **{mode: mode for mode in ("L", "LA", "RGB", "RGBA")},
    **{"1": "L", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"},
    **dict.fromkeys(("RGBX", "CMYK", "YCbCr", "LAB", "HSV"), "RGB"),
}

_NUMBERS = re.compile(r"\d{1,3}(?:[\s,;]+\d{1,3})*", re.ASCII)


def read(value: object, shape: tuple[int, ...] | None) -> Image:
    """The picture in `value` as uint8, height x width, or height x width x channels.

    With `shape`, bytes are pixels row by row; without, they are a picture file.

    Raises:
        BadRow: there is no such picture in `value`.
        InvalidInput: it is a picture file and Pillow is not installed.
    """
    if isinstance(value, dict):
        value = _of_struct(value)
    if isinstance(value, str):
        value = _of_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _open(bytes(value)) if shape is None else _raw(bytes(value), shape)
    if isinstance(value, list | tuple | np.ndarray):
        return _of_numbers(value, shape)
    raise BadRow(Reason.NO_IMAGE if value is None else Reason.IMAGE_TEXT)


def _of_struct(value: dict[str, Any]) -> object:
    """What Hugging Face datasets write; with a path alone, the pixels are somewhere else."""
    data = value.get("bytes")
    if data is None and value.get("path"):
        raise BadRow(Reason.IMAGE_PATH)
    return data


def _of_text(text: str) -> bytes | list[Any]:
    text = text.strip()
    try:
        if text.startswith("["):
            return list(json.loads(text))
        if _NUMBERS.fullmatch(text) and not (text.isdigit() and len(text) > 3):
            return [int(number) for number in re.split(r"[\s,;]+", text)]
        if text.startswith("data:"):
            text = text.partition(";base64,")[2]
        data = base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, RecursionError):
        raise BadRow(Reason.IMAGE_TEXT) from None
    if not data:
        raise BadRow(Reason.IMAGE_TEXT)
    return data


def _raw(data: bytes, shape: tuple[int, ...]) -> Image:
    if len(data) != math.prod(shape):
        raise BadRow(Reason.IMAGE_SIZE, f"image has {len(data)} bytes, expected {math.prod(shape)}")
    return np.frombuffer(data, np.uint8).reshape(shape)


def _of_numbers(value: Any, shape: tuple[int, ...] | None) -> Image:
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):  # rows of different lengths
        raise BadRow(Reason.IMAGE_SHAPE) from None
    if array.dtype.kind not in "iu" or not array.size:
        raise BadRow(Reason.IMAGE_NUMBERS)
    if array.dtype != np.uint8:
        if array.min() < 0 or array.max() > 255:
            raise BadRow(Reason.IMAGE_NUMBERS)
        array = array.astype(np.uint8)
    if array.ndim == 1:
        return _raw(array.tobytes(), _needed(shape))
    if array.ndim not in (2, 3):
        raise BadRow(Reason.IMAGE_SHAPE)
    if shape is not None and _grey(array.shape) != _grey(shape):
        raise BadRow(Reason.IMAGE_SIZE, f"image is {_times(array.shape)}, expected {_times(shape)}")
    return array


def _needed(shape: tuple[int, ...] | None) -> tuple[int, ...]:
    if shape is None:
        raise BadRow(Reason.IMAGE_SHAPE, "numbers in one row need image_shape")
    return shape


def _grey(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[:2] if shape[2:] == (1,) else shape


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(str(size) for size in shape)


def _open(data: bytes) -> Image:
    """The pixels of a picture file."""
    try:
        from PIL import Image as Pillow
        from PIL import ImageOps
    except ImportError:
        raise InvalidInput(
            "picture files need Pillow; install it with `pip install rightful[images]`"
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pictures that are odd, or large: see MAX_PIXELS
            with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _check(picture)
                upright = ImageOps.exif_transpose(picture)
                if upright.mode == "P":
                    mode = "RGBA" if upright.has_transparency_data else "RGB"
                else:
                    mode = _MODES[upright.mode]
                return np.asarray(upright if upright.mode == mode else upright.convert(mode))
    except BadRow:
        raise
    except Pillow.DecompressionBombError:
        raise BadRow(Reason.IMAGE_LARGE) from None
    except Exception:  # a broken picture makes Pillow's decoders raise whatever they stumble over
        raise BadRow(Reason.IMAGE_BROKEN) from None


def _check(picture: Any) -> None:
    """Refuse by what the head of the file says, before its pixels take up memory."""
    if picture.width * picture.height > MAX_PIXELS:
        raise BadRow(Reason.IMAGE_LARGE)
    # MPO: a photograph, with a preview or a second view after it.
    if getattr(picture, "is_animated", False) and picture.format != "MPO":
        raise BadRow(Reason.IMAGE_FRAMES)
    if picture.mode != "P" and picture.mode not in _MODES:
        raise BadRow(Reason.IMAGE_DEPTH)
