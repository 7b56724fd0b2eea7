"""Consent records go to others and come back, and on the way nothing is lost or invented."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.grants import (
    Controller,
    Grant,
    Grants,
    NewGrant,
    Notices,
    Purposes,
    consent_check,
    export_records,
    import_records,
)
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import NameCipher, Source, Sources, Subjects
from rightful.registry import Registry
from rightful.registry.tables import GRANT_KINDS, SPECIAL_CONDITIONS

ANNA = "anna@people.example"
BEN = "ben@people.example"
LAB = Controller("Example Lab", "DE", contact="privacy@lab.example", gdpr=True)

_AT = datetime(2026, 6, 1, tzinfo=UTC)
_PURPOSES = ("model-training", "fine-tuning", "model-evaluation")


@contextmanager
def _workspace(secret: bytes) -> Iterator[Grants]:
    """A registry with the purposes, sources and notices that records name, and nobody in it."""
    with TemporaryDirectory() as folder:
        registry, key = Registry(f"sqlite:///{folder}/r.sqlite", Path(folder)), WorkspaceKey(secret)
        registry.create()
        ledger, keyring = Ledger(registry, key, "test"), Keyring(registry, key)
        purposes, notices = Purposes(registry, ledger), Notices(registry, ledger)
        sources, subjects = Sources(registry, ledger), Subjects(registry, keyring, NameCipher(key))
        with registry.transaction() as connection:
            purposes.create_defaults(connection)
        notices.publish("privacy", "We train models on what you write.", "en")
        notices.publish("privacy", "我们用您所写的内容训练模型。", "zh-CN")
        sources.declare(Source("form", special_category=True, retention_until="2999-01-01"))
        yield Grants(registry, keyring, subjects, sources, purposes, notices, ledger)
        registry.close()


def _read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    document = json.loads(path.read_text("utf-8"))
    return list(document.get("@graph", [document]))


def _essence(grants: Grants) -> set[tuple[Any, ...]]:
    """Every grant with all that is known of it, but for numbers that a workspace gives out."""
    found = grants.all()
    names = grants.subjects.references(g.subject for g in found if g.subject is not None)
    fields = [f for f in Grant.__slots__ if f not in ("number", "subject")]
    return {
        (names[grant.subject or 0], grant.status(_AT), *(getattr(grant, f) for f in fields))
        for grant in found
    }


_MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 5, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


@st.composite
def _new_grants(draw: st.DrawFn) -> NewGrant:
    kind = draw(st.sampled_from([kind for kind in GRANT_KINDS if kind != "no_personal_data"]))
    start = draw(_MOMENTS)
    source = "form" if kind == "licence" else draw(st.sampled_from([None, "form"]))
    consent = kind in ("consent", "separate_consent")
    explicit = draw(st.sampled_from([None, True, False])) if kind == "consent" else None
    return NewGrant(
        kind,
        draw(st.sampled_from(_PURPOSES)),
        draw(st.sampled_from([ANNA, BEN, "客户 17"])),
        source,
        valid_from=start,
        valid_to=draw(
            st.none() | st.timedeltas(timedelta(seconds=1)).map(lambda d: _plus(start, d))
        ),
        withdrawn_at=draw(st.none() | _MOMENTS),
        notice=draw(st.sampled_from([None, "privacy@1/en", "privacy@1/zh-CN"])),
        explicit=explicit,
        given_by=draw(st.sampled_from([None, "self", "guardian"])) if consent else None,
        evidence=draw(st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)),
        licence="CC-BY-4.0 OR MIT" if kind == "licence" else None,
        condition=(
            draw(st.sampled_from(SPECIAL_CONDITIONS)) if kind == "special_condition" else None
        ),
    )


def _plus(start: datetime, delta: timedelta) -> datetime:
    return min(start + min(delta, timedelta(days=9000)), datetime(2099, 1, 1, tzinfo=UTC))


@settings(max_examples=15)
@given(st.lists(_new_grants(), min_size=1, max_size=6), st.sampled_from([".jsonl", ".jsonld"]))
def test_what_is_exported_and_imported_elsewhere_is_exported_the_same(
    new: list[NewGrant], suffix: str
) -> None:
    with _workspace(b"a" * 32) as here, _workspace(b"b" * 32) as there, TemporaryDirectory() as tmp:
        here.subjects.settle({ANNA, BEN, "客户 17"})
        for grant in new:
            here.record(grant)
        first, second = Path(tmp, f"first{suffix}"), Path(tmp, f"second{suffix}")
        assert export_records(here, first, LAB, at=_AT).records == len(new)
        assert import_records(there, first).added == len(new)
        assert _essence(there) == _essence(here)
        export_records(there, second, LAB, at=_AT)
        assert second.read_bytes() == first.read_bytes()
        assert import_records(there, second).held == len(new)
        assert import_records(here, second).held == len(new)
        assert len(there.all()) == len(here.all()) == len(new)


@pytest.fixture
def exported(grants: Grants, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Records a grant of Anna's and exports it."""

    def act(kind: str = "consent", **more: Any) -> list[dict[str, Any]]:
        grants.record(NewGrant(kind, "fine-tuning", ANNA, **{"valid_from": _AT, **more}))
        path = tmp_path / "records.jsonld"
        path.unlink(missing_ok=True)
        export_records(grants, path, LAB)
        return _read(path)

    return act


