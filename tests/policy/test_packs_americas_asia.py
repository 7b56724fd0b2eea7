"""The packs of California, the US, Brazil, India and Korea: what they allow, hold and forbid."""

from datetime import UTC, date, datetime

import pytest

from rightful.policy import Decision, Gates, Pack, Rule, check, deadline, load, refusal_grounds
from rightful.policy.expression import evaluate
from rightful.policy.facts import COLUMNS, Value, table

IDS = ["us.ca.ccpa", "us.ca.ab2013", "us.coppa", "br.lgpd", "in.dpdp", "kr.pipa"]
PACKS = {pack.id: pack for pack in load(IDS)}
GATES = [(pack, rule) for pack in PACKS.values() for rule in pack.rules_of("gate")]

#: How many rules a clearance can decide there are in each pack's table of the fact sheet.
ROWS = {
    "us.ca.ccpa": 15,
    "us.ca.ab2013": 12,
    "us.coppa": 5,
    "br.lgpd": 7,
    "in.dpdp": 10,
    "kr.pipa": 6,
}

#: Rows of the fact sheet that have an id of their own.
NAMED_ROWS = {
    "us.ca.ccpa": (
        *("US.CCPA.scope", "US.CCPA.AB1008", "US.CCPA.100", "US.CCPA.105", "US.CCPA.7022"),
        *("US.CCPA.106", "US.CCPA.110/115", "US.CCPA.120/135", "US.CCPA.120c", "US.CCPA.121"),
        *("US.CCPA.140m", "US.CCPA.7050", "US.CCPA.7101", "US.CCPA.7150", "US.CCPA.7200–7222"),
        *("US.CCPA.7021", "US.CCPA.1798.130", "US.CCPA.7026/7027", "US.CCPA.optin"),
        *("US.CA.DROP", "US.CA.ADMT", "US.GPC", "US.sector"),
    ),
    "us.ca.ab2013": ("US.CA.SB942", *(f"US.CA.AB2013.{n}" for n in range(1, 13))),
    "us.coppa": ("US.COPPA", "US.FTC.disgorge", "US.FTC.retro"),
    "br.lgpd": ("BR.LGPD.19", "BR.ANPD.15"),
    "in.dpdp": ("IN.DPDP", "IN.DPDP.erase", "IN.DPDP.logs"),
    "kr.pipa": ("KR.PIPA", "KR.PIPA.breach"),
}

#: A record of a grown person who consented, from a form, with every paper in its place.
IN_ORDER: dict[str, Value] = {
    "personal": True,
    "screening_verdict": "none",
    "duplicate": "none",
    "region": "none",
    "age": 30,
    "below_consent_age": False,
    "restricted": False,
    "objected": False,
    "opted_out": False,
    **{name: False for name in COLUMNS if name.startswith(("market_", "use_"))},
    "consent": "active",
    "separate_consent": "none",
    "contract": "none",
    "legal_obligation": "none",
    "vital_interests": "none",
    "public_task": "none",
    "legitimate_interests": "none",
    "special_condition": "none",
    "consent_other_purpose": False,
    "consent_notice": True,
    "consent_explicit": True,
    "consent_evidence": True,
    "consent_by_guardian": False,
    "separate_by_guardian": False,
    "special_evidence": False,
    "special_made_public": False,
    "informed": True,
    "assessment": False,
    "compatibility": "none",
    "risk_assessment": "none",
    "supplier_check": "none",
    "minors_policy": "none",
    "security_measures": "none",
    "special_category": False,
    "criminal_offence": False,
    "public_source": False,
    "method": "form",
    "source_kind": "user_data",
    "retention_days": 100,
    "origin_stated": True,
    "collected_for": True,
    "source_evidence": True,
    "lawfully_accessed": True,
    "holds_faces": False,
    "child_directed": False,
    "broker": False,
}
PLACES: dict[str, dict[str, Value]] = {
    "us.ca.ccpa": {"residence": "US", "region": "US-CA", "establishment": "US"},
    "us.ca.ab2013": {
        **{"residence": "US", "region": "US-CA", "establishment": "US"},
        **{"use_generative": True, "market_us_ca": True},
    },
    "us.coppa": {"residence": "US", "establishment": "CN", "market_us": True},
    "br.lgpd": {"residence": "BR", "establishment": "BR"},
    "in.dpdp": {"residence": "IN", "establishment": "IN"},
    "kr.pipa": {"residence": "KR", "establishment": "KR"},
}


