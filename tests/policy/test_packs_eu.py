"""The packs of the EU and the UK: what an ordinary use needs, and what stricter rules answer."""

from datetime import UTC, date, datetime, time

import pytest

from rightful.policy import Decision, Gates, Pack, Rule, check, load
from rightful.policy.deadlines import deadline, due, due_moment
from rightful.policy.expression import evaluate
from rightful.policy.facts import COLUMNS, Value, table
from rightful.policy.lint import lint, references

AIACT, GDPR, UK = load(["eu.gdpr", "eu.aiact", "uk.gdpr"])
ALL = [AIACT, GDPR, UK]
GATES = [(pack, rule) for pack in ALL for rule in pack.rules_of("gate")]

#: An adult's record that rests on consent, with nothing else known than what a workspace has
#: always known: no assessment, no use, no market, no mark of the source.
ORDINARY: dict[str, Value] = {
    "personal": True,
    "screening_verdict": "none",
    "duplicate": "none",
    "residence": "DE",
    "establishment": "DE",
    "age": 30,
    "below_consent_age": False,
    "consent": "active",
    "consent_notice": True,
    "consent_evidence": True,
    "informed": True,
    "special_category": False,
    "criminal_offence": False,
    "retention_days": 100,
    "restricted": False,
    "objected": False,
}
#: Somebody who was not asked, with what the registry knows of itself: the interests were assessed.
OF_INTEREST: dict[str, Value] = {
    **ORDINARY,
    "consent": "none",
    "contract": "none",
    "legal_obligation": "none",
    "vital_interests": "none",
    "public_task": "none",
    "legitimate_interests": "active",
    "assessment": True,
    "consent_other_purpose": False,
    "compatibility": "none",
    "dpia": "none",
    "method": "form",
    "source_kind": "user_data",
}
#: A crawl of works of others, of which everything is known and nothing reserved.
A_CRAWL: dict[str, Value] = {
    **OF_INTEREST,
    "method": "crawl",
    "source_kind": "crawl",
    "collected_for": True,
    "collected_days": 100,
    "dpia": "passed",
    "supplier_check": "none",
    "special_condition": "none",
    "special_evidence": False,
    "special_made_public": False,
    "consent_explicit": False,
    "consent_by_guardian": False,
    "security_measures": "none",
    "bias_examination": "none",
    "suitability": "none",
    "origin_stated": True,
    "source_evidence": True,
    "copyright_policy": "passed",
    "child_directed": False,
    "market_eea": True,
    "market_gb": True,
    "use_high_risk": False,
    "use_general_purpose": True,
    "use_generative": True,
    "use_significant_decisions": False,
    "use_face_recognition": False,
    "use_research": False,
    "use_commercial": True,
    "holds_faces": False,
    "lawfully_accessed": True,
    "infringing_site": False,
    "licence_negotiated": False,
    "licence_training": "none",
    "aipref": "none",
    "tdmrep": "none",
    "robots": "allowed",
    "cawg_mining": "none",
    "cawg_training": "none",
    "cawg_generative": "none",
    "plus": "none",
    "rsl": "none",
    "content_signal": "none",
    "noai": False,
    "ai_txt": "none",
    "terms_reservation": "none",
    "reservation_days": 10,
}
#: The same about nobody, so that only works and their holders matter.
WORKS: dict[str, Value] = {**A_CRAWL, "personal": False}
HIGH_RISK: dict[str, Value] = {
    **A_CRAWL,
    "use_high_risk": True,
    "bias_examination": "passed",
    "suitability": "passed",
}
SENSITIVE: dict[str, Value] = {
    **A_CRAWL,
    "special_category": True,
    "special_condition": "active",
    "special_evidence": True,
}
SYNTHETIC: dict[str, Value] = {
    **A_CRAWL,
    "method": "generated",
    "source_kind": "synthetic",
    "supplier_check": "passed",
}
BOUGHT: dict[str, Value] = {
    **A_CRAWL,
    "method": "purchase",
    "source_kind": "third_party_private",
    "licence_training": "permitted",
}
IN_ORDER = [A_CRAWL, HIGH_RISK, SENSITIVE, SYNTHETIC, BOUGHT]

#: What the fact sheet says of the EU and the UK in words, outside its tables.
IN_WORDS = """
EU.GDPR.matrix EU.GDPR.1.6 EU.EDPB28.b EU.EDPB28.C1 EU.EDPB28.C2 EU.CNIL.model EU.AIA.113
EU.AIA.50.1 EU.AIA.50.2 EU.AIA.50.4 EU.AIA.101 EU.AIA.TMPL.domains EU.AIA.TMPL.size
EU.AIA.TMPL.fresh EU.AIA.TMPL.parent EU.AIA.TMPL.large EU.DSM.4.2 EU.DSM.4.3.terms EU.COP.list
UK.GDPR.15.1A UK.GDPR.6.1ea UK.GDPR.22B UK.GDPR.22C UK.GDPR.12A.pause UK.CDPA.29A
"""


