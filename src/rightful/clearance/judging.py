"""What the rules say of every record of a corpus, each different case being asked about once.

A record about one person is in the situation of its only row. One about several is in a case of its
own, put together of theirs: whatever speaks against a row speaks against the record, and the most
restrictive decision wins.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from rightful.clearance.situations.coding import THREADS, Codes, Ints, numbered
from rightful.clearance.situations.corpus import Corpus
from rightful.clearance.situations.inquiry import Inquiry, Situations
from rightful.policy import Decision, Gates, Judgement
from rightful.policy.arrays import Coded, decided
from rightful.policy.expression import Expression, evaluate
from rightful.policy.facts import Value

#: Of shape (bytes, cases): the bit of a gate is that of its number, the lowest first.
Masks = npt.NDArray[np.uint8]

#: By a byte, its bits, the lowest first.
_IN_BYTE = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")

#: Situations that are judged at once; few enough for what is said of them to stay at hand.
BATCH = 1 << 17


@dataclass(frozen=True)
class Cases:
    """What the rules say of each different case."""

    decision: npt.NDArray[np.int8]
    fired: Masks
    open: Masks

    def __len__(self) -> int:
        return len(self.decision)

    def joined(self, one: Ints, other: Ints) -> "Cases":
        """Cases put together in pairs."""
        return Cases(
            np.maximum(self.decision[one], self.decision[other]),
            self.fired[:, one] | self.fired[:, other],
            self.open[:, one] | self.open[:, other],
        )

    def part(self, indices: Ints | Codes | slice) -> "Cases":
        """Some of them."""
        return Cases(self.decision[indices], self.fired[:, indices], self.open[:, indices])

    def put(self, index: int, one: "Cases") -> None:
        """Say something else of one of them."""
        self.decision[index] = one.decision[0]
        self.fired[:, index] = one.fired[:, 0]
        self.open[:, index] = one.open[:, 0]

    @classmethod
    def all(cls, parts: Sequence["Cases"]) -> "Cases":
        """Several, one after the other."""
        return cls(
            np.concatenate([part.decision for part in parts]),
            np.concatenate([part.fired for part in parts], axis=1),
            np.concatenate([part.open for part in parts], axis=1),
        )


@dataclass
class Judged:
    """The answer for each record of a corpus."""

    gates: Gates
    records: Ints
    """Sorted."""
    source: Codes
    """Of each record, as the corpus has it."""
    case: Codes
    """Of each record the index of its case."""
    cases: Cases

    def decided(self, *decisions: Decision) -> BitMap64:
        """The records under one of some decisions."""
        chosen = np.isin(self.cases.decision, [int(decision) for decision in decisions])
        return self._records(chosen)

    def decision_counts(self) -> Ints:
        """By the number of a decision, how many records there are under it."""
        length = len(Decision) + 1
        counts = np.bincount(self.cases.decision, weights=self._sizes(), minlength=length)
        return counts.astype(np.int64)

    def gate_counts(self) -> tuple[Ints, Ints]:
        """By the number of a gate, against how many records it fires, and how many are open."""
        sizes, gates = self._sizes(), len(self.gates.gates)
        return (
            _by_bit(self.cases.fired, sizes)[:gates],
            _by_bit(self.cases.open, sizes)[:gates],
        )

    def fired(self, number: int) -> BitMap64:
        """The records against which a gate fires, which is given by its number."""
        return self._records(bits(self.cases.fired, number))

    def unanswered(self, number: int) -> BitMap64:
        """The records about which a gate has no answer."""
        return self._records(bits(self.cases.open, number))

    def at(self, positions: Ints) -> Cases:
        """The cases of the records at some positions."""
        return self.cases.part(self.case[positions])

    def _records(self, of_case: npt.NDArray[np.bool_]) -> BitMap64:
        return BitMap64(self.records[of_case[self.case]].astype(np.uint64))

    def _sizes(self) -> Ints:
        """How many records there are of each case."""
        return np.bincount(self.case, minlength=len(self.cases))


def judge(gates: Gates, corpus: Corpus, inquiry: Inquiry) -> Judged:
    """The answer of all gates for each record of a corpus."""
    situations = inquiry.situations(gates.distinctions)
    cases = _ask(gates, situations)
    if corpus.starts is None:
        return Judged(gates, corpus.records, corpus.source, situations.of_row, cases)
    codes, cases = _of_records(corpus.starts, situations.of_row, cases)
    return Judged(gates, corpus.records, corpus.source, codes, cases)


class Judge:
    """The answer of all gates for records one by one, as `Gates.judge` gives it, and sooner.

    People differ less than records do: what a condition said of the few facts that it reads is
    remembered.
    """

    def __init__(self, gates: Gates) -> None:
        conditions: dict[str, _Condition] = {}
        self._gates = [
            (
                conditions.setdefault(gate.applies.sql, _Condition(gate.applies)),
                conditions.setdefault(gate.when.sql, _Condition(gate.when)),
                gate.decision,
            )
            for gate in gates.gates
        ]

    def judge(self, rows: Iterable[Mapping[str, Value]]) -> Judgement:
        """The answer for the rows of one record."""
        fired = open_ = 0
        decision = Decision.ALLOW
        for row in rows:
            for index, (applies, when, brings) in enumerate(self._gates):
                if applies.of(row) is False:
                    continue
                answer = when.of(row)
                if answer is True:
                    fired |= 1 << index
                    decision = max(decision, brings)
                elif answer is None:
                    open_ |= 1 << index
                    decision = max(decision, Decision.HOLD)
        return Judgement(decision, fired, open_)


#: So many answers of each condition are remembered.
_REMEMBERED = 10_000


@dataclass
class _Condition:
    """A condition with what it said before."""

    condition: Expression
    said: dict[Hashable, bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = sorted(self.condition.columns)
        self._read: Callable[[Mapping[str, Value]], Hashable] = (
            itemgetter(*names) if names else _nothing
        )

    def of(self, row: Mapping[str, Value]) -> bool | None:
        """What it says of a row of facts."""
        key = self._read(row)
        try:
            return self.said[key]
        except KeyError:
            if len(self.said) >= _REMEMBERED:
                self.said.clear()
            self.said[key] = found = evaluate(self.condition, row)
            return found


def _nothing(_: Mapping[str, Value]) -> Hashable:
    return None


def as_cases(gates: Gates, judgements: Sequence[Judgement]) -> Cases:
    """Judgements that were made one by one, as cases."""
    width = -(-len(gates.gates) // 8)

    def masks(values: Iterable[int]) -> Masks:
        written = b"".join(value.to_bytes(width, "little") for value in values)
        return np.frombuffer(written, np.uint8).reshape(-1, width).T

    return Cases(
        np.array([judgement.decision for judgement in judgements], np.int8),
        masks(judgement.fired for judgement in judgements),
        masks(judgement.open for judgement in judgements),
    )


def _ask(gates: Gates, situations: Situations) -> Cases:
    def asked(start: int) -> Cases:
        part = slice(start, start + BATCH)
        columns = {
            name: Coded(column.indices[part], column.values)
            for name, column in situations.columns.items()
        }
        return Cases(*decided(gates.questions, columns))

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(asked, range(0, situations.count, BATCH)))
    return Cases.all([as_cases(gates, []), *found])


def _by_bit(masks: Masks, sizes: Ints) -> Ints:
    """By the number of a bit, the sizes of the cases in which it is set, added up."""
    found = [
        np.bincount(row, weights=sizes, minlength=256) @ _IN_BYTE  # how often there is each byte
        for row in masks
    ]
    return np.concatenate(found).astype(np.int64) if found else np.empty(0, np.int64)


def bits(masks: Masks, number: int) -> npt.NDArray[np.bool_]:
    """In which cases the bit of a gate is set."""
    found: npt.NDArray[np.bool_] = masks[number >> 3] >> (number & 7) & 1 != 0
    return found


def _of_records(starts: Ints, of_row: Codes, cases: Cases) -> tuple[Codes, Cases]:
    """The case of each record, of which some have several rows."""
    rows = np.diff(starts)
    found = of_row[starts[:-1]].copy()
    for place in range(1, int(rows.max(initial=1))):
        longer = np.flatnonzero(rows > place)
        pairs = found[longer].astype(np.int64) << 31 | of_row[starts[longer] + place]
        codes, distinct = numbered(pairs)
        found[longer] = codes + len(cases)
        joined = cases.joined(distinct >> 31, distinct & ((1 << 31) - 1))
        cases = Cases.all([cases, joined])
    return found, cases
