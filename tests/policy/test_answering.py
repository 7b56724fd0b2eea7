"""Which answers a condition can give: what is said to be impossible is, over all facts."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.policy.answering import Answers, answers
from rightful.policy.expression import evaluate, parse
from rightful.policy.facts import COLUMNS, Value


@pytest.mark.parametrize(
    ("text", "fires", "passes"),
    [
        ("objected", True, True),
        ("objected OR NOT objected", True, False),
        ("objected AND NOT objected", False, True),
        ("TRUE", True, False),
        ("FALSE", False, True),
        ("age < 14 AND age > 20", False, True),
        ("age < 14 AND age > 12", True, True),
        ("age < 14 AND age > 13", False, True),
        ("age BETWEEN 5 AND 5", True, True),
        ("consent = 'active' AND consent = 'none'", False, True),
        ("consent IN ('active', 'withdrawn', 'expired', 'pending', 'none')", True, False),
        ("residence IN (EEA) AND residence = 'CN'", False, True),
        ("residence IN (EEA) AND residence = 'DE'", True, True),
        ("NOT (residence IN (EEA)) AND residence IN ('NO', 'IS')", False, True),
        ("14 > age AND 20 < age", False, True),
    ],
)
def test_what_it_can_answer_is_known_for_certain(text: str, fires: bool, passes: bool) -> None:
    assert answers(parse(text)) == Answers(fires, passes, certain=True)


@pytest.mark.parametrize(
    "text", ["age + 1 < collected_days", "age = collected_days", "consent = contract"]
)
def test_facts_that_are_compared_with_each_other_leave_it_open(text: str) -> None:
    found = answers(parse(text))
    assert (found.fires, found.passes, found.certain) == (True, True, False)


def test_where_there_are_too_many_facts_examples_lead_to_an_answer() -> None:
    names = [name for name, fact in COLUMNS.items() if fact.type == "BOOLEAN"][:30]
    rare = parse(" AND ".join(names))
    assert answers(rare) == Answers(fires=False, passes=True, certain=False)
    start: dict[str, Value] = dict.fromkeys(names, True)
    assert answers(rare, [start]) == Answers(fires=True, passes=True, certain=False)


_TESTS = st.sampled_from(
    [
        *("objected", "restricted", "consent = 'active'", "consent <> 'none'"),
        *(
            "consent IN ('active', 'pending')",
            "age < 3",
            "age >= 5",
            "age BETWEEN 2 AND 4",
            "3 <> age",
        ),
    ]
)
_CONDITIONS = st.recursive(
    _TESTS,
    lambda inner: st.one_of(
        inner.map(lambda part: f"NOT ({part})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) AND ({pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) OR ({pair[1]})"),
    ),
    max_leaves=8,
)
_ALL: list[dict[str, Value]] = [
    dict(zip(("objected", "restricted", "consent", "age"), row, strict=True))
    for row in product(
        (True, False), (True, False), sorted(COLUMNS["consent"].values or ()), range(-2, 9)
    )
]


@settings(max_examples=200)
@given(_CONDITIONS)
def test_it_says_what_trying_everything_says(text: str) -> None:
    condition = parse(text)
    found = {evaluate(condition, row) for row in _ALL}
    assert answers(condition) == Answers(True in found, False in found, certain=True)
