"""What screening found, as a page to look at, which needs no network and no script.

Drawings are shapes only: every number stands beside them. Of what was found, nothing is in the
clear.
"""

from collections.abc import Iterator, Mapping

from rightful import html
from rightful.html import Cell, Markup, element
from rightful.policy import Language, Text
from rightful.screening.report.figures import SAMPLES, Figures, SourceTally

_ACROSS = 1000

_STYLE = """
:root { color-scheme: light dark; --quiet: #565b66 } body { max-width: 60rem }
table { font-variant-numeric: tabular-nums } th, td { overflow-wrap: normal }
caption { text-align: left; color: var(--quiet); padding-bottom: .3rem }
td.number, th.number { text-align: right; white-space: nowrap } td:first-child { min-width: 7rem }
svg.bar { display: block; width: 100%; min-width: 6rem; height: .8rem; margin: .4rem 0;
  background: #8883; border-radius: .2rem }
svg.bar rect { fill: #1f6fb2 } code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) { :root { --quiet: #a9adb6 } svg.bar rect { fill: #4f9fe0 } }
@media (max-width: 40rem) { body { margin: 1rem auto }
  table, caption, tbody, tr, td { display: block } tr { border-bottom: 1px solid #8888;
  padding: .4rem 0 } thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%) } td, td.number { border: 0; padding: .1rem 0; text-align: left }
  td:first-child { font-weight: 600 } td:not(:first-child)::before { content: attr(data-label) ": ";
  color: var(--quiet) } :lang(zh) td:not(:first-child)::before { content: attr(data-label) "：" } }
@media print { tr { break-inside: avoid } svg { print-color-adjust: exact } }
"""


def page(
    figures: Figures,
    sources: Mapping[int, str],
    titles: Mapping[str, Text],
    language: Language = "en",
) -> str:
    """The page; `sources` names those by number, and `titles` the kinds."""
    told = _Page(figures, sources, titles, language)
    title = told.say("What was found in the records", "记录中发现的内容")
    return html.page(title, language, told.parts(), style=_STYLE)


