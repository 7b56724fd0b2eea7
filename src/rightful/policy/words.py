"""A pack as lines of text, in English and in Chinese, for an engineer and a lawyer to read."""

from collections.abc import Collection, Iterator
from datetime import date

from rightful.policy.expression import Expression
from rightful.policy.pack import Clock, Confidence, Pack, Rule, RuleKind, Unit
from rightful.policy.plain import written
from rightful.policy.text import Language, Text

#: How sure a rule is of its article.
CONFIDENCE: dict[Confidence, Text] = {
    "found": Text("found in the text", "见于原文"),
    "secondary": Text("from a secondary source", "据二手资料"),
    "memory": Text("written from memory", "凭记忆撰写"),
}
_KINDS: dict[RuleKind, Text] = {
    "gate": Text("gate", "使用条件"),
    "deadline": Text("deadline", "期限"),
    "refusal": Text("ground for refusing a request", "拒绝请求的理由"),
    "threshold": Text("threshold", "数量门槛"),
    "report": Text("report", "报告"),
    "retention": Text("retention", "保存期限"),
    "notice": Text("notice", "告知"),
    "record": Text("record to keep", "记录义务"),
}
_UNITS: dict[Unit, Text] = {
    "hour": Text("hours", "小时"),
    "working_day": Text("working days", "个工作日"),
    "calendar_day": Text("calendar days", "个自然日"),
    "calendar_week": Text("weeks", "周"),
    "calendar_month": Text("months", "个月"),
    "calendar_year": Text("years", "年"),
}


def shown(pack: Pack, today: date, turned_on: Collection[str], language: Language = "en") -> str:
    """All of a pack. `turned_on` are the packs and rules whose advisory rules decide."""
    return "\n".join(_Speaker(language, today, turned_on).pack(pack))


class _Speaker:
    """Says things in one language."""

    def __init__(self, language: Language, today: date, turned_on: Collection[str]) -> None:
        self._language: Language = language
        self._today = today
        self._turned_on = turned_on

    def say(self, en: str, zh: str) -> str:
        return zh if self._language == "zh" else en

    def of(self, text: Text) -> str:
        return text.within(self._language)

    def pack(self, pack: Pack) -> Iterator[str]:
        yield f"{self.of(pack.title)} ({pack.id} {pack.version}), {pack.authority}"
        yield self.say(
            f"As of {pack.as_of}, to be reviewed by {pack.review_by}{self._late(pack.review_by)}. "
            "A reading of a text, not the text.",
            f"截至 {pack.as_of},应于 {pack.review_by} 前复核{self._late(pack.review_by)}。"
            "本规则包是对文本的一种解读,并非文本本身。",
        )
        yield f"sha256 {pack.sha256}"
        yield self.say("Applies where: ", "适用条件:") + written(pack.applies, pack.terms)
        if pack.terms:
            yield ""
            yield self.say("Terms:", "条件项:")
            above: dict[str, Expression] = {}
            for name, term in pack.terms.items():
                yield f"  {name}: {written(term, above)}"
                above[name] = term
        for rule in pack.rules:
            yield ""
            yield from self._rule(pack, rule)
        if pack.not_encoded:
            yield ""
            yield self.say("Not encoded:", "未编入的规定:")
            for row in pack.not_encoded:
                colon = self.say(": ", ":")
                yield f"  {row.id}, {self.of(row.title)}{colon}{self.of(row.why)}"

    def _late(self, review_by: date) -> str:
        return self.say(" (OVERDUE)", "(已逾期)") if self._today > review_by else ""

    def _rule(self, pack: Pack, rule: Rule) -> Iterator[str]:
        answer = self.of(rule.decision.title if rule.decision else _KINDS[rule.kind])
        yield f"{rule.id}, {rule.article}: {self.of(rule.title)}"
        sure = self.of(CONFIDENCE[rule.confidence]) + self._mark(pack, rule)
        yield f"  {answer}{self.say('; ', ';')}{sure}"
        if rule.when is not None:
            yield self.say("  when: ", "  条件:") + written(rule.when, pack.terms)
        if rule.trigger is not None or rule.clock is not None:
            yield "  " + self._term(rule)
        for name, text in (
            (self.say("needed", "所需"), rule.asks),
            (self.say("on condition", "附带条件"), rule.conditions),
            (self.say("note", "说明"), rule.note),
        ):
            if text is not None:
                yield f"  {name}{self.say(': ', ':')}{self.of(text)}"
        if rule.reference:
            yield self.say("  encodes: ", "  对应:") + ", ".join(rule.reference)
        yield self.say("  source: ", "  来源:") + pack.sources[rule.source]
        if (rule.as_of, rule.review_by) != (pack.as_of, pack.review_by):
            late = self._late(rule.review_by)
            yield self.say(
                f"  as of {rule.as_of}, to be reviewed by {rule.review_by}{late}",
                f"  截至 {rule.as_of},应于 {rule.review_by} 前复核{late}",
            )

    def _mark(self, pack: Pack, rule: Rule) -> str:
        if not rule.advisory:
            return ""
        if {pack.id, rule.id} & set(self._turned_on):
            return self.say("; ADVISORY, turned on here", ";参考性规则,此处已启用")
        return self.say("; ADVISORY, decides nothing", ";参考性规则,不作决定")

    def _term(self, rule: Rule) -> str:
        parts = []
        if rule.trigger is not None:
            about = f" ({', '.join(rule.requests)})" if rule.requests else ""
            parts.append(self.say("from ", "自 ") + rule.trigger + about)
        if rule.clock is not None:
            parts.append(self.say("within ", "限期 ") + self._clock(rule.clock))
        return self.say(", ", ",").join(parts)

    def _clock(self, clock: Clock) -> str:
        unit = self.of(_UNITS[clock.unit])
        said = f"{clock.amount} {unit}"
        if clock.extend:
            said += self.say(f", {clock.extend} more if extended", f",可延长 {clock.extend} {unit}")
        if clock.acknowledge:
            confirm = self._clock(clock.acknowledge)
            said += self.say(f", receipt confirmed within {confirm}", f",{confirm}内确认收到")
        return said