Exported = Callable[..., list[dict[str, Any]]]


def test_a_record_has_the_fields_of_the_standard(
    exported: Exported, grants: Grants, notices: Notices
) -> None:
    [record] = exported(explicit=True, given_by="guardian", notice="privacy", evidence="form 17")
    [grant] = grants.all()
    assert record["@type"] == "dpv:ConsentRecord"
    assert record["dct:conformsTo"] == "https://w3id.org/dpv/schema/dpv-27560#record"
    assert record["dpv:hasIdentifier"] == grant.uuid
    assert record["dpv:hasDataSubject"]["dpv:hasIdentifier"] == ANNA
    [notice] = record["dpv:hasNotice"]
    assert notice["dct:language"] == "en"
    assert notice["rightful:sha256"] == notices.latest("privacy").sha256
    [entity] = record["dpv:hasEntity"]
    assert (entity["dpv:hasName"], entity["dpv:hasContact"]) == (LAB.name, LAB.contact)
    [process] = record["dpv:hasProcess"]
    assert process["dpv:hasPurpose"][0]["skos:broader"] == [
        "ai:ModelFineTuning",
        "ai:ModelTraining",
    ]
    assert process["dpv:hasLegalBasis"] == ["dpv:ExplicitlyExpressedConsent", "eu-gdpr:A6-1-a"]
    assert process["dpv:hasJurisdiction"] == ["loc:DE"]
    [event] = process["dpv:hasConsentStatus"]
    assert event["@type"] == ["dpv:ConsentGiven"]
    assert event["dpv:isIndicatedBy"] == "dpv:GuardianOfDataSubject"
    assert record["rightful:grant"]["evidence"] == "form 17"


def test_what_nobody_stated_is_named_and_not_invented(exported: Exported) -> None:
    [record] = exported()
    assert record["rightful:notStated"] == ["dpv:hasNotice"]
    assert "dpv:hasNotice" not in record
    assert record["dpv:hasEntity"][0]["rightful:notStated"] == ["dpv:hasAddress"]
    assert set(record["dpv:hasProcess"][0]["rightful:notStated"]) == {
        *("dpv:hasPersonalData", "dpv:hasRecipient", "dpv:hasStorageCondition"),
        *("dpv:hasConsentControl", "dpv:StorageLocation"),
    }