class _Page:
    def __init__(
        self,
        figures: Figures,
        sources: Mapping[int, str],
        titles: Mapping[str, Text],
        language: Language,
    ) -> None:
        self._figures = figures
        self._total = figures.total
        self._sources = sources
        self._titles = titles
        self._language = language

    def say(self, en: str, zh: str) -> str:
        return zh if self._language == "zh" else en

    def parts(self) -> Iterator[str]:
        yield self._told()
        if out := self._total.out_of_date:
            yield html.paragraph(
                self.say(
                    f"{out:,} of those that were screened were looked at with other detectors, by "
                    "another policy or with another recogniser of names than today's. "
                    "`rightful screen` looks at them again.",
                    f"已筛查的记录中，有 {out:,} 条所用的检测规则、处理策略或人名识别器与当前不同；"
                    "执行 `rightful screen` 可重新筛查。",
                )
            )
        yield html.heading(self.say("By kind", "按种类"))
        yield self._kinds()
        yield html.heading(self.say("By source", "按来源"))
        yield self._by_source()
        yield html.heading(self.say("Samples, masked", "样本（已遮盖）"))
        yield self._samples()

    def _told(self) -> str:
        t = self._total
        return html.paragraph(
            self.say(
                f"Of {t.records:,} records, {t.screened:,} were screened, and something was found "
                f"in {t.with_findings:,}. {t.unreadable:,} hold no text that could be read, such "
                f"as pictures, and {t.not_screened:,} were not looked at yet: of these, what is "
                "inside is not known.",
                f"共 {t.records:,} 条记录，已筛查 {t.screened:,} 条，其中 {t.with_findings:,} "
                f"条有发现。{t.unreadable:,} 条没有可读的文字（如图片），{t.not_screened:,} "
                "条尚未筛查：其内容不明。",
            )
        ) + html.paragraph(
            self.say(
                f"By the screening policy, {t.verdicts['pass']:,} of the screened pass, "
                f"{t.verdicts['hold']:,} are held until somebody has looked at them, and "
                f"{t.verdicts['drop']:,} stay out of use.",
                f"按筛查策略，已筛查的记录中 {t.verdicts['pass']:,} 条通过，"
                f"{t.verdicts['hold']:,} 条搁置待人工查看，{t.verdicts['drop']:,} 条不予使用。",
            )
        )

    def _kind(self, kind: str) -> str:
        title = self._titles.get(kind)
        if title is None:
            return kind
        return f"{title.within(self._language)} ({kind})"

    def _kinds(self) -> str:
        t = self._total
        return html.table(
            [
                self.say("Kind", "种类"),
                self.say("#Findings", "#发现"),
                self.say("#Records", "#记录"),
                self.say("#Share", "#占比"),
                self.say("Of the screened", "占已筛查记录"),
            ],
            [
                [
                    self._kind(kind),
                    f"{self._figures.findings[kind]:,}",
                    f"{records:,}",
                    _share(records, t.screened),
                    self._bar(records, t.screened),
                ]
                for kind, records in sorted(t.kinds.items(), key=lambda each: (-each[1], each[0]))
            ],
            self.say("Nothing was found.", "没有发现。"),
            caption=self.say(
                "The kind that is in most records first. A record can have several.",
                "涉及记录最多的种类在前。一条记录可含多种。",
            ),
            labelled=True,
        )

    def _by_source(self) -> str:
        none = self.say("No record is held.", "未持有任何记录。")
        named = self.say("Source", "来源")
        tallies = sorted(
            self._figures.sources.items(), key=lambda each: (-each[1].records, each[0])
        )
        found = html.table(
            [
                named,
                self.say("#Records", "#记录"),
                self.say("#Screened", "#已筛查"),
                self.say("#With findings", "#有发现"),
                self.say("#Share", "#占比"),
                self.say("Kinds, by records", "种类（按记录数）"),
            ],
            [self._found(number, each) for number, each in tallies],
            none,
            caption=self.say(
                "The source with most records first; shares are of what was screened.",
                "记录最多的来源在前；占比以已筛查的记录为准。",
            ),
            labelled=True,
        )
        if not tallies:
            return found
        return found + html.table(
            [
                named,
                self.say("#Not screened", "#未筛查"),
                self.say("#No text", "#无文字"),
                self.say("#Out of date", "#已过时"),
                self.say("#Pass", "#通过"),
                self.say("#Held", "#搁置"),
                self.say("#Dropped", "#不予使用"),
            ],
            [
                [
                    self._source(number),
                    *(f"{n:,}" for n in (each.not_screened, each.unreadable, each.out_of_date)),
                    *(f"{each.verdicts[verdict]:,}" for verdict in ("pass", "hold", "drop")),
                ]
                for number, each in tallies
            ],
            none,
            caption=self.say(
                "What is not known, and what the screening policy says of the rest.",
                "尚不明的部分，以及筛查策略对其余部分的处理。",
            ),
            labelled=True,
        )

    def _source(self, number: int) -> str:
        if number < 0:
            return self.say("a source that is not declared", "未登记的来源")
        return self._sources.get(number) or self.say(f"source {number}", f"来源 {number}")

    def _found(self, number: int, each: SourceTally) -> list[Cell]:
        kinds = self.say(", ", "、").join(
            f"{kind} {count:,}" for kind, count in each.kinds.most_common()
        )
        drawn = self._bar(each.with_findings, each.screened)
        return [
            self._source(number),
            *(f"{count:,}" for count in (each.records, each.screened, each.with_findings)),
            _share(each.with_findings, each.screened),
            Markup(drawn + html.text(kinds)),
        ]

    def _samples(self) -> str:
        note = self.say(
            f"Up to {SAMPLES} of each kind, drawn with seed {self._figures.seed}; stars stand for "
            "what is not shown. None is out of a record about a person whose data is restricted.",
            f"每种至多 {SAMPLES} 个，以种子 {self._figures.seed} 抽取；星号代表未显示的内容。"
            "不含数据受限制处理之人的记录。",
        )
        return html.paragraph(note, note=True) + html.table(
            [
                self.say("Kind", "种类"),
                self.say("Masked", "遮盖后"),
                self.say("#Confidence", "#置信度"),
                self.say("Found by", "发现者"),
            ],
            [
                [
                    *(self._kind(each.kind), element("code", each.masked)),
                    *(f"{each.confidence:.2f}", each.detector),
                ]
                for each in self._figures.samples
            ],
            self.say("Nothing to show.", "没有可显示的内容。"),
            caption=self.say("What was found, with stars.", "发现的内容，以星号遮盖。"),
            labelled=True,
        )

    def _bar(self, part: int, of: int) -> Markup:
        said = self.say(f"{part:,} of {of:,} records", f"{of:,} 条记录中的 {part:,} 条")
        width = f"{_ACROSS * part / of:.2f}" if of else "0"
        return element(
            *("svg", element("rect", x="0", y="0", width=width, height="10")),
            **{"class_": "bar", "viewBox": f"0 0 {_ACROSS} 10", "preserveAspectRatio": "none"},
            **{"role": "img", "aria_label": said},
        )


def _share(part: int, of: int) -> str:
    """A share in per cent; what is there is never shown as nothing."""
    if not of:
        return "–"
    return "< 0.1 %" if 0 < part * 1000 < of else f"{100 * part / of:.1f} %"
