"""A file of grants comes in once, however often it is imported, and bad rows are named."""

import csv
import json
import re
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rightful import moments
from rightful.errors import Damaged, InvalidInput, NotFound
from rightful.grants import Grants, ImportedGrants, NewGrant, Purposes, Reason, bulk, import_grants
from rightful.ledger import Entry, Ledger
from rightful.records import Subjects
from rightful.registry import Registry

ANNA = "anna@people.example"
START = "2026-01-01T00:00:00Z"

Row = dict[str, Any]
Entries = Callable[[str], list[Entry]]


def _row(subject: Any = ANNA, **more: Any) -> Row:
    row = {"subject": subject, "kind": "consent", "purpose": "fine-tuning", "valid_from": START}
    return {**row, **more}


def _write(path: Path, rows: list[Row]) -> Path:
    """The rows as CSV or JSON Lines, by the name of the file."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        else:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


@pytest.fixture
def bring(grants: Grants, tmp_path: Path) -> Callable[..., ImportedGrants]:
    """Imports rows as a file of their own."""

    def act(*rows: Row, name: str = "grants.jsonl") -> ImportedGrants:
        return import_grants(grants, _write(tmp_path / name, list(rows)))

    return act


Bring = Callable[..., ImportedGrants]


# What comes in


@pytest.mark.parametrize("name", ["grants.csv", "grants.jsonl"])
def test_every_column_comes_in_the_same_from_csv_and_json(
    bring: Bring, grants: Grants, name: str
) -> None:
    found = bring(
        _row(
            source="form",
            valid_to="2096-01-01",
            withdrawn_at="2026-02-01T08:00:00+08:00",
            notice="privacy@1/en",
            explicit="yes",
            given_by="guardian",
            evidence="forms/17",
        ),
        _row(kind="special_condition", condition="research"),
        {
            "subject": "",
            "source": "crawl",
            "kind": "licence",
            "purpose": "model-training",
            "valid_from": START,
            "licence": "MIT",
        },
        name=name,
    )
    assert (found.added, found.quarantined, found.quarantine) == (3, 0, None)
    licence, condition, consent = grants.all()
    assert (condition.kind, condition.condition) == ("special_condition", "research")
    assert (licence.kind, licence.subject, licence.licence) == ("licence", None, "MIT")
    assert licence.source == "crawl"
    assert consent.subject == grants.subjects.find(ANNA)
    assert consent.valid_from == moments.parse(START)
    assert consent.valid_to == datetime(2096, 1, 1, tzinfo=UTC)
    assert consent.withdrawn_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert (consent.source, consent.notice) == ("form", "privacy@1/en")
    assert (consent.explicit, consent.given_by) == (True, "guardian")
    assert consent.evidence == "forms/17"


def test_parquet_comes_in_with_times_and_numbers_of_its_own(
    grants: Grants, subjects: Subjects, tmp_path: Path
) -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    table = pa.table(
        {
            "subject": pa.array([17, 18], pa.int64()),
            "kind": ["consent", "consent"],
            "purpose": ["fine-tuning", "fine-tuning"],
            "valid_from": pa.array([day, day], pa.timestamp("us", "UTC")),
            "explicit": pa.array([True, None], pa.bool_()),
        }
    )
    pq.write_table(table, tmp_path / "grants.parquet")
    assert import_grants(grants, tmp_path / "grants.parquet").added == 2
    [grant] = grants.about(subjects.find("17"))
    assert (grant.valid_from, grant.explicit) == (day, True)


def test_somebody_not_held_yet_is_added(bring: Bring, grants: Grants, subjects: Subjects) -> None:
    with pytest.raises(NotFound):
        subjects.find("new@people.example")
    assert bring(_row("new@people.example")).added == 1
    assert len(grants.about(subjects.find("new@people.example"))) == 1


def test_a_number_and_its_digits_are_one_person(bring: Bring, subjects: Subjects) -> None:
    bring(_row(17), _row("17", purpose="pretraining"), _row(" 17 ", purpose="model-evaluation"))
    assert len(subjects.numbers(["17"])) == 1
    assert subjects.find("17") == max(subjects.numbers(["17"]).values())


def test_somebody_erased_does_not_come_back(
    bring: Bring, grants: Grants, subjects: Subjects, erase: Callable[[str], None]
) -> None:
    erase(ANNA)
    found = bring(_row(), _row("ben@people.example"))
    assert (found.added, found.reasons) == (1, {Reason.ERASED: 1})
    assert subjects.numbers([ANNA]) == {}


def test_a_file_of_grants_is_told_in_one_entry_and_no_entry_has_a_reference(
    bring: Bring, ledger: Ledger, entries: Entries
) -> None:
    bring(_row(), _row("new@people.example", withdrawn_at="2026-02-01"))
    [entry] = entries("grants_imported")
    assert (entry.facts["first"], entry.facts["count"]) == (1, 2)
    assert entries("grant_recorded") == entries("grant_withdrawn") == []
    assert all(b"people.example" not in entry.data for entry in ledger.entries())


def test_what_a_file_ends_is_told_grant_by_grant(bring: Bring, entries: Entries) -> None:
    bring(_row(valid_to="2097-01-01"))
    bring(_row(withdrawn_at="2026-02-01", valid_to="2096-01-01"))
    [expired] = entries("grant_expired")
    assert expired.facts["before"].startswith("2097")
    assert len(entries("grant_withdrawn")) == 1


@pytest.mark.parametrize("name", ["grants.jsonl", "grants.csv"])
def test_progress_is_told_in_rows_done_and_to_be_done(
    grants: Grants, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(bulk, "_BATCH", 1000)
    told: list[tuple[int, int]] = []
    path = _write(tmp_path / name, [_row(n) for n in range(1500)])
    import_grants(grants, path, on_progress=lambda *of: told.append(of))
    assert told == [(1000, 1500), (1500, 1500)]


def test_progress_of_a_table_is_told_too(grants: Grants, tmp_path: Path) -> None:
    path = tmp_path / "grants.parquet"
    pq.write_table(pa.Table.from_pylist([_row(str(n)) for n in range(3)]), path)
    told: list[tuple[int, int]] = []
    import_grants(grants, path, on_progress=lambda *of: told.append(of))
    assert told == [(3, 3)]


# Again


def test_the_same_file_again_adds_nothing(
    bring: Bring, grants: Grants, registry: Registry, ledger: Ledger
) -> None:
    rows = [
        _row(evidence="forms/17", notice="privacy@1/en", explicit=True),
        _row("new@people.example", withdrawn_at="2026-02-01", valid_to="2096-01-01"),
        {**_row(), "valid_from": None, "purpose": "pretraining"},
        {"source": "form", "kind": "no_personal_data", "purpose": "model-training"},
    ]
    assert bring(*rows).added == 4
    before = grants.all(), registry.revision, ledger.size
    again = bring(*rows)
    assert (again.added, again.held, again.withdrawn) == (0, 4, 0)
    assert (
        bring(*[{**row, "explicit": row.get("explicit", "")} for row in rows], name="g.csv").held
        == 4
    )
    assert (grants.all(), registry.revision, ledger.size) == before


def test_a_row_twice_in_one_file_is_one_grant(bring: Bring) -> None:
    found = bring(_row(), _row())
    assert (found.added, found.held) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "pretraining"},
        {"source": "form"},
        {"kind": "contract"},
        {"valid_from": "2026-01-02"},
        {"notice": "privacy@1/en"},
        {"explicit": False},
        {"given_by": "self"},
        {"evidence": "forms/18"},
        {"subject": "ben@people.example"},
    ],
)
def test_a_row_that_differs_in_what_it_grants_is_another_grant(bring: Bring, change: Row) -> None:
    found = bring(_row(), _row(**change))
    assert (found.added, found.held) == (2, 0)


def test_a_later_file_that_knows_of_a_withdrawal_withdraws(
    bring: Bring, grants: Grants, registry: Registry
) -> None:
    bring(_row(), _row("ben@people.example"))
    before = registry.revision
    found = bring(_row(withdrawn_at="2026-02-01"), _row("ben@people.example"), name="later.jsonl")
    assert (found.added, found.held, found.withdrawn) == (0, 2, 1)
    assert registry.revision > before
    [grant] = grants.about(grants.subjects.find(ANNA))
    assert grant.withdrawn_at == datetime(2026, 2, 1, tzinfo=UTC)


def test_an_older_file_brings_no_withdrawn_grant_back(bring: Bring, grants: Grants) -> None:
    bring(_row())
    grants.withdraw(ANNA)
    withdrawn = grants.all()
    for row in (_row(), {**_row(), "valid_from": ""}):
        assert (bring(row).added, grants.all()) == (0, withdrawn)


def test_a_file_can_end_a_grant_earlier_and_never_later(bring: Bring, grants: Grants) -> None:
    bring(_row(valid_to="2097-01-01"))
    for end in ("2096-01-01", "2098-01-01", ""):
        assert bring(_row(valid_to=end)).held == 1
    [grant] = grants.all()
    assert grant.valid_to == datetime(2096, 1, 1, tzinfo=UTC)


def test_an_import_that_was_cut_short_goes_on_without_doubles(
    grants: Grants, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_BATCH", 10)
    path = _write(tmp_path / "grants.jsonl", [_row(n) for n in range(35)])

    def cut(done: int, of: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_grants(grants, path, on_progress=cut)
    assert len(grants.all()) == 20
    found = import_grants(grants, path)
    assert (found.added, found.held) == (15, 20)


def test_a_batch_that_fails_is_not_kept_in_part(
    grants: Grants, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path / "grants.jsonl", [_row(n) for n in range(5)])
    append, size = ledger.append, ledger.size

    def fail(connection: Any, kind: str, facts: Any) -> int:
        append(connection, kind, facts)
        raise OSError("the power went")

    monkeypatch.setattr(ledger, "append", fail)
    with pytest.raises(OSError, match="the power went"):
        import_grants(grants, path)
    assert (grants.all(), ledger.size) == ([], size)


def test_a_separate_consent_is_the_same_whether_it_says_explicit_or_not(bring: Bring) -> None:
    row = _row(kind="separate_consent")
    assert (bring(row).added, bring({**row, "explicit": True}).held) == (1, 1)


def test_somebody_erased_while_the_file_is_read_gets_no_grant(
    grants: Grants, erase: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = grants.subjects.settle

    def settled_and_erased(references: Any) -> Any:
        found = settle(references)
        erase(ANNA)
        return found

    monkeypatch.setattr(grants.subjects, "settle", settled_and_erased)
    path = _write(tmp_path / "grants.jsonl", [_row(), _row("ben@people.example")])
    found = import_grants(grants, path)
    assert (found.added, found.reasons) == (1, {Reason.ERASED: 1})


def test_a_later_batch_knows_the_grants_of_an_earlier_one(
    grants: Grants, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_BATCH", 2)
    rows = [_row("new"), _row("newer"), _row("new"), _row("newer", purpose="pretraining")]
    found = import_grants(grants, _write(tmp_path / "grants.jsonl", rows))
    assert (found.added, found.held) == (3, 1)


# What can't come in


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "consnt"}, Reason.KIND),
        ({"kind": ""}, Reason.KIND),
        ({"kind": 7}, Reason.KIND),
        ({"purpose": "fun"}, Reason.PURPOSE),
        ({"purpose": None}, Reason.PURPOSE),
        ({"source": "from"}, Reason.SOURCE),
        ({"notice": "privcy"}, Reason.NOTICE),
        ({"subject": None}, Reason.ABOUT_NOTHING),
        ({"subject": True}, Reason.SUBJECT),
        ({"subject": ["anna"]}, Reason.SUBJECT),
        ({"subject": "a" * 1001}, Reason.SUBJECT),
        ({"subject": "\ud800"}, Reason.SUBJECT),
        ({"kind": "no_personal_data"}, Reason.NO_SOURCE),
        ({"kind": "no_personal_data", "source": "form"}, Reason.A_SUBJECT),
        ({"valid_from": "01/02/2026"}, Reason.FROM),
        ({"valid_from": "2026-01-01T00:00:00"}, Reason.FROM),
        ({"valid_from": 1767225600}, Reason.FROM),
        ({"valid_to": "soon"}, Reason.TO),
        ({"valid_to": START}, Reason.BACKWARDS),
        ({"withdrawn_at": "yes"}, Reason.WITHDRAWN_AT),
        ({"withdrawn_at": "2099-01-01"}, Reason.WITHDRAWN_LATER),
        ({"explicit": "maybe"}, Reason.EXPLICIT),
        ({"explicit": 2}, Reason.EXPLICIT),
        ({"given_by": "friend"}, Reason.GIVEN_BY),
        ({"kind": "contract", "explicit": True}, Reason.NOT_CONSENT),
        ({"licence": "MIT"}, Reason.NOT_LICENCE),
        ({"kind": "licence", "source": "form"}, Reason.NO_LICENCE),
        ({"kind": "licence", "source": "form", "licence": "see the contract"}, Reason.LICENCE),
        ({"evidence": {"form": 17}}, Reason.EVIDENCE),
        ({"kind": "special_condition"}, Reason.NO_CONDITION),
        ({"kind": "special_condition", "condition": "fun"}, Reason.CONDITION),
        ({"kind": "special_condition", "condition": 7}, Reason.CONDITION),
        ({"condition": "research"}, Reason.NOT_CONDITION),
        ({"kind": "separate_consent", "explicit": "no"}, Reason.NOT_EXPLICIT),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason_and_the_others_come_in(
    bring: Bring, grants: Grants, change: Row, reason: Reason
) -> None:
    found = bring(_row("ben@people.example"), {**_row(), **change})
    assert (found.added, found.quarantined, found.reasons) == (1, 1, {reason: 1})
    assert found.quarantine is not None
    assert json.loads(found.quarantine.read_text()) == {"row": 1, "reason": reason}
    [grant] = grants.all()
    assert grant.subject == grants.subjects.find("ben@people.example")


def test_nobody_is_added_for_a_row_that_cannot_come_in(bring: Bring, subjects: Subjects) -> None:
    bring(_row(), _row("new@people.example", purpose="fun"), _row("newer@people.example", kind="x"))
    assert subjects.numbers(["new@people.example", "newer@people.example"]) == {}


def test_a_row_with_a_field_that_only_later_rows_have_is_quarantined(
    grants: Grants, tmp_path: Path
) -> None:
    # The columns are those of the first thousand rows.
    rows = [_row(n) for n in range(1000)] + [_row(withdrawn="2026-01-01")]
    found = import_grants(grants, _write(tmp_path / "grants.jsonl", rows))
    assert (found.added, found.reasons) == (1000, {Reason.FIELD: 1})


def test_rows_that_cannot_be_read_are_quarantined_too(grants: Grants, tmp_path: Path) -> None:
    path = _write(tmp_path / "grants.jsonl", [_row()])
    path.write_bytes(path.read_bytes() + b"{half\n" + b'{"kind":"consent","kind":"x"}\n')
    found = import_grants(grants, path)
    assert found.added == 1
    assert found.reasons == {"line is not JSON": 1, "row has a field twice": 1}


def test_the_quarantine_holds_numbers_and_reasons_in_order_for_its_owner_alone(
    bring: Bring, tmp_path: Path
) -> None:
    found = bring(_row("anna", purpose="fun"), _row(), _row("anna", kind="x", evidence="secret"))
    assert found.quarantine is not None
    assert found.quarantine.parent == tmp_path / "quarantine"
    assert found.quarantine.name.startswith("grants-")
    assert found.quarantine.stat().st_mode & 0o777 == 0o600
    lines = found.quarantine.read_text().splitlines()
    assert [json.loads(line)["row"] for line in lines] == [0, 2]
    assert all("anna" not in line and "secret" not in line for line in lines)


def test_once_mended_the_quarantine_of_the_file_goes(bring: Bring, purposes: Purposes) -> None:
    row = _row(purpose="research")
    found = bring(row)
    assert found.quarantine is not None
    purposes.add("research")
    again = bring(row)
    assert (again.added, again.quarantine) == (1, None)
    assert not found.quarantine.exists()


def test_a_quarantine_that_cannot_be_written_is_told(
    grants: Grants, bring: Bring, tmp_path: Path
) -> None:
    (tmp_path / "quarantine").write_text("in the way")
    with pytest.raises(Damaged, match="can't be written"):
        bring(_row(), _row(kind="x"))
    assert len(grants.all()) == 1


def test_the_quarantine_lies_in_the_folder_that_is_given(grants: Grants, tmp_path: Path) -> None:
    path = _write(tmp_path / "grants.jsonl", [_row(kind="x")])
    found = import_grants(grants, path, folder=tmp_path / "workspace")
    assert found.quarantine is not None
    assert found.quarantine.parent == tmp_path / "workspace" / "quarantine"


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("subject,kind,purpose,withdrawn", "'withdrawn' is no column of grants"),
        ("subject,kind", "the column purpose is missing"),
        ("kind,purpose", "a column subject or source is missing"),
    ],
)
def test_a_column_that_is_misspelt_or_missing_refuses_the_file(
    grants: Grants, tmp_path: Path, header: str, sentence: str
) -> None:
    path = tmp_path / "grants.csv"
    path.write_text(f"{header}\na,consent,fine-tuning,x\n")
    with pytest.raises(InvalidInput, match=sentence):
        import_grants(grants, path)
    assert grants.all() == []


def test_a_file_without_rows_or_of_another_kind_is_refused(grants: Grants, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("subject,kind,purpose\n")
    with pytest.raises(InvalidInput, match="has no rows"):
        import_grants(grants, tmp_path / "empty.csv")
    with pytest.raises(InvalidInput, match="CSV, JSON Lines or Parquet"):
        import_grants(grants, tmp_path)


def test_a_grant_recorded_by_hand_is_held_when_it_comes_in_a_file(
    bring: Bring, grants: Grants
) -> None:
    start = moments.parse(START)
    grants.record(NewGrant("consent", "fine-tuning", ANNA, valid_from=start, notice="privacy"))
    assert bring(_row(notice="privacy@1")).held == 1


def test_the_file_in_the_documentation_comes_in(grants: Grants, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "grants.md").read_text("utf-8")
    found = re.search(r"```text\n(subject,.*?)```", page, re.DOTALL)
    assert found is not None
    (tmp_path / "grants.csv").write_text(found[1])
    imported = import_grants(grants, tmp_path / "grants.csv")
    assert (imported.added, imported.reasons) == (3, {})
    assert [grant.kind for grant in grants.all()] == ["licence", "consent", "consent"]


def test_four_times_the_rows_take_no_more_memory(
    grants: Grants, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_BATCH", 500)
    import_grants(grants, _write(tmp_path / "first.jsonl", [_row("first")]))  # loads what is needed
    peaks = []
    for rows, who in ((2000, "a"), (8000, "b")):
        lines = [_row(f"{who} {n}", kind="x" if n % 4 == 0 else "consent") for n in range(rows)]
        path = _write(tmp_path / f"{who}.jsonl", lines)
        del lines
        tracemalloc.start()
        assert import_grants(grants, path).added == rows * 3 // 4
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.slow
def test_ten_thousand_grants_take_seconds(grants: Grants, tmp_path: Path) -> None:
    path = _write(tmp_path / "grants.jsonl", [_row(n, notice="privacy@1") for n in range(10_000)])
    started = time.perf_counter()
    assert import_grants(grants, path).added == 10_000
    assert time.perf_counter() - started < 6
    started = time.perf_counter()
    assert import_grants(grants, path).held == 10_000
    assert time.perf_counter() - started < 6
