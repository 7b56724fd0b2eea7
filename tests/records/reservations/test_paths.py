"""Patterns of robots.txt, after the RFC and its examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.records.reservations.paths import matches, normal


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/", "/anything", True),
        ("/example/", "/example", False),
        ("/example/", "/example/page", True),
        ("/Example", "/example", False),
        ("*.gif$", "/a/b.gif", True),
        ("*.gif$", "/a/b.gif?x", False),
        ("/this/*/exactly", "/this/very/path/exactly/so", True),
        ("/this/*/exactly", "/this/exactly", False),
        ("/this/path/exactly$", "/this/path/exactly", True),
        ("/this/path/exactly$", "/this/path/exactly/not", False),
        ("/a*b*c$", "/aXbXbXc", True),
        ("/a*b*c$", "/aXcXb", False),
        ("/ab*bc$", "/abc", False),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
        ("/path/foo-%24", "/path/foo-$", True),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar", True),
        ("/%2f", "/%2F", True),
        ("/%2f", "//", False),
        ("", "/anything", True),
        ("$", "/anything", False),
    ],
)
def test_a_pattern_fits_as_the_rfc_says(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


@given(st.text(max_size=20))
def test_a_path_has_one_form(path: str) -> None:
    assert normal(normal(path)) == normal(path)
    assert normal(path).isascii()


def test_many_stars_take_no_time() -> None:
    assert not matches("/" + "*a" * 5000 + "b", "/" + "a" * 10_000)
