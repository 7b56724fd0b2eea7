"""The training and data mining assertion of CAWG 1.1 in a C2PA manifest, and what came before it.

It may be given alone or inside a manifest, as tools print these in JSON. CAWG 1.0 wrote the entries
without the `entries` around them, and C2PA up to 1.4 wrote `c2pa.` for `cawg.`; both are read.

>>> assertion('{"entries": {"cawg.ai_training": {"use": "notAllowed"}}}')["cawg_training"]
'not_allowed'
"""

from collections.abc import Iterator
from typing import Any

from rightful.records.reservations.json_text import loads

_LABELS = ("cawg.training-mining", "c2pa.training-mining")
_FACTS = {
    "data_mining": "cawg_mining",
    "ai_training": "cawg_training",
    "ai_generative_training": "cawg_generative",
}
#: What an assertion or a manifest has at its top, one of them at least.
_TOP = ("entries", "assertions", "assertion_store", "manifests", "active_manifest", "label")
_USES = {"allowed": "allowed", "notAllowed": "not_allowed", "constrained": "constrained"}

#: From the strictest on.
ORDER = ("not_allowed", "constrained", "unknown", "allowed", "none")


def assertion(text: str) -> dict[str, str]:
    """What the assertion says of mining and of both kinds of training, by the name of the fact.

    Each is `allowed`, `not_allowed`, `constrained`, `unknown` or `none`.
    """
    try:
        data = loads(text)
        maps = list(_entries(data)) if _is_one(data) else None
    except (ValueError, RecursionError):  # no JSON, or nested too deeply to be walked
        maps = None
    if maps is None:
        return dict.fromkeys(_FACTS.values(), "unknown")
    found = dict.fromkeys(_FACTS.values(), "none")
    for entries in maps:
        for key, entry in entries.items():
            prefix, _, name = key.partition(".")
            if prefix in ("cawg", "c2pa") and name in _FACTS:
                fact = _FACTS[name]
                found[fact] = min(found[fact], _use(entry), key=ORDER.index)
    return found


def _is_one(data: Any) -> bool:
    """Whether it is an assertion or a manifest at all, and not, say, a server's error in JSON."""
    return isinstance(data, dict) and any(
        key in _TOP or key.startswith(("cawg.", "c2pa.")) for key in data
    )


def _entries(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The maps of entries: of the assertion itself, or of those in a manifest."""
    labelled = list(_labelled(data))
    for assertion in labelled or [data]:
        inner = assertion.get("entries")
        yield inner if isinstance(inner, dict) else assertion


def _labelled(value: Any) -> Iterator[dict[str, Any]]:
    """The data of the assertions of this kind, wherever they are."""
    if isinstance(value, dict):
        # Tools write a label that stands more than once as `cawg.training-mining__1`.
        label = value.get("label")
        if isinstance(label, str) and label.partition("__")[0] in _LABELS:
            inner = value.get("data")
            yield inner if isinstance(inner, dict) else {}
            return
        for key, inner in value.items():
            if key.partition("__")[0] in _LABELS and isinstance(inner, dict):
                yield inner
            else:
                yield from _labelled(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _labelled(inner)


def _use(entry: Any) -> str:
    use = entry.get("use") if isinstance(entry, dict) else None
    return _USES.get(use, "unknown") if isinstance(use, str) else "unknown"
