"""A grant that makes no sense is refused when it is made, with a sentence that can be counted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rightful import moments
from rightful.grants import BadGrant, NewGrant, Reason
from rightful.registry.tables import GRANT_KINDS, SPECIAL_CONDITIONS

ROOT = Path(__file__).parents[2]

_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_LATER = moments.now() + timedelta(days=1)
_FINE: dict[str, Any] = {"kind": "consent", "purpose": "fine-tuning", "subject": "anna"}
_LICENCE: dict[str, Any] = {"kind": "licence", "purpose": "fine-tuning", "source": "form"}


@pytest.mark.parametrize("kind", GRANT_KINDS)
def test_every_kind_of_ground_can_be_given_for_a_source(kind: str) -> None:
    needed: dict[str, dict[str, Any]] = {
        "licence": {"licence": "MIT"},
        "special_condition": {"condition": "research"},
    }
    grant = NewGrant(kind, "fine-tuning", source="form", **needed.get(kind, {}))
    assert grant.kind == kind


@pytest.mark.parametrize("condition", SPECIAL_CONDITIONS)
def test_every_special_condition_can_be_named(condition: str) -> None:
    grant = NewGrant("special_condition", "fine-tuning", subject="anna", condition=condition)
    assert grant.condition == condition


@pytest.mark.parametrize("stated", [None, True])
def test_a_separate_consent_is_explicit_stated_or_not(stated: bool | None) -> None:
    grant = NewGrant("separate_consent", "fine-tuning", "anna", explicit=stated, given_by="self")
    assert grant.explicit is True


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "consnt"}, Reason.KIND),
        ({"subject": None}, Reason.ABOUT_NOTHING),
        ({"subject": " "}, Reason.SUBJECT),
        ({"kind": "no_personal_data"}, Reason.NO_SOURCE),
        ({"kind": "no_personal_data", "source": "form"}, Reason.A_SUBJECT),
        ({"kind": "licence", "licence": "MIT"}, Reason.NO_SOURCE),
        ({**_LICENCE}, Reason.NO_LICENCE),
        ({**_LICENCE, "licence": "see the contract"}, Reason.LICENCE),
        ({"licence": "MIT"}, Reason.NOT_LICENCE),
        ({"valid_from": datetime(2026, 1, 1)}, Reason.FROM),  # noqa: DTZ001 (what is refused)
        ({"valid_to": datetime(2099, 1, 1)}, Reason.TO),  # noqa: DTZ001
        ({"withdrawn_at": datetime(2026, 1, 1)}, Reason.WITHDRAWN_AT),  # noqa: DTZ001
        ({"valid_from": _DAY, "valid_to": _DAY}, Reason.BACKWARDS),
        ({"valid_to": _DAY}, Reason.BACKWARDS),
        ({"withdrawn_at": _LATER}, Reason.WITHDRAWN_LATER),
        ({"given_by": "friend"}, Reason.GIVEN_BY),
        ({"kind": "contract", "explicit": True}, Reason.NOT_CONSENT),
        ({"kind": "contract", "given_by": "self"}, Reason.NOT_CONSENT),
        ({"kind": "separate_consent", "explicit": False}, Reason.NOT_EXPLICIT),
        ({"kind": "special_condition"}, Reason.NO_CONDITION),
        ({"kind": "special_condition", "condition": "fun"}, Reason.CONDITION),
        ({"condition": "research"}, Reason.NOT_CONDITION),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(
    changes: dict[str, Any], reason: Reason
) -> None:
    with pytest.raises(BadGrant) as error:
        NewGrant(**{**_FINE, **changes})
    assert error.value.reason is reason
    assert str(error.value).startswith(reason)


def test_neither_text_form_nor_refusal_shows_the_person_or_the_proof() -> None:
    grant = NewGrant(**_FINE, evidence="forms/anna.pdf")
    assert "anna" not in repr(grant)
    with pytest.raises(BadGrant) as error:
        NewGrant(**_FINE, evidence="forms/anna.pdf", licence="anna")
    assert "anna" not in str(error.value)


def test_the_documentation_says_what_to_do_about_every_reason() -> None:
    page = (ROOT / "docs" / "grants.md").read_text("utf-8")
    assert [reason for reason in Reason if f"| {reason} |" not in page] == []