def _row(pack: str, **changes: Value) -> dict[str, Value]:
    return {**IN_ORDER, **PLACES[pack], **changes}


def _judge(pack: str, **changes: Value) -> Decision:
    """What the pack alone says, all of its rules turned on."""
    return Gates([PACKS[pack]], advisory=True).judge([_row(pack, **changes)]).decision


def _fired(pack: str, **changes: Value) -> set[str]:
    gates = Gates([PACKS[pack]], advisory=True)
    judged = gates.judge([_row(pack, **changes)])
    return {gate.rule.id for n, gate in enumerate(gates.gates) if judged.fired >> n & 1}


def _domain(name: str) -> list[Value]:
    """Values of a fact that between them answer every comparison in every way."""
    fact = COLUMNS[name]
    if fact.values is not None:
        return [*sorted(fact.values)]
    return [True, False] if fact.type == "BOOLEAN" else [*range(-2, 20), 1000]


def _noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


# The packs themselves


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_every_example_of_a_pack_holds(pack: Pack) -> None:
    assert check(pack) == []


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_a_pack_has_a_rule_for_every_row_that_a_clearance_can_decide(pack: Pack) -> None:
    assert len(pack.rules) >= ROWS[pack.id]


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_every_row_of_the_fact_sheet_is_a_rule_or_says_why_not(pack: Pack) -> None:
    spoken = {rule.id for rule in pack.rules} | {each.id for each in pack.not_encoded}
    spoken |= {row for rule in pack.rules for row in rule.reference}
    assert set(NAMED_ROWS[pack.id]) <= spoken


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_every_source_is_used_and_says_where_it_was_read(pack: Pack) -> None:
    assert {rule.source for rule in pack.rules} == set(pack.sources)
    for rule in pack.rules:
        assert rule.confidence in ("found", "secondary")
        assert "https://" in pack.sources[rule.source]


@pytest.mark.parametrize("pack", IDS)
def test_a_record_with_everything_in_order_is_allowed(pack: str) -> None:
    gates = Gates([PACKS[pack]], advisory=True)
    law = {gate.rule.id for gate in gates.gates if gate.pack}
    judged = gates.judge([_row(pack)])
    open_or_fired = {
        gate.rule.id
        for n, gate in enumerate(gates.gates)
        if (judged.fired | judged.open) >> n & 1 and gate.rule.id in law
    }
    assert open_or_fired == set()


@pytest.mark.parametrize("pack", [pack for pack in IDS if pack != "us.ca.ab2013"])
def test_a_law_on_personal_data_speaks_so_that_nothing_is_held_for_want_of_a_law(
    pack: str,
) -> None:
    assert _judge(pack) is Decision.ALLOW


@pytest.mark.parametrize("pack", IDS)
def test_a_law_is_silent_about_somebody_and_a_controller_elsewhere(pack: str) -> None:
    elsewhere: dict[str, Value] = {"residence": "DE", "region": "none", "establishment": "DE"}
    row = {**_row(pack), **elsewhere, "use_generative": False}
    assert evaluate(PACKS[pack].applies, row) is False


@pytest.mark.parametrize(("pack", "rule"), GATES, ids=lambda each: each.id)
def test_an_unknown_lets_a_gate_pass_only_where_every_value_would(pack: Pack, rule: Rule) -> None:
    assert rule.when is not None
    row = _row(pack.id)
    assert evaluate(rule.when, row) is False
    for name in rule.when.columns:
        if evaluate(rule.when, {**row, name: None}) is False:
            answers = {evaluate(rule.when, {**row, name: value}) for value in _domain(name)}
            assert answers == {False}


