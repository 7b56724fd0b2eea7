"""An assessment is kept as it was made, speaks for what it is about, and its text stays here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful import canonical, moments
from rightful.errors import InvalidInput, NotFound
from rightful.grants import Assessments, NewAssessment, Purposes
from rightful.grants.assessments import QUESTIONS, SAMPLINGS
from rightful.ledger import Entry, Ledger
from rightful.records import Sources
from rightful.registry import Changes, Registry
from rightful.registry.tables import ASSESSMENT_KINDS

Entries = Callable[[str], list[Entry]]

_ANSWERS = {kind: dict.fromkeys(asked, "We weighed it.") for kind, asked in QUESTIONS.items()}
_LAST_YEAR = datetime(2025, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def assessments(
    registry: Registry, sources: Sources, purposes: Purposes, ledger: Ledger
) -> Assessments:
    return Assessments(registry, sources, purposes, ledger)


def _new(kind: str, outcome: str = "passed", **changed: Any) -> NewAssessment:
    """One of a kind, with what that kind needs."""
    given: dict[str, Any] = {}
    if kind in QUESTIONS:
        given["answers"] = _ANSWERS[kind]
    elif kind in SAMPLINGS:
        given.update(sampled=100, failed=2)
        if kind == "corpus_screening":
            given["total"] = 1000
        if kind == "source_sampling":
            given["source"] = "form"
    else:
        given["reference"] = "archive/17"
    return NewAssessment(kind, outcome, **{**given, **changed})


@pytest.mark.parametrize("kind", ASSESSMENT_KINDS)
def test_an_assessment_of_every_kind_is_kept_as_it_was_made(
    assessments: Assessments, kind: str
) -> None:
    until = moments.now() + timedelta(days=365)
    new = _new(kind, made_at=_LAST_YEAR, valid_until=until, purpose="fine-tuning")
    number = assessments.record(new)
    (found,) = assessments.all()
    assert found.number == number
    for name in ("kind", "outcome", "source", "purpose", "reference", "answers"):
        assert getattr(found, name) == getattr(new, name), name
    for name in ("sampled", "failed", "total", "made_at", "valid_until"):
        assert getattr(found, name) == getattr(new, name), name


def test_an_assessment_is_made_now_unless_it_says_when(assessments: Assessments) -> None:
    before = moments.now()
    assessments.record(_new("dpia"))
    assert before <= assessments.all()[0].made_at <= moments.now()


def test_it_is_as_it_turned_out_until_it_runs_out(assessments: Assessments) -> None:
    end = _LAST_YEAR + timedelta(days=30)
    assessments.record(_new("dpia", "failed", made_at=_LAST_YEAR, valid_until=end))
    assessments.record(_new("pipia"))
    lasting, ending = assessments.all()
    assert ending.status(end - timedelta(seconds=1)) == "failed"
    assert ending.status(end) == "expired"
    assert lasting.status(end) == "passed"


def test_the_last_one_made_is_first_whenever_it_was_recorded(assessments: Assessments) -> None:
    new = assessments.record(_new("dpia", "failed", made_at=_LAST_YEAR + timedelta(1)))
    old = assessments.record(_new("dpia", "passed", made_at=_LAST_YEAR))
    same = assessments.record(_new("dpia", "passed", made_at=_LAST_YEAR))
    assert [each.number for each in assessments.all()] == [new, same, old]


def test_it_speaks_for_its_source_and_the_purposes_under_its_own(
    assessments: Assessments, purposes: Purposes
) -> None:
    purposes.add("support-chat", parent="fine-tuning")
    made = {
        name: assessments.record(_new("dpia", source=source, purpose=purpose))
        for name, source, purpose in (
            ("all", None, None),
            ("form", "form", None),
            ("crawl", "crawl", None),
            ("tuning", None, "fine-tuning"),
            ("form tuning", "form", "fine-tuning"),
            ("training", None, "model-training"),
        )
    }

    def about(**asked: str) -> set[str]:
        numbers = {each.number for each in assessments.about(**asked)}
        return {name for name, number in made.items() if number in numbers}

    assert about() == set(made)
    assert about(source="form") == set(made) - {"crawl"}
    assert about(purpose="support-chat") == set(made)
    assert about(purpose="pretraining") == {"all", "form", "crawl", "training"}
    assert about(source="crawl", purpose="model-evaluation") == {"all", "crawl"}
    with pytest.raises(NotFound, match="there are: "):
        about(source="nowhere")
    with pytest.raises(NotFound, match="there are: "):
        about(purpose="nothing")


def test_it_is_a_change_of_its_source_or_of_everything(
    assessments: Assessments, registry: Registry, sources: Sources
) -> None:
    number = sources.number("form")
    before = registry.revision
    assessments.record(_new("source_sampling", source="form"))
    with registry.reading() as connection:
        assert registry.changes(connection, before) == Changes(sources=frozenset({number}))
    assessments.record(_new("dpia"))
    with registry.reading() as connection:
        assert registry.changes(connection, before).everything


def test_a_source_or_purpose_that_is_not_there_leaves_nothing(
    assessments: Assessments, entries: Entries
) -> None:
    for wrong in ({"source": "nowhere"}, {"purpose": "nothing"}):
        with pytest.raises(NotFound, match="there are: "):
            assessments.record(_new("dpia", **wrong))
    assert assessments.all() == []
    assert entries("assessment_recorded") == []


def test_the_ledger_tells_what_was_answered_and_a_hash_but_no_word_of_it(
    assessments: Assessments, entries: Entries
) -> None:
    answers = {**_ANSWERS["compatibility"], "link": "Anna told us."}
    new = _new("compatibility", answers=answers, reference="secret place", source="form")
    number = assessments.record(new)
    (entry,) = entries("assessment_recorded")
    assert entry.facts["assessment"] == number
    assert entry.facts["assessed"] == "compatibility"
    assert entry.facts["outcome"] == "passed"
    assert entry.facts["answered"] == sorted(answers)
    written = {"reference": "secret place", "answers": canonical.encode(answers).decode()}
    assert entry.facts["sha256"] == canonical.digest(written)
    for text in (b"Anna", b"weighed", b"secret"):
        assert text not in entry.data


def test_the_ledger_tells_the_counts_of_a_sampling(
    assessments: Assessments, entries: Entries
) -> None:
    assessments.record(_new("corpus_screening", sampled=50, failed=0, total=60))
    (entry,) = entries("assessment_recorded")
    assert [entry.facts[name] for name in ("sampled", "failed", "total")] == [50, 0, 60]


def test_what_people_wrote_is_not_shown_by_accident(assessments: Assessments) -> None:
    new = _new("compatibility")
    assessments.record(new)
    assert "weighed" not in repr(new)
    assert "weighed" not in repr(assessments.all())


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("dpia", {"reference": None}, "needs a reference"),
        ("dpia", {"reference": " "}, "where the assessment is kept"),
        ("dpia", {"answers": {"link": "x"}}, "no questions to answer"),
        ("dpia", {"sampled": 1}, "counts no items"),
        ("dpia", {"total": 1}, "counts no items"),
        ("dpia", {"made_at": datetime(9999, 1, 1, tzinfo=UTC)}, "in the future"),
        ("dpia", {"made_at": _LAST_YEAR, "valid_until": _LAST_YEAR}, "until some time after"),
        ("dpia", {"valid_until": _LAST_YEAR}, "until some time after"),
        ("compatibility", {"answers": None}, "still open: link, context, nature"),
        ("compatibility", {"answers": {"link": "x"}}, "still open: context, nature"),
        ("legitimate_interests", {"answers": _ANSWERS["compatibility"]}, "still open: interest"),
        (
            "legitimate_interests",
            {"answers": {**_ANSWERS["legitimate_interests"], "balance": " "}},
            "still open: balance",
        ),
        (
            "legitimate_interests",
            {"answers": {**_ANSWERS["legitimate_interests"], "other": "x"}},
            "no others",
        ),
        (
            "legitimate_interests",
            {"answers": {**_ANSWERS["legitimate_interests"], "balance": "x" * 20_001}},
            "20000 characters",
        ),
        ("source_sampling", {"sampled": None}, "how many items were looked at"),
        ("source_sampling", {"failed": None}, "how many failed"),
        ("source_sampling", {"failed": 101}, "at most as many as sampled"),
        ("source_sampling", {"failed": -1}, "at most as many as sampled"),
        ("source_sampling", {"sampled": 0, "failed": 0}, "at least one"),
        ("source_sampling", {"total": 99}, "at most the total"),
        ("source_sampling", {"source": None}, "names its source"),
        ("corpus_sampling", {"source": "form"}, "name none"),
        ("corpus_screening", {"total": None}, "in total"),
        ("corpus_screening", {"total": 2**63}, "at most the total"),
    ],
)
def test_what_makes_no_sense_is_refused(kind: str, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        _new(kind, **changed)


def test_an_unknown_kind_or_outcome_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"'gut feeling' is unknown.*compatibility"):
        NewAssessment("gut feeling", "passed", reference="x")
    with pytest.raises(InvalidInput, match="passed or failed"):
        NewAssessment("dpia", "maybe", reference="x")


_COUNT = st.none() | st.integers(-2, 6)


@given(kind=st.sampled_from(SAMPLINGS), sampled=_COUNT, failed=_COUNT, total=_COUNT)
def test_counts_that_are_taken_can_be_reckoned_with(
    kind: str, sampled: int | None, failed: int | None, total: int | None
) -> None:
    try:
        taken = _new(kind, sampled=sampled, failed=failed, total=total)
    except InvalidInput:
        whole = None not in (sampled, failed) and (kind != "corpus_screening" or total is not None)
        ordered = whole and 0 <= (failed or 0) <= (sampled or 0) <= (6 if total is None else total)
        assert not (ordered and sampled)
    else:
        assert taken.sampled is not None
        assert taken.failed is not None
        assert 0 <= taken.failed <= taken.sampled
        assert taken.sampled > 0
        assert taken.total is None or taken.total >= taken.sampled
