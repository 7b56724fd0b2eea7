"""A page of plain HTML that needs nothing else: no script, nothing fetched, readable on paper."""

from collections.abc import Iterable, Sequence
from html import escape

from rightful.policy.text import Language

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


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], none: str) -> str:
    """A table, or the sentence `none` where there are no rows."""
    body = "".join(
        "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    if not body:
        return paragraph(none)
    names = "".join(f'<th scope="col">{text(name)}</th>' for name in head)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def page(title: str, language: Language, parts: Iterable[str]) -> str:
    """A whole page in one language."""
    code = {"en": "en", "zh": "zh-CN"}[language]
    return (
        f'<!doctype html>\n<html lang="{code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main><h1>{text(title)}</h1>\n" + "\n".join(parts) + "\n</main></body></html>\n"
    )
