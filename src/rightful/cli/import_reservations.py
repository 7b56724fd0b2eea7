"""What an import tells of the reservations and licences that it met."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rightful.cli.session import plain, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rightful.records.reservations import Look
    from rightful.records.reservations.gathering import Gathered

#: No more of each are shown; a program is told all.
_SHOWN = 20


def facts(gathered: "Gathered", looks: "Sequence[Look]") -> dict[str, Any]:
    """For a program."""
    return {
        "looks": [plain(look) for look in looks],
        "differences": [plain(each) for each in gathered.differences],
        "licences": _licences(gathered),
    }


def shown(gathered: "Gathered", looks: "Sequence[Look]", source: str) -> "list[RenderableType]":
    """For a person."""
    found: list[RenderableType] = []
    here = [look for look in looks if look.location is not None]
    if here:
        found += [
            f"What it says of its use, kept as looks at {source}:",
            table(
                ("location", "protocol", "says"),
                [(look.location, look.form, look.value) for look in here[:_SHOWN]],
            ),
        ]
        if len(here) > _SHOWN:
            found.append(f"and {len(here) - _SHOWN:,} more.")
    for each in gathered.differences[:_SHOWN]:
        counts = ", ".join(f"{value} on {n:,}" for value, n in sorted(each.pages.items()))
        found.append(
            f"Pages of {each.place} differ in {each.form}: {counts}. The strictest counts."
        )
    for licence, pages in _licences(gathered).items():
        found.append(
            f"{pages:,} of its pages name {licence} as their licence. If that is right, "
            f"record it: rightful grant record --kind licence --source {source} "
            f"--licence {licence} --purpose PURPOSE"
        )
    return found


def _licences(gathered: "Gathered") -> dict[str, int]:
    from rightful.grants.stated_licences import of_link

    found: dict[str, int] = {}
    for address, pages in gathered.licences.items():
        if (licence := of_link(address)) is not None:
            found[licence] = found.get(licence, 0) + pages
    return found
