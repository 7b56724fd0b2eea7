"""Records as arrays say of each whom it is about and whence, in whatever parts they come."""

import random
from typing import TYPE_CHECKING

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clearance.registries import RECORD, table

from rightful.clearance.situations.corpus import (
    NAMELESS,
    NO_SOURCE,
    NOBODY,
    UNLISTED,
    Corpus,
    corpus,
)

if TYPE_CHECKING:
    from tests.clearance.plain_reading import Row

_RECORDS = st.lists(RECORD, max_size=10).map(
    lambda rows: [{"record": 3 * number, **row} for number, row in enumerate(rows)]
)


def _told(found: Corpus) -> "list[Row]":
    """Everything that a corpus says, record by record."""
    ends = range(len(found) + 1) if found.starts is None else found.starts.tolist()
    rows = []
    for place, number in enumerate(found.records.tolist()):
        own = found.owns[int(found.own[place])]
        rows.append(
            {
                "record": number,
                "source": int(found.source[place]),
                "subjects": found.subject[ends[place] : ends[place + 1]].tolist(),
                "collected_at": own.collected_at,
                "retention_until": own.retention_until,
                "special_category": own.special_category,
                "found": own.found,
                "verdict": own.verdict,
                "duplicate": own.duplicate,
            }
        )
    return rows


def _wanted(records: "list[Row]") -> "list[Row]":
    def people(listed: list[int | None] | None) -> list[int]:
        if listed is None:
            return [UNLISTED]
        return [NAMELESS if who is None else who for who in listed] or [NOBODY]

    return [{**record, "subjects": people(record["subjects"])} for record in records]


@given(_RECORDS, st.integers(0, 2**32), st.integers(1, 4))
def test_batches_in_any_order_make_the_same_corpus(
    records: "list[Row]", seed: int, size: int
) -> None:
    chance = random.Random(seed)
    shuffled = chance.sample(records, len(records))
    batches = table(shuffled).to_batches(max_chunksize=size)
    parts: list[pa.Table | pa.RecordBatch] = [*batches, table([])]
    assert _told(corpus(parts)) == _wanted(records)
    assert _told(corpus([table(records)])) == _wanted(records)


@given(_RECORDS, st.data())
def test_a_part_says_of_its_records_what_the_whole_says(
    records: "list[Row]", data: st.DataObject
) -> None:
    whole = corpus([table(records)])
    chosen = data.draw(st.sets(st.sampled_from(range(len(records)))) if records else st.just(set()))
    positions = sorted(chosen)
    part = whole.part(pa.array(positions, pa.int64()).to_numpy())
    assert _told(part) == [_wanted(records)[place] for place in positions]
    assert part.rows == len(part.subject) == sum(len(row["subjects"]) for row in _told(part))


@settings(max_examples=60)
@given(_RECORDS, st.sets(st.sampled_from([1, 2, 3, 9, 77, 2**31 - 1, 2**40])))
def test_records_about_people_are_found_by_any_of_them(
    records: "list[Row]", subjects: set[int]
) -> None:
    whole = corpus([table(records)])
    wanted = [
        place
        for place, record in enumerate(records)
        if subjects & {who for who in record["subjects"] or () if who is not None}
    ]
    assert whole.about(subjects).tolist() == wanted
    named = {who for record in records for who in record["subjects"] or () if who is not None}
    assert whole.people().tolist() == sorted(named)


def test_a_number_that_the_registry_can_not_have_given_out_is_nobodys_number() -> None:
    own = {"collected_at": None, "retention_until": None, "special_category": None}
    records = [
        {"record": 0, "source": 1, "subjects": [2**31], **own},
        {"record": 1, "source": 2**40, "subjects": [-1], **own},
        {"record": 2, "source": -7, "subjects": [2**31 - 1, 2**63 - 1], **own},
    ]
    found = _told(corpus([table(records)]))
    assert [row["subjects"] for row in found] == [[NAMELESS], [NAMELESS], [2**31 - 1, NAMELESS]]
    assert [row["source"] for row in found] == [1, NO_SOURCE, NO_SOURCE]


def test_a_source_that_is_not_known_is_none() -> None:
    records = table([{"record": 4, "subjects": [1]}, {"record": 5, "source": 2, "subjects": []}])
    assert [row["source"] for row in _told(corpus([records]))] == [NO_SOURCE, 2]


def test_nothing_is_an_empty_corpus() -> None:
    for parts in ([], [table([])]):
        found = corpus(parts)
        assert (len(found), found.rows, found.about([1]).tolist()) == (0, 0, [])
