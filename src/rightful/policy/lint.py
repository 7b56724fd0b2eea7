"""What is wrong or weak in a pack beyond what reading it refuses.

An error is something that nobody can have meant, or that must not stay; a note is worth a look.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Literal

from rightful.policy.answering import answers
from rightful.policy.examples import check
from rightful.policy.expression import Both, Expression, walk
from rightful.policy.facts import COLUMNS
from rightful.policy.pack import Pack, Rule
from rightful.policy.text import Text

Weight = Literal["error", "note"]

_LETTERS = re.compile("[A-Za-z]|[\u4e00-\u9fff]")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_ADDRESS = re.compile(r"[a-z0-9]\.[a-z]{2,}(/|\b)")
#: Kinds of rules that answer about facts.
_ANSWERING = ("gate", "refusal")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at."""

    weight: Weight
    rule: str | None
    """None where it is about the pack."""
    text: Text


def references() -> tuple[str, ...]:
    """The rows of the fact sheet that rules may say they encode, in its order."""
    text = (resources.files("rightful.policy") / "references.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def lint(
    pack: Pack,
    today: date,
    *,
    filled: Collection[str] = tuple(COLUMNS),
    known: Collection[str] = (),
) -> list[Finding]:
    """What is to be said about a pack on a day, errors first.

    `filled` are the facts that this version can know, `known` ids that a rule may refer to besides
    those of the pack itself.
    """
    found = [*_about_pack(pack, today), *_about_terms(pack)]
    for rule in pack.rules:
        found += _about_rule(pack, rule, today)
        if rule.when is not None and rule.kind in _ANSWERING:
            found += _about_condition(pack, rule, rule.when, filled)
        found += _about_references(pack, rule, known)
    return sorted(found, key=lambda each: each.weight != "error")


def _error(rule: Rule | None, en: str, zh: str) -> Finding:
    return Finding("error", rule.id if rule else None, Text(en, zh))


def _note(rule: Rule | None, en: str, zh: str) -> Finding:
    return Finding("note", rule.id if rule else None, Text(en, zh))


# The pack as a whole


def _about_pack(pack: Pack, today: date) -> Iterator[Finding]:
    for sentence in check(pack):
        yield _error(None, f"an example does not hold: {sentence}", f"示例不成立:{sentence}")
    if pack.overdue(today):
        yield _error(
            None,
            f"it was to be reviewed by {pack.review_by}",
            f"应于 {pack.review_by} 前复核,现已逾期",
        )
    if pack.as_of > today:
        yield _error(
            None, f"its as_of, {pack.as_of}, lies ahead", f"as_of 为 {pack.as_of},晚于今日"
        )
    for what in sorted(set(pack.sources) - {rule.source for rule in pack.rules}):
        yield _note(None, f"no rule cites the source {what}", f"没有规则引用来源 {what}")
    read = {rule.source for rule in pack.rules if rule.confidence != "memory"}
    for what in sorted(read if pack.kind != "house" else ()):
        if not _ADDRESS.search(pack.sources[what]):
            yield _note(
                None,
                f"rules were read in the source {what}, which gives no address",
                f"规则所依据的来源 {what} 未给出网址",
            )
    yield from _untranslated(None, pack.title, "title")
    titles: dict[str, str] = {}
    for rule in pack.rules:
        other = titles.setdefault(rule.title.en.casefold(), rule.id)
        if other != rule.id:
            yield _note(rule, f"has the same title as {other}", f"标题与 {other} 相同")


def _about_terms(pack: Pack) -> Iterator[Finding]:
    """A term stands in a condition as the object that it is, so its use can be seen."""
    used = [rule.when for rule in pack.rules if rule.when is not None] + [pack.applies]
    for name, term in reversed(list(pack.terms.items())):
        if any(node is term.root for each in used for node in walk(each.root)):
            used.append(term)
        else:
            yield _note(None, f"the term {name} is not used", f"条件项 {name} 未被使用")


# One rule


