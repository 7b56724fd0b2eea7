"""docs/screening.md names every kind, and its example of a file of detectors is one."""

import re
from pathlib import Path

from rightful.screening import reading
from rightful.screening.recognisers import GROUPS_OF

PAGE = (Path(__file__).parents[2] / "docs" / "screening.md").read_text(encoding="utf-8")


def test_every_kind_stands_beside_its_group_and_no_other_does() -> None:
    wanted: dict[str, set[str]] = {}
    for kind, group in {each.kind: each.group for each in reading.builtin()}.items():
        wanted.setdefault(group, set()).add(kind)
    section = PAGE.split("## What is found\n")[1].split("\n## ")[0]
    rows = re.findall(r"(?m)^\| `([a-z_]+)` \| (.*) \|$", section)
    assert {group: set(re.findall("`([a-z0-9_]+)`", kinds)) for group, kinds in rows} == wanted
    assert set(GROUPS_OF.values()) == {"name", "other"}
    assert "| `name`, `other` | `name` and `place`" in section


def test_the_detectors_shown_find_what_they_say() -> None:
    (shown,) = re.findall(r"```yaml\n(id: .*?)```", PAGE, re.S)
    found = reading.parse(shown, "docs/screening.md")
    assert reading.check(found.detectors) == []
