"""The Chinese packs: what an ordinary use needs, and what each of the stricter rules answers."""

from datetime import date

import pytest

from rightful.policy import Decision, Gates, Pack, Rule, check, load
from rightful.policy.expression import evaluate
from rightful.policy.facts import COLUMNS, Value, table

GENAI, PIPL = load(["cn.pipl", "cn.genai"])
BOTH = [PIPL, GENAI]
GATES = [(pack, rule) for pack in BOTH for rule in pack.rules_of("gate")]

#: An adult's record that rests on consent, with nothing else known than what a workspace has
#: always known: no assessment, no use, no market, no mark of the source.
ORDINARY: dict[str, Value] = {
    "personal": True,
    "screening_verdict": "none",
    "duplicate": "none",
    "residence": "CN",
    "establishment": "CN",
    "age": 30,
    "consent": "active",
    "consent_notice": True,
    "informed": True,
    "special_category": False,
    "method": "form",
    "retention_days": 100,
    "restricted": False,
    "objected": False,
}
#: The same, with every fact known that the stricter rules ask for.
COMPLETE: dict[str, Value] = {
    **ORDINARY,
    "market_cn": True,
    "use_generative": True,
    "use_published": False,
    "use_significant_decisions": False,
    "use_face_recognition": False,
    "separate_consent": "none",
    "contract": "none",
    "legal_obligation": "none",
    "vital_interests": "none",
    "public_task": "none",
    "legitimate_interests": "none",
    "licence": "none",
    "licence_training": "none",
    "consent_other_purpose": False,
    "consent_by_guardian": False,
    "separate_by_guardian": False,
    "consent_evidence": True,
    "assessment": False,
    "pipia": "none",
    "supplier_check": "none",
    "minors_policy": "none",
    "risk_assessment": "none",
    "security_measures": "passed",
    "bias_examination": "passed",
    "annotation_rules": "passed",
    "copyright_policy": "passed",
    "source_sampled": 4000,
    "source_unlawful_bp": 500,
    "corpus_sampled": 4000,
    "corpus_passed_bp": 9600,
    "corpus_screened_bp": 1000,
    "corpus_screened_passed_bp": 9800,
    "source_kind": "user_data",
    "source_evidence": True,
    "origin_stated": True,
    "lawfully_accessed": True,
    "public_source": False,
    "infringing_site": False,
    "important_data": False,
    "child_directed": False,
    "companion": False,
    "holds_faces": False,
    "robots": "none",
}
SENSITIVE = {
    **COMPLETE,
    "special_category": True,
    "separate_consent": "active",
    "pipia": "passed",
}
A_CHILD = {
    **SENSITIVE,
    "special_category": False,
    "age": 9,
    "separate_by_guardian": True,
    "minors_policy": "passed",
}
A_COMPANION = {**SENSITIVE, "companion": True, "method": "service_use"}
A_CRAWL = {
    **COMPLETE,
    "consent": "none",
    "method": "crawl",
    "source_kind": "crawl",
    "public_source": True,
    "pipia": "passed",
}
BOUGHT = {**COMPLETE, "method": "purchase", "supplier_check": "passed"}
IN_ORDER = [COMPLETE, SENSITIVE, A_CHILD, A_COMPANION, A_CRAWL, BOUGHT]

#: Every row of the fact sheet's chapter on China, and those of its table of deadlines.
_ROWS = """
CN.PIPL.5–9 CN.PIPL.13 CN.PIPL.14 CN.PIPL.15–16 CN.PIPL.17–18 CN.PIPL.19 CN.PIPL.21 CN.PIPL.23
CN.PIPL.24 CN.PIPL.25–26 CN.PIPL.27 CN.PIPL.28–30 CN.PIPL.31 CN.PIPL.38–40 CN.PIPL.44–46 CN.PIPL.47
CN.PIPL.48–50 CN.PIPL.51–54 CN.PIPL.55–56 CN.PIPL.57 CN.PIPL.69
CN.DSL.21/27/29/30/32 CN.DSL.36 CN.NDSR.19 CN.NDSR.18/24 CN.NDSR.25 CN.NDSR.28 CN.PIAUDIT CN.MINORS
CN.GAI.4 CN.GAI.7 CN.GAI.8 CN.GAI.11 CN.GAI.12/14/15 CN.GAI.17/19 CN.LABEL CN.ANTHRO.16
CN.ANTHRO.17 CN.CSL.incident
CN.45654.src.pre CN.45654.src.post CN.45654.src.mix CN.45654.src.trace CN.45654.src.block
CN.45654.content.filter CN.45654.content.ip CN.45654.content.pi CN.45654.anno.people
CN.45654.anno.rules CN.45654.anno.qc CN.45654.bank.kw CN.45654.bank.test CN.45654.bank.refuse
CN.45654.bank.norefuse CN.45654.eval.corpus.manual CN.45654.eval.corpus.tech CN.45654.eval.gen
CN.45654.eval.refuse CN.45654.eval.norefuse CN.45654.user.optout CN.45654.base
"""


