"""A workspace with a few people and sources, and records that are cleared unless a test says so."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Table, insert, update

from rightful.clearance import Clearances, Controller
from rightful.clearance.situations.corpus import corpus
from rightful.clearance.situations.inquiry import Inquiry
from rightful.clearance.situations.view import view
from rightful.grants import Grants, NewGrant, Notices, Purposes
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.policy import Pack, load
from rightful.policy.facts import Value
from rightful.records.names import NameCipher, record_key
from rightful.records.sources import Source, Sources
from rightful.records.store import NewRecord, RecordStore
from rightful.records.subjects import Person, Subjects
from rightful.registry import Registry

#: References that are easy to find where they must not be.
ANNA = "anna.example.reference"
BEN = "ben.example.reference"


@dataclass
class House:
    """The rooms that a test uses."""

    folder: Path
    registry: Registry
    keyring: Keyring
    names: NameCipher
    store: RecordStore
    subjects: Subjects
    sources: Sources
    ledger: Ledger
    purposes: Purposes
    notices: Notices
    grants: Grants

    def clearances(
        self,
        packs: list[Pack] | None = None,
        establishment: Controller | str | None = "DE",
        **more: Any,
    ) -> Clearances:
        packs = list(load(["eu.gdpr", "cn.pipl"])) if packs is None else packs
        rooms = (self.registry, self.store, self.purposes)
        return Clearances(*rooms, packs, establishment, self.ledger, **more)

    def add(self, record: int, subjects: tuple[int, ...], source: int = 1, **more: Any) -> None:
        """Store a record, with a key for whoever of its people has none yet."""
        new = NewRecord(
            record=record,
            source=source,
            subjects=subjects,
            key=record_key("form", f"reference {record}"),
            content=b"content",
            **more,
        )
        missing = [holder for holder in new.holders() if not self.keyring.load([holder])]
        with self.registry.transaction() as connection:
            self.keyring.create(connection, missing)
        self.store.append([new])

    def row(self, table: Table, **values: Any) -> None:
        """Add a row, as no room would write it perhaps."""
        with self.registry.transaction() as connection:
            connection.execute(insert(table).values(**values))
            self.registry.bump(connection)

    def change(self, table: Table, number: int, **values: Any) -> None:
        """Change a row, as no room would perhaps."""
        with self.registry.transaction() as connection:
            connection.execute(update(table).where(table.c.id == number).values(**values))
            self.registry.bump(connection)

    def facts(
        self,
        covering: Collection[int],
        at: datetime,
        *,
        records: pa.Table | None = None,
        establishment: str | None = "DE",
    ) -> list[dict[str, Value]]:
        """The rows of facts about all records, or those of a table like the store's metadata."""
        held = corpus([self.store.metadata() if records is None else records])
        shared: dict[str, Value] = {"establishment": establishment}
        return list(Inquiry(view(self.registry, at), held, covering, shared).rows())

    def consent(self, reference: str | None, purpose: str = "model-training", **more: Any) -> int:
        """A consent that no rule finds fault with."""
        given: dict[str, Any] = {
            "kind": "consent",
            "purpose": purpose,
            "subject": reference,
            "source": None if reference else "form",
            "notice": "privacy",
            "explicit": True,
            "given_by": "self",
            "evidence": "cupboard 3",
        }
        return self.grants.record(NewGrant(**{**given, **more}))


def build(folder: Path) -> House:
    """An empty workspace with the default purposes."""
    registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
    registry.create()
    key = WorkspaceKey(b"k" * 32)
    names, keyring = NameCipher(key), Keyring(registry, key)
    store = RecordStore(str(folder / "records.lance"), keyring, names)
    store.create()
    ledger = Ledger(registry, key, "test")
    subjects, sources = Subjects(registry, keyring, names), Sources(registry, ledger)
    purposes, notices = Purposes(registry, ledger), Notices(registry, ledger)
    with registry.transaction() as connection:
        purposes.create_defaults(connection)
    grants = Grants(registry, keyring, subjects, sources, purposes, notices, ledger)
    return House(
        folder,
        registry,
        keyring,
        names,
        store,
        subjects,
        sources,
        ledger,
        purposes,
        notices,
        grants,
    )


@pytest.fixture
def empty(tmp_path: Path) -> House:
    """Nobody, nothing."""
    return build(tmp_path)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Anna (1) and Ben (2), adults in Germany; the source `form` (1), of which all is known."""
    made = build(tmp_path)
    made.subjects.ensure({ANNA: Person("DE", 1990)})
    made.subjects.ensure({BEN: Person("DE", 1991)})
    notice = made.notices.publish("privacy", "We train a model on what you write.", "en")
    made.sources.declare(
        Source(
            name="form",
            kind="user_data",
            owner="us",
            method="form",
            public=False,
            special_category=False,
            criminal_offence=False,
            notice=notice.number,
            retention_until="2999-01-01",
        )
    )
    return made


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An empty workspace for many examples of one test, which clears the tables itself."""
    made = build(tmp_path_factory.mktemp("blank"))
    with made.registry.transaction() as connection:
        made.keyring.create(connection, [Holder("subject", 9)])
    yield made
    made.registry.close()
