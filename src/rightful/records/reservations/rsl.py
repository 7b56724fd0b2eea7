"""Really Simple Licensing 1.0: an XML document with the terms on which content is licensed.

Read strictly. Training is prohibited where any licence prohibits it; permitted only where a licence
names it, asks nothing for it, is not limited to some users or places, and no licence server must
be asked. Everything else needs a licence, or can't be told.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from rightful.records.reservations.markup import Element, xml
from rightful.records.reservations.paths import matches

_NAMESPACE = "https://rslstandard.org/rsl"
#: Both spellings are seen for training.
_TRAINING = frozenset({"all", "ai-all", "ai-train", "train-ai", "train-genai"})

#: From the strictest on.
ORDER = ("prohibited", "unknown", "licence_required", "permitted", "none")


def terms(text: str, paths: Sequence[str] | None = None) -> str:
    """`permitted`, `prohibited`, `licence_required`, `unknown`, or `none` for other paths only."""
    root = xml(text)
    if root is None:
        return "unknown"
    contents = list(root.iter(f"{{{_NAMESPACE}}}content"))
    if not contents:
        return "unknown"
    said = [_of_content(content) for content in contents if _about(content, paths)]
    return min(said, key=ORDER.index, default="none")


def _about(content: Element, paths: Sequence[str] | None) -> bool:
    url = content.get("url", "")
    pattern = urlsplit(url).path or "/" if "://" in url else url
    return paths is None or not pattern or any(matches(pattern, path) for path in paths)


def _of_content(content: Element) -> str:
    licences = [_of_licence(each) for each in content.findall(f"{{{_NAMESPACE}}}license")]
    if "prohibited" in licences:
        return "prohibited"
    if content.get("server") or content.get("encrypted") == "true":
        return "licence_required"
    # Each licence is an offer, of which one may be taken.
    offers = ("permitted", "licence_required", "unknown")
    return next((offer for offer in offers if offer in licences), "unknown")


def _of_licence(licence: Element) -> str:
    if _named(licence, "prohibits") & _TRAINING:
        return "prohibited"
    permitted = _named(licence, "permits")
    if not permitted:
        return "unknown"
    limited = any(
        each.get("type") in ("user", "geo")
        for name in ("permits", "prohibits")
        for each in licence.findall(f"{{{_NAMESPACE}}}{name}")
    )
    payments = licence.findall(f"{{{_NAMESPACE}}}payment")
    paid = any(payment.get("type", "free") != "free" for payment in payments)
    if limited or paid or not permitted & _TRAINING:
        return "licence_required"
    return "permitted"


def _named(licence: Element, name: str) -> set[str]:
    """The uses that a licence permits or prohibits."""
    found = licence.findall(f"{{{_NAMESPACE}}}{name}")
    texts = (each.text or "" for each in found if each.get("type", "usage") == "usage")
    return {word for text in texts for word in text.casefold().replace(",", " ").split()}
