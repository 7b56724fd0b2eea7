"""A clearance is what a plain loop over records, people, grants and rules finds, if slowly."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap64
from tests.clearance.plain_reading import Plain
from tests.clearance.registries import NOW, RECORD, Shelf, Tables, registries, table, write

from rightful.clearance import Clearances, Controller
from rightful.clearance.judging import judge
from rightful.clearance.situations.corpus import corpus
from rightful.clearance.situations.inquiry import Inquiry
from rightful.clearance.situations.view import view
from rightful.policy import Decision, Gates, Judgement, Pack, built_in, load
from rightful.policy import facts as columns
from rightful.policy.reading import read

if TYPE_CHECKING:
    from tests.clearance.conftest import House
    from tests.clearance.plain_reading import Row

HOUSE = """
id: house.test
kind: house
covers: other
title: {en: House, zh: 内规}
authority: us
version: "1"
as_of: 2026-11-24
review_by: 2027-11-24
applies: "TRUE"
sources: {us: us}
rules:
  - id: HOUSE.1
    article: "1"
    title: {en: Licence, zh: 许可}
    kind: gate
    confidence: found
    source: us
    when: NOT (licence = 'active') AND NOT method = 'form'
    decision: deny
    examples: [{facts: {licence: none, method: crawl}, expect: fires},
               {facts: {licence: active}, expect: passes}]
  - id: HOUSE.2
    article: "2"
    title: {en: Synthetic, zh: 合成}
    kind: gate
    confidence: found
    source: us
    when: source_kind = 'synthetic' OR licence = 'pending' OR contract = 'expired'
    decision: allow_with_conditions
    conditions: {en: say so, zh: 须说明}
    examples: [{facts: {source_kind: synthetic}, expect: fires},
               {facts: {source_kind: crawl, licence: none, contract: none}, expect: passes}]
"""


@pytest.fixture(scope="module")
def packs() -> list[Pack]:
    """Every pack there is, and a house's own."""
    return [*load(built_in()), read(HOUSE, "house.yaml")]


@pytest.fixture(scope="module")
def gates(packs: list[Pack]) -> Gates:
    return Gates(packs, advisory=True)


_RECORDS = st.lists(RECORD, max_size=14).map(
    lambda rows: [{"record": number, **row} for number, row in enumerate(rows, 5)]
)
_MARKETS = st.sampled_from([None, (), ("CN",), ("EEA", "US-CA"), ("US", "KR"), ("GB", "DE")])


@settings(max_examples=80)
@given(tables=registries(), records=_RECORDS, markets=_MARKETS)
def test_facts_equal_those_of_a_plain_loop_over_people_and_grants(
    blank: "House", tables: Tables, records: "list[Row]", markets: tuple[str, ...] | None
) -> None:
    write(blank.registry, tables)
    wanted = _plain(tables, records, markets)
    assert list(_inquiry(blank, records, markets).rows()) == wanted
    assert {name for row in wanted for name in row} <= set(columns.SCHEMA.names)


@settings(max_examples=12)
@given(tables=registries(), records=_RECORDS, markets=_MARKETS)
def test_a_clearance_equals_a_plain_loop_over_records_and_rules(
    blank: "House",
    packs: list[Pack],
    gates: Gates,
    tables: Tables,
    records: "list[Row]",
    markets: tuple[str, ...] | None,
) -> None:
    _hold(blank, packs, gates, tables, records, markets)


@pytest.mark.slow
@settings(max_examples=40)
@given(tables=registries(), records=_RECORDS, markets=_MARKETS)
def test_they_are_equal_for_many_more_registries(
    blank: "House",
    packs: list[Pack],
    gates: Gates,
    tables: Tables,
    records: "list[Row]",
    markets: tuple[str, ...] | None,
) -> None:
    _hold(blank, packs, gates, tables, records, markets)


def _plain(tables: Tables, records: "list[Row]", markets: tuple[str, ...] | None) -> "list[Row]":
    reading = Plain(tables, 3, NOW, "DE", markets)
    return [row for record in records for row in reading.rows(record)]


def _inquiry(house: "House", records: "list[Row]", markets: tuple[str, ...] | None) -> Inquiry:
    return _clearances(house, [], records, markets).inquiry(
        view(house.registry, NOW), corpus([table(records)]), house.purposes.covering("fine-tuning")
    )


def _clearances(
    house: "House", packs: list[Pack], records: "list[Row]", markets: tuple[str, ...] | None
) -> Clearances:
    shelf: Any = Shelf(table(records))
    rooms = (house.registry, shelf, house.purposes)
    controller = Controller("DE", markets)
    return Clearances(*rooms, packs, controller, house.ledger, advisory=True)


def _hold(
    house: "House",
    packs: list[Pack],
    gates: Gates,
    tables: Tables,
    records: "list[Row]",
    markets: tuple[str, ...] | None,
) -> None:
    """Hold every reading of the rules against the plain one of the plain facts."""
    write(house.registry, tables)
    rows = _plain(tables, records, markets)
    by_record: dict[int, list[Row]] = {record["record"]: [] for record in records}
    for row in rows:
        by_record[row["record"]].append(row)
    wanted = {number: gates.judge(own) for number, own in by_record.items()}

    assert _queried(gates, rows) == wanted
    inquiry = _inquiry(house, records, markets)
    judged = judge(gates, corpus([table(records)]), inquiry)
    clearance = _clearances(house, packs, records, markets).compute("fine-tuning", at=NOW)
    for decision in Decision:
        those = [number for number, said in wanted.items() if said.decision is decision]
        assert judged.decided(decision) == clearance.decisions[decision] == BitMap64(those)
    assert clearance.cleared == BitMap64(
        [n for n, said in wanted.items() if said.decision <= Decision.ALLOW_WITH_CONDITIONS]
    )
    spoken = {why.number: (why.fired, why.unanswered) for why in clearance.reasons}
    for number in range(len(gates.gates)):
        fired = BitMap64([n for n, said in wanted.items() if said.fired >> number & 1])
        unanswered = BitMap64([n for n, said in wanted.items() if said.open >> number & 1])
        assert judged.fired(number) == fired
        assert judged.unanswered(number) == unanswered
        assert spoken.get(number, (BitMap64(), BitMap64())) == (fired, unanswered)


def _queried(gates: Gates, rows: "list[Row]") -> dict[int, Judgement]:
    """What the query says of rows, its masks put together as the plain reading has them."""
    answers = {}
    for row in gates.decide(columns.table(rows)).to_pylist():
        fired = unanswered = 0
        for number, (_, chunk, bit) in enumerate(gates.places()):
            fired |= bool(row[f"fired_{chunk}"] & bit) << number
            unanswered |= bool(row[f"open_{chunk}"] & bit) << number
        answers[row["record"]] = Judgement(Decision(row["decision"]), fired, unanswered)
    return answers
