"""Why one record may be used, or why not: every rule's answer, and the facts that it read.

Held apart from the words for it (see `rightful.clearance.words`), so that another program can read
it, too. A subject appears by number; no reference and no content is ever in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rightful.policy import Answer, Decision, Gate, Gates, Rule
from rightful.policy.expression import evaluate
from rightful.policy.facts import COLUMNS, FACTS, Fact, Value


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact with its value about one record and subject; None where it is not known."""

    fact: Fact
    value: Value

    @property
    def name(self) -> str:
        return self.fact.name


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired or has no answer."""

    rule: Rule
    pack: str | None
    """None for the rules that belong to no pack."""
    version: str | None
    """Of the pack."""
    answer: Answer
    decision: Decision
    """What the rule brings: its own decision if it fired, `hold` if it has no answer."""
    facts: tuple[KnownFact, ...]
    """What its condition reads."""

    @property
    def missing(self) -> tuple[KnownFact, ...]:
        """What is not known of what it reads; each says what would make it known, and who can."""
        return tuple(known for known in self.facts if known.value is None)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say about a record and one subject of it."""

    subject: int | None
    """The subject's number; None where the record names nobody."""
    findings: tuple[Finding, ...]
    """The most restrictive first."""
    passed: tuple[str, ...]
    """The ids of the rules with nothing to say against it."""
    silent: tuple[str, ...]
    """The ids of the packs that certainly do not apply."""
    unsure: tuple[tuple[str, tuple[KnownFact, ...]], ...]
    """Packs that are asked as it is not known whether they apply, and what is missing for that."""
    facts: tuple[KnownFact, ...]
    """All of them."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one record may be used for a purpose, or why not."""

    record: int
    purpose: str
    at: datetime
    decision: Decision
    packs: Mapping[str, str]
    """By id, the version of each pack that was asked."""
    judged: tuple[Judged, ...]
    """For each subject; one without a subject where the record names nobody."""


def explain(
    record: int, purpose: str, at: datetime, gates: Gates, rows: Sequence[Mapping[str, Value]]
) -> Explanation:
    """The explanation of a record from its rows of facts, by the plain reading of the rules."""
    ordered = sorted(rows, key=lambda row: (row["subject"] is not None, row["subject"] or 0))
    return Explanation(
        record=record,
        purpose=purpose,
        at=at,
        decision=gates.judge(ordered).decision,
        packs={pack.id: pack.version for pack in gates.packs},
        judged=tuple(_judged(gates, row) for row in ordered),
    )


def _judged(gates: Gates, row: Mapping[str, Value]) -> Judged:
    answers = [(gate, gate.answer(row)) for gate in gates.gates]
    against = [
        _finding(gate, answer, row)
        for gate, answer in answers
        if answer in (Answer.FIRED, Answer.UNANSWERED)
    ]
    against.sort(key=lambda finding: -finding.decision)  # stable: else as the packs are written
    silent = dict.fromkeys(g.pack.id for g, answer in answers if answer is Answer.SILENT and g.pack)
    subject = row["subject"]
    assert subject is None or isinstance(subject, int)
    return Judged(
        subject=subject,
        findings=tuple(against),
        passed=tuple(gate.rule.id for gate, answer in answers if answer is Answer.PASSED),
        silent=tuple(silent),
        unsure=tuple(_unsure(gates, row)),
        facts=tuple(KnownFact(fact, row[fact.name]) for fact in FACTS),
    )


def _finding(gate: Gate, answer: Answer, row: Mapping[str, Value]) -> Finding:
    return Finding(
        rule=gate.rule,
        pack=gate.pack.id if gate.pack else None,
        version=gate.pack.version if gate.pack else None,
        answer=answer,
        decision=gate.decision if answer is Answer.FIRED else Decision.HOLD,
        facts=_read(gate.when.columns, row),
    )


def _unsure(gates: Gates, row: Mapping[str, Value]) -> list[tuple[str, tuple[KnownFact, ...]]]:
    """Packs of which it is not known whether they apply."""
    found: dict[str, tuple[KnownFact, ...]] = {}
    for gate in gates.gates:
        if gate.pack is not None and evaluate(gate.applies, row) is None:
            read = _read(gate.applies.columns, row)
            found[gate.pack.id] = tuple(known for known in read if known.value is None)
    return list(found.items())


def _read(columns: frozenset[str], row: Mapping[str, Value]) -> tuple[KnownFact, ...]:
    """Facts in the order of the table."""
    return tuple(KnownFact(COLUMNS[name], row[name]) for name in COLUMNS if name in columns)
