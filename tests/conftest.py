"""What every test may use."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

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
