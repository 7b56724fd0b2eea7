"""A source is declared once, can be told more of, and what is not known stays so."""

import pytest
from sqlalchemy import insert, select

from rightful.errors import InvalidInput, NotFound
from rightful.ledger import Ledger
from rightful.records import Source, Sources
from rightful.registry import Changes, Registry
from rightful.registry.tables import notices, purposes
from rightful.registry.tables import sources as table


def test_a_source_is_found_by_its_name(sources: Sources) -> None:
    number = sources.declare(Source("digits", kind="public_dataset"))
    other = sources.declare(Source("mail"))
    assert sources.number("digits") == number
    assert sources.names() == {number: "digits", other: "mail"}


def test_a_source_that_is_not_there_is_told_with_those_that_are(sources: Sources) -> None:
    with pytest.raises(NotFound, match="none yet"):
        sources.number("digits")
    sources.declare(Source("mail"))
    with pytest.raises(NotFound, match="there are: mail"):
        sources.number("digits")


def test_stating_more_keeps_what_was_known(registry: Registry, sources: Sources) -> None:
    number = sources.declare(Source("digits", owner="NIST", public=True))
    assert sources.declare(Source("digits", special_category=False)) == number
    (row,) = registry.rows(select(table))
    assert (row.owner, row.public, row.special_category) == ("NIST", True, False)
    assert (row.criminal_offence, row.method) == (None, None)


def test_every_declaration_counts_as_a_change(registry: Registry, sources: Sources) -> None:
    before = registry.revision
    sources.declare(Source("digits"))
    assert registry.revision > before


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "a", "kind": "gift"},
        {"name": "a", "retention_until": "soon"},
        {"name": "a", "collected_from": "2026"},
        {"name": "a", "collected_to": "yesterday"},
        {"name": "a", "collected_from": "2026-01-02", "collected_to": "2026-01-01"},
        {"name": "a", "evidence": " "},
    ],
)
def test_a_source_that_makes_no_sense_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        Source(**wrong)  # type: ignore[arg-type]


def test_a_notice_has_to_be_published_first(registry: Registry, sources: Sources) -> None:
    with pytest.raises(NotFound, match="notice 1"):
        sources.declare(Source("digits", notice=1))
    assert sources.names() == {}
    with registry.transaction() as connection:
        notice = {"name": "n", "version": 1, "language": "en", "text": "t", "sha256": "0"}
        connection.execute(insert(notices).values(id=1, created_at="2026", **notice))
    sources.declare(Source("digits", notice=1))
    assert registry.rows(select(table.c.notice))[0].notice == 1


@pytest.fixture
def tuning(registry: Registry) -> int:
    """The number of a purpose called `tuning`."""
    with registry.transaction() as connection:
        connection.execute(insert(purposes).values(id=4, name="other"))
        connection.execute(insert(purposes).values(id=9, name="tuning"))
    return 9


def _everything() -> Source:
    return Source(
        "clinic",
        kind="user_data",
        owner="A clinic",
        method="form",
        public=False,
        special_category=True,
        criminal_offence=False,
        retention_until="2036-01-01",
        purpose="tuning",
        collected_from="2024-02-29",
        collected_to="2025-12-31",
        evidence="contract 17, in the archive",
        lawfully_accessed=True,
        infringing_site=False,
        faces=True,
        companion=False,
        child_directed=False,
        broker=False,
        important_data=True,
    )


@pytest.mark.usefixtures("tuning")
def test_all_that_is_stated_is_known(sources: Sources) -> None:
    number = sources.declare(_everything())
    empty = sources.declare(Source("empty"))
    assert sources.all() == {number: _everything(), empty: Source("empty")}


def test_a_purpose_is_kept_by_its_number(registry: Registry, sources: Sources, tuning: int) -> None:
    sources.declare(Source("clinic", purpose="tuning"))
    sources.declare(Source("clinic", owner="A clinic"))
    assert registry.rows(select(table.c.purpose)) == [(tuning,)]


@pytest.mark.usefixtures("tuning")
def test_a_purpose_has_to_be_there_first(sources: Sources) -> None:
    with pytest.raises(NotFound, match=r"'research'.*purpose list"):
        sources.declare(Source("clinic", purpose="research"))
    assert sources.names() == {}


def test_a_collection_does_not_end_before_it_began_though_stated_bit_by_bit(
    sources: Sources,
) -> None:
    number = sources.declare(Source("clinic", collected_from="2025-01-01"))
    with pytest.raises(InvalidInput, match="2024-12-31, before it began on 2025-01-01"):
        sources.declare(Source("clinic", collected_to="2024-12-31"))
    assert sources.all()[number].collected_to is None
    sources.declare(Source("clinic", collected_to="2025-01-01"))
    with pytest.raises(InvalidInput, match="before it began"):
        sources.declare(Source("clinic", collected_from="2025-01-02"))
    sources.declare(Source("clinic", collected_from="2026-01-02", collected_to="2026-01-03"))
    assert sources.all()[number].collected_from == "2026-01-02"


def test_only_the_source_that_is_declared_is_named_as_a_change(
    registry: Registry, sources: Sources
) -> None:
    sources.declare(Source("clinic"))
    before = registry.revision
    number = sources.declare(Source("digits"))
    with registry.reading() as connection:
        assert registry.changes(connection, before) == Changes(sources=frozenset({number}))


@pytest.mark.usefixtures("tuning")
def test_the_ledger_tells_which_facts_were_stated_and_none_of_them(
    sources: Sources, ledger: Ledger
) -> None:
    sources.declare(_everything())
    (entry,) = ledger.entries()
    assert {"purpose", "evidence", "broker"} <= set(entry.facts["stated"])
    assert b"archive" not in entry.data
