"""Pages and XML that strangers wrote, read without harm.

XML with a document type is refused, so that no entity is ever expanded or fetched.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

#: An element of XML: its namespace, its name, its attributes and its text.
Element = ElementTree.Element


def metas(page: str) -> list[dict[str, str]]:
    """The attributes of every `meta` element of an HTML page, by names in small letters."""
    reader = _Metas()
    reader.feed(page)
    reader.close()
    return reader.found


def xml(text: str) -> Element | None:
    """The root of an XML document, or None where it is none or declares a document type."""
    folded = text.casefold()
    if "<!doctype" in folded or "<!entity" in folded:
        return None
    try:
        return ElementTree.fromstring(text.strip())  # noqa: S314 (there are no entities)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None


def properties(root: Element, namespace: str, name: str) -> Iterator[str]:
    """What an XMP document says of a property, in whichever of RDF's ways it is written."""
    wanted = f"{{{namespace}}}{name}"
    for element in root.iter():
        if (value := element.get(wanted)) is not None:
            yield value.strip()
        if element.tag == wanted:
            yield (element.get(f"{{{_RDF}}}resource") or "".join(element.itertext())).strip()


_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class _Metas(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta":
            self.found.append({name: value or "" for name, value in attrs})