def test_what_is_known_of_the_source_and_the_controller_is_told(
    grants: Grants, tmp_path: Path
) -> None:
    grants.sources.declare(Source("form", special_category=True, retention_until="2999-01-01"))
    grants.record(NewGrant("consent", "fine-tuning", ANNA, "form"))
    told = Controller("Lab", "CN", "1 Road", "a@lab.example", withdrawal="https://lab.example/out")
    export_records(grants, tmp_path / "r.jsonld", told)
    [process] = _read(tmp_path / "r.jsonld")[0]["dpv:hasProcess"]
    assert process["dpv:hasPersonalData"] == ["dpv:SpecialCategoryPersonalData"]
    assert process["dpv:hasStorageCondition"][0]["dpv:hasDuration"]["rdf:value"] == "2999-01-01"
    assert process["dpv:hasConsentControl"][0]["dpv:isExercisedAt"] == "https://lab.example/out"
    assert process["dpv:hasLegalBasis"] == ["dpv:Consent"]  # by no article of the GDPR


def test_the_ground_of_every_kind_is_told_by_its_article(exported: Exported) -> None:
    found = {
        record["rightful:grant"]["kind"]: record["dpv:hasProcess"][0]["dpv:hasLegalBasis"][-1]
        for kind in ("contract", "legal_obligation", "vital_interests", "public_task")
        for record in exported(kind)
    }
    assert found == {
        "contract": "eu-gdpr:A6-1-b",
        "legal_obligation": "eu-gdpr:A6-1-c",
        "vital_interests": "eu-gdpr:A6-1-d",
        "public_task": "eu-gdpr:A6-1-e",
    }
    *_, condition = exported("special_condition", condition="research")
    assert condition["dpv:hasProcess"][0]["dpv:hasLegalBasis"][-1] == "eu-gdpr:A9-2-j"
    assert condition["@type"] == "dpv:DataProcessingRecord"


def test_events_are_only_ever_added_to(exported: Exported, grants: Grants) -> None:
    [before] = exported(valid_from=moments.now() - timedelta(days=9))
    given = before["dpv:hasProcess"][0]["dpv:hasConsentStatus"]
    grants.withdraw(ANNA)
    after, _ = exported("contract")
    events = after["dpv:hasProcess"][0]["dpv:hasConsentStatus"]
    assert events[: len(given)] == given
    assert [event["@type"][0] for event in events] == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    assert after["dpv:hasIdentifier"] == before["dpv:hasIdentifier"]


def test_a_consent_that_is_over_says_so(grants: Grants, tmp_path: Path) -> None:
    end = _AT + timedelta(days=1)
    grants.record(NewGrant("consent", "fine-tuning", ANNA, valid_from=_AT, valid_to=end))
    kinds = []
    for number, at in enumerate((_AT, end)):
        path = tmp_path / f"{number}.jsonld"
        export_records(grants, path, LAB, at=at)
        [process] = _read(path)[0]["dpv:hasProcess"]
        kinds.append([event["@type"][0] for event in process["dpv:hasConsentStatus"]])
    assert kinds == [["dpv:ConsentGiven"], ["dpv:ConsentGiven", "dpv:ConsentExpired"]]


def test_one_persons_records_name_nobody_else(grants: Grants, tmp_path: Path) -> None:
    for who in (ANNA, BEN):
        grants.record(NewGrant("consent", "fine-tuning", who))
    grants.record(NewGrant("consent", "fine-tuning", source="form"))
    done = export_records(grants, tmp_path / "anna.jsonld", LAB, subject=ANNA)
    assert (done.records, done.people) == (1, frozenset({grants.subjects.find(ANNA)}))
    assert BEN not in (tmp_path / "anna.jsonld").read_text("utf-8")
    assert export_records(grants, tmp_path / "all.jsonl", LAB).records == 2
    assert (tmp_path / "all.jsonl").stat().st_mode & 0o777 == 0o600


def test_somebody_erased_is_in_no_record(
    grants: Grants, erase: Callable[[str], None], tmp_path: Path
) -> None:
    grants.record(NewGrant("consent", "fine-tuning", ANNA))
    path = tmp_path / "records.jsonl"
    export_records(grants, path, LAB)
    erase(ANNA)
    with pytest.raises(NotFound, match="no grant about a person"):
        export_records(grants, tmp_path / "later.jsonl", LAB)
    assert not (tmp_path / "later.jsonl").exists()
    done = import_records(grants, path)
    assert (done.added, done.held, done.erased) == (0, 0, 1)


