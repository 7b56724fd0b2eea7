"""What the tests of the ledger share: a registry of either kind, and a ledger in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rightful.keys import WorkspaceKey
from rightful.ledger import Ledger
from rightful.registry import Registry

#: Opens the same ledger once more, as another process would.
Again = Callable[[], Ledger]

#: Adds that many entries to a ledger.
Grow = Callable[[Ledger, int], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/registry.sqlite"
    else:
        url = request.getfixturevalue("postgresql_url")
    registry = Registry(url, tmp_path)
    registry.create()
    yield registry
    registry.close()


@pytest.fixture
def ledger(registry: Registry) -> Ledger:
    return Ledger(registry, WorkspaceKey(bytes(32)), "w-1")


@pytest.fixture
def again(registry: Registry) -> Iterator[Again]:
    made: list[Registry] = []

    def build() -> Ledger:
        url = registry.url.render_as_string(hide_password=False)
        made.append(Registry(url, registry.folder))
        return Ledger(made[-1], WorkspaceKey(bytes(32)), "w-1")

    yield build
    for other in made:
        other.close()


@pytest.fixture
def grow(registry: Registry) -> Grow:
    def add(ledger: Ledger, count: int) -> None:
        with registry.transaction() as connection:
            for place in range(count):
                ledger.append(connection, "import_finished", {"source": "forms", "added": place})

    return add
