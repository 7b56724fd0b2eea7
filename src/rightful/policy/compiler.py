"""All gates of all packs as one query: a decision for each record, and the rules behind it.

A rule *fires* where its condition is true, is *unanswered* where it is unknown, and *passes* only
where it is certainly false. One that fires brings its decision, one that is unanswered brings
`hold`, and the most restrictive wins over rules, packs and all subjects of a record. A pack speaks
unless it certainly does not apply (docs/decisions/0004).

`Gates.decide` asks DuckDB; `Gates.judge` reads the same trees row by row in Python and is slow. It
explains single records, and tests hold the query against it.

>>> from rightful.policy.facts import table
>>> decided = Gates([]).decide(table([{"record": 7, "personal": True}]))
>>> decided.select(["record", "decision"]).to_pylist()
[{'record': 7, 'decision': 3}]
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import pyarrow as pa

from rightful.policy.builtin import (
    COPY,
    DROPPED,
    HELD,
    NO_GROUND,
    RESTRICTED,
    UNKNOWN_PERSONAL,
    no_law,
)
from rightful.policy.database import database
from rightful.policy.decision import Decision
from rightful.policy.distinctions import Distinctions
from rightful.policy.expression import (
    Both,
    Column,
    Expression,
    Literal,
    Node,
    evaluate,
    shared,
)
from rightful.policy.facts import SCHEMA, Value
from rightful.policy.library import check_distinct
from rightful.policy.pack import Pack, Rule

#: Gates in one column of a mask; DuckDB's BIGINT has a sign.
WIDTH = 62


class Answer(StrEnum):
    """What a gate says about one row of facts."""

    FIRED = "fired"
    UNANSWERED = "unanswered"
    PASSED = "passed"
    SILENT = "silent"
    """The pack certainly does not apply."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule that is asked, with when it is; `pack` is None for the built-in ones."""

    rule: Rule
    pack: Pack | None
    applies: Expression
    when: Expression
    decision: Decision

    def answer(self, row: Mapping[str, Value]) -> Answer:
        """What it says about one row, in plain Python."""
        if evaluate(self.applies, row) is False:
            return Answer.SILENT
        found = evaluate(self.when, row)
        if found is None:
            return Answer.UNANSWERED
        return Answer.FIRED if found else Answer.PASSED


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision about one record, with masks of the gates that fired and of the open ones."""

    decision: Decision
    fired: int
    open: int


class Gates:
    """The gates of some packs, in an order that depends on nothing but the packs."""

    def __init__(
        self,
        packs: Sequence[Pack],
        *,
        advisory: bool = False,
        turned_on: Collection[str] = (),
    ) -> None:
        """Advisory rules are left out, unless all are asked for or they are among `turned_on`.

        `turned_on` names rules, or packs of which all rules are meant.

        Raises:
            InvalidInput: two packs, or two rules of different packs, have the same id.
        """
        self.packs = tuple(sorted(packs, key=lambda pack: pack.id))
        check_distinct(self.packs)
        chosen = None if advisory else frozenset(turned_on)
        self.gates: tuple[Gate, ...] = tuple(_gates(self.packs, chosen))
        self.sql = _query(self.gates)
        self._row_sql = _query(self.gates, grouped=False)

    @cached_property
    def questions(self) -> list[tuple[Expression, Expression, Decision]]:
        """When each gate applies, what stands against, and what then; equal parts are one object.

        So what is asked by several gates can be found again (see `rightful.policy.arrays`).
        """
        known: dict[Node, Node] = {}
        return [
            (
                Expression(shared(gate.applies.root, known)),
                Expression(shared(gate.when.root, known)),
                gate.decision,
            )
            for gate in self.gates
        ]

    @cached_property
    def distinctions(self) -> Distinctions:
        """Which values of the facts these gates can tell apart."""
        return Distinctions(
            condition for gate in self.gates for condition in (gate.applies, gate.when)
        )

    @property
    def chunks(self) -> range:
        """The numbers of the mask columns."""
        return range(_chunks(self.gates))

    def decide(self, facts: pa.Table) -> pa.Table:
        """For each record: `decision` (the number of a `Decision`) and its masks, see `places`.

        `facts` has the columns of `rightful.policy.facts.SCHEMA`, in any order.
        """
        facts = facts.select(SCHEMA.names).cast(SCHEMA)
        record = facts.column("record").to_numpy()
        # Where no record has several rows, none have to be put together.
        apart = bool(np.all(record[1:] > record[:-1]))
        with database(facts=facts) as connection:
            return connection.sql(self._row_sql if apart else self.sql).to_arrow_table()

    def places(self) -> Iterator[tuple[Gate, int, int]]:
        """Each gate with the number of its mask columns (`fired_0`, `open_0`) and its bit there."""
        for index, gate in enumerate(self.gates):
            yield gate, index // WIDTH, 1 << index % WIDTH

    def judge(self, rows: Iterable[Mapping[str, Value]]) -> Judgement:
        """The same answer for the rows of one record, in plain Python."""
        fired = unanswered = 0
        decision = Decision.ALLOW
        for row in rows:
            for index, gate in enumerate(self.gates):
                answer = gate.answer(row)
                if answer is Answer.FIRED:
                    fired |= 1 << index
                    decision = max(decision, gate.decision)
                elif answer is Answer.UNANSWERED:
                    unanswered |= 1 << index
                    decision = max(decision, Decision.HOLD)
        return Judgement(decision, fired, unanswered)


def _gates(packs: Sequence[Pack], turned_on: frozenset[str] | None) -> Iterator[Gate]:
    always = Expression(Literal(True))
    own = (UNKNOWN_PERSONAL, no_law(packs), NO_GROUND, RESTRICTED, DROPPED, HELD, COPY)
    for rule in own:
        yield _gate(rule, None, always)
    for pack in packs:
        applies = pack.applies
        if pack.covers == "personal_data":
            applies = Expression(Both("AND", Column("personal"), applies.root))
        for rule in pack.rules_of("gate"):
            if turned_on is None or not rule.advisory or {pack.id, rule.id} & turned_on:
                yield _gate(rule, pack, applies)


def _gate(rule: Rule, pack: Pack | None, applies: Expression) -> Gate:
    assert rule.when is not None, "a gate that was read has a condition"
    assert rule.decision is not None, "a gate that was read has a decision"
    return Gate(rule, pack, applies, rule.when, rule.decision)


# The query


def _chunks(gates: Sequence[Gate]) -> int:
    return -(-len(gates) // WIDTH)


def _query(gates: Sequence[Gate], *, grouped: bool = True) -> str:
    """One pass over the facts: answers, then masks, then the decision that the masks mean."""
    over = "GROUP BY record" if grouped else ""
    together = "bit_or" if grouped else ""
    applies = {gate.applies.sql: f"speaks_{n}" for n, gate in enumerate(gates)}
    spoken = ", ".join(f"({sql}) AS {name}" for sql, name in applies.items())
    answers = ", ".join(
        f"CASE WHEN {applies[gate.applies.sql]} IS FALSE THEN FALSE "
        f"ELSE {gate.when.sql} END AS g{n}"
        for n, gate in enumerate(gates)
    )
    masks = ", ".join(
        f"{together}({_mask(gates, chunk, test)}) AS {word}_{chunk}"
        for word, test in (("fired", "IS TRUE"), ("open", "IS NULL"))
        for chunk in range(_chunks(gates))
    )
    return f"""
    WITH spoken AS (SELECT *, {spoken} FROM facts),
    answers AS (SELECT record, {answers} FROM spoken),
    masks AS (SELECT record, {masks} FROM answers {over})
    SELECT record, CAST({_decision(gates)} AS TINYINT) AS decision, * EXCLUDE (record) FROM masks
    """  # noqa: S608 (rendered from checked trees)


def _mask(gates: Sequence[Gate], chunk: int, test: str) -> str:
    places = range(chunk * WIDTH, min(len(gates), (chunk + 1) * WIDTH))
    bits = (
        f"CASE WHEN g{n} {test} THEN CAST({1 << n % WIDTH} AS BIGINT) ELSE 0 END" for n in places
    )
    return " | ".join(bits)


def _decision(gates: Sequence[Gate]) -> str:
    """The decision in terms of the masks, the most restrictive asked first."""
    cases = []
    for decision in sorted(Decision, reverse=True):
        tests = [
            f"(fired_{chunk} & {mask}) <> 0"
            for chunk in range(_chunks(gates))
            if (mask := _brings(gates, chunk, decision))
        ]
        if decision is Decision.HOLD:
            tests += [f"open_{chunk} <> 0" for chunk in range(_chunks(gates))]
        if tests:
            cases.append(f"WHEN {' OR '.join(tests)} THEN {int(decision)}")
    return f"CASE {' '.join(cases)} ELSE {int(Decision.ALLOW)} END"


def _brings(gates: Sequence[Gate], chunk: int, decision: Decision) -> int:
    """The bits of those gates in a chunk that bring a decision."""
    places = enumerate(gates[chunk * WIDTH : (chunk + 1) * WIDTH])
    return sum(1 << bit for bit, gate in places if gate.decision is decision)
