"""A registry with everything that grants stand on, two people, two sources, and one notice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rightful.grants import Grants, Notices, Purposes
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Entry, Ledger
from rightful.records import NameCipher, Person, Source, Sources, Subjects, Suppressions
from rightful.registry import Registry


@pytest.fixture
def workspace_key() -> WorkspaceKey:
    return WorkspaceKey(b"k" * 32)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(f"sqlite:///{tmp_path}/registry.sqlite", tmp_path)
    registry.create()
    return registry


@pytest.fixture
def ledger(registry: Registry, workspace_key: WorkspaceKey) -> Ledger:
    return Ledger(registry, workspace_key, "test")


@pytest.fixture
def keyring(registry: Registry, workspace_key: WorkspaceKey) -> Keyring:
    return Keyring(registry, workspace_key)


@pytest.fixture
def subjects(registry: Registry, keyring: Keyring, workspace_key: WorkspaceKey) -> Subjects:
    subjects = Subjects(registry, keyring, NameCipher(workspace_key))
    subjects.ensure({"anna@people.example": Person(), "ben@people.example": Person()})
    return subjects


@pytest.fixture
def purposes(registry: Registry, ledger: Ledger) -> Purposes:
    purposes = Purposes(registry, ledger)
    with registry.transaction() as connection:
        purposes.create_defaults(connection)
    return purposes


@pytest.fixture
def notices(registry: Registry, ledger: Ledger) -> Notices:
    return Notices(registry, ledger)


@pytest.fixture
def sources(registry: Registry, ledger: Ledger) -> Sources:
    sources = Sources(registry, ledger)
    for name in ("form", "crawl"):
        sources.declare(Source(name))
    return sources


@pytest.fixture
def grants(
    registry: Registry,
    keyring: Keyring,
    subjects: Subjects,
    sources: Sources,
    purposes: Purposes,
    notices: Notices,
    ledger: Ledger,
) -> Grants:
    notices.publish("privacy", "We train models on what you write.", "en")
    return Grants(registry, keyring, subjects, sources, purposes, notices, ledger)


@pytest.fixture
def entries(ledger: Ledger) -> Callable[[str], list[Entry]]:
    """The ledger's entries of one kind."""
    return lambda kind: [entry for entry in ledger.entries() if entry.kind == kind]


@pytest.fixture
def erase(
    registry: Registry, subjects: Subjects, workspace_key: WorkspaceKey
) -> Callable[[str], None]:
    """Erases a person as a forgetting does it."""
    names = NameCipher(workspace_key)
    listed = Suppressions(registry, names)

    def act(reference: str) -> None:
        number = subjects.find(reference)
        with registry.transaction() as connection:
            listed.add(connection, [listed.of_subject(names.lookup(reference))])
            subjects.erase(connection, number)

    return act
