"""What may be done with a record: five answers, of which the most restrictive wins."""

from enum import IntEnum

from rightful.policy.text import Text


class Decision(IntEnum):
    """A higher number is more restrictive, so `max` combines rules, packs and subjects.

    None of them is zero: a decision is never a truth value.

    >>> max(Decision.ALLOW, Decision.HOLD).word
    'hold'
    """

    ALLOW = 1
    ALLOW_WITH_CONDITIONS = 2
    HOLD = 3
    """Evidence is missing; not to be used until somebody gives it."""
    RESTRICT = 4
    """Storage only."""
    DENY = 5

    @property
    def word(self) -> str:
        """The name as packs, tables and the command line write it."""
        return self.name.lower()

    @property
    def title(self) -> Text:
        """The name as it is shown to people."""
        return _TITLES[self]


_TITLES = {
    Decision.ALLOW: Text("allowed", "允许"),
    Decision.ALLOW_WITH_CONDITIONS: Text("allowed with conditions", "附条件允许"),
    Decision.HOLD: Text("held: evidence is missing", "搁置:证据不足"),
    Decision.RESTRICT: Text("restricted: storage only", "限制:仅可存储"),
    Decision.DENY: Text("denied", "拒绝"),
}
