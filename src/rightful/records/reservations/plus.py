"""The Data Mining property of PLUS, as IPTC metadata in pictures and films carry it.

>>> data_mining("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-GENAIMLTRAINING")
'prohibited_generative'
"""

from rightful.records.reservations.markup import properties, xml

_NAMESPACE = "http://ns.useplus.org/ldf/xmp/1.0/"
_VOCABULARY = "http://ns.useplus.org/ldf/vocab/"

#: By code, with the words that tools such as ExifTool print for it.
_VALUES = {
    "DMI-UNSPECIFIED": ("unspecified", "Unspecified - no prohibition defined"),
    "DMI-ALLOWED": ("allowed", "Allowed"),
    "DMI-PROHIBITED": ("prohibited", "Prohibited"),
    "DMI-PROHIBITED-AIMLTRAINING": ("prohibited_training", "Prohibited for AI/ML training"),
    "DMI-PROHIBITED-GENAIMLTRAINING": (
        "prohibited_generative",
        "Prohibited for Generative AI/ML training",
    ),
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": (
        "prohibited_except_search",
        "Prohibited except for search engine indexing",
    ),
    "DMI-PROHIBITED-SEECONSTRAINT": ("see_constraint", "Prohibited, see plus:OtherConstraints"),
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": (
        "see_embedded",
        "Prohibited, see iptcExt:EmbdEncRightsExpr",
    ),
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": (
        "see_linked",
        "Prohibited, see iptcExt:LinkedEncRightsExpr",
    ),
}
_BY_TEXT = {
    text.casefold(): value
    for code, (value, label) in _VALUES.items()
    for text in (code, _VOCABULARY + code, label)
}

#: From the strictest on.
ORDER = (
    "prohibited",
    "prohibited_except_search",
    "prohibited_training",
    "prohibited_generative",
    "see_constraint",
    "see_embedded",
    "see_linked",
    "unknown",
    "unspecified",
    "allowed",
    "none",
)


def data_mining(text: str) -> str:
    """What a value, by code, address or label, or an XMP packet says; `unknown` if unreadable."""
    text = text.strip()
    if not text.startswith("<"):
        return _BY_TEXT.get(text.casefold().replace("https://", "http://"), "unknown")
    root = xml(text)
    if root is None:
        return "unknown"
    said = [data_mining(value or "?") for value in properties(root, _NAMESPACE, "DataMining")]
    return min(said, key=ORDER.index, default="none")
