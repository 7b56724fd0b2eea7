"""A workspace in the making: whole once `rightful.toml` is in its place, and none before."""

import shutil
import uuid
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rightful import config
from rightful.errors import InvalidInput, RightfulError
from rightful.files import UNFINISHED, remove_unfinished
from rightful.keys import WorkspaceKey
from rightful.registry.tables import properties
from rightful.workspace import (
    ID,
    KEY_FILE,
    KEY_MARK,
    Workspace,
    mark_of,
    open,  # noqa: A004 - as in `rightful.open`
)


def init(
    folder: str | Path,
    *,
    controller: str,
    establishment: str,
    registry: str = config.REGISTRY,
    records: str = config.RECORDS,
    packs: Sequence[str] = config.PACKS,
    markets: Sequence[str] | None = None,
) -> Workspace:
    """Make a workspace in a new or empty folder. Stopped half-way, it can be given again.

    Raises:
        InvalidInput: the folder holds other things, or the configuration makes no sense.
    """
    place = Path(folder)
    if (place / config.FILE).exists():
        raise InvalidInput(f"{place} is a workspace already; open it, or choose another folder")
    found = place.exists()
    place.mkdir(parents=True, exist_ok=True)
    unfinished = place / f"{config.FILE}.new"
    begun = place / KEY_FILE
    strange = [
        entry
        for entry in place.iterdir()
        if not entry.name.startswith(UNFINISHED) and entry != unfinished
    ]
    if strange and not begun.exists():
        raise InvalidInput(f"{place} is not empty; choose a new folder for the workspace")
    remove_unfinished(place)
    unfinished.mkdir(exist_ok=True)
    try:
        config.write(
            unfinished,
            controller=controller,
            establishment=establishment,
            registry=registry,
            records=records,
            packs=packs,
            markets=markets,
        )
        planned = _planned(place, unfinished)
    except RightfulError:  # before anything is made, so nothing is left
        shutil.rmtree(unfinished)
        if not found:
            place.rmdir()
        raise
    if not begun.exists():
        WorkspaceKey.create(begun)
    return _furnish(planned, unfinished)


def _planned(place: Path, unfinished: Path) -> Workspace:
    """The workspace as it is to be. Raises where its configuration makes no sense."""
    from rightful import policy

    planned = config.load(unfinished / config.FILE, folder=place)
    policy.load(planned.packs)
    return Workspace(planned)


def _furnish(planned: Workspace, unfinished: Path) -> Workspace:
    """Make registry and record store; `rightful.toml`, which makes it a workspace, comes last."""
    place = planned.folder
    with closing(planned) as workspace:
        workspace.registry.create()
        with workspace.registry.transaction() as connection:
            if workspace.registry.property(connection, ID) is None:
                for name, value in ((ID, str(uuid.uuid4())), (KEY_MARK, mark_of(workspace.key))):
                    row = {"name": name, "value": value}
                    connection.execute(properties.insert().values(**row))
        with workspace.registry.transaction() as connection:
            workspace.purposes.create_defaults(connection)
        workspace.records.create()
    (unfinished / config.FILE).replace(place / config.FILE)
    unfinished.rmdir()
    return open(place)
