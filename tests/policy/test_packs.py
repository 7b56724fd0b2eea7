"""The packs that come with Rightful: no unknown fact ever turns a no into a yes."""

from datetime import date

import pytest

from rightful.policy import Decision, Gates, Pack, Rule, check, load
from rightful.policy.expression import evaluate
from rightful.policy.facts import COLUMNS, Value, table

PACKS = load(["eu.gdpr", "cn.pipl"])
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]
GATES = [(pack, rule) for pack, rule in RULES if rule.kind == "gate"]

#: A person's record that both laws allow; each of the others stands on another ground.
ALLOWED: dict[str, Value] = {
    "personal": True,
    "screening_verdict": "none",
    "duplicate": "none",
    "residence": "DE",
    "establishment": "CN",
    "age": 30,
    "consent": "active",
    "contract": "none",
    "legal_obligation": "none",
    "vital_interests": "none",
    "public_task": "none",
    "legitimate_interests": "none",
    "licence": "none",
    "consent_other_purpose": False,
    "consent_notice": True,
    "consent_explicit": True,
    "consent_evidence": True,
    "consent_by_guardian": False,
    "assessment": False,
    "informed": True,
    "special_category": False,
    "criminal_offence": False,
    "public_source": False,
    "method": "form",
    "source_kind": "user_data",
    "retention_days": 100,
    "restricted": False,
    "objected": False,
    # What only the Chinese pack asks for.
    "separate_consent": "none",
    "separate_by_guardian": False,
    "pipia": "none",
    "security_measures": "none",
    "minors_policy": "none",
    "supplier_check": "none",
    "market_cn": True,
    "use_published": False,
    "use_significant_decisions": False,
    "use_face_recognition": False,
    "holds_faces": False,
    # What only the European pack asks for.
    "market_eea": True,
    "below_consent_age": False,
    "special_condition": "none",
    "special_evidence": False,
    "special_made_public": False,
    "compatibility": "none",
    "dpia": "none",
    "use_research": False,
    "collected_for": True,
    "collected_days": 100,
    "robots": "none",
    "ai_txt": "none",
    "child_directed": False,
}
BY_CONTRACT = {**ALLOWED, "consent": "none", "contract": "active"}
BY_LAW = {**ALLOWED, "consent": "withdrawn", "legal_obligation": "active"}
SEPARATE: dict[str, Value] = {
    **ALLOWED,
    "separate_consent": "active",
    "pipia": "passed",
    "security_measures": "passed",
    "dpia": "passed",
}
SENSITIVE = {**SEPARATE, "special_category": True}
A_CHILD = {
    **SEPARATE,
    "age": 9,
    "below_consent_age": True,
    "consent_by_guardian": True,
    "separate_by_guardian": True,
    "minors_policy": "passed",
}
A_CAMERA = {**SEPARATE, "method": "public_place_camera"}
ALL_ALLOWED = [ALLOWED, BY_CONTRACT, BY_LAW, SENSITIVE, A_CHILD, A_CAMERA]


def _id(pair: tuple[Pack, Rule]) -> str:
    return pair[1].id


def _domain(name: str) -> list[Value]:
    """Values of a fact that between them answer every comparison in every way."""
    fact = COLUMNS[name]
    if fact.values is not None:
        return [*sorted(fact.values)]
    return [True, False] if fact.type == "BOOLEAN" else [*range(-2, 20), 1000]


def _passes(rule: Rule, row: dict[str, Value]) -> bool:
    assert rule.when is not None
    return evaluate(rule.when, row) is False


def test_there_are_at_least_ten_gates_for_each_law() -> None:
    assert all(len(pack.rules_of("gate")) >= 10 for pack in PACKS)


@pytest.mark.parametrize("row", ALL_ALLOWED)
def test_a_record_with_everything_in_order_is_allowed(row: dict[str, Value]) -> None:
    gates = Gates(PACKS, advisory=True)
    assert gates.judge([row]).decision is Decision.ALLOW
    [answer] = gates.decide(table([{"record": 1, **row}])).to_pylist()
    assert answer["decision"] == Decision.ALLOW


@pytest.mark.parametrize("pair", GATES, ids=_id)
def test_a_gate_with_an_unknown_passes_only_where_every_value_would_pass(
    pair: tuple[Pack, Rule],
) -> None:
    rule = pair[1]
    assert rule.when is not None
    assert rule.when.columns
    for row in ALL_ALLOWED:
        assert _passes(rule, row)
        for name in rule.when.columns:
            if _passes(rule, {**row, name: None}):
                assert all(_passes(rule, {**row, name: value}) for value in _domain(name))


@pytest.mark.parametrize("pair", [p for p in RULES if p[1].when], ids=_id)
def test_no_unknown_turns_a_rule_that_did_not_pass_into_one_that_does(
    pair: tuple[Pack, Rule],
) -> None:
    rule = pair[1]
    for example in rule.examples:
        assert example.facts is not None
        if not _passes(rule, dict(example.facts)):
            for name in COLUMNS:
                assert not _passes(rule, {**example.facts, name: None})


