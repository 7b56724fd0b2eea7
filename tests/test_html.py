"""Plain HTML in which nothing that was given can become an element."""

from hypothesis import given
from hypothesis import strategies as st

from rightful import html


@given(st.text())
def test_no_text_becomes_an_element(value: str) -> None:
    shown = html.paragraph(value)
    assert shown.startswith("<p>")
    assert shown.endswith("</p>")
    assert not set("<>\"'") & set(shown[3:-4])


def test_what_is_markup_already_stays_so() -> None:
    assert html.text(html.Markup("<b>1</b>")) == "<b>1</b>"


def test_what_is_not_known_is_a_dash_and_zero_is_not() -> None:
    assert html.text(None) == "–"
    assert html.text(0) == "0"
    assert html.text("") == ""


def test_a_table_without_rows_is_a_sentence() -> None:
    assert html.table(["Name"], [], "None.") == "<p>None.</p>"
    assert "<td>a</td><td>&lt;</td>" in html.table(["One", "Two"], [["a", "<"]], "None.")


def test_a_page_says_its_language_and_title() -> None:
    page = html.page("a < b", "zh", [html.paragraph("x")])
    assert page.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert "<title>a &lt; b</title>" in page
    assert "<h1>a &lt; b</h1>" in page
