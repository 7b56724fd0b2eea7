"""What the parts of the page about a clearance have in common: tables, and counts in words."""

from collections.abc import Mapping, Sequence

from rightful import html
from rightful.clearance.speaker import MADE, Speaker
from rightful.html import Cell
from rightful.policy import Decision


class Part(Speaker):
    """A part of the page, in one language."""

    def counted(self, counts: Mapping[Decision, int]) -> str:
        """Records by decision in words, the mildest decision first."""
        said = [
            self.say(f"{n:,} {MADE[decision].en}", f"{MADE[decision].zh} {n:,}")
            for decision in sorted(counts)
            if (n := counts[decision])
        ]
        return self.listed(said) or self.say("no record", "无记录")

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[Cell]], caption: str, none: str = ""
    ) -> str:
        """A table under its caption, or the sentence `none` where it would be empty."""
        return html.table(head, rows, none, caption=caption, labelled=True)
