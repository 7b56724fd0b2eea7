"""Pages and XML that strangers wrote, read without harm.

XML with a document type is refused, so that no entity is ever expanded or fetched.
"""

from collections.abc import Iterator
from xml.etree import ElementTree

from rightful.records.readers.html_tokens import tokens

#: An element of XML: its namespace, its name, its attributes and its text.
Element = ElementTree.Element


def metas(page: str) -> list[dict[str, str]]:
    """The attributes of every `meta` element of an HTML page, by names in small letters."""
    return [t.attributes for t in tokens(page) if t.kind == "start" and t.name == "meta"]


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