def test_a_file_that_is_there_is_not_written_over(grants: Grants, tmp_path: Path) -> None:
    grants.record(NewGrant("consent", "fine-tuning", ANNA))
    path = tmp_path / "records.jsonl"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match="a new file"):
        export_records(grants, path, LAB)
    assert path.read_text() == "mine"


def test_nothing_is_left_of_an_export_that_is_stopped(grants: Grants, tmp_path: Path) -> None:
    grants.record(NewGrant("consent", "fine-tuning", ANNA))

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        export_records(grants, tmp_path / "records.jsonl", LAB, before_naming=stop)
    assert sorted(tmp_path.iterdir()) == before


# Reading


def test_a_record_of_a_grant_that_came_without_one_is_that_grant(
    grants: Grants, exported: Exported, tmp_path: Path
) -> None:
    exported(evidence="form 17")
    with _workspace(b"b" * 32) as there:
        there.subjects.settle([ANNA])
        given = NewGrant("consent", "fine-tuning", ANNA, valid_from=_AT, evidence="form 17")
        there.record(given)
        assert import_records(there, tmp_path / "records.jsonld").held == 1
        [mine], [theirs] = there.all(), grants.all()
        assert mine.uuid == theirs.uuid


def test_a_later_record_ends_a_grant_and_an_older_one_brings_none_back(
    grants: Grants, tmp_path: Path
) -> None:
    start = moments.now() - timedelta(days=9)
    grants.record(NewGrant("consent", "fine-tuning", ANNA, valid_from=start))
    export_records(grants, tmp_path / "old.jsonld", LAB)
    grants.withdraw(ANNA)
    export_records(grants, tmp_path / "new.jsonld", LAB)
    with _workspace(b"b" * 32) as there:
        revision = there.registry.revision
        assert import_records(there, tmp_path / "old.jsonld").added == 1
        assert there.registry.revision > revision
        assert import_records(there, tmp_path / "new.jsonld").ended == 1
        assert import_records(there, tmp_path / "old.jsonld").held == 1
        assert [grant.status(moments.now()) for grant in there.all()] == ["withdrawn"]


def _at(document: Any, *path: Any) -> Any:
    for step in path:
        document = document[step]
    return document


_PROCESS = ("dpv:hasProcess", 0)
_EVENT = (*_PROCESS, "dpv:hasConsentStatus", 0)


