"""One query and a slow, plain reading of the same rules agree, whatever is unknown."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.conditions import CONDITION, NAMES, ROW, VALUES, values

from rightful.errors import InvalidInput
from rightful.policy import (
    Answer,
    Decision,
    Gates,
    Judgement,
    Pack,
    Rule,
    Text,
    built_in,
    compiler,
    load,
)
from rightful.policy.expression import (
    Expression,
)
from rightful.policy.facts import COLUMNS, GROUNDS, SCHEMA, Value, table

Row = dict[str, Value]
MakePack = Callable[..., Pack]

_FACTS = st.lists(st.tuples(st.integers(1, 4), ROW), max_size=12)

#: What the built-in rules ask about screening, of a record that nobody screened.
_UNSCREENED: Row = {"screening_verdict": "none", "duplicate": "none"}

_DAY = date(2026, 1, 1)
_DECISIONS = [decision for decision in Decision if decision is not Decision.ALLOW]


def _rule(number: int, when: Expression, decision: Decision, advisory: bool) -> Rule:
    words = Text("a", "b")
    return Rule(
        *(f"R{number}", "Art. 1", words, "gate", "memory", "S", _DAY, _DAY),
        when=when,
        decision=decision,
        advisory=advisory,
    )


def _pack(number: int, kind: str, covers: str, applies: Expression, rules: list[Any]) -> Pack:
    return Pack(
        *(f"p{number}", kind, covers, Text("a", "b"), "x", "1", _DAY, _DAY, applies, {"S": "s"}),  # type: ignore[arg-type]
        rules=tuple(_rule(100 * number + n, *rule) for n, rule in enumerate(rules)),
        sha256="",
        terms={},
        not_encoded=(),
    )


_PACKS = st.lists(
    st.tuples(
        st.sampled_from(["law", "standard", "house"]),
        st.sampled_from(["personal_data", "other"]),
        CONDITION,
        st.lists(st.tuples(CONDITION, st.sampled_from(_DECISIONS), st.booleans()), max_size=4),
    ),
    max_size=3,
).map(lambda packs: [_pack(number, *pack) for number, pack in enumerate(packs)])


def _decided(gates: Gates, rows: list[tuple[int, Row]]) -> dict[int, Judgement]:
    """What the query says, its masks put together as the plain reading has them."""
    found = gates.decide(table([{"record": record, **row} for record, row in rows]))
    answers = {}
    for row in found.to_pylist():
        fired = opened = 0
        for index, (_, chunk, bit) in enumerate(gates.places()):
            fired |= bool(row[f"fired_{chunk}"] & bit) << index
            opened |= bool(row[f"open_{chunk}"] & bit) << index
        answers[row["record"]] = Judgement(Decision(row["decision"]), fired, opened)
    return answers


def _judged(gates: Gates, rows: list[tuple[int, Row]]) -> dict[int, Judgement]:
    by_record: dict[int, list[Row]] = defaultdict(list)
    for record, row in rows:
        by_record[record].append(row)
    return {record: gates.judge(own) for record, own in by_record.items()}


@settings(max_examples=50)
@given(_PACKS, _FACTS, st.booleans())
def test_the_query_and_the_plain_reading_agree(
    packs: list[Pack], rows: list[tuple[int, Row]], advisory: bool
) -> None:
    gates = Gates(packs, advisory=advisory)
    assert _decided(gates, rows) == _judged(gates, rows)


@settings(max_examples=20)
@given(_PACKS, _FACTS)
def test_they_agree_when_rules_take_several_masks(
    packs: list[Pack], rows: list[tuple[int, Row]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "WIDTH", 2)
        gates = Gates(packs)
        assert len(gates.chunks) == (len(gates.gates) + 1) // 2
        assert _decided(gates, rows) == _judged(gates, rows)


_ANY: dict[str, list[Value]] = {
    name: [None, *sorted(fact.values)] if fact.values else VALUES[fact.type]
    for name, fact in COLUMNS.items()
}


@settings(max_examples=8)
@given(st.integers(0, 2**32))
def test_they_agree_on_the_built_in_packs(seed: int) -> None:
    # By chance alone: hypothesis can't draw so many values for one example.
    chance = random.Random(seed)
    rows = [
        (chance.randint(1, 20), {name: chance.choice(values) for name, values in _ANY.items()})
        for _ in range(40)
    ]
    gates = Gates(load(built_in()), advisory=True)
    assert _decided(gates, rows) == _judged(gates, rows)


@settings(max_examples=40)
@given(_PACKS, _FACTS, st.sampled_from(NAMES))
def test_an_unknown_passes_only_where_no_value_of_it_would_not(
    packs: list[Pack], rows: list[tuple[int, Row]], name: str
) -> None:
    gates = Gates(packs)
    for _, row in rows:
        unknown = [gate.answer({**row, name: None}) for gate in gates.gates]
        for value in values(name)[1:]:
            known = [gate.answer({**row, name: value}) for gate in gates.gates]
            for without, with_value in zip(unknown, known, strict=True):
                if without in (Answer.PASSED, Answer.SILENT):
                    assert with_value in (Answer.PASSED, Answer.SILENT)


# Decisions

_NO_GROUND: Row = {
    **dict.fromkeys(GROUNDS, "none"),
    "consent_other_purpose": False,
    "public_source": False,
}


@pytest.mark.parametrize("decision", _DECISIONS)
def test_a_rule_that_fires_brings_its_decision_and_one_unanswered_holds(
    make_pack: MakePack, rule_fields: Callable[..., dict[str, Any]], decision: Decision
) -> None:
    words = {"en": "a", "zh": "b"}
    more = {Decision.HOLD: "asks", Decision.ALLOW_WITH_CONDITIONS: "conditions"}.get(decision)
    rule = rule_fields(decision=decision.word, **({more: words} if more else {}))
    gates = Gates([make_pack(kind="law", rules=[rule])])
    facts: Row = {**_UNSCREENED, "personal": False}
    answers = _decided(
        gates,
        [
            (1, {**facts, "objected": True}),
            (2, {**facts, "objected": None}),
            (3, {**facts, "objected": False}),
        ],
    )
    assert [answers[record].decision for record in (1, 2, 3)] == [
        decision,
        Decision.HOLD,
        Decision.ALLOW,
    ]


def test_the_most_restrictive_wins_over_rules_packs_and_people(make_pack: MakePack) -> None:
    gates = Gates(
        [
            make_pack(kind="law"),
            make_pack(
                id="second",
                rules=[
                    {
                        "id": "SECOND.1",
                        "article": "1",
                        "title": {"en": "a", "zh": "b"},
                        "kind": "gate",
                        "confidence": "found",
                        "source": "BOOK",
                        "when": "restricted",
                        "decision": "restrict",
                        "examples": [
                            {"facts": {"restricted": True}, "expect": "fires"},
                            {"facts": {"restricted": False}, "expect": "passes"},
                        ],
                    }
                ],
            ),
        ]
    )
    fine: Row = {**_UNSCREENED, "personal": False, "objected": False, "restricted": False}
    answers = _decided(
        gates,
        [
            *((1, fine), (1, fine)),
            *((2, fine), (2, {**fine, "restricted": True}), (2, {**fine, "objected": None})),
            *((3, {**fine, "restricted": True}), (3, {**fine, "objected": True})),
        ],
    )
    assert [answers[record].decision for record in (1, 2, 3)] == [
        Decision.ALLOW,
        Decision.RESTRICT,
        Decision.DENY,
    ]
    names = [gate.rule.id for gate in gates.gates]
    assert names[:2] == ["RIGHTFUL.UNKNOWN_PERSONAL", "RIGHTFUL.NO_LAW"]
    assert names[2:4] == ["RIGHTFUL.NO_GROUND", "RIGHTFUL.RESTRICTED"]
    assert names[4:6] == ["RIGHTFUL.SCREENED_OUT", "RIGHTFUL.SCREENING_HOLDS"]
    assert names[6:] == ["RIGHTFUL.COPY", "HOUSE.1", "SECOND.1"]
    assert answers[2] == Judgement(Decision.RESTRICT, fired=0b100000000, open=0b010000000)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        ({}, Decision.HOLD),
        ({"consent": "withdrawn"}, Decision.HOLD),
        ({"consent": "active"}, Decision.ALLOW),
        ({"public_source": True}, Decision.ALLOW),
        (_NO_GROUND, Decision.DENY),
        ({**_NO_GROUND, "contract": None}, Decision.HOLD),
        ({**_NO_GROUND, "legitimate_interests": "active"}, Decision.ALLOW),
        ({**_NO_GROUND, "consent_other_purpose": True}, Decision.ALLOW),
        ({**_NO_GROUND, "licence": "active"}, Decision.DENY),
        ({**_NO_GROUND, "personal": False}, Decision.ALLOW),
    ],
)
def test_personal_data_on_no_ground_at_all_is_out_whatever_the_packs_say(
    make_pack: MakePack, facts: Row, decision: Decision
) -> None:
    row: Row = {**_UNSCREENED, "personal": True, "objected": False, "restricted": False, **facts}
    gates = Gates([make_pack(kind="law", covers="personal_data")])
    assert gates.judge([row]).decision is decision
    assert _decided(gates, [(1, row)])[1].decision is decision


def test_a_restricted_person_is_out_whatever_the_packs_say(make_pack: MakePack) -> None:
    law = make_pack(kind="law", covers="personal_data", applies="residence = 'DE'")
    row: Row = {
        **_UNSCREENED,
        "personal": True,
        "objected": False,
        "residence": "DE",
        "consent": "active",
    }
    decisions = {
        restricted: Gates([law]).judge([{**row, "restricted": restricted}]).decision
        for restricted in (True, None, False)
    }
    assert decisions == {True: Decision.RESTRICT, None: Decision.HOLD, False: Decision.ALLOW}


# When a pack speaks


def _silent_law(make_pack: MakePack) -> Pack:
    """A law that says nothing."""
    notice = {
        "id": "LAW.1",
        "article": "1",
        "title": {"en": "a", "zh": "b"},
        "kind": "notice",
        "confidence": "found",
        "source": "BOOK",
    }
    return make_pack(id="law", kind="law", rules=[notice])


def test_a_pack_is_silent_only_where_it_certainly_does_not_apply(make_pack: MakePack) -> None:
    gates = Gates([make_pack(applies="residence = 'DE'"), _silent_law(make_pack)])
    gate = next(gate for gate in gates.gates if gate.rule.id == "HOUSE.1")
    assert gate.answer({"objected": True, "residence": "CN"}) is Answer.SILENT
    assert gate.answer({"objected": True, "residence": "DE"}) is Answer.FIRED
    assert gate.answer({"objected": True, "residence": None}) is Answer.FIRED
    assert gate.answer({"objected": False, "residence": None}) is Answer.PASSED


def test_a_law_about_personal_data_is_silent_about_what_is_known_to_hold_none(
    make_pack: MakePack,
) -> None:
    gates = Gates([make_pack(kind="law", covers="personal_data")])
    gate = gates.gates[-1]
    assert gate.answer({"personal": False, "objected": True}) is Answer.SILENT
    assert gate.answer({"personal": None, "objected": True}) is Answer.FIRED
    assert gate.answer({"personal": True, "objected": True}) is Answer.FIRED


@pytest.mark.parametrize("personal", [True, False, None])
def test_without_a_law_nothing_is_allowed(make_pack: MakePack, personal: bool | None) -> None:
    row: Row = {**_UNSCREENED, "personal": personal, "objected": False}
    for packs in ([], [make_pack()], [make_pack(kind="standard")]):
        gates = Gates(packs)
        assert gates.judge([row]).decision is Decision.HOLD
        assert _decided(gates, [(1, row)])[1].decision is Decision.HOLD


@pytest.mark.parametrize(
    ("residence", "establishment", "decision"),
    [
        ("DE", "US", Decision.ALLOW),
        ("US", "DE", Decision.ALLOW),
        (None, "DE", Decision.ALLOW),
        ("US", "US", Decision.HOLD),
        (None, None, Decision.HOLD),
        (None, "US", Decision.HOLD),
    ],
)
def test_a_person_of_whom_no_law_is_known_to_speak_is_held(
    make_pack: MakePack, residence: str | None, establishment: str | None, decision: Decision
) -> None:
    pack = make_pack(
        kind="law", covers="personal_data", applies="residence = 'DE' OR establishment = 'DE'"
    )
    row: Row = {
        **_UNSCREENED,
        "personal": True,
        "objected": False,
        "restricted": False,
        "consent": "active",
    }
    row |= {"residence": residence, "establishment": establishment}
    assert Gates([pack]).judge([row]).decision is decision


def test_a_record_of_which_nobody_knows_whether_it_is_personal_is_held(
    make_pack: MakePack,
) -> None:
    row: Row = {**_UNSCREENED, "personal": None, "objected": False}
    assert Gates([make_pack(kind="law")]).judge([row]).decision is Decision.HOLD


# The order and the edges


def test_the_order_of_packs_changes_nothing() -> None:
    packs = load(["eu.gdpr", "cn.pipl"])
    assert Gates(packs).sql == Gates(packs[::-1]).sql


def test_advisory_rules_decide_only_where_they_are_turned_on(
    make_pack: MakePack, rule_fields: Callable[..., dict[str, Any]]
) -> None:
    pack = make_pack(kind="law", rules=[rule_fields(advisory=True)])
    row: Row = {**_UNSCREENED, "personal": False, "objected": True}
    assert Gates([pack]).judge([row]).decision is Decision.ALLOW
    assert Gates([pack], advisory=True).judge([row]).decision is Decision.DENY


def test_two_packs_with_a_rule_of_one_id_are_refused(make_pack: MakePack) -> None:
    with pytest.raises(InvalidInput, match=r"rule HOUSE\.1 is in two packs"):
        Gates([make_pack(), make_pack(id="other")])
    with pytest.raises(InvalidInput, match="pack house is in two packs"):
        Gates([make_pack(), make_pack()])


def test_no_records_no_answers_and_columns_in_any_order() -> None:
    gates = Gates(load(["eu.gdpr"]))
    assert gates.decide(SCHEMA.empty_table()).num_rows == 0
    facts = table([{"record": 7, "personal": True}])
    turned = facts.select(facts.column_names[::-1])
    assert gates.decide(turned).equals(gates.decide(facts))
