"""Finding packs: those that come with Rightful, and files of one's own.

>>> [pack.id for pack in load(["eu.gdpr", "cn.pipl"])]
['cn.pipl', 'eu.gdpr']
"""

import os
import stat
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

from rightful.errors import InvalidInput, NotFound
from rightful.policy.pack import Pack
from rightful.policy.reading import read
from rightful.policy.yaml_file import LARGEST

_PACKS = resources.files("rightful.policy") / "packs"
#: In bytes.
_LARGEST = 4 * LARGEST


def built_in() -> tuple[str, ...]:
    """The ids of the packs that come with Rightful."""
    files = (Path(item.name) for item in _PACKS.iterdir())
    return tuple(sorted(file.stem for file in files if file.suffix == ".yaml"))


def built_in_text(name: str) -> str:
    """What is written in a pack that comes with Rightful."""
    return (_PACKS / f"{name}.yaml").read_text("utf-8")


def load(names: Iterable[str]) -> tuple[Pack, ...]:
    """The packs named, sorted by id: each name is that of a built-in pack or a path to a YAML file.

    A missing pack is never skipped: a law that is not there would allow what it forbids.

    Raises:
        NotFound: there is no pack or file of that name.
        InvalidInput: a file is no pack, or two packs have an id or a rule's id in common.
    """
    packs = tuple(sorted((_load(name) for name in names), key=lambda pack: pack.id))
    check_distinct(packs)
    return packs


def _load(name: str) -> Pack:
    if name in built_in():
        pack = read(built_in_text(name), f"{name}.yaml")
        if pack.id != name:
            raise InvalidInput(f"{name}.yaml: id: must be {name}, as the file is called")
        return pack
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        known = ", ".join(built_in())
        raise NotFound(f"no pack {name!r}; built in are {known}, others are named by their file")
    return read(file_text(path), path.name)


def file_text(path: Path) -> str:
    """What is written in a file of somebody's own, which is neither a device nor too large.

    Raises:
        NotFound: there is none.
        InvalidInput: it is no text in UTF-8, no file, or too large for a pack.
    """
    try:
        # Not to wait for whoever would write into a pipe: it is refused before it is read.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise InvalidInput(f"{path}: is no file; a pack is one")
        with os.fdopen(handle, "rb") as file:
            content = file.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"no pack at {path}; nothing is decided without it") from None
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "no path can be called that").lower()
        raise InvalidInput(f"{path}: can't be read: {why}") from None
    if len(content) > _LARGEST:
        raise InvalidInput(f"{path}: the file is too large for a pack")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path}: can't be read as UTF-8 text") from None


def check_distinct(packs: Sequence[Pack]) -> None:
    """Refuse packs that share an id, or rules that do. Raises `InvalidInput`."""
    seen: dict[str, str] = {}
    for pack in packs:
        for what, name in [("pack", pack.id), *(("rule", rule.id) for rule in pack.rules)]:
            if f"{what} {name}" in seen:
                raise InvalidInput(
                    f"{what} {name} is in two packs, {seen[f'{what} {name}']} and {pack.id}; "
                    "use one of them"
                )
            seen[f"{what} {name}"] = pack.id
