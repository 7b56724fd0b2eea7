"""`rightful.toml`: where a workspace keeps things, whose it is, and which packs it obeys."""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.files import write_atomic

#: The layout of a workspace's folder that this code writes and reads.
FORMAT = 1

FILE = "rightful.toml"

#: Where things lie unless somebody says otherwise.
REGISTRY = "sqlite:///registry.sqlite"
RECORDS = "records.lance"
PACKS = ("eu.gdpr", "cn.pipl")

_TEMPLATE = """\
# A workspace of Rightful. docs/workspace.md explains every line.

[workspace]
format = {format}
registry = {registry}  # sqlite:///file, or postgresql+psycopg://user@host/database
records = {records}  # a folder, or an object store: s3://bucket/records.lance

[controller]
name = {name}
establishment = {establishment}  # country, ISO 3166-1 alpha-2; decides which laws apply
{markets}  # where it turns to people, by offers or by watching them

[policy]
packs = {packs}  # ids of packs that ship with Rightful, or paths of your own
"""

_MARKET = re.compile("[A-Z]{2}|US-[A-Z]{2}|EEA")
_MARKETS = "write countries as two capital letters, states of the US as US-CA, or EEA"
_EXAMPLE = ("EEA", "US-CA")

_RULE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")

_KNOWN = {
    "workspace": {"format", "registry", "records", "storage"},
    "controller": {"name", "establishment", "markets"},
    "policy": {"packs", "turned_on"},
}
#: A section for each licence, by its identifier.
_LICENCES = "licences"


