"""YAML without its traps.

Only `true` and `false` are truth values, so that `NO` stays Norway; dates stay text; a key that is
given twice, aliases (which can make a small file huge), tags (which say what a value is, whatever
it looks like) and control characters are refused.
"""

import re
from typing import Any

import yaml

from rightful.errors import InvalidInput

#: The most that is read of a file, in characters.
LARGEST = 1_000_000

# Control characters but tab and line end; and lone surrogates, which can't be written as UTF-8.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class _Loader(yaml.SafeLoader):
    # SafeLoader's own table is shared by all users of PyYAML in this process.
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own name and way)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        where = f"line {event.start_mark.line + 1}"
        if isinstance(event, yaml.events.AliasEvent):
            raise InvalidInput(f"{where}: aliases are refused")
        if event.tag is not None:
            raise InvalidInput(f"{where}: tags are refused; write the value without !")
        if isinstance(event, yaml.events.ScalarEvent) and _NO_TEXT.search(event.value):
            raise InvalidInput(f"{where}: a text holds a control character or half a character")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            where = f"line {key.start_mark.line + 1}"
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise InvalidInput(f"{where}: a key must be text; put it in quotes")
            if key.value in seen:
                raise InvalidInput(f"{where}: {key.value} is given twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?(0|[1-9][0-9]*)", list("-0123456789")),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first
    )


def parse(text: str) -> Any:
    """The value of a YAML text: mappings, lists, text, whole numbers, truth values and None.

    Raises:
        InvalidInput: it is not YAML, or uses what is refused here.
    """
    if len(text) > LARGEST:
        raise InvalidInput("the file is too large for a pack")
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"line {line}: not YAML ({error.problem})") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise InvalidInput("not YAML") from None