def _id(pair: tuple[Pack, Rule]) -> str:
    return pair[1].id


def _answer(
    row: dict[str, Value], packs: list[Pack] = BOTH, *, advisory: bool = False
) -> tuple[Decision, set[str]]:
    """The decision about a record, and the rules that fired."""
    gates = Gates(packs, advisory=advisory)
    judged = gates.judge([row])
    fired = {gate.rule.id for n, gate in enumerate(gates.gates) if judged.fired >> n & 1}
    return judged.decision, fired


def _domain(name: str) -> list[Value]:
    """Values of a fact that between them answer every comparison in every way."""
    fact = COLUMNS[name]
    if fact.values is not None:
        return [*sorted(fact.values)]
    if fact.type == "BOOLEAN":
        return [True, False]
    return [-1, 0, 9, 13, 14, 30, 99, 100, 500, 501, 999, 1000, 3999, 4000, 9599, 9600, 9799, 9800]


def _passes(rule: Rule, row: dict[str, Value]) -> bool:
    assert rule.when is not None
    return evaluate(rule.when, row) is False


def test_an_ordinary_record_with_consent_needs_no_fact_that_is_new() -> None:
    assert _answer(ORDINARY, [PIPL]) == (Decision.ALLOW, set())
    assert _answer({**ORDINARY, "establishment": None}, [PIPL]) == (Decision.ALLOW, set())


@pytest.mark.parametrize("name", sorted(set(COLUMNS) - set(ORDINARY)))
def test_no_fact_beside_the_ordinary_ones_holds_such_a_record_when_unknown(name: str) -> None:
    row = {**COMPLETE, name: None}
    assert _answer(row, [PIPL]) == (Decision.ALLOW, set())


@pytest.mark.parametrize("row", IN_ORDER)
def test_a_record_with_everything_in_order_is_allowed_advisory_rules_included(
    row: dict[str, Value],
) -> None:
    assert _answer(row, advisory=True) == (Decision.ALLOW, set())
    gates = Gates(BOTH, advisory=True)
    [answer] = gates.decide(table([{"record": 1, **row}])).to_pylist()
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


# Test vectors of the fact sheet


def test_legitimate_interests_are_no_basis_in_china() -> None:
    row = {**COMPLETE, "consent": "none", "legitimate_interests": "active", "assessment": True}
    decision, fired = _answer(row, [PIPL])
    assert decision is Decision.DENY
    assert "CN.PIPL.13" in fired


def test_public_information_is_denied_once_the_person_refused() -> None:
    decision, fired = _answer({**A_CRAWL, "objected": True}, [PIPL])
    assert decision is Decision.DENY
    assert "CN.PIPL.27" in fired


def test_public_information_waits_for_consent_where_it_weighs_heavily_on_the_person() -> None:
    assert _answer({**A_CRAWL, "pipia": "failed", "assessment": True}, [PIPL]) == (
        Decision.HOLD,
        {"CN.PIPL.27.impact"},
    )
    consented = {**A_CRAWL, "pipia": "failed", "consent": "active"}
    assert _answer(consented, [PIPL]) == (Decision.ALLOW, set())


def test_what_cannot_be_deleted_is_only_stored() -> None:
    decision, fired = _answer({**COMPLETE, "restricted": True}, [PIPL])
    assert decision is Decision.RESTRICT
    assert "CN.PIPL.44" in fired


