"""The same on PostgreSQL: recorded, withdrawn, imported twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rightful import moments
from rightful.grants import Grants, NewGrant, import_grants
from rightful.ledger import Ledger
from rightful.registry import Registry


@pytest.fixture
def registry(postgresql_url: str, tmp_path: Path) -> Iterator[Registry]:
    registry = Registry(postgresql_url, tmp_path)
    registry.create()
    yield registry
    registry.close()


def test_grants_are_kept_withdrawn_and_imported_once(
    grants: Grants, ledger: Ledger, tmp_path: Path
) -> None:
    start = moments.now() - timedelta(days=10)
    first = grants.record(
        NewGrant(
            *("consent", "model-training", "anna@people.example", "form"),
            valid_from=start,
            notice="privacy@1",
            explicit=True,
        )
    )
    everyone = grants.record(NewGrant("consent", "pretraining", source="form", valid_from=start))
    own, copy = grants.withdraw("anna@people.example", purpose="pretraining")
    assert (own, grants.withdraw("anna@people.example")) == (first, [])
    by_number = {grant.number: grant for grant in grants.all()}
    assert by_number[first].notice == "privacy@1/en"
    assert [by_number[n].status(moments.now()) for n in (first, everyone, copy)] == [
        *("withdrawn", "active", "withdrawn")
    ]
    path = tmp_path / "grants.csv"
    lines = [f"{n},consent,fine-tuning,2026-01-01,yes" for n in range(1200)]
    path.write_text("\n".join(["subject,kind,purpose,valid_from,explicit", *lines, ""]))
    assert import_grants(grants, path).added == 1200
    size = ledger.size
    again = import_grants(grants, path)
    assert (again.added, again.held, ledger.size) == (0, 1200, size)
    assert ledger.check() == []
