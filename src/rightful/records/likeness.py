"""What makes two contents the same, and which contents are so much their own that it means much.

Two texts are the same where they differ in nothing but case, white space and the width or the
ligatures of signs (NFKC). Two pictures are the same where every pixel is. Labels don't count: they
are what somebody said of a content, not the content.

"Thanks!" is written by many, and a blank picture drawn by many: that two such are the same is a
coincidence and says of nobody who they are. What is `distinctive` is not come by twice by chance.
"""

import unicodedata
from typing import Any

import numpy as np

from rightful.keys import WorkspaceKey
from rightful.records.content import decode

#: A text with fewer characters, or fewer different ones, may be written twice by chance.
LEAST_CHARACTERS, LEAST_DIFFERENT = 40, 10

#: A picture in which fewer points differ from its commonest value may be made twice by chance.
LEAST_POINTS = 32

_USE = "normalised contents"


def normalised(text: str) -> str:
    """The form in which texts agree that differ in case, white space or the width of signs."""
    # Folding can leave what composes anew, so the two are done until nothing changes.
    while True:
        folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
        if folded == text:
            return folded
        text = folded


def distinctive(content: bytes) -> bool:
    """Whether nobody makes this content twice by chance; it is in its canonical form.

    Raises `Damaged` where it is not.
    """
    return stands_alone(decode(content))


def stands_alone(content: dict[str, Any]) -> bool:
    """Whether a decoded content is `distinctive`."""
    if "text" in content:
        return says_enough(normalised(content["text"]))
    image = content["image"]
    values = np.bincount(image.reshape(-1), minlength=256)
    return bool(image.size - values.max() >= LEAST_POINTS)


def says_enough(text: str) -> bool:
    """Whether a normalised text is `distinctive`."""
    return len(text) >= LEAST_CHARACTERS and len(set(text)) >= LEAST_DIFFERENT


def digest(workspace_key: WorkspaceKey, content: bytes) -> bytes:
    """32 bytes that are the same for the same content, and tell nothing without the key.

    Raises `Damaged` where the content is not in its canonical form.
    """
    return digest_of(workspace_key, decode(content))


def digest_of(workspace_key: WorkspaceKey, content: dict[str, Any]) -> bytes:
    """The `digest` of a decoded content."""
    if "text" in content:
        return digest_of_text(workspace_key, normalised(content["text"]))
    image = content["image"]
    shape = "x".join(str(side) for side in image.shape)
    return workspace_key.keyed_hash(_USE, f"image {shape} ".encode() + image.tobytes())


def digest_of_text(workspace_key: WorkspaceKey, text: str) -> bytes:
    """The `digest` of a content with this normalised text."""
    return workspace_key.keyed_hash(_USE, b"text " + text.encode())