@pytest.mark.parametrize("row", ALL_ALLOWED)
@pytest.mark.parametrize("name", COLUMNS)
def test_a_record_with_an_unknown_is_allowed_only_where_every_value_would_be(
    name: str, row: dict[str, Value]
) -> None:
    gates = Gates(PACKS)
    if gates.judge([{**row, name: None}]).decision is Decision.ALLOW:
        decisions = {gates.judge([{**row, name: v}]).decision for v in _domain(name)}
        assert decisions == {Decision.ALLOW}


@pytest.mark.parametrize(
    "name",
    [
        *("personal", "age", "consent", "consent_notice", "consent_evidence", "informed"),
        *("special_category", "criminal_offence", "method", "retention_days"),
        *("restricted", "objected"),
    ],
)
def test_these_facts_hold_the_record_of_somebody_who_consented_when_unknown(name: str) -> None:
    row = {**ALLOWED, "consent_explicit": False}
    assert Gates(PACKS).judge([row]).decision is Decision.ALLOW
    assert Gates(PACKS).judge([{**row, name: None}]).decision is Decision.HOLD


@pytest.mark.parametrize("name", ["contract", "licence", "source_kind", "consent_other_purpose"])
def test_a_fact_that_cannot_matter_holds_nothing_up(name: str) -> None:
    assert Gates(PACKS).judge([{**ALLOWED, name: None}]).decision is Decision.ALLOW


@pytest.mark.parametrize("names", [["eu.gdpr"], ["cn.pipl"], ["eu.gdpr", "cn.pipl"], []])
def test_of_which_nothing_is_known_nothing_is_allowed(names: list[str]) -> None:
    gates = Gates(load(names))
    assert gates.judge([{}]).decision is Decision.HOLD
    [answer] = gates.decide(table([{"record": 1}])).to_pylist()
    assert answer["decision"] == Decision.HOLD


@pytest.mark.parametrize(
    ("changes", "rule", "decision"),
    [
        ({"consent": "none"}, "EU.GDPR.6", Decision.DENY),
        ({"consent": "withdrawn"}, "EU.GDPR.7.3", Decision.DENY),
        ({"consent": "withdrawn", "contract": "active"}, "EU.GDPR.7.3", Decision.DENY),
        ({"consent": "expired"}, "CN.PIPL.47", Decision.DENY),
        ({"consent": "none", "legitimate_interests": "active"}, "CN.PIPL.13", Decision.DENY),
        ({"consent": "none", "licence": "active"}, "EU.GDPR.6", Decision.DENY),
        ({"consent": "none", "consent_other_purpose": True}, "CN.PIPL.14", Decision.HOLD),
        ({"consent_evidence": False}, "EU.GDPR.7", Decision.HOLD),
        ({"consent_notice": False}, "CN.PIPL.14.informed", Decision.HOLD),
        ({"special_category": True, "consent_explicit": False}, "EU.GDPR.9", Decision.DENY),
        ({"criminal_offence": True}, "EU.GDPR.10", Decision.DENY),
        ({"below_consent_age": True}, "EU.GDPR.8", Decision.DENY),
        ({"age": 13}, "CN.PIPL.31", Decision.DENY),
        ({"retention_days": -1}, "CN.PIPL.19", Decision.DENY),
        ({"informed": False}, "CN.PIPL.17", Decision.HOLD),
        ({"restricted": True}, "EU.GDPR.18", Decision.RESTRICT),
        ({"objected": True}, "EU.GDPR.21", Decision.RESTRICT),
        ({"objected": True, "public_source": True}, "CN.PIPL.27", Decision.DENY),
        ({"consent": "none", "public_source": True}, "CN.PIPL.27.scope", Decision.DENY),
        ({"method": "public_place_camera"}, "CN.PIPL.26", Decision.DENY),
    ],
)
def test_one_thing_out_of_order_is_answered_by_the_rule_about_it(
    changes: dict[str, Value], rule: str, decision: Decision
) -> None:
    gates = Gates(PACKS)
    judged = gates.judge([{**ALLOWED, **changes}])
    fired = {g.rule.id for n, g in enumerate(gates.gates) if judged.fired >> n & 1}
    assert rule in fired
    assert judged.decision is decision


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_example_of_a_pack_holds(pack: Pack) -> None:
    assert check(pack) == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_a_pack_has_a_date_and_a_date_to_look_again_and_names_its_sources(pack: Pack) -> None:
    assert pack.as_of < pack.review_by
    assert not pack.overdue(pack.review_by)
    assert pack.overdue(date.max)
    assert {rule.source for rule in pack.rules} == set(pack.sources)


@pytest.mark.parametrize("pair", RULES, ids=_id)
def test_no_rule_claims_to_be_found_in_a_text_that_was_remembered(pair: tuple[Pack, Rule]) -> None:
    pack, rule = pair
    remembered = "from memory" in pack.sources[rule.source] or rule.source == "PRACTICE"
    assert (rule.confidence == "memory") == remembered