def _id(pair: tuple[Pack, Rule]) -> str:
    return pair[1].id


def _answer(
    row: dict[str, Value], *packs: Pack, advisory: bool = False
) -> tuple[Decision, set[str]]:
    """The decision about a record, and the rules that fired."""
    gates = Gates(packs or [AIACT, GDPR], advisory=advisory)
    judged = gates.judge([row])
    fired = {gate.rule.id for n, gate in enumerate(gates.gates) if judged.fired >> n & 1}
    return judged.decision, fired


def _domain(name: str) -> list[Value]:
    """Values of a fact that between them answer every comparison in every way."""
    fact = COLUMNS[name]
    if fact.values is not None:
        return [*sorted(fact.values)]
    return [True, False] if fact.type == "BOOLEAN" else [-1, 0, 29, 30, 180, 181]


def _passes(rule: Rule, row: dict[str, Value]) -> bool:
    assert rule.when is not None
    return evaluate(rule.when, row) is False


@pytest.mark.parametrize("pack", ALL, ids=lambda pack: pack.id)
def test_every_example_of_a_european_pack_holds(pack: Pack) -> None:
    assert check(pack) == []
    assert {rule.source for rule in pack.rules} == set(pack.sources)


@pytest.mark.parametrize("pack", ALL, ids=lambda pack: pack.id)
def test_a_lint_of_a_european_pack_notes_nothing_but_what_is_remembered(pack: Pack) -> None:
    noted = {each.rule for each in lint(pack, pack.as_of, known=references())}
    assert noted == {rule.id for rule in pack.rules if rule.confidence == "memory"}


@pytest.mark.parametrize("pack", ALL, ids=lambda pack: pack.id)
def test_only_what_was_written_from_memory_says_so(pack: Pack) -> None:
    for rule in pack.rules:
        remembered = "from memory" in pack.sources[rule.source]
        assert (rule.confidence == "memory") == remembered, rule.id


def test_every_row_of_the_fact_sheet_is_a_rule_or_has_a_reason() -> None:
    rows = {row for row in references() if row.startswith(("EU.", "UK."))}
    assert len(rows) > 70
    encoded = {name for pack in ALL for rule in pack.rules for name in (rule.id, *rule.reference)}
    left_out = {item.id for pack in ALL for item in pack.not_encoded}
    assert rows | set(IN_WORDS.split()) <= encoded | left_out
    assert not encoded & left_out


# An ordinary use


def test_an_ordinary_record_with_consent_needs_no_fact_that_is_new() -> None:
    assert _answer(ORDINARY, GDPR) == (Decision.ALLOW, set())
    british = {**ORDINARY, "residence": "GB", "establishment": "GB"}
    assert _answer(british, UK) == (Decision.ALLOW, set())


@pytest.mark.parametrize("pack", [GDPR, UK], ids=lambda pack: pack.id)
@pytest.mark.parametrize("name", sorted(set(COLUMNS) - set(ORDINARY)))
def test_no_fact_beside_the_ordinary_ones_holds_such_a_record_when_unknown(
    name: str, pack: Pack
) -> None:
    place = "DE" if pack is GDPR else "GB"
    row = {**A_CRAWL, **ORDINARY, "establishment": place, name: None}
    assert _answer(row, pack) == (Decision.ALLOW, set())


def test_assessed_interests_and_contracts_need_no_statement_about_the_use() -> None:
    assert _answer(OF_INTEREST, GDPR) == (Decision.ALLOW, set())
    by_contract = {**OF_INTEREST, "legitimate_interests": "none", "contract": "active"}
    assert _answer(by_contract, GDPR) == (Decision.ALLOW, set())


def test_what_people_hand_over_is_not_asked_for_reservations() -> None:
    row: dict[str, Value] = {**ORDINARY, "method": "form", "source_kind": "user_data"}
    assert _answer({**row, "use_high_risk": False}, AIACT, GDPR) == (Decision.ALLOW, set())
    assert _answer(row, AIACT, GDPR) == (Decision.HOLD, set())


