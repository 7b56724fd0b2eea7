"""HTML in tokens: as browsers read it, for any page, in time that grows with its length."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.records.readers import page
from rightful.records.readers.html_tokens import tokens
from rightful.records.reservations import links


def _shown(html: str) -> list[object]:
    return [
        token.text if token.kind == "text" else (token.kind, token.name, token.attributes)
        for token in tokens(html)
    ]


@pytest.mark.parametrize(
    ("html", "attributes"),
    [
        ("<a href=x>", {"href": "x"}),
        ('<A HREF="x>y" b>', {"href": "x>y", "b": ""}),
        ("<a href='&amp;' href=z>", {"href": "&"}),
        ("<a/b = c/>", {"b": "c/"}),
        ("<a\n\tb\n=\n'c'>", {"b": "c"}),
        ("<a =b>", {"=b": ""}),
    ],
)
def test_attributes_are_read_as_browsers_do(html: str, attributes: dict[str, str]) -> None:
    assert _shown(html) == [("start", "a", attributes)]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<b", "a"),
        ("a < b", "a < b"),
        ("<!-- <p>no -->yes", "yes"),
        ("<!-->yes", "yes"),
        ("a<![<b>c", "ac"),
        ("a<?php x ?>b</3>", "ab"),
        ("<script>a</b>'</script >c", "a</b>'c"),
        ("<title>&lt;a</title>", "<a"),
        ("&#" + "9" * 5000 + ";a", "\ufffda"),
        ("&#x110000;&nosuch;", "\ufffd&nosuch;"),
    ],
)
def test_text_is_all_that_is_no_tag(html: str, text: str) -> None:
    assert "".join(each for each in _shown(html) if isinstance(each, str)) == text


@given(st.text(alphabet="<>!-/?[]&#;='\"a1 \n\0", max_size=60))
def test_no_page_is_too_odd_to_be_read(html: str) -> None:
    assert page.read(html).title is None
    links.read(html, "https://a.example/")


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(exclude_characters="<&", codec="utf-8"), max_size=60))
def test_text_without_signs_stays_whole(text: str) -> None:
    assert "".join(str(each) for each in _shown(text)) == text


@pytest.mark.parametrize(
    "piece",
    [
        *("<", "<a", "<a ", "<a x='", '<a x="', "<a b=", "<!--", "<![", "</", "</a ", "&", "&#"),
        *("<?", "<script>", "</script", "<title>", "<svg>", "<!--a--!>", "<a =", "<a/"),
    ],
)
def test_no_page_takes_long(piece: str) -> None:
    html = piece * (300_000 // len(piece))
    start = time.process_time()
    page.read(html)
    links.read(html, "https://a.example/")
    # The standard library's parser took a minute for a third of `<a <a …`.
    assert time.process_time() - start < 5
