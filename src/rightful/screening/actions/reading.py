"""From `screening.yaml` to a screening policy, with one clear sentence for whatever is wrong in it.

A kind, a group or an action that nobody knows is refused: a slip of the pen would else leave in a
text what its author believes to be out of it.
"""

import functools
import re
from collections.abc import Callable, Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.policy import values, yaml_file
from rightful.policy.fields import Fields, within
from rightful.screening.actions.policy import (
    Action,
    Duplicates,
    Keep,
    Measures,
    Rule,
    ScreeningPolicy,
)
from rightful.screening.detector import GROUPS

#: What the policy is called in a workspace's folder.
FILE = "screening.yaml"
VERSION = 1

_MEASURES = ("actions", "keep_original", "duplicates")
_POLICY = ("version", *_MEASURES, "sources", "placeholders")
_RULE = ("kind", "group", "action", "confidence")
_DUPLICATES = ("exact", "near", "threshold")
_MOST_SOURCES = 10_000
_DECIMAL = re.compile(r"0(\.\d{1,4})?|1(\.0{1,4})?")
# No digits, which could be part of a number, and closed on both sides, so that it runs into no
# word beside it. `[at]` and `[dot]` are what people write in an address.
_PLACEHOLDER = re.compile(
    r"(?!.(?:at|dot).\Z)(?:\[[^\W\d]{1,40}\]|<[^\W\d]{1,40}>|\{[^\W\d]{1,40}\}|【[^\W\d]{1,40}】)",
    re.IGNORECASE,
)


def load(folder: Path, groups: Mapping[str, str]) -> ScreeningPolicy:
    """The policy of the workspace in `folder`; the default where it has none.

    `groups` has every kind that can be found, with its group.

    Raises:
        InvalidInput: the file is no screening policy, or names a kind that can't be found.
    """
    path = folder / FILE
    if path.exists() and not path.is_file():  # to read a pipe would wait for who writes into it
        raise InvalidInput(f"{path} can't be read: it is no file")
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return default()
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} can't be read as UTF-8 text; save it as such") from None
    return parse(text, FILE, groups)


@functools.cache
def default() -> ScreeningPolicy:
    """What is done where nothing else is said: everything is flagged, credentials are held."""
    return parse(default_text(), "default.yaml", {})


def default_text() -> str:
    """The default as YAML, for somebody to begin with."""
    return (resources.files("rightful.screening.actions") / "default.yaml").read_text("utf-8")


def parse(text: str, name: str, groups: Mapping[str, str]) -> ScreeningPolicy:
    """The policy that a YAML text states; `name` is its file, for the sentence of an error.

    Raises:
        InvalidInput: it is none; the sentence names the field.
    """
    with within(name):
        value = yaml_file.parse(text)
        fields = Fields(value, _POLICY)
        if fields.take("version", values.positive) != VERSION:
            raise InvalidInput(f"version must be {VERSION}, the only one that is known")
        kinds = frozenset(groups)
        return ScreeningPolicy(
            general=_measures(fields, kinds),
            sources=fields.may("sources", functools.partial(_sources, kinds=kinds)) or {},
            placeholders=fields.may("placeholders", functools.partial(_placeholders, kinds=kinds))
            or {},
            version=canonical.digest(value),
        )


def _measures(fields: Fields, kinds: Collection[str]) -> Measures:
    return Measures(
        rules=fields.may("actions", functools.partial(_rules, kinds=kinds)) or (),
        keep_original=fields.may("keep_original", values.boolean),
        duplicates=fields.may("duplicates", _duplicates),
    )


def _sources(value: Any, kinds: Collection[str]) -> dict[str, Measures]:
    if not isinstance(value, dict) or len(value) > _MOST_SOURCES:
        raise InvalidInput(f"must be a mapping of sources, {_MOST_SOURCES:,} at most")
    found = {}
    for source, stated in value.items():
        with within(source):
            found[source] = _measures(Fields(stated, _MEASURES), kinds)
    return found


def _rules(value: Any, kinds: Collection[str]) -> tuple[Rule, ...]:
    found = []
    for number, item in enumerate(values.items(value), 1):
        with within(f"rule {number}"):
            fields = Fields(item, _RULE)
            if "kind" in fields and "group" in fields:
                raise InvalidInput("kind and group are both given; write two rules")
            found.append(
                Rule(
                    action=Action(fields.take("action", values.one_of(list(Action)))),
                    kinds=frozenset(fields.may("kind", _names(_kind(kinds))) or ()),
                    groups=frozenset(fields.may("group", _names(values.one_of(GROUPS))) or ()),
                    confidence=fields.may("confidence", _share) or 0.0,
                )
            )
    return tuple(found)


def _names(make: Callable[[Any], str]) -> Callable[[Any], list[str]]:
    """A reader of one name, or of a list of them."""
    return lambda value: [
        make(each) for each in (values.items(value) if isinstance(value, list) else [value])
    ]


def _kind(kinds: Collection[str]) -> Callable[[Any], str]:
    def make(value: Any) -> str:
        if values.name(value) not in kinds:
            raise InvalidInput(f"{value!r} is no kind that any detector finds; check its spelling")
        return str(value)

    return make


def _duplicates(value: Any) -> Duplicates:
    fields = Fields(value, _DUPLICATES)
    keep = values.one_of(list(Keep))
    threshold = fields.may("threshold", _share)
    if threshold is not None and threshold < 0.5:
        raise InvalidInput("threshold must be 0.5 or more; what is less alike is no copy")
    return Duplicates(
        exact=Keep(fields.may("exact", keep) or Keep.ALL),
        near=Keep(fields.may("near", keep) or Keep.ALL),
        threshold=Duplicates().threshold if threshold is None else threshold,
    )


def _placeholders(value: Any, kinds: Collection[str]) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InvalidInput("must be a mapping of kinds to what is written in their place")
    found = {}
    for kind, written in value.items():
        with within(str(kind)):
            found[_kind(kinds)(kind)] = _placeholder(written)
    return found


def _placeholder(value: Any) -> str:
    if not isinstance(value, str) or not _PLACEHOLDER.fullmatch(value):
        raise InvalidInput(
            "must be 1 to 40 letters or underscores between [ ], < >, { } or 【 】, and not [at] "
            "or [dot]"
        )
    return value


def _share(value: Any) -> float:
    """From 0 to 1; the reader of YAML leaves decimals as text."""
    if isinstance(value, bool) or not _DECIMAL.fullmatch(str(value)):
        raise InvalidInput("must be a number from 0 to 1, with four decimals at most")
    return float(value)
