"""An HTML page as text: its elements are taken off, and what no reader sees is left out.

Nothing is guessed about which part of a page matters: menus and footers stay. What stands in
blocks of its own comes on lines of its own.

>>> read("<title>A tree</title><h1>Trees</h1><script>x</script><p>An <b>oak</b>\\n tree.")
Page(title='A tree', text='Trees\\nAn oak tree.', language=None)
"""

import re
from dataclasses import dataclass

from rightful.records.readers.html_tokens import Token, tokens

#: The largest page that is read, in bytes.
LARGEST = 8 * 2**20

_UNSEEN = frozenset(
    {"script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select"}
)
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "button", "caption", "dd"),
        *("details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "li", "main", "nav"),
        *("ol", "p", "pre", "section", "summary", "table", "td", "th", "tr", "ul"),
    }
)

#: Elements that are not seen can be nested; more deeply than this, the inner ones are not counted.
_DEEPEST = 100

#: Names of encodings that Python reads as browsers do.
_ENCODING = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|iso-?8859-\d{1,2}|windows-125\d|gbk|gb2312|gb18030|big5"
    r"|shift_jis|euc-jp|euc-kr|iso-2022-jp|koi8-[ru]|macintosh"
)
#: Browsers read these as what holds them.
_WIDER = {
    "iso-8859-1": "windows-1252",
    "us-ascii": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.I)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds for its readers."""

    title: str | None
    text: str
    language: str | None


def read(html: str) -> Page:
    """The title, the text and the language of a page."""
    reader = _Text()
    reader.read(html)
    title = _line("".join(reader.title)) or None
    lines = [_line(line) for line in "".join(reader.parts).split("\0")]
    return Page(title, "\n".join(line for line in lines if line), reader.language)


def decode(body: bytes, charset: str | None) -> str:
    """Bytes as text: by their mark, by the encoding that is named for them or that they name
    themselves, else as UTF-8; what does not fit is marked as unreadable, as browsers do."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    found = _DECLARED.search(body[:4096])
    named = charset or (found[1].decode("ascii") if found else "utf-8")
    encoding = named.strip().strip("\"'").casefold()
    if not _ENCODING.fullmatch(encoding):
        encoding = "utf-8"
    return body.decode(_WIDER.get(encoding, encoding), "replace")


def _line(text: str) -> str:
    return " ".join(text.split())


class _Text:
    def __init__(self) -> None:
        self.title: list[str] = []
        self.parts: list[str] = []
        self.language: str | None = None
        self._unseen: list[str] = []
        self._in_title = False

    def read(self, html: str) -> None:
        for token in tokens(html):
            if token.kind == "text":
                self._text(token.text)
                continue
            if token.kind == "start":
                self._start(token)
            else:
                self._end(token.name)
            if token.name in _BLOCKS:
                self.parts.append("\0")

    def _start(self, token: Token) -> None:
        if token.name == "html":
            self.language = token.attributes.get("lang") or None
        elif token.name == "title" and not self._unseen:
            self._in_title = True
        elif token.name in _UNSEEN and len(self._unseen) < _DEEPEST:
            self._unseen.append(token.name)

    def _end(self, name: str) -> None:
        if name == "title":
            self._in_title = False
        elif name in self._unseen:
            # What was opened inside and never closed ends with it.
            del self._unseen[self._unseen.index(name) :]

    def _text(self, text: str) -> None:
        if self._in_title:
            self.title.append(text)
        elif not self._unseen:
            self.parts.append(text.replace("\0", " "))
