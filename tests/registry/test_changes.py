"""The registry says whom and what a change was about, or that it may have been anything.

Each promise is tested on SQLite, and on PostgreSQL where a server is given.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from rightful.registry import Changes, Registry
from rightful.registry import changes as module
from rightful.registry.tables import changes

EVERYTHING = Changes(everything=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/registry.sqlite"
    else:
        url = request.getfixturevalue("postgresql_url")
    registry = Registry(url, tmp_path)
    registry.create()
    with closing(registry):
        yield registry


def _since(registry: Registry, revision: int) -> Changes:
    with registry.reading() as connection:
        return registry.changes(connection, revision)


def _bump(
    registry: Registry, subjects: list[int] | None = None, sources: list[int] | None = None
) -> None:
    with registry.transaction() as connection:
        registry.bump(connection, subjects=subjects, sources=sources)


def test_nothing_changed_since_now(registry: Registry) -> None:
    assert _since(registry, 0) == Changes()
    _bump(registry)
    assert _since(registry, 1) == Changes()
    assert not _since(registry, 1)


def test_a_change_names_whom_and_what_it_was_about(registry: Registry) -> None:
    _bump(registry, subjects=[3, 5, 3])
    _bump(registry, sources=[7])
    _bump(registry, subjects=[5], sources=[8])
    assert _since(registry, 0) == Changes(frozenset({3, 5}), frozenset({7, 8}))
    assert _since(registry, 1) == Changes(frozenset({5}), frozenset({7, 8}))
    assert _since(registry, 2) == Changes(frozenset({5}), frozenset({8}))
    assert _since(registry, 2)


def test_a_change_that_names_nobody_is_one_of_everything(registry: Registry) -> None:
    _bump(registry, subjects=[1])
    _bump(registry)
    _bump(registry, subjects=[2])
    assert _since(registry, 0) == _since(registry, 1) == EVERYTHING
    assert _since(registry, 2) == Changes(frozenset({2}))


def test_a_change_about_an_empty_set_is_none(registry: Registry) -> None:
    _bump(registry, subjects=[])
    _bump(registry, subjects=[], sources=[])
    assert registry.revision == 0


def test_a_change_of_more_than_can_be_named_is_one_of_everything(registry: Registry) -> None:
    _bump(registry, subjects=list(range(module.MOST)))
    _bump(registry, subjects=list(range(module.MOST)), sources=[1])
    assert _since(registry, 1) == EVERYTHING
    with registry.reading() as connection:
        kept = connection.scalar(select(func.count()).select_from(changes))
    assert kept == module.MOST + 1


def test_what_was_taken_back_is_no_change(registry: Registry) -> None:
    def fail() -> None:
        with registry.transaction() as connection:
            registry.bump(connection, subjects=[1])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _since(registry, 0) == Changes()


def test_a_reader_is_told_of_the_changes_in_its_view_only(registry: Registry) -> None:
    _bump(registry, subjects=[1])
    with registry.reading() as view:
        assert registry.changes(view, 0) == Changes(frozenset({1}))
        _bump(registry, subjects=[2])
        assert registry.changes(view, 0) == Changes(frozenset({1}))


def test_who_asks_about_longer_ago_than_is_kept_is_told_everything(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 5)
    for number in range(10):
        _bump(registry, subjects=[number, 100 + number])
    with registry.reading() as connection:
        rows = connection.scalar(select(func.count()).select_from(changes))
    assert rows == 4  # of two revisions: with a third, there would be more than five
    assert _since(registry, 0) == _since(registry, 7) == EVERYTHING
    assert _since(registry, 8) == Changes(frozenset({8, 9, 108, 109}))


def test_changes_of_before_this_was_kept_may_have_been_anything(registry: Registry) -> None:
    with registry.transaction() as connection:
        connection.execute(text("INSERT INTO counters VALUES ('revision', 7)"))
    assert _since(registry, 6) == EVERYTHING
    _bump(registry, subjects=[1])
    assert _since(registry, 6) == EVERYTHING
    assert _since(registry, 7) == Changes(frozenset({1}))


def test_a_revision_that_is_still_to_come_is_answered_with_everything(registry: Registry) -> None:
    _bump(registry, subjects=[1])
    assert _since(registry, 9) == EVERYTHING  # of another registry, or one restored since


_NUMBERS = st.none() | st.lists(st.integers(1, 9), max_size=4)


@given(bumps=st.lists(st.tuples(_NUMBERS, _NUMBERS), max_size=6), since=st.integers(0, 6))
def test_no_change_is_ever_left_out(
    bumps: list[tuple[list[int] | None, list[int] | None]], since: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(f"sqlite:///{folder}/registry.sqlite", Path(folder))
        registry.create()
        with closing(registry):
            for subjects, sources in bumps:
                before = registry.revision
                _bump(registry, subjects, sources)
                told = _since(registry, min(since, registry.revision))
                if registry.revision > since and registry.revision > before:
                    whole = subjects is None and sources is None
                    assert told.everything or not whole
                    assert told.everything or told.subjects.issuperset(subjects or ())
                    assert told.everything or told.sources.issuperset(sources or ())
