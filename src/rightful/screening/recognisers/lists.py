"""The lists of names and places that the gazetteer knows. They were written for Rightful."""

import functools
from importlib import resources

_FOLDER = resources.files(__package__) / "data"


@functools.cache
def words(name: str) -> frozenset[str]:
    """The words of a list, or its lines where they hold spaces of their own; `#` is a comment."""
    return frozenset(word for line in lines(name) for word in line.split())


@functools.cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a list."""
    text = (_FOLDER / f"{name}.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@functools.cache
def places() -> frozenset[tuple[str, ...]]:
    """Places in Latin letters, each as its words."""
    return frozenset(tuple(line.split()) for line in lines("places"))


def everything() -> dict[str, tuple[str, ...]]:
    """All lists, for a version."""
    names = sorted(each.name for each in _FOLDER.iterdir() if each.name.endswith(".txt"))
    return {name: lines(name.removesuffix(".txt")) for name in names}
