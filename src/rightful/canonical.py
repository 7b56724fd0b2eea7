"""One way to write a value down as JSON, so that equal values have equal bytes and equal hashes.

Keys are sorted, there is no white space, text is UTF-8 and not escaped, numbers are written as
Python's shortest `repr`. NaN and infinities are refused. For the values that Rightful hashes and
signs (text, whole numbers, booleans, lists, objects, and the few floats of a program) this agrees
with RFC 8785.

>>> encode({"b": 1, "a": ["é", None]}).decode()
'{"a":["é",null],"b":1}'
"""

import hashlib
import json
from typing import Any

from rightful.errors import InvalidInput

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def encode(value: Any) -> bytes:
    """The canonical JSON of `value`. Raises `ValueError` for NaN, `TypeError` for other types."""
    return _ENCODER.encode(value).encode()


def decode(data: bytes, what: str) -> Any:
    """The value whose canonical JSON is exactly `data`.

    Bytes that are JSON but not canonical (other spacing, other order, a key given twice) are
    refused, too: a signed file has one form only.

    Raises:
        InvalidInput: `data` is not canonical JSON; `what` names it in the sentence.
    """
    try:
        value = json.loads(data.decode())
        same = encode(value) == data
    except (ValueError, RecursionError):
        raise InvalidInput(f"{what} is not JSON; it may have been cut or changed") from None
    if not same:
        raise InvalidInput(f"{what} is not in canonical form; it has been changed after writing")
    return value


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(encode(value)).hexdigest()
