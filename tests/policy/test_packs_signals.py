"""The packs on licences and on reservations: any no is a no, and what nobody looked for holds."""

import pytest

from rightful.policy import Decision, Gates, Pack, Rule, check, load
from rightful.policy.compiler import Answer
from rightful.policy.expression import evaluate
from rightful.policy.facts import COLUMNS, RESERVATIONS, Value
from rightful.policy.lint import lint, references

LICENCES, RESERVED = load(["licences", "reservations"])
PACKS = (LICENCES, RESERVED)
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]
GATES = [(pack, rule) for pack, rule in RULES if rule.kind == "gate"]

#: Nothing was said anywhere.
SILENT: dict[str, Value] = {
    **{name: "none" if "none" in values else False for name, values in RESERVATIONS.items()},
    "reservation_days": 1,
}
#: A data set under a permissive licence, for a model that generates and is sold.
FREE: dict[str, Value] = {
    **SILENT,
    "personal": False,
    "source_kind": "public_dataset",
    "method": "download",
    "establishment": "US",
    "lawfully_accessed": True,
    "licence_training": "permitted",
    "licence_commercial": "permitted",
    "licence_derivatives": "permitted",
    "licence_attribution": False,
    "licence_share_alike": False,
    "licence_negotiated": False,
    "use_generative": True,
    "use_commercial": True,
    "use_published": True,
}
UNLICENSED: dict[str, Value] = {
    **FREE,
    "source_kind": "crawl",
    "method": "crawl",
    **dict.fromkeys(["licence_training", "licence_commercial", "licence_derivatives"], "none"),
}
AGREED: dict[str, Value] = {**FREE, "licence_negotiated": True}
CONSENTED: dict[str, Value] = {
    "personal": True,
    "screening_verdict": "none",
    "duplicate": "none",
    "source_kind": "user_data",
    "method": "form",
    "consent": "active",
}


def _answers(row: dict[str, Value], *packs: Pack) -> dict[str, Answer]:
    """What each rule of the packs says; those that belong to no pack are left out."""
    ids = {rule.id for _, rule in GATES}
    gates = Gates(packs or PACKS).gates
    return {gate.rule.id: gate.answer(row) for gate in gates if gate.rule.id in ids}


def _decision(row: dict[str, Value], *packs: Pack) -> Decision:
    decisions = {rule.id: rule.decision for _, rule in GATES}
    found = [Decision.ALLOW]
    for name, answer in _answers(row, *packs).items():
        decision = decisions[name]
        assert decision is not None
        if answer is Answer.FIRED:
            found.append(decision)
        elif answer is Answer.UNANSWERED:
            found.append(Decision.HOLD)
    return max(found)


def _fired(row: dict[str, Value]) -> set[str]:
    return {name for name, answer in _answers(row).items() if answer is Answer.FIRED}


def _id(pair: tuple[Pack, Rule]) -> str:
    return pair[1].id


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_example_holds_and_nothing_is_amiss(pack: Pack) -> None:
    assert check(pack) == []
    assert lint(pack, pack.as_of, known=references()) == []


def test_every_protocol_that_a_fact_tells_of_has_a_rule() -> None:
    read = {name for rule in RESERVED.rules if rule.when for name in rule.when.columns}
    assert set(RESERVATIONS) <= read


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_nothing_is_from_memory_and_every_source_is_used(pack: Pack) -> None:
    assert {rule.confidence for rule in pack.rules} <= {"found", "secondary"}
    assert {rule.source for rule in pack.rules} == set(pack.sources)


def test_only_the_rule_about_old_looks_is_advisory() -> None:
    assert [rule.id for _, rule in RULES if rule.advisory] == ["RESERVATIONS.OLD"]


@pytest.mark.parametrize("row", [FREE, AGREED])
def test_a_work_with_a_permissive_licence_and_no_reservation_is_free(
    row: dict[str, Value],
) -> None:
    assert _decision(row) is Decision.ALLOW


@pytest.mark.parametrize("kind", ["user_data", "synthetic"])
def test_what_people_gave_of_themselves_or_was_generated_is_not_asked_about(kind: str) -> None:
    for row in (CONSENTED, {**CONSENTED, "method": "download"}, {"method": "crawl"}):
        assert _decision({**row, "source_kind": kind}) is Decision.ALLOW


def test_data_that_was_not_taken_from_the_web_needs_no_looks() -> None:
    bought: dict[str, Value] = {"source_kind": "licensed", "method": "purchase"}
    assert _decision(bought, RESERVED) is Decision.ALLOW
    assert _decision(bought, LICENCES) is Decision.HOLD


def test_a_source_of_which_nothing_is_known_is_held_by_both() -> None:
    for pack in PACKS:
        assert _decision({}, pack) is Decision.HOLD


@pytest.mark.parametrize("name", [*RESERVATIONS, "reservation_days", "licence_training"])
def test_what_nobody_looked_for_holds(name: str) -> None:
    assert _decision({**FREE, name: None}) is Decision.HOLD


