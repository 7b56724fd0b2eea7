"""A comparison of two clearances as lines of text, in English and in Chinese."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from pyroaring import BitMap64

from rightful.clearance.clearance import Clearance
from rightful.clearance.compare import Cause, Comparison, Place
from rightful.policy import Language

#: Records that are named of each kind; a screen holds no more.
_NAMED = 10


def compared(comparison: Comparison, language: Language = "en", *, limit: int = _NAMED) -> str:
    """What a comparison says; of the records, `limit` of each kind are named."""
    return "\n".join(_Speaker(language, limit).comparison(comparison))


class _Speaker:
    """Says things in one language."""

    def __init__(self, language: Language, limit: int) -> None:
        self._language: Language = language
        self._limit = limit

    def say(self, en: str, zh: str) -> str:
        return zh if self._language == "zh" else en

    def comparison(self, found: Comparison) -> Iterator[str]:
        yield self.say("Before: ", "之前:") + self._clearance(found.before)
        yield self.say("After:  ", "之后:") + self._clearance(found.after)
        yield from self._packs(found)
        yield ""
        if found.same:
            yield from self._nothing(found)
            return
        yield from self._one_way(
            self.say("entered", "新获准"),
            found.entered,
            found.added,
            self.say("not held before", "此前未持有"),
        )
        yield from self._causes(
            self.say("What kept them out before:", "此前阻止它们的规则:"),
            found.lifted,
            found.entered,
            found.before,
        )
        yield from self._one_way(
            self.say("left", "不再获准"),
            found.left,
            found.removed,
            self.say("not held any more", "已不再持有"),
        )
        yield from self._causes(
            self.say("What keeps them out now:", "现在阻止它们的规则:"),
            found.brought,
            found.left,
            found.after,
        )
        if found.counts:
            yield ""
            yield self.say("Decisions that changed:", "变更的决定:")
            for (first, last), number in found.counts.items():
                yield f"{number:>11,}  {self._place(first)} -> {self._place(last)}"
        elif found.moves is None:
            yield ""
            yield self._not_kept(found)

    def _nothing(self, found: Comparison) -> Iterator[str]:
        if found.moves is None:
            yield self.say("The same records are cleared.", "获准使用的记录相同。")
            yield self._not_kept(found)
        else:
            yield self.say("The same is decided about every record.", "对每条记录的决定均相同。")

    def _clearance(self, clearance: Clearance) -> str:
        number = clearance.number
        named = self.say(f"clearance {number}, ", f"许可 {number},") if number is not None else ""
        asked, usable = clearance.counts.records, len(clearance.cleared)
        return named + self.say(
            f"{clearance.purpose} as of {_moment(clearance.at)}, "
            f"{usable:,} of {asked:,} records cleared",
            f"用途 {clearance.purpose},截至 {_moment(clearance.at)},"
            f"{asked:,} 条记录中 {usable:,} 条获准",
        )

    def _packs(self, found: Comparison) -> Iterator[str]:
        """The packs that are not the same."""
        old, new = found.before.packs, found.after.packs
        for name in sorted({*old, *new}):
            was, now = old.get(name), new.get(name)
            if was == now:
                continue
            none = self.say("not asked", "未询问")
            first = was["version"] if was else none
            last = now["version"] if now else none
            changed = ""
            if was and now and was["version"] == now["version"]:
                changed = self.say(" (changed all the same)", "(版本号相同,内容有变)")
            yield self.say("Pack ", "规则包 ") + f"{name}: {first} -> {last}{changed}"

    def _one_way(
        self, word: str, records: BitMap64, apart: BitMap64 | None, why: str
    ) -> Iterator[str]:
        listed = f": {self._named(records)}" if records else ""
        yield self.say(
            f"{_records(len(records))} {word}{listed}", f"{len(records):,} 条记录{word}{listed}"
        )
        if apart:
            yield "  " + self.say(f"{len(apart):,} of them {why}", f"其中 {len(apart):,} 条{why}")

    def _named(self, records: BitMap64) -> str:
        shown = ", ".join(str(record) for record in islice(records, self._limit))
        return shown + (", ..." if len(records) > self._limit else "")

    def _causes(
        self, headline: str, causes: Sequence[Cause] | None, records: BitMap64, told_by: Clearance
    ) -> Iterator[str]:
        if not records:
            return
        if causes is None:
            named = self._called(told_by)
            yield "  " + self.say(
                f"why is not known: {named} keeps what it cleared, not the rules that stood "
                "against the rest",
                f"原因未知:{named}只保存获准的记录,未保存针对其余记录的规则",
            )
            return
        if causes:
            yield "  " + headline
        for cause in causes:
            named = (
                f"{cause.rule.id}, {cause.rule.article}: {cause.rule.title.within(self._language)}"
            )
            if cause.fired:
                yield f"{len(cause.fired):>11,}  {named}"
            if cause.unanswered:
                unknown = self.say("(not known)", "(未知)")
                yield f"{len(cause.unanswered):>11,}  {named} {unknown}"

    def _not_kept(self, found: Comparison) -> str:
        both = (found.before, found.after)
        names = [self._called(each) for each in both if each.detail is None]
        listed = self.say(" and ", "、").join(dict.fromkeys(names))
        return self.say(
            f"Of {listed} only what was cleared is kept, so changes among the other records are "
            "not known.",
            f"{listed}只保存了获准的记录,其余记录之间的变化无从得知。",
        )

    def _called(self, clearance: Clearance) -> str:
        if clearance.number is None:
            at = _moment(clearance.at)
            return self.say(f"the clearance as of {at}", f"截至 {at} 的许可")
        return self.say(f"clearance {clearance.number}", f"许可 {clearance.number} ")

    def _place(self, place: Place) -> str:
        if place is None:
            return self.say("not held", "未持有")
        return place.title.within(self._language)


def _records(number: int) -> str:
    return f"{number:,} record" + ("" if number == 1 else "s")


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
