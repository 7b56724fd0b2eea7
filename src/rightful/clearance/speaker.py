"""What everything that is said of a clearance has in common: two languages, and the same words."""

from collections.abc import Mapping
from datetime import datetime

from rightful.clearance.breakdown import Unasked
from rightful.policy import Decision, Language, Pack, Text
from rightful.policy.pack import Rule
from rightful.policy.words import CONFIDENCE

#: A decision as a rule brings it.
BRINGS = {
    Decision.ALLOW: Text("allow", "允许"),
    Decision.ALLOW_WITH_CONDITIONS: Text("condition", "附条件"),
    Decision.HOLD: Text("hold", "搁置"),
    Decision.RESTRICT: Text("restrict", "限制"),
    Decision.DENY: Text("deny", "拒绝"),
}
#: A decision as it was made about records.
MADE = {
    Decision.ALLOW: Text("allowed", "允许"),
    Decision.ALLOW_WITH_CONDITIONS: Text("with conditions", "附条件允许"),
    Decision.HOLD: Text("held", "搁置"),
    Decision.RESTRICT: Text("restricted", "限制"),
    Decision.DENY: Text("denied", "拒绝"),
}
BUILT_IN = Text("built in", "内置规则")
_TURN_ON = Text("turn them on in rightful.toml", "可在 rightful.toml 中启用")
_UNREAD = CONFIDENCE["memory"]
_MARKED = Text("marked as advisory", "标为建议性")


class Speaker:
    """Says things in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def say(self, en: str, zh: str) -> str:
        return zh if self.language == "zh" else en

    def of(self, text: Text) -> str:
        return text.within(self.language)

    def listed(self, parts: list[str]) -> str:
        return self.say(", ", "、").join(parts)

    def doubt(self, rule: Rule) -> str | None:
        """How a rule is known, unless somebody read it in the text itself."""
        return None if rule.confidence == "found" else self.of(CONFIDENCE[rule.confidence])

    def source(self, number: int, names: Mapping[int, str]) -> str:
        """A source by name, or by number where the registry knows none of it."""
        if number in names:
            return names[number]
        if number < 0:
            return self.say("a source that is not declared", "未登记的来源")
        return self.say(f"source {number}", f"来源 {number}")

    def unasked(self, unasked: Unasked) -> str:
        """That rules were not asked, why, and what would change it."""
        number, pack = len(unasked.rules), unasked.pack.id
        why = self.of(_UNREAD if unasked.confidence == "memory" else _MARKED)
        rules = "rule" if number == 1 else "rules"
        return self.say(
            f"advisory, not asked: {number} {rules} {why} in {pack} ({_TURN_ON.en})",
            f"建议性规则，未予适用：{pack} 中{why}的 {number} 条规则（{_TURN_ON.zh}）",
        )

    def overdue(self, pack: Pack) -> str:
        """That nobody looked at a pack again in time."""
        return self.say(
            f"overdue: {pack.id} {pack.version} should have been reviewed by {pack.review_by}; "
            "the law may have changed since",
            f"逾期未复核：{pack.id} {pack.version} 应于 {pack.review_by} 前复核，法律可能已有变化",
        )


def shown_moment(moment: datetime) -> str:
    """A moment to the second, as people read it."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
