"""The front door: a workspace, whose rooms are made when they are first asked for.

workspace = rightful.open("my-workspace")
workspace.clearances.compute("fine-tuning").cleared
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rightful import config
from rightful.config import Config
from rightful.errors import Damaged, Refused
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.registry import Registry

if TYPE_CHECKING:  # what is only named here loads slowly, and many commands do without
    from rightful.clearance import Clearances
    from rightful.clearance.keeping import Keeping
    from rightful.forgetting import Forgetter
    from rightful.grants import Assessments, Grants, Notices, Purposes
    from rightful.grants.permissions import Terms
    from rightful.policy import Pack
    from rightful.records.importing import Importer
    from rightful.records.marks import Marks
    from rightful.records.names import NameCipher
    from rightful.records.reservations import Reservations
    from rightful.records.retention import Retention
    from rightful.records.sources import Sources
    from rightful.records.store import RecordStore
    from rightful.records.subjects import Subjects
    from rightful.records.suppressions import Suppressions
    from rightful.rights import Access, Disclosures, Expiry, Know, Requests, Rights
    from rightful.screening.copies import Copies
    from rightful.screening.identifiers import Identifiers
    from rightful.screening.screening import Screening
    from rightful.screening.shares import Shares
    from rightful.training import Evaluator, Trainer

KEY_FILE = "workspace.key"
LOCKS = "locks"
LEDGER = "ledger"
PACKS = "packs"

#: What a registry says of itself: whose it is, and the mark of the key that goes with it.
ID = "workspace"
KEY_MARK = "key"


class Workspace:
    """Everything of one controller. `open` gives it, and `rightful.init` makes it."""

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
            found = self.registry.property(connection, ID)
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
    def marks(self) -> "Marks":
        from rightful.records.marks import Marks

        return Marks(self.registry, self.keyring, self.subjects, self.ledger)

    @cached_property
    def reservations(self) -> "Reservations":
        from rightful.records.reservations import Reservations

        return Reservations(self.registry, self.ledger)

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
    def identifiers(self) -> "Identifiers":
        from rightful.screening.identifiers import Identifiers

        return Identifiers(self.registry, self.keyring, self.subjects, self.ledger, self.key)

    @cached_property
    def copies(self) -> "Copies":
        from rightful.records.screened import ScreenedRecords
        from rightful.screening.copies import Copies

        return Copies(self.registry, self.records, ScreenedRecords(self.records), self.key)

    @cached_property
    def screening(self) -> "Screening":
        from rightful.screening.screening import Screening

        return Screening(
            self.registry,
            self.keyring,
            self.records,
            self.sources,
            self.identifiers,
            self.copies,
            self.ledger,
            self.key,
            self.folder,
        )

    @cached_property
    def shares(self) -> "Shares":
        from rightful.screening.shares import Shares

        return Shares(
            self.registry, self.records, self.sources, self.key, self.assessments, self.ledger
        )

    @cached_property
    def purposes(self) -> "Purposes":
        from rightful.grants import Purposes

        return Purposes(self.registry, self.ledger)

    @cached_property
    def assessments(self) -> "Assessments":
        from rightful.grants import Assessments

        return Assessments(self.registry, self.sources, self.purposes, self.ledger)

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
        from rightful.policy import pins

        return pins.load(self.config.packs, self.pinned)

    @property
    def pinned(self) -> Path:
        """The folder of the packs that are pinned; it need not be there."""
        return self.folder / PACKS

    @cached_property
    def licences(self) -> "Terms":
        """What the workspace says of licences itself. Raises `InvalidInput`: not understood."""
        from rightful.grants import permissions

        return permissions.read(self.config.licences, f"{config.FILE}: licences")

    @cached_property
    def clearances(self) -> "Clearances":
        return self.clearances_with(self.packs)

    def clearances_with(self, packs: "Sequence[Pack]") -> "Clearances":
        """Clearances as they would be if the workspace obeyed these packs."""
        from rightful.clearance import Clearances, Controller

        return Clearances(
            self.registry,
            self.records,
            self.purposes,
            packs,
            Controller(self.config.establishment, self.config.markets),
            self.ledger,
            turned_on=self.config.turned_on,
            licences=self.licences,
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
            self.copies,
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
            self.copies,
        )

    @cached_property
    def retention(self) -> "Retention":
        from rightful.records.retention import Retention

        return Retention(self.registry, self.records)

    @cached_property
    def keeping(self) -> "Keeping":
        from rightful.clearance.keeping import Keeping

        return Keeping(self.registry, self.purposes, self.packs, self.clearances)

    @cached_property
    def expiry(self) -> "Expiry":
        from rightful.rights import Expiry

        return Expiry(self.retention, self.keeping, self.forgetter)

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
        marked = workspace.registry.property(connection, KEY_MARK)
    if marked != mark_of(workspace.key):
        raise Refused(
            f"the key file {workspace.folder / KEY_FILE} is not the one that this workspace was "
            "made with; restore that one, for without it no record can be opened"
        )
    return workspace


def mark_of(key: WorkspaceKey) -> str:
    """What tells a key from others, and tells nothing of it."""
    return key.keyed_hash("mark of the workspace", b"").hex()