@pytest.mark.parametrize(("unlawful", "decision"), [(210, "DENY"), (200, "ALLOW")])
def test_a_source_is_refused_above_five_percent_unlawful_content(
    unlawful: int, decision: str
) -> None:
    share = -(-unlawful * 10_000 // 4000)
    row = {**COMPLETE, "source_sampled": 4000, "source_unlawful_bp": share}
    assert _answer(row)[0] is Decision[decision]


@pytest.mark.parametrize(("unfit", "decision"), [(170, "DENY"), (160, "ALLOW")])
def test_a_corpus_is_refused_below_96_percent_fit_items(unfit: int, decision: str) -> None:
    share = (4000 - unfit) * 10_000 // 4000
    row = {**COMPLETE, "corpus_sampled": 4000, "corpus_passed_bp": share}
    assert _answer(row)[0] is Decision[decision]


# One thing out of order

OUT_OF_ORDER: list[tuple[dict[str, Value], dict[str, Value], str, Decision]] = [
    (COMPLETE, {"consent": "withdrawn"}, "CN.PIPL.15", Decision.DENY),
    (COMPLETE, {"consent": "expired"}, "CN.PIPL.47", Decision.DENY),
    (COMPLETE, {"retention_days": -1}, "CN.PIPL.19", Decision.DENY),
    (COMPLETE, {"consent_notice": False}, "CN.PIPL.14.informed", Decision.HOLD),
    (COMPLETE, {"informed": False}, "CN.PIPL.17", Decision.HOLD),
    (COMPLETE, {"method": "public_place_camera"}, "CN.PIPL.26", Decision.DENY),
    (BOUGHT, {"supplier_check": "none"}, "CN.PIPL.23", Decision.HOLD),
    (A_CRAWL, {"pipia": "none"}, "CN.PIPL.27.scope", Decision.HOLD),
    (SENSITIVE, {"separate_consent": "withdrawn"}, "CN.PIPL.28", Decision.DENY),
    (SENSITIVE, {"security_measures": "failed"}, "CN.PIPL.28.measures", Decision.HOLD),
    (SENSITIVE, {"pipia": "expired"}, "CN.PIPL.55", Decision.HOLD),
    (A_CHILD, {"separate_by_guardian": False}, "CN.PIPL.31", Decision.DENY),
    (
        A_CHILD,
        {"separate_by_guardian": False, "consent_by_guardian": True},
        "CN.PIPL.31.separate",
        Decision.DENY,
    ),
    (A_CHILD, {"separate_consent": "none"}, "CN.PIPL.28", Decision.DENY),
    (A_CHILD, {"minors_policy": "none"}, "CN.PIPL.31.rules", Decision.HOLD),
    (COMPLETE, {"important_data": True}, "CN.DSL.30", Decision.HOLD),
    (BOUGHT, {"lawfully_accessed": False}, "CN.DSL.32", Decision.DENY),
    (A_CRAWL, {"lawfully_accessed": False}, "CN.NDSR.18", Decision.DENY),
    (A_CRAWL, {"public_source": False}, "CN.NDSR.24", Decision.DENY),
    (COMPLETE, {"security_measures": "none"}, "CN.NDSR.19", Decision.HOLD),
    (
        A_CHILD,
        {"child_directed": True, "minors_policy": "none"},
        "CN.NDSR.21",
        Decision.HOLD,
    ),
    (COMPLETE, {"bias_examination": "none"}, "CN.GAI.4", Decision.HOLD),
    (COMPLETE, {"source_evidence": False}, "CN.GAI.7", Decision.HOLD),
    (COMPLETE, {"licence_training": "prohibited"}, "CN.GAI.7.rights", Decision.DENY),
    (COMPLETE, {"annotation_rules": "failed"}, "CN.GAI.8", Decision.HOLD),
    (COMPLETE, {"consent": "none", "method": "service_use"}, "CN.GAI.11", Decision.DENY),
    (A_COMPANION, {"separate_consent": "none"}, "CN.ANTHRO.16", Decision.DENY),
    (
        A_COMPANION,
        {"method": "purchase", "consent": "none", "supplier_check": "passed"},
        "CN.ANTHRO.16.third",
        Decision.DENY,
    ),
    (A_COMPANION, {"security_measures": "none"}, "CN.ANTHRO.16.security", Decision.HOLD),
    (A_COMPANION, {"age": 9}, "CN.ANTHRO.17", Decision.DENY),
    (COMPLETE, {"source_sampled": 99}, "CN.45654.src.post", Decision.HOLD),
    (COMPLETE, {"origin_stated": False}, "CN.45652.origin", Decision.HOLD),
    (BOUGHT, {"supplier_check": "expired"}, "CN.45654.src.trace", Decision.HOLD),
    (COMPLETE, {"consent_evidence": False}, "CN.45654.src.trace.users", Decision.HOLD),
    (COMPLETE, {"copyright_policy": "none"}, "CN.45654.content.ip", Decision.HOLD),
    (SENSITIVE, {"separate_consent": "none"}, "CN.45654.content.sensitive", Decision.DENY),
    (COMPLETE, {"corpus_sampled": 3999}, "CN.45654.eval.corpus.manual", Decision.HOLD),
    (COMPLETE, {"corpus_screened_bp": 999}, "CN.45654.eval.corpus.tech", Decision.HOLD),
    (
        COMPLETE,
        {"corpus_screened_passed_bp": 9799},
        "CN.45654.eval.corpus.tech.passed",
        Decision.DENY,
    ),
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


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"use_published": True}, "CN.PIPL.25"),
        ({"use_significant_decisions": True}, "CN.PIPL.55.use"),
        ({"use_face_recognition": True, "holds_faces": True}, "CN.PIPL.28.faces"),
        ({"establishment": "DE"}, "CN.PIPL.39"),
        ({"objected": True}, "CN.45654.user.optout"),
        ({"method": "crawl", "robots": "disallowed"}, "CN.45654.src.trace.refused"),
    ],
)
def test_an_uncertain_rule_answers_only_once_it_is_turned_on(
    changes: dict[str, Value], rule: str
) -> None:
    assert rule not in _answer({**COMPLETE, **changes})[1]
    assert rule in _answer({**COMPLETE, **changes}, advisory=True)[1]


