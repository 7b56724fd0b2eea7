"""Each row of a file becomes a record once, or it is told why not."""

import csv
import json
from collections.abc import Callable, Sequence
from functools import partialmethod
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap64
from sqlalchemy import func, select

from rightful.errors import Busy, InvalidInput, NotFound
from rightful.keys import Holder, Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import (
    Imported,
    Importer,
    Mapping,
    NameCipher,
    Person,
    RecordStore,
    Source,
    Sources,
    Subjects,
    Suppressions,
    content,
    open_reader,
    record_key,
)
from rightful.records.importing import BATCH_BYTES
from rightful.registry import Registry
from rightful.registry.tables import imports
from rightful.registry.tables import subjects as subjects_table

Row = dict[str, Any]
Bring = Callable[..., Imported]

_MAPPING = ["text=text", "subject=who", "reference=id"]
_ROWS: list[Row] = [
    {"id": "a", "text": "first text", "who": "anna"},
    {"id": "b", "text": "second text", "who": "bert"},
    {"id": "c", "text": "third text", "who": "anna"},
]


def _jsonl(path: Path, rows: Sequence[Row | str]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("".join(line + "\n" for line in lines))
    return path


@pytest.fixture
def bring(importer: Importer, sources: Sources, tmp_path: Path) -> Bring:
    """Imports rows, given as such or as a file, as those of source `mail`."""
    sources.declare(Source("mail"))

    def bring(
        rows: Sequence[Row | str] | Path, *more: str, source: str = "mail", **options: Any
    ) -> Imported:
        path = rows if isinstance(rows, Path) else _jsonl(tmp_path / "rows.jsonl", rows)
        return importer.run(open_reader(path), Mapping.parse([*_MAPPING, *more]), source, **options)

    return bring


def _texts(store: RecordStore) -> dict[bytes, str]:
    """Every record that opens, by key; a record that was stored twice is a failure."""
    table = store.metadata()
    records = table.column("record").to_numpy()
    keys = [key.tobytes() for key in store.keys(table)]
    assert len(set(keys)) == len(keys)

    class Everything:
        cleared = BitMap64(records.tolist())

    opened = store.open_cleared(Everything(), records)
    return {key: content.decode(data)["text"] for key, data in zip(keys, opened, strict=True)}


def _counts(done: Imported) -> tuple[int, int, int, int]:
    return done.added, done.held, done.suppressed, done.quarantined


def _people(registry: Registry) -> int:
    return int(registry.rows(select(func.count()).select_from(subjects_table))[0][0])


# What a row becomes


def test_rows_become_records_about_their_people(
    bring: Bring, store: RecordStore, subjects: Subjects
) -> None:
    done = bring(_ROWS)
    assert done == Imported(1, "mail", 3, 0, 0, 0, None, False, {})
    assert _texts(store) == {record_key("mail", r["id"]): r["text"] for r in _ROWS}
    about_anna = store.open_about(subjects.find("anna")).values()
    assert [content.decode(data)["text"] for data in about_anna] == ["first text", "third text"]


def test_facts_of_rows_are_kept(bring: Bring, store: RecordStore, subjects: Subjects) -> None:
    row = {
        **_ROWS[0],
        **{"got": "2026-01-02", "keep": "2030-01-01", "lang": "de", "health": "yes"},
        **{"land": "de", "born": 1980},
    }
    facts = ("collected=got", "retention=keep", "languages=lang", "special_category=health")
    bring([row], *facts, "residence=land", "birth_year=born")
    (kept,) = store.metadata().to_pylist()
    assert kept["collected_at"] == "2026-01-02T00:00:00.000000Z"
    assert kept["retention_until"] == "2030-01-01"
    assert kept["languages"] == ["de"]
    assert kept["special_category"] is True
    assert subjects.person(subjects.find("anna")) == Person("DE", 1980)


def test_a_row_about_several_people_is_one_record_about_each(
    bring: Bring, store: RecordStore, subjects: Subjects
) -> None:
    bring([{**_ROWS[0], "who": ["bert", "anna", "bert"]}])
    numbers = sorted(subjects.numbers(["anna", "bert"]).values())
    assert store.metadata().column("subjects").to_pylist() == [numbers]
    assert store.open_about(numbers[0]) == store.open_about(numbers[1])


def test_rows_about_nobody_are_sealed_under_their_source(
    importer: Importer, sources: Sources, store: RecordStore, tmp_path: Path
) -> None:
    mapping = Mapping.parse(["text=text", "reference=id"])
    for n, source in enumerate(("one", "two", "one")):
        sources.declare(Source(source))
        path = _jsonl(tmp_path / f"{n}.jsonl", [{"id": n, "text": f"text {n}"}])
        assert importer.run(open_reader(path), mapping, source).added == 1
    assert sorted(_texts(store).values()) == ["text 0", "text 1", "text 2"]
    assert store.metadata().column("subjects").to_pylist() == [[], [], []]


def test_a_key_that_another_process_destroyed_meanwhile_seals_nothing_more(
    importer: Importer,
    registry: Registry,
    workspace_key: WorkspaceKey,
    sources: Sources,
    store: RecordStore,
    keyring: Keyring,
    tmp_path: Path,
) -> None:
    number = sources.declare(Source("one"))

    def destroy(rows: int) -> None:
        if rows == 1:
            store.delete(BitMap64([0]))
            with registry.transaction() as connection:
                Keyring(registry, workspace_key).destroy(connection, [Holder("source", number)])

    path = _jsonl(tmp_path / "a.jsonl", [{"text": "first"}, {"text": "second"}])
    mapping = Mapping.parse(["text=text"])
    importer.run(open_reader(path), mapping, "one", batch=1, on_progress=destroy)
    keyring.drop_cache()
    assert list(_texts(store).values()) == ["second"]


def test_a_source_has_to_be_declared(bring: Bring, registry: Registry, store: RecordStore) -> None:
    with pytest.raises(NotFound, match="there are: mail"):
        bring(_ROWS, source="post")
    assert (store.metadata().num_rows, registry.rows(select(imports))) == (0, [])


def test_a_field_that_is_not_there_is_told_before_anything_is_stored(
    bring: Bring, registry: Registry
) -> None:
    with pytest.raises(InvalidInput, match="no column 'land' for residence"):
        bring(_ROWS, "residence=land")
    assert registry.rows(select(imports)) == []


def test_record_numbers_are_never_given_again(bring: Bring, store: RecordStore) -> None:
    bring(_ROWS)
    store.delete(BitMap64([2]))
    store.purge()
    bring([{"id": "d", "text": "fourth", "who": "anna"}])
    assert store.metadata().column("record").to_pylist() == [0, 1, 3]


# What is held already


def test_the_same_import_again_adds_nothing(
    bring: Bring, store: RecordStore, registry: Registry
) -> None:
    first = bring(_ROWS)
    before = (store.version, registry.revision)
    again = bring(_ROWS)
    assert _counts(again) == (0, 3, 0, 0)
    assert (again.number, again.resumed) == (first.number, False)
    assert (store.version, registry.revision) == before


def test_an_import_again_takes_what_it_could_not_before(
    bring: Bring, subjects: Subjects, registry: Registry, store: RecordStore
) -> None:
    subjects.ensure({"anna": Person("FR")})
    rows = [{**row, "land": "DE"} for row in _ROWS]
    assert _counts(bring(rows, "residence=land")) == (1, 0, 0, 2)
    with registry.transaction() as connection:
        subjects.erase(connection, subjects.find("anna"))
    again = bring(rows, "residence=land")
    assert _counts(again) == (2, 1, 0, 0)
    assert (again.quarantine, again.reasons) == (None, {})
    assert len(_texts(store)) == 3


def test_rows_of_another_format_or_split_are_held(bring: Bring, tmp_path: Path) -> None:
    rows = [{"id": n, "text": f"text {n}", "who": n % 2} for n in range(6)]
    assert bring(rows[:4]).added == 4
    with (tmp_path / "rows.csv").open("w") as file:
        writer = csv.DictWriter(file, ["who", "text", "id"])
        writer.writeheader()
        writer.writerows(rows[2:5])
    assert _counts(bring(tmp_path / "rows.csv")) == (1, 2, 0, 0)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
    assert _counts(bring(tmp_path / "rows.parquet")) == (1, 5, 0, 0)


def test_a_row_without_a_reference_is_known_by_what_it_holds_and_whose_it_is(
    importer: Importer, sources: Sources, tmp_path: Path
) -> None:
    sources.declare(Source("mail"))
    mapping = Mapping.parse(["text=text", "subject=who"])
    rows = [{"text": "hello", "who": who} for who in ("anna", "bert", "anna")]
    done = importer.run(open_reader(_jsonl(tmp_path / "a.jsonl", rows)), mapping, "mail")
    assert _counts(done) == (2, 1, 0, 0)


def test_the_same_reference_of_another_source_is_another_record(
    bring: Bring, sources: Sources, store: RecordStore
) -> None:
    sources.declare(Source("post"))
    assert bring(_ROWS).added == bring(_ROWS, source="post").added == 3
    assert len(_texts(store)) == 6


@pytest.mark.parametrize("batch", [1, 2, 1024])
def test_of_two_rows_with_one_key_the_first_is_taken(
    bring: Bring, store: RecordStore, batch: int
) -> None:
    other = {**_ROWS[0], "text": "another text"}
    done = bring([_ROWS[0], _ROWS[0], other, _ROWS[0], _ROWS[1]], batch=batch)
    assert _counts(done) == (2, 2, 0, 1)
    assert done.reasons == {"record is held with other content": 1}
    assert _texts(store)[record_key("mail", "a")] == "first text"


@pytest.mark.parametrize("who", ["bert", "carl", ["anna", "bert"]])
@pytest.mark.parametrize("apart", [True, False])
def test_a_held_record_is_not_said_to_be_about_others(
    bring: Bring, registry: Registry, who: str | list[str], apart: bool
) -> None:
    other = {**_ROWS[0], "who": who}
    done = [bring(_ROWS), bring([other])] if apart else [bring([*_ROWS, other])]
    assert done[-1].quarantined == 1
    assert done[-1].reasons == {"record is held about other people": 1}
    assert _people(registry) == 2


def test_a_held_record_with_other_content_stays_as_it_is(bring: Bring, store: RecordStore) -> None:
    bring(_ROWS)
    done = bring([{**_ROWS[0], "text": "another text"}])
    assert _counts(done) == (0, 0, 0, 1)
    assert _texts(store)[record_key("mail", "a")] == "first text"


# What is known of people


@pytest.mark.parametrize("batch", [1, 2, 1024])
def test_a_row_that_contradicts_what_is_known_is_quarantined(
    bring: Bring, subjects: Subjects, batch: int
) -> None:
    subjects.ensure({"bert": Person("CN")})
    facts = [("anna", "DE"), ("anna", "FR"), ("bert", "US"), ("bert", "CN"), ("anna", None)]
    rows = [{"id": n, "text": "a", "who": w, "land": land} for n, (w, land) in enumerate(facts)]
    done = bring(rows, "residence=land", batch=batch)
    assert _counts(done) == (3, 0, 0, 2)
    assert done.reasons == {"residence or birth year contradicts what is known": 2}
    assert done.quarantine is not None
    lines = [json.loads(line) for line in done.quarantine.read_text().splitlines()]
    assert [line["row"] for line in lines] == [1, 2]
    assert subjects.person(subjects.find("anna")) == Person("DE")
    assert subjects.person(subjects.find("bert")) == Person("CN")


def test_rows_that_are_held_still_tell_of_their_people(bring: Bring, subjects: Subjects) -> None:
    bring(_ROWS)
    rows = [{**row, "born": 1980} for row in _ROWS]
    assert _counts(bring(rows, "birth_year=born")) == (0, 3, 0, 0)
    assert subjects.person(subjects.find("anna")) == Person(None, 1980)


# What was erased


@pytest.mark.parametrize("kind", ["record", "content", "subject"])
def test_what_was_erased_stays_away_and_nobody_comes_back(
    bring: Bring,
    store: RecordStore,
    registry: Registry,
    suppressions: Suppressions,
    names: NameCipher,
    kind: str,
) -> None:
    hashed = names.content_hash(content.encode({"text": "second text"}))
    digest = {
        "record": suppressions.of_record(record_key("mail", "b")),
        "content": suppressions.of_content(hashed),
        "subject": suppressions.of_subject(names.lookup("bert")),
    }[kind]
    with registry.transaction() as connection:
        suppressions.add(connection, [digest])
    rows = [*_ROWS, {"id": "d", "text": "fourth", "who": ["anna", "bert"]}]
    done = bring(rows if kind == "subject" else _ROWS)
    assert _counts(done) == (2, 0, 2 if kind == "subject" else 1, 0)
    assert record_key("mail", "b") not in _texts(store)
    assert _people(registry) == 1


def test_a_list_that_grows_during_an_import_holds_from_the_next_batch_on(
    bring: Bring, registry: Registry, suppressions: Suppressions, names: NameCipher
) -> None:
    def erase(_rows: int) -> None:
        with registry.transaction() as connection:
            suppressions.add(connection, [suppressions.of_subject(names.lookup("anna"))])

    assert _counts(bring(_ROWS, batch=1, on_progress=erase)) == (2, 0, 1, 0)


# What can't be taken


def test_bad_rows_are_quarantined_and_the_others_come_in(
    bring: Bring, folder: Path, store: RecordStore
) -> None:
    secret = "a most personal thing"
    done = bring(
        [
            _ROWS[0],
            "not JSON " + secret,
            {**_ROWS[1], "text": None},
            "",
            {**_ROWS[1], "who": " "},
            {"id": secret, "text": [secret], "who": secret},
            _ROWS[2],
        ],
        batch=2,
    )
    assert _counts(done) == (2, 0, 0, 4)
    assert done.quarantine == folder / "quarantine" / "import-1.jsonl"
    text = done.quarantine.read_text()
    assert [json.loads(line) for line in text.splitlines()] == [
        {"row": 1, "reason": "line is not JSON"},
        {"row": 2, "reason": "no text"},
        {"row": 4, "reason": "no subject"},
        {"row": 5, "reason": "text is not text"},
    ]
    assert secret not in text
    assert sum(done.reasons.values()) == 4
    assert sorted(_texts(store).values()) == ["first text", "third text"]


def test_a_file_of_bad_rows_alone_is_told_and_not_an_error(bring: Bring) -> None:
    done = bring([{**row, "text": ""} for row in _ROWS])
    assert (_counts(done), done.reasons) == ((0, 0, 0, 3), {"no text": 3})


def test_rows_that_where_leaves_out_are_not_counted(bring: Bring, store: RecordStore) -> None:
    rows = [{**row, "split": "train" if row["id"] == "b" else "test"} for row in _ROWS]
    assert _counts(bring(rows, "where=split=train")) == (1, 0, 0, 0)
    assert list(_texts(store).values()) == ["second text"]


def test_an_import_that_takes_no_row_says_so_and_leaves_nothing(
    bring: Bring, registry: Registry, ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text("id,text,who\n")
    with pytest.raises(InvalidInput, match=r"rows\.csv: it has no rows"):
        bring(tmp_path / "rows.csv")
    rows = [{**row, "split": "test"} for row in _ROWS]
    with pytest.raises(InvalidInput, match="no row fits `where`") as caught:
        bring(rows, "where=split=train")
    assert "train" not in str(caught.value)
    assert registry.rows(select(imports)) == []
    assert [entry.kind for entry in ledger.entries()] == ["source_declared"]


def test_a_batch_of_no_rows_is_refused(bring: Bring) -> None:
    with pytest.raises(InvalidInput, match="batch"):
        bring(_ROWS, batch=0)


# What is told of it


def test_a_finished_import_is_in_the_ledger_without_names(
    bring: Bring, ledger: Ledger, sources: Sources, tmp_path: Path
) -> None:
    bring([*_ROWS, _ROWS[0], "bad"])
    entry = ledger.entries()[-1]
    reader = open_reader(tmp_path / "rows.jsonl")
    assert entry.kind == "import_finished"
    assert entry.facts == {
        "import": 1,
        "source": sources.number("mail"),
        "file_sha256": reader.file_digest,
        "added": 3,
        "held": 1,
        "suppressed": 0,
        "quarantined": 1,
    }
    assert not any(name in entry.data for name in (b"anna", b"bert", b"mail", b"rows"))


def test_every_batch_that_adds_records_changes_the_revision(
    bring: Bring, registry: Registry
) -> None:
    seen = [registry.revision]
    bring(_ROWS, batch=1, on_progress=lambda _: seen.append(registry.revision))
    assert seen == sorted(set(seen))


def test_progress_is_told_in_rows(bring: Bring) -> None:
    seen: list[int] = []
    bring([_ROWS[0], "bad", _ROWS[1], "", _ROWS[2]], batch=2, on_progress=seen.append)
    assert seen == [2, 5]


def test_a_batch_ends_early_where_its_rows_are_large(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BATCH_BYTES >= 2**20
    monkeypatch.setattr("rightful.records.importing.BATCH_BYTES", 30)
    seen: list[int] = []
    assert bring(_ROWS, on_progress=seen.append).added == 3
    assert seen == [2, 3]


def test_nothing_is_written_while_another_process_writes(
    bring: Bring, registry: Registry, store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Registry, "lock", partialmethod(Registry.lock, patience=0.1))
    for name in ("records", "import"):
        with Registry(str(registry.url), registry.folder).lock(name), pytest.raises(Busy):
            bring(_ROWS)
    assert store.metadata().num_rows == 0
    assert _counts(bring(_ROWS)) == (3, 0, 0, 0)


def test_others_may_write_between_two_batches(bring: Bring, registry: Registry) -> None:
    def write(_rows: int) -> None:
        with registry.lock("records", patience=0.1):
            pass

    assert bring(_ROWS, batch=1, on_progress=write).added == 3


def test_a_store_that_another_one_changes_meanwhile_is_looked_at_anew(
    bring: Bring, store: RecordStore
) -> None:
    # A second row of key "a" comes after the first was taken away: it is no longer held.
    def take_away(rows: int) -> None:
        if rows == 1:
            store.delete(BitMap64([0]))
            store.purge()

    done = bring([_ROWS[0], _ROWS[1], _ROWS[0]], batch=1, on_progress=take_away)
    assert _counts(done) == (3, 0, 0, 0)
    assert store.metadata().column("record").to_pylist() == [1, 2]


# On any rows at all


_ANY_ROW = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcd"),
        "text": st.sampled_from(["x", "y", "z", ""]),
        "who": st.sampled_from(["anna", "bert", "carl", ["anna", "bert"], None]),
        "land": st.sampled_from(["DE", "CN", None]),
    }
)


def _plainly(rows: Sequence[Row], erased: set[str]) -> tuple[tuple[int, int, int, int], set[str]]:
    """What should become of rows, one after the other, and the ids of those that are added."""
    held: dict[str, tuple[str, tuple[str, ...]]] = {}
    known: dict[str, str] = {}
    counts = [0, 0, 0, 0]
    for row in rows:
        people = row["who"] if isinstance(row["who"], list) else [row["who"]]
        row_is = (row["text"], tuple(people))
        (first, *others), land = people, row["land"]
        if not row["text"] or first is None or (others and land):
            counts[3] += 1
        elif erased.intersection(people):
            counts[2] += 1
        elif held.get(row["id"], row_is) != row_is or (land and known.get(first, land) != land):
            counts[3] += 1
        else:
            counts[1 if row["id"] in held else 0] += 1
            held[row["id"]] = row_is
            if land:
                known[first] = land
    return (counts[0], counts[1], counts[2], counts[3]), set(held)


@given(
    files=st.lists(st.lists(_ANY_ROW, min_size=1, max_size=8), min_size=1, max_size=2),
    batch=st.integers(1, 9),
    erased=st.sets(st.sampled_from(["anna", "carl"]), max_size=1),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_becomes_of_rows_does_not_depend_on_batches(
    bring: Bring,
    registry: Registry,
    sources: Sources,
    suppressions: Suppressions,
    names: NameCipher,
    store: RecordStore,
    subjects: Subjects,
    files: list[list[Row]],
    batch: int,
    erased: set[str],
) -> None:
    # One workspace for all examples: each has a source and people of its own.
    source = f"source {len(sources.names())}"
    sources.declare(Source(source))
    lookups = [names.lookup(f"{who} of {source}") for who in erased]
    with registry.transaction() as connection:
        suppressions.add(connection, [suppressions.of_subject(lookup) for lookup in lookups])

    def own(who: Any) -> Any:
        if isinstance(who, list):
            return [own(one) for one in who]
        return who and f"{who} of {source}"

    done = [
        bring(
            [{**row, "who": own(row["who"])} for row in rows],
            "residence=land",
            source=source,
            batch=batch,
        )
        for rows in files
    ]
    seen: list[Row] = []
    expected, before = [], (0, 0, 0, 0)
    for rows in files:
        seen += rows
        counts, ids = _plainly(seen, erased)
        expected.append(tuple(now - then for now, then in zip(counts, before, strict=True)))
        before = counts
    assert [_counts(one) for one in done] == expected
    keys = {key.tobytes() for key in store.keys(store.metadata())}
    assert {i for i in "abcd" if record_key(source, i) in keys} == ids
    assert not subjects.numbers(own(who) for who in erased)


# Real handwriting


def test_ten_thousand_digits_come_in_with_their_writers(
    importer: Importer,
    sources: Sources,
    store: RecordStore,
    subjects: Subjects,
    keyring: Keyring,
    shared_data: Path,
) -> None:
    sources.declare(Source("digits"))
    path = shared_data / "handwriting.parquet"
    pairs = ["image=image", "label=label", "subject=writer", "reference=index"]
    mapping = Mapping.parse([*pairs, "image_shape=28x28", "where=split=test"])
    done = importer.run(open_reader(path), mapping, "digits")
    assert _counts(done) == (10_000, 0, 0, 0)
    digits = pq.read_table(path, filters=[("split", "=", "test")])
    writers = digits.column("writer").to_pylist()
    numbers = subjects.numbers(writers)
    assert len(set(numbers.values())) == len(set(writers)) == 297
    places = np.random.default_rng(0).choice(10_000, 200, replace=False)
    keyring.drop_cache()

    class Cleared:
        cleared = BitMap64(places.tolist())

    for place, data in zip(
        places.tolist(), store.open_cleared(Cleared(), places.astype(np.int64)), strict=True
    ):
        read = content.decode(data)
        assert read["image"].tobytes() == digits.column("image")[place].as_py()
        assert read["label"] == digits.column("label")[place].as_py()
    people = store.rows(BitMap64(places.tolist())).column("subjects").to_pylist()
    assert people == [[numbers[writers[place]]] for place in sorted(places.tolist())]