@dataclass(frozen=True, slots=True)
class Config:
    """What `rightful.toml` says; every field is public."""

    folder: Path
    registry: str
    records: str
    controller: str
    establishment: str | None
    packs: tuple[str, ...]
    markets: tuple[str, ...] | None = None
    """Where the controller turns to people; None: it does not say."""
    turned_on: tuple[str, ...] = ()
    """Packs and rules that decide here though nobody read their articles: known by memory."""
    licences: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the workspace says itself of licences, as `rightful.grants.permissions` reads it."""
    storage: dict[str, str] = field(default_factory=dict)


def write(
    folder: Path,
    *,
    controller: str,
    establishment: str,
    registry: str = REGISTRY,
    records: str = RECORDS,
    packs: Sequence[str] = PACKS,
    markets: Sequence[str] | None = None,
) -> None:
    """Write a first `rightful.toml` into `folder`, whole or not at all.

    Raises:
        InvalidInput: the controller has no name, or the establishment is no country code, or a
            market no place.
    """
    if not controller.strip():
        raise InvalidInput("controller: give the name of whoever is responsible for the data")
    if len(establishment) != 2 or not (establishment.isascii() and establishment.isalpha()):
        raise InvalidInput("establishment: give a country as two letters, such as DE or CN")
    for each in markets or ():
        if not _MARKET.fullmatch(each):
            raise InvalidInput(f"markets: {each!r} is no place; {_MARKETS}")
    values = {
        "registry": registry,
        "records": records,
        "name": controller,
        "establishment": establishment.upper(),
        "packs": list(packs),
    }
    # JSON's way to write text and lists is TOML's, too.
    quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    listed = json.dumps(list(_EXAMPLE if markets is None else markets))
    quoted["markets"] = f"{'# ' if markets is None else ''}markets = {listed}"
    write_atomic(folder / FILE, _TEMPLATE.format(format=FORMAT, **quoted).encode())


def load(place: Path, *, folder: Path | None = None) -> Config:
    """Read the configuration at `place`, a workspace's folder or its `rightful.toml`.

    Relative places in it start at `folder`, or where the file lies.

    Raises:
        NotFound: there is none.
        InvalidInput: it can't be understood; the sentence names the line to mend.
        Damaged: a newer version of Rightful wrote it.
    """
    file = place / FILE if place.is_dir() else place
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"no workspace at {place}; make one with `rightful init {place}`") from None
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise InvalidInput(f"{file} can't be read: {why}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file}: not valid TOML: {error}") from None
    _refuse_unknown(file, values)
    workspace, controller, policy = (values.get(name, {}) for name in _KNOWN)
    _check_format(file, workspace.get("format"))
    folder = (folder or file.parent).resolve()
    return Config(
        folder=folder,
        registry=_registry_url(folder, _text(file, workspace, "registry")),
        records=_records_uri(folder, _text(file, workspace, "records")),
        controller=_text(file, controller, "name"),
        establishment=_establishment(file, controller.get("establishment", "")),
        packs=_packs(file, folder, policy.get("packs")),
        markets=_markets(file, controller.get("markets")),
        turned_on=_turned_on(file, policy.get("turned_on", [])),
        licences=_licences(file, values.get(_LICENCES, {})),
        storage=_storage(file, workspace.get("storage", {})),
    )


def _check_format(file: Path, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidInput(f"{file}: [workspace] needs format = {FORMAT}")
    if value > FORMAT:
        raise Damaged(
            f"{file}: written by a newer version of Rightful (format {value}, this one reads "
            f"{FORMAT}); upgrade Rightful to open it. Nothing was changed"
        )


def _refuse_unknown(file: Path, values: dict[str, Any]) -> None:
    for section, entries in values.items():
        if section not in (*_KNOWN, _LICENCES):
            known = ", ".join((*_KNOWN, _LICENCES))
            raise InvalidInput(f"{file}: [{section}] is unknown; known: {known}")
        if not isinstance(entries, dict):
            raise InvalidInput(f"{file}: {section} must be a section, written [{section}]")
        for name in entries if section in _KNOWN else ():
            if name not in _KNOWN[section]:
                known = ", ".join(sorted(_KNOWN[section]))
                raise InvalidInput(f"{file}: [{section}] {name} is unknown; known: {known}")


def _text(file: Path, section: dict[str, Any], name: str) -> str:
    value = section.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{file}: {name} is missing, or is not text")
    return value


def _establishment(file: Path, value: Any) -> str | None:
    if not isinstance(value, str) or not re.fullmatch("([A-Z]{2})?", value):
        raise InvalidInput(f"{file}: establishment must be two capital letters, such as DE")
    return value or None


def _storage(file: Path, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InvalidInput(f"{file}: storage must be a section, written [workspace.storage]")
    return {name: str(option) for name, option in value.items()}


def _registry_url(folder: Path, url: str) -> str:
    prefix = "sqlite:///"
    if url.startswith(prefix):
        return prefix + str(folder / url.removeprefix(prefix))
    return url


def _records_uri(folder: Path, uri: str) -> str:
    return uri if "://" in uri else str(folder / uri)


def _packs(file: Path, folder: Path, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InvalidInput(f'{file}: [policy] packs must be a list, such as ["eu.gdpr"]')
    # A path is told from an id by its ending; relative ones start at the workspace.
    return tuple(str(folder / name) if name.endswith((".yaml", ".yml")) else name for name in value)


def _markets(file: Path, value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    listed = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not listed or not all(_MARKET.fullmatch(each) for each in value):
        raise InvalidInput(f'{file}: markets must be a list such as ["EEA", "US-CA"]; {_MARKETS}')
    return tuple(value)


def _turned_on(file: Path, value: Any) -> tuple[str, ...]:
    listed = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not listed or not all(_RULE.fullmatch(each) for each in value):
        raise InvalidInput(
            f"{file}: [policy] turned_on must be a list of ids of packs or rules, such as "
            '["eu.gdpr", "CN.PIPL.19"]'
        )
    return tuple(value)


def _licences(file: Path, tables: dict[str, Any]) -> dict[str, dict[str, Any]]:
    for name, entry in tables.items():
        # TOML splits a name at its dots, as in [licences.CC-BY-4.0].
        if not isinstance(entry, dict) or any(isinstance(each, dict) for each in entry.values()):
            raise InvalidInput(
                f"{file}: licences: {name} must be a section of its own, with its identifier in "
                'quotes, such as [licences."CC-BY-4.0"]'
            )
    return tables