@pytest.mark.parametrize(
    ("where", "name", "value", "told"),
    [
        ((), "dpv:hasIdentifier", "17", "dpv:hasIdentifier is not written as it must be"),
        ((), "dpv:hasDataSubject", None, "dpv:hasDataSubject is missing"),
        ((), "dpv:hasDataSubject", ANNA, "dpv:hasDataSubject is not of type object"),
        ((), "dct:conformsTo", "my own", "dct:conformsTo must be one of"),
        ((), "dct:created", "2026-01-01T00:00:00", "dct:created is not written as it must be"),
        ((), "dct:created", "2999-01-01T00:00:00Z", "dct:created lies in the future"),
        ((), "rightful:notStated", None, "dpv:hasNotice is missing"),
        ((), "dpv:hasProcess", [], "dpv:hasProcess is empty"),
        (("dpv:hasEntity", 0), "dpv:hasName", None, "dpv:hasEntity 1, dpv:hasName is missing"),
        (
            ("dpv:hasEntity", 0),
            "dpv:hasContact",
            None,
            "dpv:hasEntity 1, dpv:hasContact is missing",
        ),
        (_PROCESS, "dpv:hasPurpose", None, "dpv:hasProcess 1, dpv:hasPurpose is missing"),
        ((*_PROCESS, "dpv:hasPurpose", 0), "dpv:hasIdentifier", "fun", "purpose is unknown"),
        (("rightful:grant",), "kind", "consnt", "rightful:grant, kind must be one of"),
        (("rightful:grant",), "kind", "licence", "a grant of this kind needs a source"),
        (("rightful:grant",), "source", "nowhere", "source is unknown"),
        (("rightful:grant",), "secret", "x", "rightful:grant has a field that is not known"),
        (_EVENT, "@type", ["dpv:ConsentRequested"], "neither given, withdrawn nor expired"),
        (_EVENT, "@type", ["dpv:ConsentExpired"], "does not say when the ground was given"),
        (_EVENT, "dpv:isIndicatedAtTime", "2026-02-30T00:00:00Z", "no moment that there is"),
        (_EVENT, "dpv:isIndicatedBy", None, "dpv:isIndicatedBy is missing"),
    ],
)
def test_a_malformed_record_is_told_in_a_sentence_and_nothing_is_imported(
    exported: Exported, tmp_path: Path, where: Any, name: str, value: Any, told: str
) -> None:
    [record] = exported()
    wrong = deepcopy(record)
    if value is None:
        del _at(wrong, *where)[name]
    else:
        _at(wrong, *where)[name] = value
    path = tmp_path / "bad.jsonl"
    path.write_text(f"{json.dumps(record)}\n\n{json.dumps(wrong)}\n")
    with _workspace(b"b" * 32) as there:
        with pytest.raises(InvalidInput, match=re.escape(told)) as error:
            import_records(there, path)
        assert "record 2" in str(error.value)
        assert ANNA not in str(error.value)
        assert there.all() == []
        assert there.subjects.numbers([ANNA]) == {}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("bad.jsonld", "{", "it is not JSON"),
        ("bad.jsonld", '{"a": 1, "a": 2}', "has a name twice"),
        ("bad.jsonld", "[" * 100_000, "it is not JSON"),
        ("bad.jsonld", '{"@graph": []}', "holds no record"),
        ("bad.jsonld", '{"@graph": [17]}', "record 1: it is not of type object"),
        ("bad.jsonl", "\n", "holds no record"),
        ("bad.jsonl", "{}\n", "record 1: @context is missing"),
        ("bad.jsonl", "NaN\n", "line 1 is not JSON"),
        ("bad.jsonl", '{"a": "\\ud800"}\n', "line 1 is not JSON"),
        ("none.jsonl", None, "can't be read"),
    ],
)
def test_a_file_that_is_none_is_told_in_a_sentence(
    grants: Grants, tmp_path: Path, name: str, text: str | None, told: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InvalidInput, match=re.escape(told)):
        import_records(grants, tmp_path / name)
    assert grants.all() == []


def test_a_notice_that_is_another_text_here_is_not_taken_for_the_one_that_was_shown(
    exported: Exported, tmp_path: Path
) -> None:
    [record] = exported(notice="privacy")
    record["dpv:hasNotice"][0]["rightful:sha256"] = "0" * 64
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(record))
    with _workspace(b"b" * 32) as there, pytest.raises(InvalidInput, match="another text here"):
        import_records(there, path)


def test_a_record_with_the_identifier_of_another_grant_changes_nothing(
    exported: Exported, grants: Grants, tmp_path: Path
) -> None:
    [record] = exported()
    record["rightful:grant"]["evidence"] = "another form"
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(record))
    before = grants.all()
    with pytest.raises(InvalidInput, match="record 1: has the identifier of another grant"):
        import_records(grants, path)
    assert grants.all() == before


def test_the_schema_has_no_keyword_that_is_not_looked_at() -> None:
    annotations = {"$schema", "$id", "$defs", "title", "description", "additionalProperties"}

    def keywords(schema: Any) -> Iterator[str]:
        for keyword, value in schema.items():
            yield keyword
            if keyword in ("properties", "$defs"):
                for inner in value.values():
                    yield from keywords(inner)
            elif keyword in ("items", "contains"):
                yield from keywords(value)
            elif keyword in ("allOf", "anyOf"):
                for inner in value:
                    yield from keywords(inner)

    assert set(keywords(consent_check.schema())) <= {*consent_check.CHECKS, *annotations}


def test_the_schema_names_the_kinds_and_conditions_that_there_are() -> None:
    own = consent_check.schema()["properties"]["rightful:grant"]["properties"]
    assert set(own["kind"]["enum"]) == {kind for kind in GRANT_KINDS if kind != "no_personal_data"}
    assert tuple(own["condition"]["enum"]) == SPECIAL_CONDITIONS
