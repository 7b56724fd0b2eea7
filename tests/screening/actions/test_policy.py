"""Which action: the nearest rule decides, and of two equally near ones the stricter."""

import pytest

from rightful.screening.actions import Action, Duplicates, Keep, parse
from rightful.screening.finding import Finding

GROUPS = {"email": "contact", "phone": "contact", "card": "financial", "token": "secret"}

POLICY = """
version: 1
keep_original: true
actions:
  - {action: flag}
  - {group: contact, action: redact, confidence: 0.8}
  - {kind: [phone, card], action: mask}
  - {kind: email, action: drop, confidence: 0.99}
sources:
  forum:
    keep_original: false
    duplicates: {exact: hold}
    actions:
      - {kind: email, action: pseudonymise, confidence: 0.6}
      - {kind: email, action: flag, confidence: 0.5}
      - {group: secret, action: drop}
"""


@pytest.mark.parametrize(
    ("source", "kind", "confidence", "action"),
    [
        (None, "email", 0.9, "redact"),
        (None, "email", 0.99, "drop"),
        (None, "email", 0.7, "flag"),
        (None, "phone", 0.9, "mask"),
        (None, "token", 0.9, "flag"),
        ("letters", "card", 0.4, "mask"),
        ("forum", "email", 0.99, "pseudonymise"),
        ("forum", "email", 0.5, "flag"),
        ("forum", "email", 0.4, "flag"),
        ("forum", "token", 0.4, "drop"),
        ("forum", "phone", 0.4, "mask"),
        ("forum", "unheard_of", 1.0, "flag"),
    ],
)
def test_the_nearest_rule_decides(
    source: str | None, kind: str, confidence: float, action: str
) -> None:
    treatment = parse(POLICY, "screening.yaml", GROUPS).treatment(source, GROUPS)
    assert treatment.action(Finding(kind, 0, 1, confidence, "by hand")) is Action(action)


def test_a_source_states_for_itself_what_differs() -> None:
    policy = parse(POLICY, "screening.yaml", GROUPS)
    assert policy.treatment("letters", GROUPS).keep_original
    assert policy.treatment("letters", GROUPS).duplicates == Duplicates()
    assert not policy.treatment("forum", GROUPS).keep_original
    assert policy.treatment("forum", GROUPS).duplicates.exact is Keep.HOLD


def test_the_severity_is_in_the_order_that_is_promised() -> None:
    order = sorted(Action, key=lambda action: -action.severity)
    assert order == ["drop", "hold", "redact", "pseudonymise", "mask", "flag"]