@pytest.mark.parametrize(
    ("said", "decision"),
    [
        ({"aipref": "n"}, Decision.DENY),
        ({"aipref": "n", "use_generative": False}, Decision.HOLD),
        ({"aipref": "unknown"}, Decision.HOLD),
        ({"aipref": "y"}, Decision.ALLOW),
        ({"robots": "disallowed"}, Decision.DENY),
        ({"robots": "unreachable"}, Decision.HOLD),
        ({"robots": "allowed"}, Decision.ALLOW),
        ({"tdmrep": "reserved"}, Decision.DENY),
        ({"tdmrep": "licence"}, Decision.HOLD),
        ({"tdmrep": "free"}, Decision.ALLOW),
        # T22 and T23 of the fact sheet
        ({"cawg_training": "allowed", "cawg_generative": "not_allowed"}, Decision.DENY),
        (
            {
                "cawg_training": "allowed",
                "cawg_generative": "not_allowed",
                "use_generative": False,
            },
            Decision.ALLOW,
        ),
        ({"cawg_generative": "constrained"}, Decision.DENY),
        ({"cawg_training": "constrained", "use_generative": False}, Decision.DENY),
        ({"cawg_training": "not_allowed"}, Decision.DENY),
        ({"cawg_training": "not_allowed", "cawg_generative": "allowed"}, Decision.ALLOW),
        ({"cawg_mining": "not_allowed"}, Decision.DENY),
        ({"cawg_mining": "not_allowed", "cawg_generative": "allowed"}, Decision.ALLOW),
        # T25
        ({"plus": "prohibited_except_search"}, Decision.DENY),
        ({"plus": "prohibited_generative"}, Decision.DENY),
        ({"plus": "prohibited_generative", "use_generative": False}, Decision.ALLOW),
        ({"plus": "prohibited_generative", "use_generative": None}, Decision.HOLD),
        ({"plus": "see_linked"}, Decision.HOLD),
        ({"plus": "unspecified"}, Decision.ALLOW),
        ({"rsl": "prohibited"}, Decision.DENY),
        ({"rsl": "licence_required"}, Decision.HOLD),
        ({"content_signal": "no"}, Decision.DENY),
        ({"noai": True}, Decision.DENY),
        ({"ai_txt": "disallowed"}, Decision.DENY),
        ({"terms_reservation": "reserved"}, Decision.DENY),
        ({"terms_reservation": "unclear"}, Decision.HOLD),
        ({"reservation_days": 400}, Decision.ALLOW),
        ({"reservation_days": -1}, Decision.HOLD),
        # any no wins
        ({"aipref": "y", "tdmrep": "free", "content_signal": "no"}, Decision.DENY),
    ],
)
def test_what_a_source_says_is_what_is_done(said: dict[str, Value], decision: Decision) -> None:
    assert _decision({**FREE, **said}) is decision
    # What was agreed with the holder goes before what the holder says to everybody.
    assert _decision({**AGREED, **said}) is Decision.ALLOW


def test_an_agreement_that_nobody_read_goes_before_nothing() -> None:
    for training in ("unclear", "prohibited", "none", None):
        row = {**AGREED, "licence_training": training, "tdmrep": "reserved"}
        assert _decision(row, RESERVED) in (Decision.DENY, Decision.HOLD)


@pytest.mark.parametrize(
    ("changes", "rule", "decision"),
    [
        ({"licence_training": "prohibited"}, "LICENCES.TRAINING.PROHIBITED", Decision.DENY),
        ({"licence_training": "unclear"}, "LICENCES.TRAINING.UNCLEAR", Decision.HOLD),
        ({"licence_training": "none"}, "LICENCES.NONE", Decision.HOLD),
        ({"licence_commercial": "prohibited"}, "LICENCES.COMMERCIAL.PROHIBITED", Decision.DENY),
        ({"licence_commercial": "unclear"}, "LICENCES.COMMERCIAL.UNCLEAR", Decision.HOLD),
        ({"licence_derivatives": "prohibited"}, "LICENCES.DERIVATIVES.PROHIBITED", Decision.DENY),
        ({"licence_derivatives": "unclear"}, "LICENCES.DERIVATIVES.UNCLEAR", Decision.HOLD),
        ({"licence_attribution": True}, "LICENCES.ATTRIBUTION", Decision.ALLOW_WITH_CONDITIONS),
        ({"licence_share_alike": True}, "LICENCES.SHARE_ALIKE", Decision.ALLOW_WITH_CONDITIONS),
    ],
)
def test_what_a_licence_says_is_what_is_done(
    changes: dict[str, Value], rule: str, decision: Decision
) -> None:
    row = {**FREE, **changes}
    assert _fired(row) == {rule}
    assert _decision(row) is decision


def test_a_licence_for_others_is_no_obstacle_where_nothing_is_sold_or_published() -> None:
    row: dict[str, Value] = {
        **FREE,
        "licence_commercial": "prohibited",
        "licence_derivatives": "prohibited",
        "use_commercial": False,
        "use_published": False,
    }
    assert _decision(row) is Decision.ALLOW
    assert _decision({**row, "use_commercial": None}) is Decision.HOLD


def test_without_a_licence_only_mining_in_the_union_is_left() -> None:
    mined = {**UNLICENSED, "establishment": "FR"}
    assert _decision(UNLICENSED) is Decision.HOLD
    assert _decision(mined) is Decision.ALLOW_WITH_CONDITIONS
    assert _decision({**mined, "lawfully_accessed": False}, LICENCES) is Decision.HOLD
    for name, values in RESERVATIONS.items():
        for value in (None, *values):
            row = {**mined, name: value if "none" in values else {"yes": True}.get(str(value))}
            # Whatever the other pack says of it, a reservation takes the exception away.
            if _decision(row, RESERVED) > Decision.ALLOW:
                assert _decision(row, LICENCES) is Decision.HOLD, (name, value)


@pytest.mark.parametrize("pair", GATES, ids=_id)
def test_no_unknown_turns_a_rule_that_did_not_pass_into_one_that_does(
    pair: tuple[Pack, Rule],
) -> None:
    when = pair[1].when
    assert when is not None
    for example in pair[1].examples:
        facts = dict(example.facts or {})
        if evaluate(when, facts) is not False:
            for name in COLUMNS:
                assert evaluate(when, {**facts, name: None}) is not False
