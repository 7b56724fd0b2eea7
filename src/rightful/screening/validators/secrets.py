"""Whether what stands behind `password=` is a secret: no placeholder, code, path or prose."""

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Callable

#: Bits a character; words of a language are below it, at the lengths that patterns ask for.
_LEAST_ENTROPY = 3.0
#: Less than this of different characters is a row of stars, zeros or crosses.
_LEAST_DISTINCT = 5

_PLACEHOLDER = re.compile(
    r"[$%{<\[(]|(?:your|my|the|some|enter|insert|change)[_ -]?(?:own|me|api|key|pass|secret|token)"
    r"|(?:none|null|true|false|undefined|required|optional|string|redacted|hidden|placeholder)\b"
    r"|(?:os|process|env|config|settings|self|this|request|options|args|params|secrets|vault)\.",
    re.IGNORECASE,
)
#: What a redaction has written, in the middle of what was one value before.
_REDACTED = re.compile(r"[\[<{【][^\W\d]{1,40}[\]>}】]")
_CALL = re.compile(r"[A-Za-z_][\w.:>-]*[(\[{]")
_DOTTED = re.compile(r"[A-Za-z_]+(?:(?:\.|->|::)[A-Za-z_]+)+;?")
_PATH = re.compile(r"(?:https?://|\.{0,2}/|[A-Za-z]:\\).*", re.DOTALL)


def entropy(text: str) -> float:
    """Bits a character, as if each were drawn by itself.

    >>> entropy("aabb")
    1.0
    """
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)


def password(text: str) -> bool:
    """Whether this can be a password somebody uses: letters mixed with digits or signs."""
    if len(set(text)) < _LEAST_DISTINCT or _stands_for_another(text):
        return False
    letters = any(character.isalpha() for character in text)
    others = any(not character.isalpha() for character in text[:-1])
    return letters and others


def random_text(text: str) -> bool:
    """Whether this looks drawn at random: letters and digits, and much of both."""
    digits = sum(character.isdigit() for character in text)
    mixed = text != text.lower() and text != text.upper()
    return (
        (2 - mixed) <= digits < len(text)
        and entropy(text) >= _LEAST_ENTROPY
        and not _stands_for_another(text)
    )


def json_web_token(text: str) -> bool:
    """Whether the first of the parts between dots names a way to sign or to seal, in JSON."""
    head = text.partition(".")[0]
    try:
        said = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(said, dict) and ("alg" in said or "enc" in said)


def _stands_for_another(text: str) -> bool:
    return _REDACTED.search(text) is not None or any(
        pattern.match(text) is not None for pattern in (_PLACEHOLDER, _CALL, _DOTTED, _PATH)
    )


VALIDATORS: dict[str, Callable[[str], bool]] = {
    "password": password,
    "random_text": random_text,
    "json_web_token": json_web_token,
}
