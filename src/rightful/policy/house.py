"""A house pack to begin with: a template that a company copies and makes its own."""

import re
from importlib import resources
from pathlib import Path

from rightful.errors import InvalidInput
from rightful.files import write_atomic
from rightful.policy.pack import Pack
from rightful.policy.reading import read

_TEMPLATE = resources.files("rightful.policy") / "templates" / "house.yaml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


def write_house(name: str, path: Path) -> Pack:
    """Write a house pack called `name` to a new file, and return it as it reads.

    Raises:
        InvalidInput: the name can't be an id, or there is something at `path` already.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} can't be the id of a pack; use letters, digits, dots, hyphens, underscores"
        )
    if path.suffix not in (".yaml", ".yml"):
        raise InvalidInput(f"{path}: a pack's file is called .yaml, by which it is told from an id")
    if path.exists() or path.is_symlink():
        raise InvalidInput(
            f"{path} is there already; nothing is overwritten, so choose another name"
        )
    text = _named(_TEMPLATE.read_text("utf-8"), name)
    pack = read(text, path.name)
    try:
        write_atomic(path, text.encode())
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise InvalidInput(f"{path} can't be written: {why}; name another place") from None
    return pack


def _named(text: str, name: str) -> str:
    """The template with another id, its rules called after it, and its file named in comments."""
    text = re.sub(r"(?m)^id: house$", f'id: "{name}"', text)
    text = text.replace("house.yaml", f"{name}.yaml")
    return text.replace("- id: HOUSE.", f"- id: {name.upper()}.")