@pytest.mark.parametrize(("pack", "rule"), GATES, ids=lambda each: each.id)
def test_no_unknown_turns_a_gate_that_fires_into_one_that_passes(pack: Pack, rule: Rule) -> None:
    assert rule.when is not None
    for example in rule.examples:
        if example.facts is not None and example.expect == "fires":
            for name in COLUMNS:
                assert evaluate(rule.when, {**example.facts, name: None}) is not False


@pytest.mark.parametrize("pack", IDS)
def test_the_database_says_the_same_as_the_slow_reading(pack: str) -> None:
    rows = [_row(pack)]
    rows += [_row(pack, **{name: None}) for name in IN_ORDER]
    rows += [_row(pack, **{name: value}) for name in IN_ORDER for value in _domain(name)[:3]]
    gates = Gates([PACKS[pack]], advisory=True)
    facts = table([{"record": n, **row} for n, row in enumerate(rows)])
    decided = sorted(gates.decide(facts).to_pylist(), key=lambda answer: answer["record"])
    assert [answer["decision"] for answer in decided] == [
        gates.judge([row]).decision for row in rows
    ]


# California


@pytest.mark.parametrize("request_", ["know", "access", "rectify", "erase", "port"])
def test_a_californian_request_is_confirmed_in_ten_business_days_and_answered_in_45(
    request_: str,
) -> None:
    due = deadline([PACKS["us.ca.ccpa"]], request_, _noon(2026, 3, 2))
    assert due is not None
    assert due.acknowledge_by == date(2026, 3, 16)
    assert due.due == date(2026, 4, 16)
    assert due.extended == date(2026, 5, 31)


@pytest.mark.parametrize("request_", ["opt_out", "restrict"])
def test_a_californian_opt_out_takes_effect_in_fifteen_business_days(request_: str) -> None:
    due = deadline([PACKS["us.ca.ccpa"]], request_, _noon(2026, 3, 2))
    assert due is not None
    assert (due.due, due.extended, due.acknowledge_by) == (date(2026, 3, 23), None, None)


def test_nobody_is_asked_to_opt_in_again_for_twelve_months() -> None:
    [rule] = [r for r in PACKS["us.ca.ccpa"].rules if r.id == "US.CCPA.optin"]
    assert rule.clock is not None
    assert (rule.clock.amount, rule.clock.unit) == (12, "calendar_month")


@pytest.mark.parametrize(
    ("changes", "rule", "decision"),
    [
        ({"method": "purchase", "opted_out": True}, "US.CCPA.120", Decision.DENY),
        ({"method": "transfer", "opted_out": True}, "US.CCPA.120", Decision.DENY),
        ({"method": "purchase", "age": 12}, "US.CCPA.120c.13", Decision.DENY),
        (
            {"method": "purchase", "age": 15, "consent_explicit": False},
            "US.CCPA.120c.16",
            Decision.DENY,
        ),
        ({"special_category": True}, "US.CCPA.7150.sensitive", Decision.HOLD),
        ({"use_significant_decisions": True}, "US.CCPA.7150.training", Decision.HOLD),
        ({"special_category": True, "objected": True}, "US.CCPA.121", Decision.RESTRICT),
        ({"special_category": True, "informed": False}, "US.CCPA.121.notice", Decision.HOLD),
        ({"informed": False}, "US.CCPA.100", Decision.HOLD),
        ({"collected_for": False, "consent": "none"}, "US.CCPA.7002", Decision.DENY),
        ({"retention_days": -1}, "US.CCPA.100.retention", Decision.DENY),
        ({"broker": True, "method": "purchase"}, "US.CA.DROP", Decision.HOLD),
    ],
)
def test_one_thing_out_of_order_in_california_is_answered_by_the_rule_about_it(
    changes: dict[str, Value], rule: str, decision: Decision
) -> None:
    assert rule in _fired("us.ca.ccpa", **changes)
    assert _judge("us.ca.ccpa", **changes) is decision


