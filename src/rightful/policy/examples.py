"""Whether a pack's rules answer its own examples: the tests that a pack brings along."""

from collections.abc import Iterator
from datetime import date, datetime

from rightful import moments
from rightful.policy.deadlines import due, due_moment
from rightful.policy.expression import evaluate
from rightful.policy.pack import Clock, Example, Pack, Rule

_WORDS = {True: "fires", False: "passes", None: "unknown"}


def check(pack: Pack) -> list[str]:
    """A sentence for each example that does not hold; none, if all do."""
    return list(_failures(pack))


def _failures(pack: Pack) -> Iterator[str]:
    for rule in pack.rules:
        for number, example in enumerate(rule.examples, 1):
            wanted, found = _answers(rule, example)
            if wanted != found:
                yield f"{rule.id}, example {number}: expected {wanted}, found {found}"


def _answers(rule: Rule, example: Example) -> tuple[str, str]:
    """What an example expects of its rule, and what the rule says."""
    if example.facts is not None and rule.when is not None:
        return example.expect, _WORDS[evaluate(rule.when, example.facts)]
    assert rule.clock is not None
    assert example.received is not None
    wanted, found = _same(example.expect), _due(rule.clock, example.received)
    if example.extended is not None:
        wanted += f" and {_same(str(example.extended))}"
        found += f" and {_due(rule.clock, example.received, extended=True)}"
    return wanted, found


def _same(written: str) -> str:
    """A day or moment as `_due` writes it."""
    if "T" in written or " " in written:
        return moments.text(moments.parse(written.replace(" ", "T")))
    return written


def _due(clock: Clock, received: date | datetime, *, extended: bool = False) -> str:
    try:
        if isinstance(received, datetime):
            return moments.text(due_moment(clock, received, extended=extended))
        return str(due(clock, received, extended=extended))
    except (ValueError, OverflowError):
        return "no day before the year 10000"
