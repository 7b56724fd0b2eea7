"""A registry with keys in it."""

from pathlib import Path

import pytest

from rightful.keys import Keyring, WorkspaceKey
from rightful.registry import Registry


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(f"sqlite:///{tmp_path}/registry.sqlite", tmp_path)
    registry.create()
    return registry


@pytest.fixture
def workspace_key() -> WorkspaceKey:
    return WorkspaceKey(bytes(range(32)))


@pytest.fixture
def keyring(registry: Registry, workspace_key: WorkspaceKey) -> Keyring:
    return Keyring(registry, workspace_key)
