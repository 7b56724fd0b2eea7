"""A clearance as a page that stands alone: for a screen, a phone, paper, and a screen reader.

It holds numbers, rules and the names of sources. No person is named in it, and no record shown.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from rightful import html, moments
from rightful.clearance.breakdown import Breakdown, PackTally, SourceTally, breakdown
from rightful.clearance.clearance import Clearance
from rightful.clearance.clearances import Clearances
from rightful.clearance.page.drawing import bar, swatch
from rightful.clearance.page.footing import Footing
from rightful.clearance.page.history import History
from rightful.clearance.page.part import Part
from rightful.clearance.page.reasons import Reasons, facts_missing
from rightful.clearance.page.style import STYLE
from rightful.clearance.speaker import BUILT_IN, MADE, shown_moment
from rightful.html import Cell, Markup, element
from rightful.policy import Decision, Language


def page(
    clearances: Clearances,
    clearance: Clearance,
    sources: Mapping[int, str],
    language: Language = "en",
    *,
    today: date | None = None,
) -> str:
    """The page about a clearance; `sources` names those by number.

    Raises:
        NotFound: it was loaded, and only the numbers are known of it.
        Damaged: one that was kept for this purpose can't be read.
    """
    day = today or moments.now().date()
    parts = breakdown(clearance, today=day)
    told = _Page(
        clearance,
        parts,
        sources,
        Reasons(clearance, facts_missing(clearances, clearance), language),
        History(clearances.saved(clearance.purpose), language),
        Footing(clearance, parts, day, language),
        language,
    )
    return html.page(told.title, language, told.parts(), style=STYLE)


class _Page(Part):
    """The page in one language: its numbers here, and its other parts in their places."""

    def __init__(
        self,
        clearance: Clearance,
        parts: Breakdown,
        sources: Mapping[int, str],
        reasons: Reasons,
        history: History,
        footing: Footing,
        language: Language,
    ) -> None:
        super().__init__(language)
        self._clearance = clearance
        self._parts = parts
        self._sources = sources
        self._reasons = reasons
        self._history = history
        self._footing = footing

    @property
    def title(self) -> str:
        purpose = self._clearance.purpose
        return self.say(f"Which records may be used for {purpose}", f"哪些记录可用于 {purpose}")

    def parts(self) -> Iterator[str]:
        clearance = self._clearance
        yield html.paragraph(
            self.say(
                f"Clearance as of {shown_moment(clearance.at)}. It holds until "
                f"{shown_moment(clearance.valid_until)} at the latest, and no longer than nothing "
                "changes: a grant, a withdrawal, a record or a rule.",
                f"许可结论，截至 {shown_moment(clearance.at)}。最迟有效至 "
                f"{shown_moment(clearance.valid_until)}；授权、撤回、记录或规则一有变化，即须重新计算。",
            ),
            note=True,
        )
        yield self._figures()
        yield from self._decisions()
        yield from self._reasons.told()
        yield from self._by_source()
        yield from self._by_pack()
        yield from self._history.told()
        yield from self._footing.packs()
        yield from self._footing.method()

    # In and out

    def _figures(self) -> str:
        asked, usable = self._clearance.counts.records, len(self._clearance.cleared)
        figures = (
            (self.say("may be used", "可使用"), usable),
            (self.say("may not", "不可使用"), asked - usable),
            (self.say("records in all", "记录总数"), asked),
        )
        return element(
            "dl",
            *(
                element("div", element("dt", name), element("dd", f"{number:,}"))
                for name, number in figures
            ),
            class_="figures",
        )

    def _decisions(self) -> Iterator[str]:
        yield html.heading(self.say("By decision", "按结论"))
        counts, asked = self._clearance.about_all, self._clearance.counts.records
        yield bar(counts, asked, self.counted(counts))
        means = {
            Decision.ALLOW: self.say("no rule stands against it", "没有规则反对"),
            Decision.ALLOW_WITH_CONDITIONS: self.say(
                "may be used if the conditions are kept", "遵守条件即可使用"
            ),
            Decision.HOLD: self.say(
                "not used until somebody gives what is missing", "补齐所缺之前不予使用"
            ),
            Decision.RESTRICT: self.say("may be stored, not used", "可以存储，不得使用"),
            Decision.DENY: self.say("a rule stands against it", "有规则反对"),
        }
        yield self.table(
            [
                self.say("Decision", "结论"),
                self.say("#Records", "#记录"),
                self.say("#Share", "#占比"),
                self.say("What it means", "含义"),
            ],
            [
                [
                    Markup(swatch(decision) + html.text(self.of(MADE[decision]))),
                    *(f"{counts[decision]:,}", _share(counts[decision], asked)),
                    means[decision],
                ]
                for decision in Decision
            ],
            self.say(
                "Each record has one decision: the most restrictive of all rules and people.",
                "每条记录只有一个结论：所有规则、所有相关人中最严格者。",
            ),
        )

    # From where, and by whom

    def _by_source(self) -> Iterator[str]:
        yield html.heading(self.say("By source", "按来源"))
        yield self.table(
            [
                self.say("Source", "来源"),
                self.say("#Records", "#记录"),
                self.say("#May be used", "#可使用"),
                self.say("By decision", "按结论"),
            ],
            [self._source(tally) for tally in self._parts.sources],
            self.say("The source with most records first.", "记录最多的来源在前。"),
            self.say("No record is held.", "未持有任何记录。"),
        )

    def _source(self, tally: SourceTally) -> list[Cell]:
        said = self.counted(tally.decisions)
        drawn = bar(tally.decisions, tally.records, said)
        name = self.source(tally.source, self._sources)
        numbers = (f"{tally.records:,}", f"{tally.usable:,}")
        return [name, *numbers, Markup(drawn + html.text(said))]

    def _by_pack(self) -> Iterator[str]:
        yield html.heading(self.say("By law", "按法律"))
        yield self.table(
            [
                self.say("Law or pack", "法律或规则包"),
                self.say("#Rules asked", "#适用规则"),
                *(f"#{self.of(MADE[decision])}" for decision in list(Decision)[1:]),
                self.say("#Nothing against", "#无异议"),
            ],
            [self._pack_row(tally) for tally in self._parts.packs],
            self.say(
                "What each would decide alone. A record counts once for each, by its most "
                "restrictive answer; where a law does not apply, it has nothing against.",
                "各规则包单独得出的结论。每条记录在每个规则包中只计一次，以最严格者为准；不适用的法律"
                "视为无异议。",
            ),
        )

    def _pack_row(self, tally: PackTally) -> list[Cell]:
        pack = tally.pack
        name = self.of(BUILT_IN) if pack is None else f"{self.of(pack.title)} ({pack.id})"
        if not tally.asked:
            return [name, "0", *[None] * len(Decision)]
        numbers = [*list(Decision)[1:], Decision.ALLOW]
        return [name, f"{tally.asked:,}", *(f"{tally.decisions[each]:,}" for each in numbers)]


def _share(number: int, of: int) -> str:
    """A share in per cent; what is there is never shown as nothing, nor what is not as all."""
    if not of:
        return "–"
    if 0 < number * 1000 < of:
        return "< 0.1 %"
    if of > number > of * 0.999:
        return "> 99.9 %"
    return f"{100 * number / of:.1f} %"
