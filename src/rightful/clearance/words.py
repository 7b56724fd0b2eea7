"""Clearances and explanations as lines of text, in English and in Chinese, for people to read."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from rightful.clearance.breakdown import Breakdown, PackTally, breakdown
from rightful.clearance.clearance import Clearance, RuleCount
from rightful.clearance.explain import Explanation, Finding, Judged, KnownFact
from rightful.clearance.groups import Group, Groups
from rightful.clearance.speaker import BRINGS, BUILT_IN, MADE, Speaker, shown_moment
from rightful.policy import Answer, Decision, Language
from rightful.policy.pack import Rule
from rightful.policy.words import CONFIDENCE

_WIDE = max(len(word.en) for word in BRINGS.values())

#: Sources that are named; a screen holds no more.
_SOURCES = 10


def summarised(
    clearance: Clearance, language: Language = "en", *, sources: Mapping[int, str] | None = None
) -> str:
    """What a clearance says about all records together; `sources` names those by number."""
    return "\n".join(_Words(language).clearance(clearance, sources or {}))


def explained(explanation: Explanation, language: Language = "en") -> str:
    """What an explanation says, with what is missing and who can give it."""
    return "\n".join(_Words(language).explanation(explanation))


def explained_groups(groups: Groups, language: Language = "en") -> str:
    """What is said of many records, with one of each kind explained."""
    return "\n".join(_Words(language).groups(groups))


class _Words(Speaker):
    """Says clearances and explanations, line by line."""

    # All records

    def clearance(self, clearance: Clearance, sources: Mapping[int, str]) -> Iterator[str]:
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
                "相关规则（一条记录可涉及多条）：",
            )
            rules = (
                {why.rule.id: why.rule for why in clearance.detail.reasons}
                if (clearance.detail)
                else {}
            )
            for count in clearance.counts.rules:
                yield from self._rule_count(count, rules.get(count.rule))
        parts = breakdown(clearance) if clearance.detail else None
        if parts:
            yield from self._breakdown(parts, sources)
        yield ""
        yield self._basis(clearance.at, {n: p["version"] for n, p in clearance.packs.items()})
        if parts:
            yield from (self.unasked(each) for each in parts.unasked)
            yield from (self.overdue(pack) for pack in parts.overdue)
        until = shown_moment(clearance.valid_until)
        yield self.say(
            f"Valid until {until}, unless the registry (revision {clearance.revision}) or the "
            "records change before",
            f"有效至 {until}；登记库（修订号 {clearance.revision}）或记录变更后即须重新计算",
        )

    def _breakdown(self, parts: Breakdown, names: Mapping[int, str]) -> Iterator[str]:
        yield ""
        yield self.say("By source:", "按来源：")
        for tally in parts.sources[:_SOURCES]:
            made = self._made(tally.decisions)
            name = self.source(tally.source, names)
            yield f"{tally.records:>11,}  {name}{self.say(': ', '：')}{made}"
        if left := parts.sources[_SOURCES:]:
            held = sum(tally.records for tally in left)
            yield f"{held:>11,}  " + self.say(
                f"from {len(left):,} more sources, which are not shown",
                f"来自另外 {len(left):,} 个来源，此处未列出",
            )
        yield ""
        yield self.say(
            "By pack (a record counts once for each, by its most restrictive answer):",
            "按规则包（每条记录在每个规则包中只计一次，以最严格者为准）：",
        )
        yield from (self._pack(tally) for tally in parts.packs)

    def _pack(self, tally: PackTally) -> str:
        pack = tally.pack
        name = self.of(BUILT_IN) if pack is None else f"{pack.id}, {self.of(pack.title)}"
        against = dict(tally.decisions)
        del against[Decision.ALLOW]
        if not tally.asked:
            said = self.say("no rule of it was asked", "未适用其任何规则")
        else:
            said = self._made(against) or self.say(
                "nothing against any record", "对任何记录均无异议"
            )
        return f"{sum(against.values()):>11,}  {name}{self.say(': ', '：')}{said}"

    def _made(self, decisions: Mapping[Decision, int]) -> str:
        """Decisions in numbers, the most restrictive first."""
        return self.listed(
            [
                self.say(f"{n:,} {MADE[decision].en}", f"{MADE[decision].zh} {n:,}")
                for decision in sorted(decisions, reverse=True)
                if (n := decisions[decision])
            ]
        )

    def _headline(self, clearance: Clearance) -> str:
        asked, usable = clearance.counts.records, len(clearance.cleared)
        if self.language == "en":
            return clearance.summary[0].upper() + clearance.summary[1:]
        if not asked:
            return f"未持有任何记录，因此没有可用于 {clearance.purpose} 的记录"
        return f"{asked:,} 条记录中 {usable:,} 条可用于 {clearance.purpose}"

    def _rule_count(self, count: RuleCount, rule: Rule | None) -> Iterator[str]:
        named = f"{count.rule}"
        if rule is not None:
            named += f", {rule.article}: {self.of(rule.title)}"
        if count.fired:
            brings = rule.decision if rule is not None else None
            word = self.of(BRINGS[brings]) if brings else self.say("fired", "触发")
            yield f"{count.fired:>11,}  {word:<{_WIDE}}  {named}{self._marks(rule)}"
        if count.unanswered:
            word = self.of(BRINGS[Decision.HOLD])
            open_ = self.say("not known", "未知")
            yield f"{count.unanswered:>11,}  {word:<{_WIDE}}  {named}{self._marks(rule, open_)}"

    def _marks(self, rule: Rule | None, *marks: str) -> str:
        """What has to be said of a rule before anybody relies on it."""
        found = [*marks]
        if rule is not None and (doubt := self.doubt(rule)):
            found.append(doubt)
        if not found:
            return ""
        return self.say(f" ({'; '.join(found)})", f"（{'；'.join(found)}）")

    # One record

    def explanation(self, explanation: Explanation) -> Iterator[str]:
        decision = self.of(explanation.decision.title)
        yield self.say(
            f"Record {explanation.record} for {explanation.purpose}: {decision}",
            f"记录 {explanation.record}，用途 {explanation.purpose}：{decision}",
        )
        yield self._basis(explanation.at, dict(explanation.packs))
        for judged in explanation.judged:
            yield ""
            yield from self._judged(judged)

    # Many records

    def groups(self, groups: Groups) -> Iterator[str]:
        yield self.say(
            f"{groups.usable:,} of these {groups.records:,} records may be used for "
            f"{groups.purpose}",
            f"这 {groups.records:,} 条记录中，{groups.usable:,} 条可用于 {groups.purpose}",
        )
        yield self._basis(groups.at, dict(groups.packs))
        for group in groups.shown:
            yield ""
            yield from self._group(group)
        if groups.hidden:
            noun = "group" if groups.hidden == 1 else "groups"
            yield ""
            yield self.say(
                f"{groups.hidden:,} more {noun}, of {groups.unshown:,} records, not shown; "
                "--limit shows more",
                f"另有 {groups.hidden:,} 组（{groups.unshown:,} 条记录）未列出；可用 --limit 增加",
            )

    def _group(self, group: Group) -> Iterator[str]:
        number, decision = len(group.records), self.of(group.decision.title)
        noun = "record" if number == 1 else "records"
        yield self.say(
            f"{number:,} {noun}: {decision}. Such as record {group.example.record}:",
            f"{number:,} 条记录：{decision}。以记录 {group.example.record} 为例：",
        )
        brief = any(judged.findings for judged in group.example.judged)
        for judged in group.example.judged:
            yield from self._judged(judged, brief=brief)

    def _judged(self, judged: Judged, *, brief: bool = False) -> Iterator[str]:
        """What is said about one person; a brief answer keeps to what stands against the use."""
        if judged.subject is not None:
            yield self.say(f"About subject {judged.subject}", f"涉及主体 {judged.subject}")
        else:
            yield self.say("The record names nobody", "该记录未指明任何人")
        for finding in judged.findings:
            yield from self._finding(finding)
        for pack, missing in judged.unsure:
            yield "  " + self.say(
                f"{pack} is asked since it is not known whether it applies",
                f"不知道 {pack} 是否适用，故一并询问",
            )
            yield from (self._missing(known) for known in missing)
        if brief:
            if not judged.findings:
                yield "  " + self.say("nothing against it", "未见问题")
            return
        if judged.passed:
            listed = ", ".join(judged.passed)
            yield "  " + self.say(f"nothing against it: {listed}", f"未见问题：{listed}")
        if judged.silent:
            listed = ", ".join(judged.silent)
            yield "  " + self.say(f"does not apply: {listed}", f"不适用：{listed}")

    def _finding(self, finding: Finding) -> Iterator[str]:
        rule = finding.rule
        word = self.of(BRINGS[finding.decision])
        open_ = finding.answer is Answer.UNANSWERED
        unsure = self.say(" (not known)", "（未知）") if open_ else ""
        yield f"  {word:<{_WIDE}}  {rule.id}, {rule.article}: {self.of(rule.title)}{unsure}"
        pack = f"{finding.pack} {finding.version}" if finding.pack else self.of(BUILT_IN)
        yield f"      {pack}, {self.of(CONFIDENCE[rule.confidence])}"
        known = [self._value(fact) for fact in finding.facts if fact.value is not None]
        if known:
            yield "      " + self.say("read: ", "依据：") + ", ".join(known)
        if open_:
            yield from (self._missing(fact) for fact in finding.missing)
        elif rule.asks is not None:
            yield "      " + self.say("needed: ", "所需：") + self.of(rule.asks)
        if rule.conditions is not None and not open_:
            yield "      " + self.say("on condition: ", "条件：") + self.of(rule.conditions)
        if rule.note is not None:
            yield "      " + self.say("note: ", "说明：") + self.of(rule.note)

    def _missing(self, known: KnownFact) -> str:
        fact = known.fact
        return "      " + self.say(
            f"missing: {fact.name} ({fact.unknown}): {fact.ask.en}",
            f"缺少 {fact.name}：{fact.ask.zh}",
        )

    def _value(self, known: KnownFact) -> str:
        if isinstance(known.value, bool):
            shown = self.say("yes", "是") if known.value else self.say("no", "否")
        else:
            shown = str(known.value)
        return f"{known.name} = {shown}"

    def _basis(self, at: datetime, packs: dict[str, str]) -> str:
        listed = ", ".join(f"{name} {version}" for name, version in packs.items())
        listed = listed or self.say("none, so nothing is cleared", "无，因此不予许可")
        return self.say(
            f"As of {shown_moment(at)}; packs: {listed}",
            f"截至 {shown_moment(at)}；规则包：{listed}",
        )
