"""From where a pattern may match to the values that stand there, exact in characters.

An automaton says where to look: stretches of a text outside which a pattern matches nothing.
Within them, Python's `re` decides what matches, validators what is real, and context how sure
that is. So every engine that looks widely enough gives the same findings.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from rightful.screening import patterns
from rightful.screening.context import Nearby
from rightful.screening.detector import LEAST_CONFIDENCE, Detector
from rightful.screening.validators import VALIDATORS

#: Matches of a pattern begin from one character up to another, which is not among them.
Stretch = tuple[int, int]
#: Start, end and confidence of a value.
Span = tuple[int, int, float]

#: Answers that are kept in memory while a scan lasts, for each detector.
_REMEMBERED = 50_000


class Rule:
    """A detector that is ready to be asked."""

    def __init__(self, detector: Detector) -> None:
        compiled = re.compile(detector.pattern, patterns.flags(detector.ignore_case))
        self.detector = detector
        self._search = compiled.search
        self._group = compiled.groups
        self._longest = detector.longest
        self._anchor, self._before = patterns.anchor(detector.pattern) or ("", 0)
        self._judges = tuple(VALIDATORS[name] for name in detector.validators)
        self._alone = detector.confidence
        self._near = self._alone
        self._nearby: Callable[[str, int, int], bool] | None = None
        if detector.context is not None:
            self._nearby = Nearby(detector.context)
            self._near = detector.context.confidence
            if detector.context.required:
                self._alone = 0.0
        self._answers: dict[str, bool] = {}

    def forget(self) -> None:
        """Keep nothing of what was seen in texts."""
        self._answers.clear()

    def values(self, text: str, stretches: Iterable[Stretch]) -> list[Span]:
        """What is found in a text: matches from left to right that don't overlap.

        Where a validator refuses a match, one that begins within it may be taken instead.
        """
        found: list[Span] = []
        at = 0
        for first, last in stretches:
            at = max(at, first)
            # So far that whatever begins in the stretch, and the character behind it, is seen.
            limit = last + self._longest + 1
            while at < last:
                if self._anchor:
                    seen = text.find(self._anchor, at, limit)
                    at = max(at, seen - self._before)
                    if seen < 0 or at >= last:
                        break
                match = self._search(text, at, limit)
                if match is None or match.start() >= last:
                    break
                start, end = match.span(self._group)
                if start < 0:
                    start, end = match.span()
                confidence = self._confidence(text, start, end)
                if confidence is None:
                    at = match.start() + 1
                    continue
                at = match.end()
                if confidence >= LEAST_CONFIDENCE:
                    found.append((start, end, confidence))
        return found

    def _confidence(self, text: str, start: int, end: int) -> float | None:
        """How sure the value is; None where a validator refuses it."""
        # What is dear to judge is judged last.
        if self._nearby is not None and self._alone < LEAST_CONFIDENCE:
            if not self._nearby(text, start, end):
                return 0.0
            return self._near if self._valid(text[start:end]) else None
        if not self._valid(text[start:end]):
            return None
        if self._nearby is None or self._near == self._alone:
            return self._alone
        return self._near if self._nearby(text, start, end) else self._alone

    def _valid(self, value: str) -> bool:
        if not self._judges:
            return True
        answer = self._answers.get(value)
        if answer is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            answer = self._answers[value] = all(judge(value) for judge in self._judges)
        return answer


def merged(hits: Sequence[Stretch]) -> list[Stretch]:
    """Stretches by their start, those that overlap joined."""
    joined: list[Stretch] = []
    first, last = hits[0]
    for start, end in hits[1:]:
        if start >= last:
            joined.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    joined.append((first, last))
    return joined


#: Text, start, end, confidence, and two more numbers.
Row = tuple[int, int, int, float, int, int]


def apart(rows: list[Row]) -> list[Row]:
    """Rows by text and start, and of those that overlap only one.

    The surer one stays, then the longer, then the earlier, then the one declared first.
    """
    rows.sort()
    kept: list[Row] = []
    heap: list[Row] = []
    text, last = -1, 0
    for row in rows:
        if row[0] != text or row[1] >= last:
            kept += heap if len(heap) < 2 else _best(heap)
            heap = []
            text, last = row[0], 0
        heap.append(row)
        last = max(last, row[2])
    return kept + (heap if len(heap) < 2 else _best(heap))


def _best(heap: list[Row]) -> list[Row]:
    taken: list[Row] = []
    for row in sorted(heap, key=lambda row: (-row[3], row[1] - row[2], row[1], row[5])):
        if all(row[2] <= other[1] or other[2] <= row[1] for other in taken):
            taken.append(row)
    return sorted(taken)
