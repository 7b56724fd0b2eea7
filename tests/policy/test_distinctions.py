"""What rules can't tell apart gives the same answers, and what they can is not made one."""

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from tests.policy.conditions import CONDITION, NAMES, ROW, values

from rightful.policy.distinctions import Distinctions
from rightful.policy.expression import Expression, evaluate, parse

if TYPE_CHECKING:
    from rightful.policy.facts import Value


@given(st.lists(CONDITION, min_size=1, max_size=4), ROW, st.data())
def test_values_that_are_called_equal_give_the_same_answers(
    conditions: list[Expression], row: "dict[str, Value]", data: st.DataObject
) -> None:
    telling = Distinctions(conditions)
    name = data.draw(st.sampled_from(NAMES))
    first = {condition: evaluate(condition, row) for condition in conditions}
    for value in values(name):
        if telling.of(name, value) == telling.of(name, row[name]):
            changed = {**row, name: value}
            assert {each: evaluate(each, changed) for each in conditions} == first


@given(CONDITION)
def test_every_column_that_a_condition_reads_is_asked_for(condition: Expression) -> None:
    assert Distinctions([condition]).columns == condition.columns


def test_one_test_that_differs_tells_values_apart() -> None:
    telling = Distinctions([parse("age < 14"), parse("method IN ('crawl', 'form')")])
    assert telling.of("age", 13) != telling.of("age", 14)
    assert telling.of("age", None) != telling.of("age", 14)
    assert telling.of("age", 14) == telling.of("age", 99)
    assert telling.of("method", "crawl") == telling.of("method", "form")
    assert telling.of("method", None) != telling.of("method", "upload")


def test_of_facts_that_are_compared_with_each_other_every_value_is_told_apart() -> None:
    telling = Distinctions([parse("retention_days < collected_days")])
    assert len({telling.of("collected_days", days) for days in (None, 1, 2, 3)}) == 4
