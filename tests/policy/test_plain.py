"""A condition that is written out reads as the same condition again."""

import pytest

from rightful.policy import Pack, built_in, load
from rightful.policy.expression import evaluate, parse
from rightful.policy.plain import written

PACKS = load(built_in())


@pytest.mark.parametrize(
    "text",
    [
        "objected",
        "NOT objected",
        "NOT (objected OR restricted)",
        "NOT (NOT objected)",
        "NOT (age = 14)",
        "(objected AND restricted) OR personal",
        "objected OR restricted OR personal",
        "objected OR (restricted OR personal)",
        "objected AND (restricted OR personal)",
        "objected AND (restricted AND personal)",
        "age + 1 - 2 < 14",
        "age - (1 - collected_days) < -3",
        "residence IN (EEA)",
        "residence IN (EEA, 'GB', 'CH')",
        "consent IN ('active', 'pending') AND NOT (age >= 14)",
        "(consent = 'active') = (contract = 'active')",
        "TRUE",
        "method <> 'crawl' OR FALSE",
    ],
)
def test_what_is_written_plainly_stays_as_it_is(text: str) -> None:
    assert written(parse(text)) == text
    assert parse(written(parse(text))) == parse(text)


def test_terms_keep_their_names() -> None:
    terms = {"child": parse("age < 14")}
    terms["lost"] = parse("child AND NOT consent_by_guardian", terms)
    found = parse("lost OR child AND objected", terms)
    assert written(found, terms) == "lost OR (child AND objected)"
    assert written(found) == ("(age < 14 AND NOT consent_by_guardian) OR (age < 14 AND objected)")
    assert parse(written(found, terms), terms) == found


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_condition_of_a_pack_is_the_same_when_it_is_read_again(pack: Pack) -> None:
    for rule in pack.rules:
        if rule.when is not None:
            assert parse(written(rule.when, pack.terms), pack.terms).sql == rule.when.sql
            assert parse(written(rule.when)).sql == rule.when.sql
            for example in rule.examples:
                again = parse(written(rule.when, pack.terms), pack.terms)
                facts = example.facts or {}
                assert evaluate(again, facts) is evaluate(rule.when, facts)
