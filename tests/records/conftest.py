"""A workspace's lower rooms, empty, and the importer that stands on them."""

from pathlib import Path

import pytest

from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import Importer, NameCipher, RecordStore, Sources, Subjects, Suppressions
from rightful.registry import Registry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The workspace's folder; what is imported lies elsewhere."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def registry(folder: Path) -> Registry:
    registry = Registry(f"sqlite:///{folder}/registry.sqlite", folder)
    registry.create()
    return registry


@pytest.fixture
def workspace_key() -> WorkspaceKey:
    return WorkspaceKey(bytes(range(32)))


@pytest.fixture
def keyring(registry: Registry, workspace_key: WorkspaceKey) -> Keyring:
    return Keyring(registry, workspace_key)


@pytest.fixture
def names(workspace_key: WorkspaceKey) -> NameCipher:
    return NameCipher(workspace_key)


@pytest.fixture
def subjects(registry: Registry, keyring: Keyring, names: NameCipher) -> Subjects:
    return Subjects(registry, keyring, names)


@pytest.fixture
def sources(registry: Registry, ledger: Ledger) -> Sources:
    return Sources(registry, ledger)


@pytest.fixture
def suppressions(registry: Registry, names: NameCipher) -> Suppressions:
    return Suppressions(registry, names)


@pytest.fixture
def ledger(registry: Registry, workspace_key: WorkspaceKey) -> Ledger:
    return Ledger(registry, workspace_key, "test")


@pytest.fixture
def store(folder: Path, keyring: Keyring, names: NameCipher) -> RecordStore:
    store = RecordStore(str(folder / "records.lance"), keyring, names)
    store.create()
    return store


@pytest.fixture
def importer(
    registry: Registry,
    keyring: Keyring,
    sources: Sources,
    subjects: Subjects,
    names: NameCipher,
    store: RecordStore,
    ledger: Ledger,
    folder: Path,
) -> Importer:
    return Importer(registry, keyring, sources, subjects, names, store, ledger, folder)
