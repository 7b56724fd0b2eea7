"""The front door: a workspace, whose rooms are made when they are first asked for.

workspace = rightful.open("my-workspace")
workspace.clearances.compute("fine-tuning").cleared
"""

import shutil
import uuid
from collections.abc import Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rightful import config
from rightful.config import Config
from rightful.errors import Damaged, InvalidInput, Refused, RightfulError
from rightful.files import UNFINISHED, remove_unfinished
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import properties

if TYPE_CHECKING:  # what is only named here loads slowly, and many commands do without
    from rightful.clearance import Clearances
    from rightful.forgetting import Forgetter
    from rightful.grants import Grants, Notices, Purposes
    from rightful.policy import Pack
    from rightful.records.importing import Importer
    from rightful.records.names import NameCipher
    from rightful.records.sources import Sources
    from rightful.records.store import RecordStore
    from rightful.records.subjects import Subjects
    from rightful.records.suppressions import Suppressions
    from rightful.rights import Access, Disclosures, Know, Requests, Rights
    from rightful.training import Evaluator, Trainer

KEY_FILE = "workspace.key"
LOCKS = "locks"
LEDGER = "ledger"

_ID = "workspace"

# By what it says of these, a registry knows the key that goes with it.
_KEY_MARK = "key"


class Workspace:
    """Everything of one controller. `open` and `init` make it."""

    def __init__(self, configuration: Config) -> None:
        self.config = configuration
        self.folder = configuration.folder
        self.registry = Registry(configuration.registry, self.folder / LOCKS)

    def close(self) -> None:
        """Let go of connections; whatever is asked next makes new ones."""
        self.registry.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def key(self) -> WorkspaceKey:
        return WorkspaceKey.load(self.folder / KEY_FILE)

    @cached_property
    def id(self) -> str:
        """What tells this workspace from others; it stands in its ledger and certificates."""
        with self.registry.reading() as connection:
            found = self.registry.property(connection, _ID)
        if found is None:
            raise Damaged("the registry does not say whose it is; restore it from a backup")
        return found

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.registry, self.key, self.id)

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(self.registry, self.key)

    @cached_property
    def names(self) -> "NameCipher":
        from rightful.records.names import NameCipher

        return NameCipher(self.key)

    @cached_property
    def sources(self) -> "Sources":
        from rightful.records.sources import Sources

        return Sources(self.registry, self.ledger)

    @cached_property
    def subjects(self) -> "Subjects":
        from rightful.records.subjects import Subjects

        return Subjects(self.registry, self.keyring, self.names)

    @cached_property
    def records(self) -> "RecordStore":
        from rightful.records.store import RecordStore

        return RecordStore(self.config.records, self.keyring, self.names, self.config.storage)

    @cached_property
    def suppressions(self) -> "Suppressions":
        from rightful.records.suppressions import Suppressions

        return Suppressions(self.registry, self.names)

    @cached_property
    def importer(self) -> "Importer":
        from rightful.records.importing import Importer

        return Importer(
            self.registry,
            self.keyring,
            self.sources,
            self.subjects,
            self.names,
            self.records,
            self.ledger,
            self.folder,
        )

    @cached_property
    def purposes(self) -> "Purposes":
        from rightful.grants import Purposes

        return Purposes(self.registry, self.ledger)

    @cached_property
    def notices(self) -> "Notices":
        from rightful.grants import Notices

        return Notices(self.registry, self.ledger)

    @cached_property
    def grants(self) -> "Grants":
        from rightful.grants import Grants

        return Grants(
            self.registry,
            self.keyring,
            self.subjects,
            self.sources,
            self.purposes,
            self.notices,
            self.ledger,
        )

    @cached_property
    def packs(self) -> "tuple[Pack, ...]":
        from rightful import policy

        return policy.load(self.config.packs)

    @cached_property
    def clearances(self) -> "Clearances":
        from rightful.clearance import Clearances

        return Clearances(
            self.registry,
            self.records,
            self.purposes,
            self.packs,
            self.config.establishment,
            self.ledger,
        )

    @cached_property
    def trainer(self) -> "Trainer":
        from rightful.training import Trainer

        return Trainer(self.registry, self.folder, self.records, self.clearances, self.ledger)

    @cached_property
    def evaluator(self) -> "Evaluator":
        from rightful.training import Evaluator

        return Evaluator(self.registry, self.records, self.clearances, self.trainer)

    @cached_property
    def forgetter(self) -> "Forgetter":
        from rightful.forgetting import Forgetter

        return Forgetter(
            self.registry,
            self.folder,
            self.config.controller,
            self.id,
            self.records,
            self.subjects,
            self.keyring,
            self.suppressions,
            self.clearances,
            self.trainer,
            self.ledger,
        )

    @cached_property
    def rights(self) -> "Rights":
        from rightful.rights import Rights

        return Rights(
            self.registry,
            self.records,
            self.subjects,
            self.suppressions,
            self.purposes,
            self.grants,
            self.packs,
            self.clearances,
            self.forgetter,
            self.requests,
        )

    @cached_property
    def requests(self) -> "Requests":
        from rightful.rights import Requests

        return Requests(self.registry, self.keyring, self.packs, self.ledger)

    @cached_property
    def disclosures(self) -> "Disclosures":
        from rightful.rights import Disclosures

        return Disclosures(self.registry, self.ledger)

    @cached_property
    def access(self) -> "Access":
        from rightful.rights import Access

        return Access(
            self.registry,
            self.config.controller,
            self.records,
            self.subjects,
            self.sources,
            self.grants,
            self.trainer,
            self.disclosures,
            self.requests,
        )

    @cached_property
    def know(self) -> "Know":
        from rightful.rights import Know

        return Know(
            self.config.controller,
            self.records,
            self.sources,
            self.purposes,
            self.notices,
            self.grants,
            self.packs,
            self.clearances,
            self.trainer,
            self.disclosures,
        )


def open(place: str | Path) -> Workspace:  # noqa: A001 - `rightful.open` reads as it should
    """The workspace at `place`: its folder, or its `rightful.toml`.

    Raises:
        NotFound: there is none, or its key file or registry is missing.
        Damaged: a newer version of Rightful wrote it, or a part of it can't be read.
        Refused: others than its owner may read its key file, or it is another workspace's.
    """
    workspace = Workspace(config.load(Path(place)))
    workspace.registry.open()
    with workspace.registry.reading() as connection:
        marked = workspace.registry.property(connection, _KEY_MARK)
    if marked != _mark(workspace.key):
        raise Refused(
            f"the key file {workspace.folder / KEY_FILE} is not the one that this workspace was "
            "made with; restore that one, for without it no record can be opened"
        )
    return workspace


def _mark(key: WorkspaceKey) -> str:
    """What tells a key from others, and tells nothing of it."""
    return key.keyed_hash("mark of the workspace", b"").hex()


def init(
    folder: str | Path,
    *,
    controller: str,
    establishment: str,
    registry: str = config.REGISTRY,
    records: str = config.RECORDS,
    packs: Sequence[str] = config.PACKS,
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
            if workspace.registry.property(connection, _ID) is None:
                for name, value in ((_ID, str(uuid.uuid4())), (_KEY_MARK, _mark(workspace.key))):
                    row = {"name": name, "value": value}
                    connection.execute(properties.insert().values(**row))
        with workspace.registry.transaction() as connection:
            workspace.purposes.create_defaults(connection)
        workspace.records.create()
    (unfinished / config.FILE).replace(place / config.FILE)
    unfinished.rmdir()
    return open(place)
