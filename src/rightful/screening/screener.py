"""Findings in texts: all detectors at once, at the speed of a corpus.

>>> screener = Screener()
>>> [finding.kind for finding in screener.findings("Write to ann@mail.example today.")]
['email']
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rightful import canonical
from rightful.screening import reading, validators
from rightful.screening.automaton import Compiled, automaton
from rightful.screening.detector import LEAST_CONFIDENCE, Detector
from rightful.screening.finding import Finding
from rightful.screening.spans import Row, Rule, apart

#: Goes up with whatever changes findings and is no detector's: this package's own code.
VERSION = 1

_HALVES = re.compile("[\ud800-\udfff]")


class Recogniser(Protocol):
    """What finds names and places, which have no pattern."""

    name: str
    version: str

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """The findings in many texts, column by column, sorted by text and start."""

    text: npt.NDArray[np.int64]
    """The number of the text among those that were scanned."""
    kind: npt.NDArray[np.int32]
    """An index into `kinds`."""
    detector: npt.NDArray[np.int32]
    """An index into `detectors`."""
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    kinds: tuple[str, ...]
    detectors: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.text)

    def of(self, number: int) -> list[Finding]:
        """The findings in the text of that number, by their start."""
        first, last = np.searchsorted(self.text, (number, number + 1)).tolist()
        return [self._finding(row) for row in range(first, last)]

    def _finding(self, row: int) -> Finding:
        return Finding(
            self.kinds[self.kind[row]],
            int(self.start[row]),
            int(self.end[row]),
            float(self.confidence[row]),
            self.detectors[self.detector[row]],
        )


class Screener:
    """Finds what its detectors declare, and what a recogniser knows, in texts."""

    def __init__(
        self,
        detectors: Sequence[Detector] | None = None,
        recogniser: Recogniser | None = None,
        *,
        plain: bool = False,
    ) -> None:
        """
        Args:
            detectors: Those that come with Rightful, if None.
            recogniser: Names and places are looked for only where there is one.
            plain: Without hyperscan, which finds the same.

        Raises:
            InvalidInput: an id is there twice, or a package is missing.
        """
        self.detectors = reading.builtin() if detectors is None else tuple(detectors)
        reading.check_distinct(self.detectors)
        self._recogniser = recogniser
        self._rules = [Rule(each) for each in self.detectors]
        self._automaton = automaton(self.detectors, plain=plain)

    @property
    def version(self) -> str:
        """A digest of all that decides the findings."""
        recogniser = self._recogniser
        return canonical.digest(
            {
                "screening": VERSION,
                "detectors": [_deciding(each) for each in self.detectors],
                "validators": validators.versions(),
                "recogniser": None if recogniser is None else [recogniser.name, recogniser.version],
            }
        )[:16]

    def compiled(self) -> Compiled | None:
        """What took time to build, for another process that makes the same screener.

        It gives it to `automaton.take` first.
        """
        return self._automaton.compiled()

    def findings(self, text: str) -> list[Finding]:
        """What is found in one text, by its start. Findings don't overlap."""
        return self.scan([text]).of(0)

    def scan(self, texts: Sequence[str]) -> Found:
        """What is found in each text. Many at once are much faster than one by one."""
        names = _Names(self.detectors)
        rows: list[Row] = []
        texts = _whole(texts)
        for number, which, stretches in self._automaton.spots(texts):
            kind = names.kinds_of[which]
            for start, end, confidence in self._rules[which].values(texts[number], stretches):
                rows.append((number, start, end, confidence, kind, which))
        for rule in self._rules:
            rule.forget()
        if self._recogniser is not None:
            rows += names.rows(self._recogniser.find(texts))
        return names.found(apart(rows))


class _Names:
    """Kinds and detectors by number."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self.kinds: dict[str, int] = {}
        self.detectors = {each.id: number for number, each in enumerate(detectors)}
        self.kinds_of = [self.kinds.setdefault(each.kind, len(self.kinds)) for each in detectors]

    def rows(self, found: Iterable[Iterable[Finding]]) -> list[Row]:
        """What a recogniser found, as far as it is sure enough."""
        return [
            (
                *(number, each.start, each.end, each.confidence),
                self.kinds.setdefault(each.kind, len(self.kinds)),
                self.detectors.setdefault(each.detector, len(self.detectors)),
            )
            for number, findings in enumerate(found)
            for each in findings
            if each.confidence >= LEAST_CONFIDENCE
        ]

    def found(self, rows: Sequence[Row]) -> Found:
        """Columns of rows that are in order."""
        text, start, end, confidence, kind, detector = zip(*rows, strict=True) if rows else [()] * 6
        return Found(
            np.array(text, np.int64),
            np.array(kind, np.int32),
            np.array(detector, np.int32),
            np.array(start, np.int64),
            np.array(end, np.int64),
            np.array(confidence, np.float64),
            tuple(self.kinds),
            tuple(self.detectors),
        )


def _whole(texts: Sequence[str]) -> Sequence[str]:
    """The same, where a text holds no half of a character; no other can be written as UTF-8."""
    return [
        text if text.isascii() or not _HALVES.search(text) else _HALVES.sub("\ufffd", text)
        for text in texts
    ]


def _deciding(detector: Detector) -> list[object]:
    context = detector.context
    return [
        *(detector.id, detector.kind, detector.pattern, detector.ignore_case),
        *(list(detector.validators), detector.confidence),
        None
        if context is None
        else [list(context.words), context.within, context.required, context.confidence],
    ]