@pytest.mark.parametrize("row", IN_ORDER)
def test_a_record_with_everything_in_order_is_allowed_advisory_rules_included(
    row: dict[str, Value],
) -> None:
    for packs in ([AIACT, GDPR], [UK]):
        there = row if GDPR in packs else {**row, "establishment": "GB"}
        gates = Gates(packs, advisory=True)
        assert _answer(there, *packs, advisory=True) == (Decision.ALLOW, set())
        [answer] = gates.decide(table([{"record": 1, **there}])).to_pylist()
        assert answer["decision"] == Decision.ALLOW


@pytest.mark.parametrize("pair", GATES, ids=_id)
def test_a_gate_with_an_unknown_passes_only_where_every_value_would_pass(
    pair: tuple[Pack, Rule],
) -> None:
    rule = pair[1]
    assert rule.when is not None
    for row in IN_ORDER:
        assert _passes(rule, row)
        for name in rule.when.columns:
            if _passes(rule, {**row, name: None}):
                assert all(_passes(rule, {**row, name: value}) for value in _domain(name))


@pytest.mark.parametrize("pair", GATES, ids=_id)
def test_no_unknown_turns_a_rule_that_did_not_pass_into_one_that_does(
    pair: tuple[Pack, Rule],
) -> None:
    rule = pair[1]
    for example in rule.examples:
        assert example.facts is not None
        if not _passes(rule, dict(example.facts)):
            for name in COLUMNS:
                assert not _passes(rule, {**example.facts, name: None})


# Whom the packs speak about


@pytest.mark.parametrize(
    ("establishment", "residence", "market", "speaks"),
    [
        ("DE", "US", False, True),
        ("US", "DE", True, True),
        ("US", "DE", False, False),
        ("US", "DE", None, None),
        ("US", "US", True, False),
        ("NO", None, None, True),
        ("US", "RE", True, True),
        (None, "DE", True, True),
        (None, "US", None, None),
    ],
)
def test_the_gdpr_speaks_of_those_established_in_the_eea_or_turning_to_people_there(
    establishment: str | None, residence: str | None, market: bool | None, speaks: bool | None
) -> None:
    facts: dict[str, Value] = {
        "establishment": establishment,
        "residence": residence,
        "market_eea": market,
    }
    assert evaluate(GDPR.applies, facts) is speaks


# Test vectors of the fact sheet


@pytest.mark.parametrize(
    ("received", "last", "extended"),
    [
        (date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 30)),
        (date(2026, 8, 31), date(2026, 9, 30), date(2026, 11, 30)),
    ],
)
def test_a_request_is_answered_and_refused_within_a_month(
    received: date, last: date, extended: date
) -> None:
    found = deadline([GDPR], "erase", datetime.combine(received, time(9), UTC))
    assert found is not None
    assert (found.rule, found.due, found.extended) == ("EU.GDPR.12.3", last, extended)
    [refusing] = [rule for rule in GDPR.rules if rule.id == "EU.GDPR.12.4"]
    assert refusing.clock is not None
    assert (due(refusing.clock, received), refusing.clock.extend) == (last, None)


def test_a_british_request_is_answered_by_the_same_date_of_the_next_month() -> None:
    found = deadline([UK], "access", datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert found is not None
    assert (found.rule, found.due) == ("UK.GDPR.12A", date(2026, 4, 2))


def test_a_breach_is_reported_within_72_hours_over_a_weekend_too() -> None:
    friday, monday = (
        datetime(2026, 3, 6, 17, 30, tzinfo=UTC),
        datetime(2026, 3, 9, 17, 30, tzinfo=UTC),
    )
    for pack, name in ((GDPR, "EU.GDPR.33.1"), (UK, "UK.GDPR.33")):
        [rule] = [rule for rule in pack.rules if rule.id == name]
        assert rule.clock is not None
        assert due_moment(rule.clock, friday) == monday


def test_a_special_category_with_a_basis_but_no_condition_is_denied() -> None:
    row = {**A_CRAWL, "special_category": True, "consent": "active", "method": "form"}
    assert _answer(row, GDPR) == (Decision.DENY, {"EU.GDPR.9"})


def test_an_objection_without_a_decision_restricts_now() -> None:
    assert _answer({**OF_INTEREST, "objected": True}, GDPR) == (
        Decision.RESTRICT,
        {"EU.GDPR.21"},
    )


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"aipref": "n"}, Decision.DENY),
        ({"aipref": "unknown"}, Decision.HOLD),
        ({"aipref": "y"}, Decision.ALLOW),
        ({"cawg_training": "allowed", "cawg_generative": "not_allowed"}, Decision.DENY),
        ({"cawg_generative": "constrained"}, Decision.DENY),
        (
            {"cawg_training": "allowed", "cawg_generative": "not_allowed", "use_generative": False},
            Decision.ALLOW,
        ),
        ({"plus": "prohibited_except_search"}, Decision.DENY),
        ({"robots": "unreachable"}, Decision.HOLD),
        ({"robots": None}, Decision.HOLD),
        ({"rsl": "licence_required"}, Decision.HOLD),
        ({"terms_reservation": "unclear"}, Decision.HOLD),
    ],
)
def test_a_reservation_is_kept_and_a_doubt_holds(
    changes: dict[str, Value], decision: Decision
) -> None:
    assert _answer({**WORKS, **changes}, AIACT)[0] is decision


