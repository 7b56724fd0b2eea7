"""A source is declared once, can be told more of, and what is not known stays so."""

import pytest
from sqlalchemy import insert, select

from rightful.errors import InvalidInput, NotFound
from rightful.records import Source, Sources
from rightful.registry import Registry
from rightful.registry.tables import notices
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
    [{"name": " "}, {"name": "a", "kind": "gift"}, {"name": "a", "retention_until": "soon"}],
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
