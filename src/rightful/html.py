"""A page of plain HTML that needs nothing else: no script, nothing fetched, readable on paper."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

#: The languages that pages are written in, as HTML names them.
_LANGUAGES = {"en": "en", "zh": "zh-CN"}

_STYLE = """
body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; color: #1b1b1f;
  max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
  border-bottom: 1px solid #ccc; overflow-wrap: anywhere }
th { font-weight: 600 } img { image-rendering: pixelated; min-width: 56px }
.note { color: #555 }
@media (prefers-color-scheme: dark) {
  body { background: #17171a; color: #e8e8ea } th, td { border-color: #444 } .note { color: #aaa } }
"""


class Markup(str):
    """Text that is HTML already; everything else is escaped."""

    __slots__ = ()


Cell = str | int | Markup | None


def text(value: Cell) -> str:
    """A value as HTML; what is not known is a dash."""
    if value is None:
        return "–"
    return value if isinstance(value, Markup) else escape(str(value))


def paragraph(value: Cell, *, note: bool = False) -> str:
    """One paragraph."""
    kind = ' class="note"' if note else ""
    return f"<p{kind}>{text(value)}</p>"


def heading(value: str) -> str:
    """The title of a part of the page."""
    return f"<h2>{text(value)}</h2>"


def element(name: str, /, *inner: Cell, **attributes: str | None) -> Markup:
    """An element with what is in it; an attribute that is None is left out.

    The underscores of an attribute's name stand for hyphens; the last one is dropped: `class_`.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{''.join(map(text, inner))}</{name}>")


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    none: str,
    *,
    caption: str = "",
    labelled: bool = False,
) -> str:
    """A table, or the sentence `none` where there are no rows.

    A column whose name starts with `#` holds numbers. With `labelled`, each cell knows the name of
    its column, so that a style can set a row as lines where a page is narrow.
    """
    kinds = [' class="number"' if name.startswith("#") else "" for name in head]
    marks = [f' data-label="{text(name.removeprefix("#"))}"' if labelled else "" for name in head]
    starts = [f"<td{kind}{mark}>" for kind, mark in zip(kinds, marks, strict=True)]
    body = "".join(
        "<tr>"
        + "".join(f"{start}{text(cell)}</td>" for start, cell in zip(starts, row, strict=True))
        + "</tr>"
        for row in rows
    )
    if not body:
        return paragraph(none)
    names = "".join(
        f'<th scope="col"{kind}>{text(name.removeprefix("#"))}</th>'
        for kind, name in zip(kinds, head, strict=True)
    )
    said = f"<caption>{text(caption)}</caption>" if caption else ""
    return f"<table>{said}<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def page(
    title: str, language: Literal["en", "zh"], parts: Iterable[str], *, style: str = ""
) -> str:
    """A whole page in one language; `style` is CSS that it needs besides."""
    return (
        f'<!doctype html>\n<html lang="{_LANGUAGES[language]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{_STYLE}{style}</style></head>\n"
        f"<body><main><h1>{text(title)}</h1>\n" + "\n".join(parts) + "\n</main></body></html>\n"
    )
