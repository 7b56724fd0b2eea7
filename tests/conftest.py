"""What every test may use."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:  # what is only named here loads slowly, and many tests do without
    from tests.workspaces import Town

    from rightful.workspace import Workspace

ROOT = Path(__file__).parent.parent

# The same examples in every run, on slow machines too.
settings.register_profile("rightful", deadline=None, derandomize=True, database=None)
settings.load_profile("rightful")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `cuda` where there is no such device."""
    if item.get_closest_marker("cuda"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no CUDA device")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that lies beside the repository; its README says what is in it."""
    folder = Path(os.environ.get("RIGHTFUL_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; name its folder in RIGHTFUL_SHARED_DATA")
    return folder.resolve()


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A new, empty PostgreSQL database, dropped after the test."""
    given = os.environ.get("RIGHTFUL_TEST_POSTGRESQL")
    if not given:
        pytest.skip("no PostgreSQL; name a server in RIGHTFUL_TEST_POSTGRESQL")
    name = f"rightful_test_{uuid.uuid4().hex}"
    server = create_engine(given, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(given).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Town"]:
    """Makes workspaces with people in them, and trains in them; see `tests.workspaces`."""
    import torch
    from tests.workspaces import Town

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # small networks on several threads mostly wait for each other
    yield Town(tmp_path_factory.mktemp("town"))
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def trained_folder(town: "Town") -> Path:
    """A workspace whose two models are trained; tests copy it."""
    from tests.workspaces import train

    with town.workspace("trained") as made:
        train(made)
        return made.folder


@pytest.fixture
def trained(trained_folder: Path, tmp_path: Path) -> Iterator["Workspace"]:
    """A copy of it, for one test."""
    import rightful

    shutil.copytree(trained_folder, tmp_path / "workspace")
    with rightful.open(tmp_path / "workspace") as opened:
        yield opened
