"""What is unlike in two versions of a pack, rule by rule and field by field."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from rightful.policy.decision import Decision
from rightful.policy.expression import Expression
from rightful.policy.pack import Pack, Rule
from rightful.policy.plain import written
from rightful.policy.text import Text


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, as it is written in either version; None where it is not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that both versions have, with what is unlike in it."""

    rule: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class PackDifference:
    """All that is unlike in two packs."""

    fields: tuple[FieldChange, ...]
    """Of the packs themselves; a term is one, and so is each row that is not encoded."""
    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[RuleChange, ...]

    @property
    def none(self) -> bool:
        """Whether they say the same."""
        return not (self.fields or self.added or self.removed or self.changed)


def difference(old: Pack, new: Pack) -> PackDifference:
    """What is unlike in two packs. How they are laid out is not told, nor the order of rules.

    A condition is compared with its terms written out: two ways to write the same are no
    difference, and a term that changed changes the rules that use it.
    """
    was, is_now = ({rule.id: rule for rule in pack.rules} for pack in (old, new))
    changes = (
        RuleChange(name, tuple(_changes(_fields(rule), _fields(is_now[name]))))
        for name, rule in was.items()
        if name in is_now
    )
    return PackDifference(
        fields=tuple(_changes(_of_pack(old), _of_pack(new))),
        added=tuple(rule for name, rule in is_now.items() if name not in was),
        removed=tuple(rule for name, rule in was.items() if name not in is_now),
        changed=tuple(change for change in changes if change.fields),
    )


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield FieldChange(name, old.get(name), new.get(name))


def _of_pack(pack: Pack) -> dict[str, str]:
    found = _fields(dataclasses.replace(pack, rules=(), sha256="", not_encoded=()))
    for row in pack.not_encoded:
        found[f"not_encoded.{row.id}"] = f"{row.title.en}: {row.why.en} / {row.why.zh}"
    return found


def _fields(value: Rule | Pack) -> dict[str, str]:
    """The fields that are there, by name, as text."""
    found: dict[str, str] = {}
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if isinstance(held, Text):
            found |= {f"{field.name}.en": held.en, f"{field.name}.zh": held.zh}
        elif isinstance(held, Mapping):
            found |= {f"{field.name}.{key}": _shown(each) for key, each in held.items()}
        elif held not in (None, (), "", False):
            found[field.name] = _shown(held)
    return found


def _shown(value: Any) -> str:
    if isinstance(value, Expression):
        return written(value)
    if isinstance(value, Decision):
        return value.word
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(_shown(each) for each in value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, date | Enum):
        return str(value)
    if dataclasses.is_dataclass(value):
        held = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return _shown({key: each for key, each in held.items() if each is not None})
    return str(value)
