"""Names from lists, and e-mail addresses made of them under the domain that nobody can own."""

import functools
import unicodedata
from importlib import resources
from typing import Any

from rightful.policy import yaml_file
from rightful.screening.actions.stand_ins.draw import Draw


@functools.cache
def lists() -> dict[str, list[str]]:
    """The lists of names that come with Rightful."""
    file = resources.files("rightful.screening.actions.stand_ins") / "names.yaml"
    found: Any = yaml_file.parse(file.read_text("utf-8"))
    return {str(name): [str(each) for each in listed] for name, listed in found.items()}


def email(text: str, draw: Draw) -> str | None:
    """An address that looks like one. Two people share one once in 10 to the 15."""
    if not text:
        return None
    known = lists()
    given, family = draw.one(known["given"]).lower(), draw.one(known["family"]).lower()
    return f"{given}.{family}{draw.digits(4)}@{draw.letters(7)}.example"


def name(text: str, draw: Draw) -> str | None:
    """As many words as the name has, or as many characters in Chinese; None in other scripts."""
    scripts = {_script(character) for character in text if character.isalpha()}
    if scripts == {"CJK"}:
        return _chinese(len([character for character in text if character.isalpha()]), draw)
    if scripts != {"LATIN"}:
        return None
    known = lists()
    words = len(text.split())
    if words == 1:
        parts = [draw.one(known["given"])]
    else:
        between = [draw.one(known["given"]) for _ in range(min(words, 4) - 2)]
        parts = [draw.one(known["given"]), *between, draw.one(known["family"])]
    written = " ".join(parts)
    if text == text.upper() and len(text) > 1:
        return written.upper()
    return written.lower() if text == text.lower() else written


def _chinese(length: int, draw: Draw) -> str | None:
    if not 2 <= length <= 4:
        return None
    known = lists()
    signs = [draw.one(known["xing"]), *(draw.one(known["ming"]) for _ in range(length - 1))]
    return "".join(signs)


def _script(character: str) -> str:
    return unicodedata.name(character, "?").split()[0]
