"""The part of the page about a clearance that shows those of its purpose that were kept."""

from collections.abc import Iterator, Mapping, Sequence

from rightful import html
from rightful.clearance.clearance import Clearance
from rightful.clearance.page.drawing import dash, lines
from rightful.clearance.page.part import Part
from rightful.clearance.speaker import shown_moment
from rightful.html import Cell, Markup, element
from rightful.policy import Decision, Language

_SHOWN = 20
"""Kept clearances in the table, the latest; the drawing has all."""


class History(Part):
    """What could be used at the moments of kept clearances."""

    def __init__(self, saved: Sequence[Clearance], language: Language) -> None:
        super().__init__(language)
        self._saved = sorted(saved, key=lambda each: each.at)

    def told(self) -> Iterator[str]:
        yield html.heading(self.say("Over time", "随时间的变化"))
        if len(self._saved) < 2:
            kept = len(self._saved)
            yield html.paragraph(
                self.say(
                    f"There is nothing to draw yet: {kept or 'no'} clearance"
                    f"{'' if kept == 1 else 's'} of this purpose "
                    f"{'is' if kept == 1 else 'are'} kept, and it takes two. "
                    "`rightful clear --save` keeps one.",
                    f"尚无法绘图：该用途已保存 {kept} 份许可结论，至少需要两份。"
                    "`rightful clear --save` 可保存一份。",
                )
            )
            return
        names = {
            Decision.ALLOW: self.say("may be used", "可使用"),
            Decision.HOLD: self.say("held", "搁置"),
            Decision.DENY: self.say("denied or restricted", "拒绝或限制"),
        }
        yield self._chart(names)
        rows: list[list[Cell]] = [
            [shown_moment(each.at), *(f"{number:,}" for number in _three(each))]
            for each in reversed(self._saved[-_SHOWN:])
        ]
        yield self.table(
            [self.say("As of", "截至"), *(f"#{name}" for name in names.values())],
            rows,
            self.say(
                f"Clearances that were kept, the latest first ({len(rows)} of {len(self._saved)}).",
                f"已保存的许可结论，最近者在前（共 {len(self._saved)} 份，列出 {len(rows)} 份）。",
            ),
        )

    def _chart(self, names: Mapping[Decision, str]) -> Markup:
        counts = [_three(each) for each in self._saved]
        highest = max(max(three) for three in counts)
        series = dict(zip(names, zip(*counts, strict=True), strict=True))
        times = [each.at.timestamp() for each in self._saved]
        drawn = lines(series, times, highest, self.say("The table below as lines", "下表的折线图"))
        scale = element(
            "div",
            *(element("span", f"{number:,}") for number in (highest, 0)),
            **{"class_": "scale", "aria_hidden": "true"},
        )
        ends = element(
            "div",
            *(element("span", f"{self._saved[place].at:%Y-%m-%d %H:%M}") for place in (0, -1)),
            class_="ends",
        )
        legend = (element("li", dash(decision), name) for decision, name in names.items())
        return Markup(
            element("ul", *legend, class_="legend")
            + element("div", scale, drawn, ends, class_="chart")
        )


def _three(clearance: Clearance) -> tuple[int, int, int]:
    """What is cleared, held, and denied or restricted."""
    counts = clearance.about_all
    return (
        len(clearance.cleared),
        counts[Decision.HOLD],
        counts[Decision.DENY] + counts[Decision.RESTRICT],
    )
