"""Pinned packs: copies that a workspace keeps, so that an upgrade changes no answer by itself.

The folder holds a copy of each pinned pack, and `pins.json`, which says which copy counts and what
its hash is. `pins.json` is replaced at once, and copies are called by their hashes, so a crash
leaves the old pins or the new ones. A copy that was changed is refused: no other law than the one
that was pinned may decide.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.files import remove_unfinished, write_atomic
from rightful.policy import library
from rightful.policy.library import check_distinct
from rightful.policy.pack import Pack
from rightful.policy.reading import read

FILE = "pins.json"
#: Of the hash, in the name of a copy.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Pin:
    """A pack that is pinned."""

    name: str
    """As the workspace names it: an id, or a file."""
    id: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """What its copy is called."""
        return f"{self.id}.{self.sha256[:_DIGITS]}.yaml"


def load(names: Iterable[str], folder: Path) -> tuple[Pack, ...]:
    """The packs named, sorted by id; of those that are pinned in `folder`, the copies there.

    Raises:
        NotFound: there is no pack or file of that name.
        InvalidInput: a file is no pack, or two packs have an id or a rule's id in common.
        Damaged: a pinned copy is missing or was changed, or `pins.json` can't be read.
    """
    pinned = pins(folder)
    packs = [
        _pinned(pinned[key], folder) if (key := _key(name, folder)) in pinned else _loose(name)
        for name in names
    ]
    found = tuple(sorted(packs, key=lambda pack: pack.id))
    check_distinct(found)
    return found


def one(id: str, folder: Path) -> Pack:  # noqa: A002 - what a pack calls it, too
    """The pinned pack of this id.

    Raises:
        NotFound: there is none.
        Damaged: its copy is missing or was changed.
    """
    for pin in pins(folder).values():
        if pin.id == id:
            return _pinned(pin, folder)
    raise NotFound(f"no pack {id} is pinned; `rightful policy list` shows those that are")


def pins(folder: Path) -> dict[str, Pin]:
    """What is pinned in a folder, by the names that the workspace has for the packs.

    Raises:
        Damaged: `pins.json` can't be read.
    """
    path = folder / FILE
    try:
        listed = json.loads(path.read_text("utf-8"))["packs"]
        found = [Pin(**{key: str(value) for key, value in each.items()}) for each in listed]
        return {pin.name: pin for pin in found}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Damaged(
            f"{path} can't be read, so it is not known which packs count; restore it, or delete it "
            "to obey the packs of rightful.toml"
        ) from None


def pin(names: Iterable[str], folder: Path, *, only: Collection[str] = ()) -> list[Pin]:
    """Copy the packs named, as they are now, and obey the copies from here on.

    `only` are those to pin, as they are named or by their ids; the others stay as they are.

    Raises:
        NotFound: there is no such pack, or the workspace does not obey one of `only`.
        InvalidInput: a file is no pack, or there is no room for the copies.
    """
    texts = {name: _text(name) for name in _wanted(names, folder, only)}
    found = {name: read(text, Path(name).name) for name, text in texts.items()}
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise InvalidInput(f"{folder} can't be made for the copies: {why}") from None
    kept = pins(folder)
    done = []
    for name, text in texts.items():
        pack = found[name]
        made = Pin(_key(name, folder), pack.id, pack.version, pack.sha256)
        write_atomic(folder / made.file, text.encode())
        kept[made.name] = made
        done.append(made)
    _write(kept, folder)
    return done


def unpin(folder: Path, *, only: Collection[str] = ()) -> list[Pin]:
    """Obey the packs as they come again, all or those of `only` (names or ids).

    Raises:
        NotFound: one of `only` is not pinned.
    """
    kept = pins(folder)
    gone = {
        key: pin
        for key, pin in kept.items()
        if not only or pin.id in only or any(_key(name, folder) == key for name in only)
    }
    for name in only:
        if not any(name == pin.id or _key(name, folder) == key for key, pin in gone.items()):
            raise NotFound(f"no pack {name} is pinned; `rightful policy list` shows those that are")
    if gone:
        _write({key: pin for key, pin in kept.items() if key not in gone}, folder)
    return list(gone.values())


def _write(kept: Mapping[str, Pin], folder: Path) -> None:
    """Say what is pinned, then take away the copies that nothing names any more."""
    listed = [asdict(kept[key]) for key in sorted(kept)]
    text = json.dumps({"packs": listed}, ensure_ascii=False, indent=2)
    write_atomic(folder / FILE, f"{text}\n".encode())
    remove_unfinished(folder)
    files = {pin.file for pin in kept.values()}
    for path in folder.glob(f"*.{'[0-9a-f]' * _DIGITS}.yaml"):
        if path.name not in files:
            path.unlink()


def _wanted(names: Iterable[str], folder: Path, only: Collection[str]) -> list[str]:
    """Of the packs that the workspace names, those that are meant."""
    named = list(names)
    if not only:
        return named
    found = []
    ids = {name: library.load([name])[0].id for name in named}
    for wanted in only:
        meant = [
            n for n in named if wanted in (n, ids[n]) or _key(wanted, folder) == _key(n, folder)
        ]
        if not meant:
            raise NotFound(
                f"the workspace does not obey a pack {wanted}; it obeys {', '.join(ids.values())}"
            )
        found += meant
    return list(dict.fromkeys(found))


def _key(name: str, folder: Path) -> str:
    """What a pack is called in `pins.json`: files of the workspace stay so when it is moved."""
    if not name.endswith((".yaml", ".yml")):
        return name
    path, workspace = Path(name).absolute(), folder.parent.absolute()
    return str(path.relative_to(workspace) if path.is_relative_to(workspace) else path)


def _loose(name: str) -> Pack:
    return library.load([name])[0]


def _text(name: str) -> str:
    if name in library.built_in():
        return library.built_in_text(name)
    library.load([name])  # raises where there is none
    return library.file_text(Path(name))


def _pinned(pin: Pin, folder: Path) -> Pack:
    path = folder / pin.file
    remedy = "restore it, or pin it anew with `rightful policy pin`"
    try:
        if path.is_symlink():
            raise Damaged(f"{path}: is a link and no copy; {remedy}")
        pack = read(library.file_text(path), path.name)
    except NotFound:
        raise Damaged(f"{path}: the copy of the pinned pack {pin.id} is gone; {remedy}") from None
    except InvalidInput:
        raise Damaged(f"{path}: is no pack, or none that this version reads; {remedy}") from None
    if (pack.id, pack.sha256) != (pin.id, pin.sha256):
        raise Damaged(f"{path}: the copy of the pinned pack {pin.id} was changed; {remedy}")
    return pack
