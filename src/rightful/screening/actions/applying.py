"""A text with something done about what was found in it. Nothing is read or written elsewhere.

Findings that overlap are treated as one, by the most restrictive of their actions. A mask and a
stand-in have the form of one value; where none of the overlapping findings is the whole of what
they cover together, all of that is redacted, so that no rest of a value stays.

What is to be held stays as it is, for somebody to look at; what else is in the text is changed all
the same. Of a record that is dropped nothing is kept, so nothing is changed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rightful.screening.actions.masking import mask
from rightful.screening.actions.policy import Action, Treatment
from rightful.screening.actions.stand_ins import StandIns
from rightful.screening.finding import Finding

Verdict = Literal["pass", "hold", "drop"]


@dataclass(frozen=True, slots=True)
class Change:
    """Characters from `start` up to `end` of the old text, and what is there in the new one."""

    kind: str
    action: Action
    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a text."""

    text: str = field(repr=False)
    verdict: Verdict
    changes: tuple[Change, ...]
    """In the order of the text."""
    findings: tuple[Finding, ...]
    """Those that are still in the text, at their new places."""

    @property
    def changed(self) -> bool:
        """Whether other characters were put in the place of any."""
        return bool(self.changes)


def apply(
    text: str, findings: Sequence[Finding], treatment: Treatment, stand_ins: StandIns
) -> Applied:
    """Do about the findings in a text what policy says."""
    if any(not 0 <= each.start < each.end <= len(text) for each in findings):
        raise ValueError("a finding lies outside its text")
    decided = sorted(
        ((each, treatment.action(each)) for each in findings),
        key=lambda pair: (pair[0].start, -pair[0].end, pair[0].kind),
    )
    strictest = max((action for _, action in decided), key=_severity, default=Action.FLAG)
    if strictest is Action.DROP:
        return Applied(text, "drop", (), tuple(each for each, _ in decided))
    parts: list[str] = []
    changes: list[Change] = []
    done = length = 0
    for start, end, kind, action in _pieces(decided):
        before = text[done:start]
        action, written = _written(text[start:end], kind, action, treatment, stand_ins)
        parts += (before, written)
        begin = length + len(before)
        length = begin + len(written)
        changes.append(Change(kind, action, start, end, begin, length))
        done = end
    parts.append(text[done:])
    left = tuple(_left([each for each, _ in decided], changes))
    verdict: Verdict = "hold" if strictest is Action.HOLD else "pass"
    return Applied("".join(parts), verdict, tuple(changes), left)


def placeholder(kind: str, treatment: Treatment) -> str:
    """What a redaction writes: the policy's word, or the kind in capitals between brackets.

    Without digits, which could be part of a number with what stands beside them.
    """
    written = treatment.placeholders.get(kind)
    if written is not None:
        return written
    letters = "".join(char for char in kind.upper() if char.isalpha() or char == "_").strip("_")
    return f"[{letters}]" if letters not in ("", "AT", "DOT") else "[FOUND]"


def _written(
    value: str, kind: str, action: Action, treatment: Treatment, stand_ins: StandIns
) -> tuple[Action, str]:
    """What is done in the end, and what stands there then. What has no stand-in is redacted."""
    if action is Action.MASK:
        return action, mask(kind, value)
    if action is Action.PSEUDONYMISE:
        written = stand_ins.of(kind, value)
        if written is not None:
            return action, written
    return Action.REDACT, placeholder(kind, treatment)


_Decided = Sequence[tuple[Finding, Action]]


def _pieces(decided: _Decided) -> Iterator[tuple[int, int, str, Action]]:
    """What is changed, in order and without overlaps: from where to where, as what, and how."""
    for cluster in _clusters([pair for pair in decided if pair[1] is not Action.FLAG]):
        start = min(each.start for each, _ in cluster)
        end = max(each.end for each, _ in cluster)
        strictest = max((action for _, action in cluster), key=_severity)
        if not strictest.changes:
            continue
        first = max(
            (each for each, action in cluster if action is strictest),
            key=lambda each: (each.end - each.start, each.confidence, each.kind),
        )
        whole = (first.start, first.end) == (start, end)
        yield start, end, first.kind, strictest if whole else Action.REDACT


def _clusters(decided: _Decided) -> Iterator[_Decided]:
    """Findings, sorted by their start, that hang together by overlaps. Side by side is apart."""
    cluster: list[tuple[Finding, Action]] = []
    end = 0
    for pair in decided:
        if cluster and pair[0].start >= end:
            yield cluster
            cluster = []
        end = max(end, pair[0].end) if cluster else pair[0].end
        cluster.append(pair)
    if cluster:
        yield cluster


def _left(findings: Sequence[Finding], changes: Sequence[Change]) -> Iterator[Finding]:
    """The findings that no change took away whole, where they are now.

    Of one that reaches into a change, what was put there belongs to it now.
    """
    starts = [change.start for change in changes]
    for each in findings:
        # Of the changes, only the last that begins before a place can reach over it.
        first = bisect_right(starts, each.start) - 1
        last = bisect_left(starts, each.end) - 1
        start, end = each.start, each.end
        if first >= 0:
            change = changes[first]
            if each.end <= change.end:
                continue
            inside = each.start < change.end
            start = change.new_start if inside else start + change.new_end - change.end
        if last >= 0:
            change = changes[last]
            inside = each.end < change.end
            end = change.new_end if inside else end + change.new_end - change.end
        yield replace(each, start=start, end=end)


def _severity(action: Action) -> int:
    return action.severity