def _about_rule(pack: Pack, rule: Rule, today: date) -> Iterator[Finding]:
    # The pack's own dates are told once.
    if rule.review_by < today and rule.review_by != pack.review_by:
        yield _error(
            rule,
            f"was to be reviewed by {rule.review_by}",
            f"应于 {rule.review_by} 前复核,现已逾期",
        )
    if rule.as_of > today and rule.as_of != pack.as_of:
        yield _error(
            rule, f"its as_of, {rule.as_of}, lies ahead", f"as_of 为 {rule.as_of},晚于今日"
        )
    if rule.asks is not None and not (
        _LETTERS.search(rule.asks.en) and _LETTERS.search(rule.asks.zh)
    ):
        yield _error(rule, "asks says nothing", "asks 未写明任何内容")
    if rule.confidence == "memory":
        yield _note(
            rule,
            "was written from memory, and decides nothing until it is turned on",
            "凭记忆撰写,启用前不作任何决定",
        )
    for name in ("title", "note", "asks", "conditions"):
        text = getattr(rule, name)
        if text is not None:
            yield from _untranslated(rule, text, name)


def _untranslated(rule: Rule | None, text: Text, name: str) -> Iterator[Finding]:
    if not _CHINESE.search(text.zh):
        yield _note(
            rule, f"{name}: the Chinese text has no Chinese in it", f"{name}:中文文本不含中文"
        )
    if _CHINESE.search(text.en):
        yield _note(rule, f"{name}: the English text has Chinese in it", f"{name}:英文文本含有中文")


def _about_condition(
    pack: Pack, rule: Rule, when: Expression, filled: Collection[str]
) -> Iterator[Finding]:
    starts = [each.facts for each in rule.examples if each.facts]
    given = answers(_applying(pack, rule, when), starts)
    if not given.fires and given.certain:
        yield _error(rule, "can never fire where the pack applies", "在规则包适用之处永不触发")
    elif not given.fires:
        yield _note(
            rule,
            "no facts were found that make it fire where the pack applies",
            "未找到使其在规则包适用之处触发的事实",
        )
    elif not (own := answers(when, starts)).passes and own.certain:
        yield _error(rule, "always fires, whatever the facts are", "无论事实如何均会触发")
    read = {name for each in rule.examples for name in each.facts or ()}
    for name in sorted(when.columns - read):
        yield _note(
            rule, f"no example gives {name}, which it reads", f"所读的 {name} 未见于任何示例"
        )
    if not any(each.expect == "unknown" for each in rule.examples):
        yield _note(rule, "no example shows what is unknown to it", "没有结果为 unknown 的示例")
    blind = sorted(when.columns - set(filled))
    if when.columns and blind == sorted(when.columns):
        listed = ", ".join(blind)
        yield _error(
            rule,
            f"can't be answered by this version, which knows none of {listed}",
            f"本版本无法得知 {listed},因此无法作答",
        )
    elif blind:
        listed = ", ".join(blind)
        yield _note(rule, f"this version never knows {listed}", f"本版本无法得知 {listed}")


def _applying(pack: Pack, rule: Rule, when: Expression) -> Expression:
    """Its condition, where it is asked at all."""
    if rule.kind != "gate":
        return when
    return Expression(Both("AND", pack.applies.root, when.root))


def _about_references(pack: Pack, rule: Rule, known: Collection[str]) -> Iterator[Finding]:
    """What it says it encodes, and the ids that it mentions to a reader."""
    own = {each.id for each in pack.rules} | {each.id for each in pack.not_encoded}
    rows = {_plain(name) for name in known} | own
    for name in rule.reference:
        if _plain(name) not in rows:
            yield _error(rule, f"there is no {name} to refer to", f"所引用的 {name} 不存在")
    if rule.note is None:
        return
    prefix = re.escape(pack.id.upper())
    for name in re.findall(rf"\b{prefix}\.[A-Za-z0-9.-]*[A-Za-z0-9]", rule.note.en):
        if name not in own and name not in known:
            yield _error(
                rule, f"its note names {name}, which is no rule", f"说明提及的 {name} 不存在"
            )


def _plain(name: str) -> str:
    """With a hyphen for a dash, as people type it."""
    return name.replace("–", "-")