def test_a_licence_agreed_with_the_holder_goes_before_what_the_site_says() -> None:
    reserved = {**WORKS, "robots": "disallowed", "tdmrep": "reserved"}
    agreed = {**reserved, "licence_negotiated": True, "licence_training": "permitted"}
    assert _answer(reserved, AIACT)[0] is Decision.DENY
    assert _answer(agreed, AIACT) == (Decision.ALLOW, set())
    open_licence = {**reserved, "licence_training": "permitted"}
    assert _answer(open_licence, AIACT)[0] is Decision.DENY


def test_a_reservation_does_not_bind_research_that_proves_what_it_is() -> None:
    research = {**WORKS, "tdmrep": "reserved", "use_research": True, "use_commercial": False}
    assert _answer(research, AIACT) == (Decision.ALLOW, set())
    for changes in ({"source_evidence": False}, {"use_commercial": True}):
        assert _answer({**research, **changes}, AIACT)[0] is Decision.DENY
    assert _answer({**research, "lawfully_accessed": False}, AIACT)[0] is Decision.DENY


# Another purpose


def test_an_assessment_of_compatibility_is_a_way_out_but_never_for_consent() -> None:
    task = {**OF_INTEREST, "legitimate_interests": "none", "public_task": "active"}
    reused = {**task, "collected_for": False}
    assert _answer(reused, GDPR) == (Decision.HOLD, {"EU.GDPR.5.1b.unassessed"})
    assert _answer({**reused, "compatibility": "passed"}, GDPR) == (Decision.ALLOW, set())
    assert _answer({**reused, "compatibility": "failed"}, GDPR)[0] is Decision.DENY
    given = {**reused, "public_task": "none", "consent_other_purpose": True}
    assert _answer({**given, "compatibility": "passed"}, GDPR) == (
        Decision.HOLD,
        {"EU.GDPR.5.1b"},
    )


def test_in_the_uk_a_compatible_purpose_needs_a_basis_all_the_same() -> None:
    row = {**OF_INTEREST, "establishment": "GB", "collected_for": False}
    assert _answer(row, UK) == (Decision.HOLD, {"UK.GDPR.8A"})
    assert _answer({**row, "compatibility": "passed"}, UK) == (Decision.ALLOW, set())
    without = {**row, "compatibility": "passed", "legitimate_interests": "none"}
    assert _answer(without, UK) == (Decision.DENY, {"UK.GDPR.6"})


# One thing out of order

