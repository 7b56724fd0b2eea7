"""The part of the page about a clearance that says why: each rule that speaks to its records."""

from collections.abc import Iterator, Mapping, Sequence

from pyroaring import BitMap64

from rightful import html
from rightful.clearance.clearance import Clearance, Reason
from rightful.clearance.clearances import Clearances
from rightful.clearance.page.drawing import bar, swatch
from rightful.clearance.page.part import Part
from rightful.clearance.speaker import BUILT_IN, MADE
from rightful.html import Cell, Markup, element
from rightful.policy import Answer, Decision, Language
from rightful.policy.facts import COLUMNS, Fact

#: Of the records about which a rule has no answer, so many are looked at for what is missing.
SAMPLE = 5


def facts_missing(clearances: Clearances, clearance: Clearance) -> dict[int, tuple[Fact, ...]]:
    """By the number of a gate, which facts some records lack, about which it has no answer."""
    open_ = [reason for reason in clearance.reasons if reason.unanswered]
    asked = {reason.number: _some(reason.unanswered) for reason in open_}
    records = BitMap64().union(*asked.values())
    rows = clearances.facts(records, clearance.purpose, at=clearance.at) if records else []
    found = {}
    for reason in open_:
        gate, of_rule = reason.gate, set(asked[reason.number])
        lacking = {
            name
            for row in rows
            if row["record"] in of_rule and gate.answer(row) is Answer.UNANSWERED
            for name in gate.when.columns
            if row[name] is None
        }
        found[reason.number] = tuple(fact for name, fact in COLUMNS.items() if name in lacking)
    return found


def _some(records: BitMap64) -> BitMap64:
    """A few, from the first to the last."""
    step = max(1, len(records) // SAMPLE)
    return BitMap64([records[place] for place in range(0, len(records), step)][:SAMPLE])


class Reasons(Part):
    """The rules that speak to records; `missing` says what those without an answer lack."""

    def __init__(
        self,
        clearance: Clearance,
        missing: Mapping[int, Sequence[Fact]],
        language: Language,
    ) -> None:
        super().__init__(language)
        self._clearance = clearance
        self._missing = missing

    def told(self) -> Iterator[str]:
        yield html.heading(self.say("By reason", "按理由"))
        reasons = sorted(
            self._clearance.reasons, key=lambda why: -(len(why.fired) + len(why.unanswered))
        )
        if not reasons:
            yield html.paragraph(
                self.say("No rule speaks against any record.", "没有规则反对任何记录。")
            )
            return
        yield html.paragraph(
            self.say(
                "Rules that speak to records, those with most records first. A record can meet "
                "several.",
                "涉及记录的规则，记录多者在前。一条记录可涉及多条规则。",
            ),
            note=True,
        )
        yield from (self._reason(why) for why in reasons)

    def _reason(self, why: Reason) -> str:
        rule, fired, open_ = why.rule, len(why.fired), len(why.unanswered)
        decision = why.gate.decision
        pack = why.gate.pack
        origin = f"{pack.id} {pack.version}" if pack else self.of(BUILT_IN)
        marks: list[Cell] = [f"{rule.article} · {rule.id} · {origin}"]
        if doubt := self.doubt(rule):
            marks += [" ", element("span", doubt, class_="mark")]
        counts: dict[Decision, int] = {}
        counts[decision] = fired
        counts[Decision.HOLD] = counts.get(Decision.HOLD, 0) + open_
        lines: list[Cell] = [
            element("h3", self.of(rule.title)),
            element("p", *marks, class_="meta"),
            bar(counts, self._clearance.counts.records, self.counted(counts)),
            *self._against(decision, fired),
            *self._unknown(open_, self._missing.get(why.number, ())),
        ]
        if fired and rule.asks is not None:
            lines.append(self._line(self.say("Needed: ", "所需："), self.of(rule.asks)))
        elif fired and decision >= Decision.HOLD:
            lines.append(
                element(
                    "p",
                    self.say("The rule names nothing that would lift it.", "规则未指明如何消除。"),
                    class_="note",
                )
            )
        if fired and rule.conditions is not None:
            lines.append(self._line(self.say("On condition: ", "条件："), self.of(rule.conditions)))
        return element("article", *lines)

    def _against(self, decision: Decision, number: int) -> Iterator[Markup]:
        if number:
            word = self.of(MADE[decision])
            yield element(
                *("p", swatch(decision), element("strong", f"{number:,}")),
                self.say(f" {_records(number)}: {word}", f" 条记录：{word}"),
            )

    def _unknown(self, number: int, missing: Sequence[Fact]) -> Iterator[Markup]:
        if not number:
            return
        yield element(
            *("p", swatch(Decision.HOLD), element("strong", f"{number:,}")),
            self.say(f" {_records(number)}: held, as it is not known", " 条记录：因情况不明而搁置"),
        )
        if missing:
            asks = (element("li", f"{fact.name}: ", self.of(fact.ask)) for fact in missing)
            yield element("p", self.say("Missing, and who can give it:", "所缺事实及可提供者："))
            yield element("ul", *asks)

    def _line(self, what: str, said: str) -> Markup:
        return element("p", element("strong", what), said)


def _records(number: int) -> str:
    return "record" if number == 1 else "records"
