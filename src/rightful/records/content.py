"""The content of a record as bytes: the same for the same content, whatever file it came from.

A digit has the same bytes whether it was imported from a PNG, from Parquet or from a list of
numbers, so it has the same digest, and a model trained on it the same weights.

>>> content = {"image": np.zeros((2, 3), np.uint8), "label": 7}
>>> data = encode(content)
>>> decode(data)["image"].shape, decode(data)["label"], len(data)
((2, 3), 7, 26)

Now there are two kinds of content: `image` with `label` (image classification), and `text` with or
without `label`. An image is uint8, height x width, or height x width x channels; one channel is
written without its axis.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgpack
import numpy as np
import numpy.typing as npt

from rightful.errors import Damaged, InvalidInput

Image = npt.NDArray[np.uint8]

#: The fields that a content may have, all of them together.
KINDS = (
    frozenset({"image", "label"}),
    frozenset({"text"}),
    frozenset({"text", "label"}),
)

#: A label is a class number below this.
LABELS = 2**31


def encode(content: Mapping[str, Any]) -> bytes:
    """The canonical bytes of `content`.

    Raises:
        InvalidInput: the fields are of no known kind, or one holds what it can't; the sentence
            names the field and never its value.
    """
    if frozenset(content) not in KINDS:
        raise InvalidInput("content must be image and label, text and label, or text alone")
    packed: dict[str, Any] = {}
    for name in sorted(content):
        packed[name] = _PACK[name](content[name])
    data: bytes = msgpack.packb(packed)
    return data


def decode(data: bytes) -> dict[str, Any]:
    """The content that `encode` wrote. Its image is a read-only view into `data`.

    Raises `Damaged` where `data` is not such bytes.
    """
    try:
        content: dict[str, Any] = msgpack.unpackb(data)
        if "image" in content:
            shape, pixels = content["image"]
            image = np.frombuffer(pixels, np.uint8).reshape(shape)
            # A new dict, which never held a list, is nothing for the garbage collector to follow;
            # of many thousands at once, it would be.
            return {"image": image, "label": content["label"]}
        if "text" not in content:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError, msgpack.UnpackException):
        raise Damaged("the content of a record can't be read; it was changed or cut") from None
    return content


def digest(data: bytes) -> str:
    """SHA-256 of canonical bytes, in hexadecimal. It is personal data where the content is."""
    return hashlib.sha256(data).hexdigest()


def _image(value: object) -> list[Any]:
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8:
        raise InvalidInput("content: image must be an array of uint8")
    if value.ndim == 3 and value.shape[2] == 1:
        value = value[:, :, 0]
    if value.ndim not in (2, 3) or 0 in value.shape:
        raise InvalidInput("content: image must be height x width, or height x width x channels")
    return [list(value.shape), value.tobytes()]


def _label(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidInput("content: label must be a whole number")
    if not 0 <= value < LABELS:
        raise InvalidInput(f"content: label must be from 0 to {LABELS - 1}")
    return int(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidInput("content: text must be text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInput("content: text holds half a character (a lone surrogate)") from None
    return value


_PACK = {"image": _image, "label": _label, "text": _text}
