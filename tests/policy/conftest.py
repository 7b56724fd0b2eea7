"""A small pack that is fine, to be changed in one place at a time."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from rightful.policy import Pack
from rightful.policy.reading import read


class _Dumper(yaml.SafeDumper):
    """Writes a value that stands twice twice; aliases are refused in packs."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _rule(**changes: Any) -> dict[str, Any]:
    rule = {
        "id": "HOUSE.1",
        "article": "House rules, 1",
        "title": {"en": "The person objected", "zh": "本人已提出反对"},
        "kind": "gate",
        "confidence": "found",
        "source": "BOOK",
        "when": "objected",
        "decision": "deny",
        "examples": [
            {"facts": {"objected": True}, "expect": "fires"},
            {"facts": {"objected": False}, "expect": "passes"},
        ],
    }
    return _changed(rule, changes)


def _pack(**changes: Any) -> dict[str, Any]:
    pack = {
        "id": "house",
        "kind": "house",
        "covers": "other",
        "title": {"en": "House rules", "zh": "内部规则"},
        "authority": "The controller",
        "version": "1",
        "as_of": "2026-01-01",
        "review_by": "2027-01-01",
        "applies": "TRUE",
        "sources": {"BOOK": "The book of rules"},
        "rules": [_rule()],
    }
    return _changed(pack, changes)


def _changed(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """With the changes, without what is changed to `...`."""
    return {key: value for key, value in {**fields, **changes}.items() if value is not ...}


@pytest.fixture(scope="session")
def rule_fields() -> Callable[..., dict[str, Any]]:
    """The fields of a gate, with changes."""
    return _rule


@pytest.fixture(scope="session")
def pack_text() -> Callable[..., str]:
    """The YAML of a pack, with changes."""
    return lambda **changes: yaml.dump(_pack(**changes), Dumper=_Dumper, allow_unicode=True)


@pytest.fixture(scope="session")
def make_pack(pack_text: Callable[..., str]) -> Callable[..., Pack]:
    """A pack, with changes."""
    return lambda **changes: read(pack_text(**changes), "house.yaml")
