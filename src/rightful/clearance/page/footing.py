"""The parts of the page about a clearance that say what it stands on: the packs and the method."""

from collections.abc import Iterator
from datetime import date

from rightful import html
from rightful.clearance.breakdown import Breakdown
from rightful.clearance.clearance import Clearance
from rightful.clearance.page.part import Part
from rightful.clearance.page.reasons import SAMPLE
from rightful.html import Cell, Markup, element
from rightful.policy import Language


class Footing(Part):
    """What a reader has to know before relying on the numbers."""

    def __init__(
        self, clearance: Clearance, parts: Breakdown, today: date, language: Language
    ) -> None:
        super().__init__(language)
        self._clearance = clearance
        self._parts = parts
        self._today = today

    def packs(self) -> Iterator[str]:
        """Which readings of laws, and what in them was not asked or is overdue."""
        yield html.heading(self.say("Packs", "规则包"))
        rows: list[list[Cell]] = []
        for tally in self._parts.packs:
            if (pack := tally.pack) is None:
                continue
            late = self.say(" (overdue)", "（逾期）") if pack.overdue(self._today) else ""
            name = Markup(
                html.text(f"{self.of(pack.title)} ({pack.id} {pack.version})")
                + element("div", f"SHA-256 {pack.sha256}", class_="hash")
            )
            rows.append([name, str(pack.as_of), f"{pack.review_by}{late}"])
        yield self.table(
            [
                self.say("Pack", "规则包"),
                self.say("#As of", "#截至"),
                self.say("#To be reviewed by", "#应复核于"),
            ],
            rows,
            self.say(
                "Readings of laws, each of a version and a day.", "对法律的解读，各有版本与日期。"
            ),
            self.say("None, so nothing is cleared.", "无，因此不予许可。"),
        )
        said = [self.unasked(each) for each in self._parts.unasked]
        said += [self.overdue(pack) for pack in self._parts.overdue]
        if said:
            yield element("ul", *(element("li", each) for each in said))

    def method(self) -> Iterator[str]:
        """How the numbers were made, and what they are not."""
        yield html.heading(self.say("How the numbers were made", "数据如何得出"))
        yield html.paragraph(
            self.say(
                "Every record that was held was asked about, and every rule about every person "
                "that a record is about. The most restrictive answer wins, and a fact that is not "
                "known is never taken for a yes: the record is held. Nothing was estimated, except "
                "that what is missing was looked up for up to "
                f"{SAMPLE} records of each rule.",
                "就所持有的每条记录及其涉及的每个人，逐一适用每条规则，以最严格的答案为准。不明的事实绝不视"
                "为“是”，该记录即予搁置。没有任何数字是估算的；唯“所缺事实”取自每条规则的至多 "
                f"{SAMPLE} 条记录。",
            )
        )
        yield html.paragraph(
            self.say(
                f"Read from revision {self._clearance.revision} of the registry. Grants, "
                "withdrawals, restrictions and objections are as of the moment above; sources, "
                "residences and packs are as known when this was computed.",
                f"依据登记库修订号 {self._clearance.revision}。"
                "授权、撤回、限制与反对以上述时刻为准，"
                "来源、居住地与规则包以计算时所知为准。",
            )
        )
        yield html.paragraph(
            self.say(
                "This is no legal advice. Packs are somebody's reading of laws, with how sure they "
                "were; whether they fit is for a lawyer to decide.",
                "本页不构成法律意见。规则包是对法律的解读，并注明其把握程度；是否适用，应由律师判断。",
            )
        )