@pytest.mark.parametrize("changes", [{"use_generative": False}, {"market_cn": False}])
def test_no_sampling_is_asked_for_where_no_generating_model_is_offered_in_china(
    changes: dict[str, Value],
) -> None:
    unsampled: dict[str, Value] = {name: None for name in COLUMNS if name.startswith("corpus_")}
    row = {**COMPLETE, **unsampled, "source_sampled": None, "source_unlawful_bp": None}
    assert _answer(row)[0] is Decision.HOLD
    assert _answer({**row, **changes}) == (Decision.ALLOW, set())


def test_consent_to_talk_to_a_companion_is_no_separate_consent_to_train_on_it() -> None:
    row = {**A_COMPANION, "consent_explicit": True, "separate_consent": "none"}
    assert _answer(row)[0] is Decision.DENY


@pytest.mark.parametrize("pack", BOTH, ids=lambda pack: pack.id)
def test_of_which_nothing_is_known_nothing_is_allowed(pack: Pack) -> None:
    assert _answer({}, [pack])[0] is Decision.HOLD


# The packs as documents


@pytest.mark.parametrize("pack", BOTH, ids=lambda pack: pack.id)
def test_every_example_holds_and_every_source_is_used(pack: Pack) -> None:
    assert check(pack) == []
    assert {rule.source for rule in pack.rules} == set(pack.sources)
    assert pack.as_of < date(2027, 1, 1) < pack.review_by


def test_every_row_of_the_fact_sheet_has_a_rule_or_a_reason() -> None:
    found: set[str] = set()
    for pack in BOTH:
        found |= {row.id for row in pack.not_encoded}
        for rule in pack.rules:
            found |= {rule.id, *rule.reference}
    assert set(_ROWS.split()) <= found


@pytest.mark.parametrize("pack", BOTH, ids=lambda pack: pack.id)
def test_only_what_nobody_looked_up_is_from_memory(pack: Pack) -> None:
    for rule in pack.rules:
        remembered = rule.source == "PRACTICE" or "from memory" in pack.sources[rule.source]
        assert (rule.confidence == "memory") == remembered
