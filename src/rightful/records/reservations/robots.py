"""robots.txt (RFC 9309), with the lines in it about use: Content-Usage and Content-Signal.

Asked is what a site says to the crawlers that train models (`agents.py`); what it says to all
others (`*`) counts for those that it does not name. Without `paths` the whole site is meant, and
read strictly: any path that such a crawler is kept from by name is an objection. With `paths`,
those that the data was taken from, each of them is decided as the RFC has it.

>>> crawling("User-agent: GPTBot\\nDisallow: /")
'disallowed'
>>> crawling("User-agent: *\\nDisallow: /admin")
'allowed'
>>> usage("User-agent: *\\nContent-Usage: train-ai=n")
'n'
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rightful.records.reservations import aipref
from rightful.records.reservations.agents import TRAINING_AGENTS
from rightful.records.reservations.paths import matches, normal

Paths = Sequence[str] | None

#: Everybody whom no group names.
_ALL = "*"
_ABOUT_USE = ("content-usage", "content-signal")
_RULES = ("allow", "disallow", *_ABOUT_USE)
#: As people write them, and as the crawlers that matter understand them.
_SPELLINGS = {
    **dict.fromkeys(("dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "disallow"),
    **dict.fromkeys(("useragent", "user agent"), "user-agent"),
}
_NO_COLON = re.compile(r"\s*(user[ -]?agent|d[ia]+ss?all?[oa]w|allow)\s+(\S.*)", re.IGNORECASE)


@dataclass(slots=True)
class Group:
    """Rules, in the order of the file, for the crawlers that it names."""

    agents: list[str] = field(default_factory=list)
    rules: list[tuple[str, str]] = field(default_factory=list)

    def of(self, *names: str) -> list[tuple[str, str]]:
        """Its rules of these names."""
        return [rule for rule in self.rules if rule[0] in names]


def groups(text: str) -> list[Group]:
    """The groups of a robots.txt. Rules about use before the first group are for everybody."""
    found = [Group([_ALL])]
    for line in text.removeprefix("\ufeff").splitlines():
        name, value = _rule(line.partition("#")[0])
        if name == "user-agent":
            if found[-1].rules or len(found) == 1:
                found.append(Group())
            found[-1].agents.append(value.casefold().partition("/")[0].strip())
        # The RFC lets rules of access outside a group lapse; about use, to hear them is stricter.
        elif name in (_RULES if len(found) > 1 else _ABOUT_USE):
            found[-1].rules.append((name, value))
    return found if found[0].rules else found[1:]


def _rule(line: str) -> tuple[str, str]:
    """The name and the value of a line; the colon between them may be missing."""
    name, colon, value = line.partition(":")
    if not colon:
        match = _NO_COLON.fullmatch(line)
        name, value = match.groups() if match else ("", "")
    name = name.strip().casefold()
    return _SPELLINGS.get(name, name), value.strip()


def crawling(text: str, paths: Paths = None) -> str:
    """`allowed`, `disallowed`, or `none` where it says nothing to crawlers that train."""
    said = [group for group in _heard(groups(text)) if group.of("allow", "disallow")]
    if not said:
        return "none"
    if any(_keeps_out(group, paths) for group in said):
        return "disallowed"
    return "allowed"


def usage(text: str, paths: Paths = None) -> str:
    """What the Content-Usage lines say of training: `y`, `n`, `unknown` or `none`."""
    return _said(text, paths, "content-usage", aipref.preference, ("n", "unknown", "y"))


def signal(text: str, paths: Paths = None) -> str:
    """What the Content-Signal lines say of training: `yes`, `no`, `unknown` or `none`."""
    return _said(text, paths, "content-signal", signals, ("no", "unknown", "yes"))


def signals(value: str) -> str:
    """What one Content-Signal says of training, such as `search=yes, ai-train=no`.

    >>> signals("search=yes, ai-train=no")
    'no'
    """
    found = "none"
    for part in value.split(","):
        key, _, said = (piece.strip().casefold() for piece in part.partition("="))
        if key == "ai-train" and found != "no":
            found = said if said in ("yes", "no") else "unknown"
    return found


def media(text: str) -> str:
    """ai.txt: `disallowed` where any kind of file is kept from training, for anybody.

    >>> media("User-Agent: *\\nDisallow: *.jpg\\nAllow: *.txt")
    'disallowed'
    """
    rules = [rule for group in groups(text) for rule in group.of("allow", "disallow")]
    if any(name == "disallow" and value for name, value in rules):
        return "disallowed"
    if rules:
        return "allowed"
    return "unknown" if _lines(text) else "none"


def _heard(found: Iterable[Group]) -> list[Group]:
    """One group for each crawler that trains and is named, and one for those that are not."""
    merged: dict[str, Group] = {}
    for group in found:
        for agent in group.agents:
            if agent == _ALL or agent in TRAINING_AGENTS:
                merged.setdefault(agent, Group([agent])).rules.extend(group.rules)
    return list(merged.values())


def _keeps_out(group: Group, paths: Paths) -> bool:
    rules = group.of("allow", "disallow")
    if paths is None and group.agents != [_ALL]:
        return any(name == "disallow" and value for name, value in rules)
    return any(_decides(rules, path) == "disallow" for path in paths or ("/",))


def _decides(rules: list[tuple[str, str]], path: str) -> str:
    """The longest rule that matches; of equals, allow."""
    found = [(len(normal(v)), name == "allow", name) for name, v in rules if v and matches(v, path)]
    return max(found)[2] if found else "allow"


def _said(
    text: str, paths: Paths, name: str, read: Callable[[str], str], order: tuple[str, ...]
) -> str:
    """The strictest of what the lines called `name` say, for every path and every crawler."""
    said = set()
    for group in _heard(groups(text)):
        lines = [_with_path(value) for _, value in group.of(name)]
        if paths is None:
            said |= {read(value) for _, value in lines}
            continue
        for path in paths:
            fitting = [(len(normal(p)), value) for p, value in lines if not p or matches(p, path)]
            longest = max((length for length, _ in fitting), default=0)
            said |= {read(value) for length, value in fitting if length == longest}
    return next((value for value in order if value in said), "none")


def _with_path(value: str) -> tuple[str, str]:
    """A rule's path, which begins with a slash if there is one, and what it says."""
    if not value.startswith("/"):
        return "", value
    path, _, rest = value.replace("\t", " ").partition(" ")
    return path, rest.strip()


def _lines(text: str) -> bool:
    return any(line.partition("#")[0].strip() for line in text.splitlines())
