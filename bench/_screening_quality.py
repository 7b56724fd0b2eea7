"""Texts with known findings, and how well findings meet them: by overlap, kind by kind."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rightful.screening.screener import Screener

SHARED = Path(
    os.environ.get("RIGHTFUL_SHARED_DATA")
    or Path(__file__).resolve().parent.parent.parent / "shared" / "data"
)
#: What the file of sentences calls our kinds.
KINDS: Mapping[str, str] = {
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "us_ssn",
    "IP_ADDRESS": "ip",
    "PHONE_NUMBER": "phone",
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and what is in it: kind, start, end."""

    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """How many were found rightly, found wrongly, and missed, by kind."""

    right: Counter[str]
    wrong: Counter[str]
    missed: Counter[str]

    def precision(self, kind: str) -> float:
        """Of what was found, the share that is there."""
        return _share(self.right[kind], self.wrong[kind])

    def recall(self, kind: str) -> float:
        """Of what is there, the share that was found."""
        return _share(self.right[kind], self.missed[kind])

    @property
    def f1(self) -> float:
        """Of all kinds together (micro-averaged)."""
        right = self.right.total()
        return 2 * right / max(1, 2 * right + self.wrong.total() + self.missed.total())


def sentences() -> list[Marked]:
    """The 1,500 sentences of the shared data, with the six kinds that are asked for."""
    with (SHARED / "pii_spans.json").open(encoding="utf-8") as file:
        return [
            Marked(
                each["full_text"],
                tuple(
                    (KINDS[span["entity_type"]], span["start_position"], span["end_position"])
                    for span in each["spans"]
                    if span["entity_type"] in KINDS
                ),
            )
            for each in json.load(file)
        ]


def measure(screener: Screener, texts: Sequence[Marked], kinds: Iterable[str]) -> Quality:
    """What the screener finds of these kinds, against what is there."""
    quality, asked = Quality(Counter(), Counter(), Counter()), set(kinds)
    found = screener.scan([each.text for each in texts])
    for number, marked in enumerate(texts):
        findings = [each for each in found.of(number) if each.kind in asked]
        for finding in findings:
            met = any(
                kind == finding.kind and start < finding.end and finding.start < end
                for kind, start, end in marked.spans
            )
            if not met:
                quality.wrong[finding.kind] += 1
        for kind, start, end in marked.spans:
            met = any(
                kind == each.kind and start < each.end and each.start < end for each in findings
            )
            (quality.right if met else quality.missed)[kind] += 1
    return quality


def _share(right: int, others: int) -> float:
    return right / (right + others) if right + others else 1.0
