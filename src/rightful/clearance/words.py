"""Clearances and explanations as lines of text, in English and in Chinese, for people to read."""

from collections.abc import Iterator
from datetime import datetime

from rightful.clearance.clearance import Clearance, RuleCount
from rightful.clearance.explain import Explanation, Finding, Judged, KnownFact
from rightful.policy import Answer, Decision, Language, Text
from rightful.policy.pack import Confidence, Rule

_SHORT = {
    Decision.ALLOW: Text("allow", "允许"),
    Decision.ALLOW_WITH_CONDITIONS: Text("condition", "附条件"),
    Decision.HOLD: Text("hold", "搁置"),
    Decision.RESTRICT: Text("restrict", "限制"),
    Decision.DENY: Text("deny", "拒绝"),
}
_CONFIDENCE: dict[Confidence, Text] = {
    "found": Text("found in the text", "见于原文"),
    "secondary": Text("from a secondary source", "据二手资料"),
    "memory": Text("written from memory", "凭记忆撰写"),
}
_BUILT_IN = Text("built in", "内置规则")
_WIDE = max(len(word.en) for word in _SHORT.values())


def summarised(clearance: Clearance, language: Language = "en") -> str:
    """What a clearance says about all records together."""
    return "\n".join(_Speaker(language).clearance(clearance))


def explained(explanation: Explanation, language: Language = "en") -> str:
    """What an explanation says, with what is missing and who can give it."""
    return "\n".join(_Speaker(language).explanation(explanation))


class _Speaker:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def say(self, en: str, zh: str) -> str:
        return zh if self._language == "zh" else en

    def of(self, text: Text) -> str:
        return text.within(self._language)

    # All records

    def clearance(self, clearance: Clearance) -> Iterator[str]:
        yield self._headline(clearance)
        if not clearance.counts.records:
            return
        yield ""
        for decision in sorted(Decision, reverse=True):
            if number := clearance.about_all[decision]:
                yield f"{number:>11,}  {self.of(decision.title)}"
        if clearance.counts.rules:
            yield ""
            yield self.say(
                "Rules that speak to them (a record can meet several):",
                "相关规则(一条记录可涉及多条):",
            )
            rules = (
                {why.rule.id: why.rule for why in clearance.detail.reasons}
                if (clearance.detail)
                else {}
            )
            for count in clearance.counts.rules:
                yield from self._rule_count(count, rules.get(count.rule))
        yield ""
        yield self._basis(clearance.at, {n: p["version"] for n, p in clearance.packs.items()})
        until = _moment(clearance.valid_until)
        yield self.say(
            f"Valid until {until}, unless the registry (revision {clearance.revision}) or the "
            "records change before",
            f"有效至 {until};登记库(修订号 {clearance.revision})或记录变更后即须重新计算",
        )

    def _headline(self, clearance: Clearance) -> str:
        asked, usable = clearance.counts.records, len(clearance.cleared)
        if self._language == "en":
            return clearance.summary[0].upper() + clearance.summary[1:]
        if not asked:
            return f"未持有任何记录,因此没有可用于 {clearance.purpose} 的记录"
        return f"{asked:,} 条记录中 {usable:,} 条可用于 {clearance.purpose}"

    def _rule_count(self, count: RuleCount, rule: Rule | None) -> Iterator[str]:
        named = f"{count.rule}"
        if rule is not None:
            named += f", {rule.article}: {self.of(rule.title)}"
        if count.fired:
            brings = rule.decision if rule is not None else None
            word = self.of(_SHORT[brings]) if brings else self.say("fired", "触发")
            yield f"{count.fired:>11,}  {word:<{_WIDE}}  {named}"
        if count.unanswered:
            word = self.of(_SHORT[Decision.HOLD])
            open_ = self.say("not known", "未知")
            yield f"{count.unanswered:>11,}  {word:<{_WIDE}}  {named} ({open_})"

    # One record

    def explanation(self, explanation: Explanation) -> Iterator[str]:
        decision = self.of(explanation.decision.title)
        yield self.say(
            f"Record {explanation.record} for {explanation.purpose}: {decision}",
            f"记录 {explanation.record},用途 {explanation.purpose}:{decision}",
        )
        yield self._basis(explanation.at, dict(explanation.packs))
        for judged in explanation.judged:
            yield ""
            yield from self._judged(judged)

    def _judged(self, judged: Judged) -> Iterator[str]:
        if judged.subject is not None:
            yield self.say(f"About subject {judged.subject}", f"涉及主体 {judged.subject}")
        else:
            yield self.say("The record names nobody", "该记录未指明任何人")
        for finding in judged.findings:
            yield from self._finding(finding)
        for pack, missing in judged.unsure:
            yield "  " + self.say(
                f"{pack} is asked since it is not known whether it applies",
                f"不知道 {pack} 是否适用,故一并询问",
            )
            yield from (self._missing(known) for known in missing)
        if judged.passed:
            listed = ", ".join(judged.passed)
            yield "  " + self.say(f"nothing against it: {listed}", f"未见问题:{listed}")
        if judged.silent:
            listed = ", ".join(judged.silent)
            yield "  " + self.say(f"does not apply: {listed}", f"不适用:{listed}")

    def _finding(self, finding: Finding) -> Iterator[str]:
        rule = finding.rule
        word = self.of(_SHORT[finding.decision])
        open_ = finding.answer is Answer.UNANSWERED
        unsure = self.say(" (not known)", "(未知)") if open_ else ""
        yield f"  {word:<{_WIDE}}  {rule.id}, {rule.article}: {self.of(rule.title)}{unsure}"
        pack = f"{finding.pack} {finding.version}" if finding.pack else self.of(_BUILT_IN)
        yield f"      {pack}, {self.of(_CONFIDENCE[rule.confidence])}"
        known = [self._value(fact) for fact in finding.facts if fact.value is not None]
        if known:
            yield "      " + self.say("read: ", "依据:") + ", ".join(known)
        if open_:
            yield from (self._missing(fact) for fact in finding.missing)
        elif rule.asks is not None:
            yield "      " + self.say("needed: ", "所需:") + self.of(rule.asks)
        if rule.conditions is not None and not open_:
            yield "      " + self.say("on condition: ", "条件:") + self.of(rule.conditions)
        if rule.note is not None:
            yield "      " + self.say("note: ", "说明:") + self.of(rule.note)

    def _missing(self, known: KnownFact) -> str:
        fact = known.fact
        return "      " + self.say(
            f"missing: {fact.name} ({fact.unknown}): {fact.ask.en}",
            f"缺少 {fact.name}:{fact.ask.zh}",
        )

    def _value(self, known: KnownFact) -> str:
        if isinstance(known.value, bool):
            shown = self.say("yes", "是") if known.value else self.say("no", "否")
        else:
            shown = str(known.value)
        return f"{known.name} = {shown}"

    def _basis(self, at: datetime, packs: dict[str, str]) -> str:
        listed = ", ".join(f"{name} {version}" for name, version in packs.items())
        listed = listed or self.say("none, so nothing is cleared", "无,因此不予许可")
        return self.say(
            f"As of {_moment(at)}; packs: {listed}", f"截至 {_moment(at)};规则包:{listed}"
        )


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