def test_an_opt_out_does_not_touch_what_people_gave_the_controller_themselves() -> None:
    assert _judge("us.ca.ccpa", opted_out=True) is Decision.ALLOW


@pytest.mark.parametrize(
    "changes",
    [
        {"broker": None, "opted_out": None, "supplier_check": None},
        {"age": None},
        {"risk_assessment": None},
        {"compatibility": None, "public_source": None, "lawfully_accessed": None},
        {"source_evidence": None},
    ],
)
def test_a_fact_that_does_not_matter_to_a_californian_record_holds_nothing_up(
    changes: dict[str, Value],
) -> None:
    assert _judge("us.ca.ccpa", **changes) is Decision.ALLOW


def test_a_person_in_a_state_that_nobody_recorded_may_be_a_californian() -> None:
    assert evaluate(PACKS["us.ca.ccpa"].applies, _row("us.ca.ccpa", region=None)) is None


@pytest.mark.parametrize("fact", ["origin_stated", "source_kind"])
def test_a_generative_model_for_californians_needs_to_know_where_its_data_came_from(
    fact: str,
) -> None:
    row = _row("us.ca.ab2013", method="other", **{fact: None})
    gates = Gates([PACKS["us.ca.ccpa"], PACKS["us.ca.ab2013"]])
    assert gates.judge([row]).decision is Decision.HOLD
    assert gates.judge([{**row, "use_generative": False}]).decision is Decision.ALLOW


def test_the_documentation_of_training_data_counts_for_records_about_nobody_too() -> None:
    row = _row("us.ca.ab2013", personal=False, origin_stated=False)
    assert Gates([PACKS["us.ca.ab2013"]]).judge([row]).decision is Decision.HOLD


# Children in the US


def test_a_parent_who_agreed_to_the_service_only_did_not_agree_to_training() -> None:
    changes: dict[str, Value] = {"age": 9, "consent_by_guardian": True}
    changes |= {"minors_policy": "passed", "security_measures": "passed"}
    assert _fired("us.coppa", **changes) == {"US.COPPA.312.5a2"}
    assert _judge("us.coppa", **changes) is Decision.DENY
    agreed: dict[str, Value] = {
        **changes,
        "separate_consent": "active",
        "separate_by_guardian": True,
    }
    assert _judge("us.coppa", **agreed) is Decision.ALLOW
    assert _judge("us.coppa", **{**agreed, "retention_days": None}) is Decision.HOLD


def test_a_parents_consent_without_its_proof_is_held() -> None:
    agreed: dict[str, Value] = {
        "age": 9,
        "separate_consent": "active",
        "separate_by_guardian": True,
    }
    agreed |= {"minors_policy": "passed", "security_measures": "passed"}
    assert _judge("us.coppa", **agreed) is Decision.ALLOW
    assert _judge("us.coppa", consent_evidence=False, **agreed) is Decision.HOLD


def test_a_child_that_agreed_itself_is_no_parent() -> None:
    assert _judge("us.coppa", age=9, separate_consent="active") is Decision.DENY


def test_whoever_uses_a_childrens_service_is_held_until_their_age_is_known() -> None:
    assert _judge("us.coppa", age=None, child_directed=True) is Decision.HOLD
    assert _judge("us.coppa", age=30, child_directed=True) is Decision.ALLOW


@pytest.mark.parametrize(
    "name", ["child_directed", "minors_policy", "security_measures", "separate_consent"]
)
def test_facts_about_children_hold_up_no_grown_person(name: str) -> None:
    assert _judge("us.coppa", **{name: None}) is Decision.ALLOW


# Brazil


def test_a_brazilian_is_answered_in_fifteen_days() -> None:
    for request_ in ("know", "access"):
        due = deadline([PACKS["br.lgpd"]], request_, _noon(2026, 3, 2))
        assert due is not None
        assert due.due == date(2026, 3, 17)


def test_no_term_is_made_up_where_brazil_has_none() -> None:
    assert deadline([PACKS["br.lgpd"]], "erase", _noon(2026, 3, 2)) is None


