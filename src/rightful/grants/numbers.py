"""The numbers of sources, purposes and notices by the names that a file uses, each asked once."""

from collections.abc import Callable

from rightful.errors import InvalidInput, NotFound
from rightful.grants.grants import Grants
from rightful.grants.new_grant import BadGrant, NewGrant, Reason

_Names = tuple[str | None, str, str | None]

#: How many combinations of names are remembered; a file has a few, unless it is not one of ours.
_MOST = 10_000


class Numbers:
    """What the names in one file stand for."""

    def __init__(self, grants: Grants) -> None:
        self._ask: dict[str, tuple[Callable[[str], int], Reason]] = {
            "source": (grants.sources.number, Reason.SOURCE),
            "purpose": (grants.purposes.number, Reason.PURPOSE),
            "notice": (lambda text: grants.notices.named(text).number, Reason.NOTICE),
        }
        self._known: dict[_Names, dict[str, int | None] | Reason] = {}

    def of(self, grant: NewGrant) -> dict[str, int | None]:
        """The three numbers for one grant. Raises `BadGrant` where a name is unknown."""
        names = (grant.source, grant.purpose, grant.notice)
        found = self._known.get(names)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = self._known[names] = self._look_up(names)
        if isinstance(found, Reason):
            raise BadGrant(found)
        return found

    def _look_up(self, names: _Names) -> dict[str, int | None] | Reason:
        found: dict[str, int | None] = {}
        for (what, (ask, reason)), name in zip(self._ask.items(), names, strict=True):
            try:
                found[what] = None if name is None else ask(name)
            except (NotFound, InvalidInput):
                return reason
        return found