OUT_OF_ORDER: list[tuple[dict[str, Value], dict[str, Value], str, Decision]] = [
    (A_CRAWL, {"retention_days": -1}, "EU.GDPR.5.1e", Decision.DENY),
    (A_CRAWL, {"retention_days": -1}, "EU.DSM.4.2", Decision.DENY),
    (A_CRAWL, {"compatibility": "failed"}, "EU.GDPR.5.1b.incompatible", Decision.DENY),
    (A_CRAWL, {"assessment": False}, "EU.GDPR.6.1f", Decision.HOLD),
    (A_CRAWL, {"informed": False}, "EU.GDPR.14", Decision.HOLD),
    (A_CRAWL, {"dpia": "none"}, "EU.GDPR.35.3c", Decision.HOLD),
    (A_CRAWL, {"dpia": "failed"}, "EU.GDPR.36.1", Decision.DENY),
    (A_CRAWL, {"robots": "disallowed"}, "EU.CNIL.scraping", Decision.DENY),
    (A_CRAWL, {"child_directed": True}, "EU.CNIL.scraping", Decision.DENY),
    (SENSITIVE, {"dpia": "expired"}, "EU.GDPR.35", Decision.HOLD),
    (SENSITIVE, {"special_evidence": False}, "EU.GDPR.9.2", Decision.HOLD),
    (
        SENSITIVE,
        {"special_made_public": True, "special_evidence": False},
        "EU.GDPR.9.2e",
        Decision.HOLD,
    ),
    (SENSITIVE, {"use_research": True}, "EU.GDPR.89", Decision.HOLD),
    (SENSITIVE, {"use_significant_decisions": True}, "EU.GDPR.22", Decision.HOLD),
    (SENSITIVE, {"special_condition": "withdrawn"}, "EU.GDPR.9", Decision.DENY),
    (
        A_CRAWL,
        {"use_face_recognition": True, "holds_faces": True},
        "EU.AIA.5.1e",
        Decision.DENY,
    ),
    (
        BOUGHT,
        {"use_face_recognition": True, "holds_faces": True},
        "EU.AIA.5.1e.acquired",
        Decision.HOLD,
    ),
    (HIGH_RISK, {"origin_stated": False}, "EU.AIA.10.2b", Decision.HOLD),
    (HIGH_RISK, {"bias_examination": "failed"}, "EU.AIA.10.2f", Decision.HOLD),
    (HIGH_RISK, {"suitability": "expired"}, "EU.AIA.10.3", Decision.HOLD),
    (
        {**SENSITIVE, **HIGH_RISK, "special_category": True},
        {"special_condition": "active", "special_evidence": True},
        "EU.AIA.10.5",
        Decision.HOLD,
    ),
    (A_CRAWL, {"copyright_policy": "none"}, "EU.AIA.53.1c", Decision.HOLD),
    (A_CRAWL, {"lawfully_accessed": False}, "EU.COP.C1.2a", Decision.DENY),
    (A_CRAWL, {"infringing_site": True}, "EU.COP.C1.2b", Decision.DENY),
    (A_CRAWL, {"noai": True}, "EU.COP.C1.3b", Decision.DENY),
    (A_CRAWL, {"cawg_mining": "not_allowed"}, "EU.COP.C1.3b.work", Decision.DENY),
    (A_CRAWL, {"plus": "see_embedded"}, "EU.DSM.4.3.unclear", Decision.HOLD),
    (A_CRAWL, {"tdmrep": "licence"}, "EU.DSM.4.3.licence", Decision.HOLD),
    (A_CRAWL, {"terms_reservation": "reserved"}, "EU.DSM.4.3.terms", Decision.HOLD),
    (BOUGHT, {"licence_training": "prohibited"}, "EU.DSM.licence", Decision.DENY),
    (BOUGHT, {"licence_training": "unclear"}, "EU.DSM.licence.unclear", Decision.HOLD),
]


@pytest.mark.parametrize(
    ("row", "changes", "rule", "decision"), OUT_OF_ORDER, ids=[each[2] for each in OUT_OF_ORDER]
)
def test_one_thing_out_of_order_is_answered_by_the_rule_about_it(
    row: dict[str, Value], changes: dict[str, Value], rule: str, decision: Decision
) -> None:
    answer, fired = _answer({**row, **changes})
    assert rule in fired
    assert answer is decision


def test_the_original_purpose_of_data_about_people_must_be_stated_for_a_high_risk_use() -> None:
    assert _answer({**HIGH_RISK, "collected_for": None}) == (Decision.HOLD, set())
    for stated in (True, False):
        assert _answer({**HIGH_RISK, "collected_for": stated}) == (Decision.ALLOW, set())
    nobody = {**HIGH_RISK, "personal": False, "collected_for": None}
    assert _answer(nobody, AIACT) == (Decision.ALLOW, set())


@pytest.mark.parametrize(
    ("row", "changes", "rule"),
    [
        (A_CRAWL, {"collected_for": False}, "EU.GDPR.5.1b.interests"),
        (A_CRAWL, {"collected_days": 29}, "EU.EDPB28.delay"),
        (SYNTHETIC, {"supplier_check": "none"}, "EU.EDPB28.C2"),
        (
            {**A_CRAWL, "method": "form", "source_kind": "user_data"},
            {"use_significant_decisions": True, "dpia": "none"},
            "EU.GDPR.35.3a",
        ),
        (A_CRAWL, {"reservation_days": 181}, "EU.DSM.4.3.fresh"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_an_uncertain_rule_answers_only_once_it_is_turned_on(
    row: dict[str, Value], changes: dict[str, Value], rule: str
) -> None:
    assert _answer({**row, **changes}) == (Decision.ALLOW, set())
    assert _answer({**row, **changes}, advisory=True) == (Decision.HOLD, {rule})


@pytest.mark.parametrize("british", UK.rules_of("gate"), ids=lambda rule: rule.id)
def test_what_fires_in_the_uk_stands_against_a_use_there(british: Rule) -> None:
    for example in british.examples:
        if example.expect == "fires":
            assert example.facts is not None
            answer, fired = _answer({**example.facts, "personal": True, "establishment": "GB"}, UK)
            assert british.id in fired
            assert answer >= Decision.HOLD
