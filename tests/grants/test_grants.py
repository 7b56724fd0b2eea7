"""Grants are kept with their entries in the ledger, and a withdrawal never fails to withdraw."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.grants import Grant, Grants, NewGrant, Notices, Purposes
from rightful.keys import Holder, Keyring
from rightful.ledger import Entry, Ledger
from rightful.records import Subjects
from rightful.registry import Registry
from rightful.registry.tables import grants as table

ANNA = "anna@people.example"
BEN = "ben@people.example"

Entries = Callable[[str], list[Entry]]


def _ago(days: float) -> datetime:
    return moments.now() - timedelta(days=days)


def _consent(purpose: str = "fine-tuning", subject: str | None = ANNA, **more: Any) -> NewGrant:
    return NewGrant("consent", purpose, subject, **{"valid_from": _ago(10), **more})


def _held(grants: Grants, number: int) -> Grant:
    [grant] = [grant for grant in grants.all() if grant.number == number]
    return grant


# Recording


def test_a_grant_is_kept_as_it_was_given(grants: Grants, subjects: Subjects) -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2096, 1, 1, tzinfo=UTC)
    number = grants.record(
        NewGrant(
            *("consent", "fine-tuning", ANNA, "form"),
            valid_from=start,
            valid_to=end,
            notice="privacy",
            explicit=True,
            given_by="guardian",
            evidence="forms/17",
        )
    )
    [grant] = grants.about(subjects.find(ANNA))
    assert grant == Grant(
        number=number,
        kind="consent",
        purpose="fine-tuning",
        subject=subjects.find(ANNA),
        source="form",
        valid_from=start,
        valid_to=end,
        withdrawn_at=None,
        notice="privacy@1/en",
        explicit=True,
        given_by="guardian",
        evidence="forms/17",
        licence=None,
        condition=None,
        uuid=None,
        recorded_at=grant.recorded_at,
    )


def test_what_was_not_stated_stays_unknown(grants: Grants) -> None:
    grant = _held(grants, grants.record(_consent()))
    assert (grant.explicit, grant.given_by, grant.evidence, grant.notice) == (None,) * 4


def test_a_grant_without_a_start_holds_from_now(grants: Grants) -> None:
    before = moments.now()
    grant = _held(grants, grants.record(NewGrant("consent", "fine-tuning", ANNA)))
    assert before <= grant.valid_from <= moments.now()
    assert grant.status(moments.now()) == "active"


def test_a_licence_is_kept_with_its_expression(grants: Grants) -> None:
    grant = NewGrant("licence", "model-training", source="crawl", licence="MIT OR Apache-2.0")
    assert _held(grants, grants.record(grant)).licence == "MIT OR Apache-2.0"


def test_recording_is_entered_under_the_pseudonym_and_without_the_proof(
    grants: Grants, subjects: Subjects, keyring: Keyring, ledger: Ledger, entries: Entries
) -> None:
    number = grants.record(_consent(source="form", notice="privacy@1", evidence="forms/anna.pdf"))
    [entry] = entries("grant_recorded")
    assert entry.facts == {
        "grant": number,
        "ground": "consent",
        "purpose": "fine-tuning",
        "subject": keyring.pseudonym(Holder("subject", subjects.find(ANNA))),
        "source": 1,
        "notice": "privacy@1/en",
        "valid_from": moments.text(_held(grants, number).valid_from),
        "evidence": True,
    }
    assert all(b"anna" not in entry.data for entry in ledger.entries())


def test_recording_changes_the_revision(grants: Grants, registry: Registry) -> None:
    before = registry.revision
    grants.record(_consent())
    assert registry.revision > before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"purpose": "fun"}, "no purpose is called 'fun'; there are: fine-tuning, "),
        ({"source": "from"}, "no source is called 'from'; there are: crawl, form"),
        ({"notice": "privcy"}, "no notice is called 'privcy'; there are: privacy@1/en"),
        ({"subject": "carl@people.example"}, "nobody with that reference is held here"),
    ],
)
def test_an_unknown_name_is_answered_with_what_there_is_and_nothing_is_kept(
    grants: Grants, ledger: Ledger, changes: dict[str, Any], sentence: str
) -> None:
    size = ledger.size
    with pytest.raises(NotFound) as error:
        grants.record(_consent(**changes))
    assert str(error.value).startswith(sentence)
    assert "carl" not in str(error.value)
    assert (grants.all(), ledger.size) == ([], size)


def test_a_notice_in_two_languages_needs_the_one_that_was_shown(
    grants: Grants, notices: Notices
) -> None:
    notices.publish("privacy", "我们用您写的内容训练模型。", "zh")
    with pytest.raises(InvalidInput, match="in which language"):
        grants.record(_consent(notice="privacy"))
    assert _held(grants, grants.record(_consent(notice="privacy/zh"))).notice == "privacy@1/zh"


def test_nothing_is_granted_to_use_data_of_somebody_erased(
    grants: Grants, erase: Callable[[str], None]
) -> None:
    erase(ANNA)
    with pytest.raises(NotFound, match="nobody with that reference"):
        grants.record(_consent())


def test_somebody_erased_between_looking_up_and_keeping_gets_no_grant(
    grants: Grants,
    subjects: Subjects,
    ledger: Ledger,
    erase: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = subjects.find(ANNA)
    erase(ANNA)
    monkeypatch.setattr(subjects, "find", lambda _: number)
    size = ledger.size
    with pytest.raises(NotFound, match="nobody with that reference"):
        grants.record(_consent())
    assert (grants.all(), ledger.size) == ([], size)


def test_a_grant_without_its_entry_is_not_kept(
    grants: Grants, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError("the power went")

    number = grants.record(_consent())
    monkeypatch.setattr(ledger, "append", fail)
    for act in (
        lambda: grants.record(_consent()),
        lambda: grants.withdraw(ANNA),
        lambda: grants.expire(number, _ago(1)),
    ):
        with pytest.raises(OSError, match="the power went"):
            act()
    [grant] = grants.all()
    assert (grant.withdrawn_at, grant.valid_to) == (None, None)


# Status


@pytest.mark.parametrize(
    ("hour", "status"),
    [(0, "pending"), (1, "active"), (2, "active"), (3, "expired"), (4, "expired")],
)
def test_a_grant_holds_from_its_start_up_to_but_not_at_its_end(
    grants: Grants, hour: int, status: str
) -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    number = grants.record(
        _consent(valid_from=day + timedelta(hours=1), valid_to=day + timedelta(hours=3))
    )
    assert _held(grants, number).status(day + timedelta(hours=hour)) == status


def test_a_grant_withdrawn_at_the_moment_it_begins_never_held(grants: Grants) -> None:
    start = _ago(5)
    number = grants.record(_consent(valid_from=start))
    assert grants.withdraw(ANNA, at=start) == [number]
    assert _held(grants, number).status(start) == "withdrawn"


def test_of_withdrawal_and_end_at_one_moment_the_withdrawal_is_told(grants: Grants) -> None:
    end = _ago(1)
    number = grants.record(_consent(valid_to=end, withdrawn_at=end))
    assert _held(grants, number).status(end) == "withdrawn"


# Withdrawing


def test_withdrawing_is_one_call_and_takes_effect_at_once(grants: Grants) -> None:
    number = grants.record(_consent())
    assert _held(grants, number).status(moments.now()) == "active"
    assert grants.withdraw(ANNA) == [number]
    assert _held(grants, number).status(moments.now()) == "withdrawn"


def test_withdrawing_twice_changes_nothing_the_second_time(
    grants: Grants, registry: Registry, ledger: Ledger
) -> None:
    grants.record(_consent())
    grants.record(NewGrant("consent", "fine-tuning", source="form", valid_from=_ago(10)))
    assert len(grants.withdraw(ANNA)) == 2
    before = grants.all(), registry.revision, ledger.size
    assert grants.withdraw(ANNA) == []
    assert (grants.all(), registry.revision, ledger.size) == before


def test_withdrawing_is_entered_for_each_grant(
    grants: Grants, keyring: Keyring, subjects: Subjects, entries: Entries
) -> None:
    number = grants.record(_consent())
    at = _ago(1)
    grants.withdraw(ANNA, at=at)
    [entry] = entries("grant_withdrawn")
    assert entry.facts == {
        "grant": number,
        "ground": "consent",
        "purpose": "fine-tuning",
        "subject": keyring.pseudonym(Holder("subject", subjects.find(ANNA))),
        "from": moments.text(at),
    }


@pytest.mark.parametrize("given", ["model-training", "fine-tuning", "support-chat"])
@pytest.mark.parametrize("withdrawn", ["model-training", "fine-tuning", "support-chat"])
def test_a_consent_above_or_below_the_purpose_is_withdrawn_whole(
    grants: Grants, purposes: Purposes, given: str, withdrawn: str
) -> None:
    purposes.add("support-chat", parent="fine-tuning")
    number = grants.record(_consent(given))
    assert grants.withdraw(ANNA, purpose=withdrawn) == [number]


def test_a_consent_beside_the_purpose_stays(grants: Grants) -> None:
    beside = grants.record(_consent("pretraining"))
    other = grants.record(_consent("model-evaluation"))
    number = grants.record(_consent("fine-tuning"))
    assert grants.withdraw(ANNA, purpose="fine-tuning") == [number]
    assert {_held(grants, n).status(moments.now()) for n in (beside, other)} == {"active"}


def test_without_a_purpose_every_consent_is_withdrawn(grants: Grants) -> None:
    numbers = [grants.record(_consent(p)) for p in ("fine-tuning", "model-evaluation")]
    assert grants.withdraw(ANNA) == numbers


def test_nobody_elses_consent_is_withdrawn(grants: Grants) -> None:
    other = grants.record(_consent(subject=BEN))
    grants.record(_consent())
    grants.withdraw(ANNA)
    assert _held(grants, other).withdrawn_at is None


def test_only_grants_of_the_kind_are_withdrawn(grants: Grants) -> None:
    contract = grants.record(NewGrant("contract", "fine-tuning", ANNA, valid_from=_ago(10)))
    grants.record(_consent())
    grants.withdraw(ANNA)
    assert _held(grants, contract).withdrawn_at is None
    assert grants.withdraw(ANNA, kind="contract") == [contract]


def test_a_consent_for_everyone_is_withdrawn_for_this_person_alone(
    grants: Grants, subjects: Subjects
) -> None:
    everyone = grants.record(NewGrant("consent", "fine-tuning", source="form", valid_from=_ago(10)))
    [number] = grants.withdraw(ANNA, purpose="model-training")
    own = _held(grants, number)
    assert (own.subject, own.source, own.purpose) == (subjects.find(ANNA), "form", "fine-tuning")
    assert own.valid_from == _held(grants, everyone).valid_from
    assert own.status(moments.now()) == "withdrawn"
    assert _held(grants, everyone).withdrawn_at is None
    assert grants.about(subjects.find(BEN)) == []


def test_a_consent_for_everyone_given_anew_can_be_withdrawn_anew(grants: Grants) -> None:
    grants.record(NewGrant("consent", "fine-tuning", source="form", valid_from=_ago(10)))
    assert len(grants.withdraw(ANNA, at=_ago(5))) == 1
    grants.record(NewGrant("consent", "fine-tuning", source="form", valid_from=_ago(3)))
    assert len(grants.withdraw(ANNA)) == 1


def test_a_consent_that_has_yet_to_begin_is_withdrawn_too(grants: Grants) -> None:
    number = grants.record(_consent(valid_from=moments.now() + timedelta(days=7)))
    assert grants.withdraw(ANNA) == [number]
    later = moments.now() + timedelta(days=8)
    assert _held(grants, number).status(later) == "withdrawn"


def test_a_consent_given_anew_after_the_withdrawal_stays(grants: Grants) -> None:
    old = grants.record(_consent(valid_from=_ago(9)))
    new = grants.record(_consent(valid_from=_ago(2)))
    assert grants.withdraw(ANNA, at=_ago(4)) == [old]
    assert _held(grants, new).status(moments.now()) == "active"


def test_an_earlier_withdrawal_that_comes_to_light_later_counts(grants: Grants) -> None:
    number = grants.record(_consent())
    grants.withdraw(ANNA, at=_ago(1))
    assert grants.withdraw(ANNA, at=_ago(3)) == [number]
    assert _held(grants, number).status(_ago(2)) == "withdrawn"


def test_what_had_ended_by_itself_is_not_withdrawn(grants: Grants) -> None:
    grants.record(_consent(valid_to=_ago(1)))
    assert grants.withdraw(ANNA) == []


def test_who_withdraws_consent_withdraws_separate_consents_too(grants: Grants) -> None:
    numbers = [
        grants.record(NewGrant(kind, "fine-tuning", ANNA, valid_from=_ago(10)))
        for kind in ("consent", "separate_consent")
    ]
    assert grants.withdraw(ANNA) == numbers


def test_a_separate_consent_can_be_withdrawn_alone(grants: Grants) -> None:
    consent = grants.record(_consent())
    separate = grants.record(NewGrant("separate_consent", "fine-tuning", ANNA, valid_from=_ago(9)))
    assert grants.withdraw(ANNA, kind="separate_consent") == [separate]
    assert _held(grants, consent).withdrawn_at is None


@pytest.mark.parametrize("kind", ["consent", "separate_consent"])
def test_a_separate_consent_for_everyone_in_a_source_is_withdrawn_for_one(
    grants: Grants, subjects: Subjects, kind: str
) -> None:
    given = NewGrant("separate_consent", "fine-tuning", source="form", valid_from=_ago(10))
    everyone = grants.record(given)
    [own] = grants.withdraw(ANNA, kind=kind)
    assert grants.withdraw(ANNA, kind=kind) == []
    assert _held(grants, everyone).withdrawn_at is None
    copy = _held(grants, own)
    assert (copy.kind, copy.subject) == ("separate_consent", subjects.find(ANNA))
    assert (copy.explicit, copy.status(moments.now())) == (True, "withdrawn")


def test_a_special_condition_is_kept(grants: Grants) -> None:
    given = NewGrant("special_condition", "fine-tuning", ANNA, condition="research")
    assert _held(grants, grants.record(given)).condition == "research"


def test_a_change_is_told_for_those_it_is_about_alone(
    grants: Grants, registry: Registry, subjects: Subjects
) -> None:
    before = registry.revision
    own = grants.record(_consent())
    grants.record(NewGrant("consent", "fine-tuning", source="form"))
    with registry.reading() as connection:
        changes = registry.changes(connection, before)
    assert changes.subjects == {subjects.find(ANNA)}
    assert changes.sources == {grants.sources.number("form")}
    assert not changes.everything
    before = registry.revision
    grants.expire(own, _ago(1))
    grants.withdraw(BEN)
    with registry.reading() as connection:
        assert registry.changes(connection, before).subjects == {
            subjects.find(ANNA),
            subjects.find(BEN),
        }


def test_a_withdrawal_that_cannot_be_is_refused(grants: Grants) -> None:
    with pytest.raises(NotFound) as error:
        grants.withdraw("carl@people.example")
    assert "carl" not in str(error.value)
    with pytest.raises(NotFound, match="no purpose is called 'fun'"):
        grants.withdraw(ANNA, purpose="fun")
    with pytest.raises(InvalidInput, match="known: consent, separate_consent, contract"):
        grants.withdraw(ANNA, kind="consnt")
    with pytest.raises(InvalidInput, match="future"):
        grants.withdraw(ANNA, at=moments.now() + timedelta(hours=1))
    with pytest.raises(InvalidInput, match="time zone"):
        grants.withdraw(ANNA, at=datetime(2026, 1, 1))  # noqa: DTZ001 (what is refused)


# Ending


def test_a_grant_can_be_ended_and_never_made_longer(grants: Grants, entries: Entries) -> None:
    number = grants.record(_consent())
    for days in (3, 1, 5):
        grants.expire(number, _ago(days))
    end = _held(grants, number).valid_to
    assert end is not None
    assert end < _ago(4.9)
    assert len(entries("grant_expired")) == 2


def test_what_is_not_there_cannot_be_ended(grants: Grants) -> None:
    with pytest.raises(NotFound, match="no grant 17"):
        grants.expire(17, moments.now())
    with pytest.raises(InvalidInput, match="time zone"):
        grants.expire(17, datetime(2026, 1, 1))  # noqa: DTZ001 (what is refused)


# Looking up


def test_the_newest_grants_come_first_and_no_more_than_asked(grants: Grants) -> None:
    numbers = [grants.record(_consent()) for _ in range(4)]
    assert [grant.number for grant in grants.all(2)] == numbers[:1:-1]
    assert [grant.number for grant in grants.all()] == numbers[::-1]


def test_about_somebody_is_the_oldest_first_and_nobody_elses(
    grants: Grants, subjects: Subjects
) -> None:
    first = grants.record(_consent())
    grants.record(_consent(subject=BEN))
    second = grants.record(_consent("pretraining"))
    assert [grant.number for grant in grants.about(subjects.find(ANNA))] == [first, second]


def test_the_text_form_of_a_grant_does_not_show_where_the_proof_is(grants: Grants) -> None:
    number = grants.record(_consent(evidence="forms/anna.pdf"))
    assert "anna" not in repr(_held(grants, number))


def test_the_registry_holds_no_reference_in_the_clear(
    grants: Grants, registry: Registry, tmp_path: Path
) -> None:
    grants.record(_consent(evidence="forms/17"))
    grants.withdraw(ANNA)
    assert registry.rows(select(func.count()).select_from(table))[0][0] == 1
    written = b"".join(path.read_bytes() for path in tmp_path.glob("registry.sqlite*"))
    assert b"forms/17" in written
    assert ANNA.encode() not in written