def test_legitimate_interests_carry_ordinary_data_in_brazil_and_never_sensitive_data() -> None:
    changes: dict[str, Value] = {"consent": "none", "legitimate_interests": "active"}
    changes |= {"assessment": True}
    assert _judge("br.lgpd", **changes) is Decision.ALLOW
    assert _judge("br.lgpd", special_category=True, **changes) is Decision.DENY
    changes |= {"special_condition": "active", "special_evidence": True}
    assert _judge("br.lgpd", special_category=True, **changes) is Decision.ALLOW
    changes |= {"special_made_public": True}
    assert _judge("br.lgpd", special_category=True, **changes) is Decision.DENY


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"age": 11}, Decision.DENY),
        ({"age": 11, "minors_policy": "passed"}, Decision.DENY),
        ({"age": 11, "consent_by_guardian": True}, Decision.HOLD),
        ({"age": 11, "consent_by_guardian": True, "minors_policy": "passed"}, Decision.ALLOW),
        ({"age": 17}, Decision.HOLD),
        ({"age": 17, "minors_policy": "passed"}, Decision.ALLOW),
        ({"age": 18}, Decision.ALLOW),
    ],
)
def test_children_and_adolescents_in_brazil(changes: dict[str, Value], decision: Decision) -> None:
    assert _judge("br.lgpd", **changes) is decision


# India


def test_what_is_not_in_force_in_india_decides_nothing_yet() -> None:
    row = _row("in.dpdp", age=12, consent="none", contract="active")
    in_force = Gates([PACKS["in.dpdp"]]).judge([row])
    assert in_force.decision is Decision.ALLOW_WITH_CONDITIONS
    assert Gates([PACKS["in.dpdp"]], advisory=True).judge([row]).decision is Decision.DENY
    assert refusal_grounds([PACKS["in.dpdp"]]) == []


def test_neither_a_contract_nor_legitimate_interests_carry_a_use_in_india() -> None:
    changes: dict[str, Value] = {"contract": "active", "legitimate_interests": "active"}
    changes |= {"consent": "none", "method": "crawl", "public_source": True, "assessment": True}
    assert "IN.DPDP.4" in _fired("in.dpdp", **changes)
    assert "IN.DPDP.4" not in _fired("in.dpdp", special_made_public=True, **changes)


@pytest.mark.parametrize(("age", "decision"), [(17, Decision.DENY), (18, Decision.ALLOW)])
def test_a_child_in_india_is_younger_than_eighteen(age: int, decision: Decision) -> None:
    assert _judge("in.dpdp", age=age) is decision


# Korea


def test_training_on_public_data_may_rest_on_legitimate_interests_in_korea() -> None:
    changes: dict[str, Value] = {"consent": "none", "legitimate_interests": "active"}
    public = {**changes, "public_source": True, "method": "crawl", "collected_for": False}
    assert _judge("kr.pipa", assessment=True, **public) is Decision.ALLOW
    assert _judge("kr.pipa", assessment=False, **public) is Decision.HOLD
    assert _judge("kr.pipa", assessment=True, **{**public, "public_source": False}) is Decision.DENY
    assert _judge("kr.pipa", assessment=True, special_category=True, **public) is Decision.DENY


def test_sensitive_information_in_korea_needs_a_consent_apart_from_others() -> None:
    assert _judge("kr.pipa", special_category=True) is Decision.DENY
    assert _judge("kr.pipa", special_category=True, separate_consent="active") is Decision.ALLOW


@pytest.mark.parametrize(("age", "decision"), [(13, Decision.DENY), (14, Decision.ALLOW)])
def test_a_child_in_korea_is_younger_than_fourteen(age: int, decision: Decision) -> None:
    assert _judge("kr.pipa", age=age) is decision


@pytest.mark.parametrize(
    "request_", ["know", "access", "rectify", "erase", "restrict", "object", "withdraw"]
)
def test_a_korean_is_answered_in_ten_days(request_: str) -> None:
    due = deadline([PACKS["kr.pipa"]], request_, _noon(2026, 3, 2))
    assert due is not None
    assert due.due == date(2026, 3, 12)
