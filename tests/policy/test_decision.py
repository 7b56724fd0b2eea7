"""Decisions are ordered by how restrictive they are, and none of them is a yes by accident."""

from rightful.policy import Decision


def test_the_most_restrictive_is_the_greatest() -> None:
    assert sorted(Decision, reverse=True) == [
        Decision.DENY,
        Decision.RESTRICT,
        Decision.HOLD,
        Decision.ALLOW_WITH_CONDITIONS,
        Decision.ALLOW,
    ]


def test_no_decision_is_taken_for_false() -> None:
    assert all(Decision)


def test_every_decision_has_a_name_in_both_languages() -> None:
    for decision in Decision:
        assert decision.title.within("en")
        assert decision.title.within("zh")
        assert decision.title.within("en") != decision.title.within("zh")
