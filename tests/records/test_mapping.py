"""A row means the same whatever file it came from; what can't be meant is said without a value."""

import base64
import contextlib
import datetime
import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rightful.errors import InvalidInput
from rightful.records import content
from rightful.records.mapping import TARGETS, BadRow, Mapping, Reason, Row

_SECRET = "Anna Example"


def _text_row(mapping: list[str], row: dict[str, Any]) -> Row:
    applied = Mapping.parse(["text=t", *mapping]).apply({"t": "hello", **row})
    assert applied is not None
    return applied


def _refusal(mapping: list[str], row: dict[str, Any]) -> Reason:
    with pytest.raises(BadRow) as caught:
        Mapping.parse(mapping).apply(row)
    assert _SECRET not in str(caught.value)
    return caught.value.reason


# The mapping itself


def test_pairs_and_tables_mean_the_same() -> None:
    pairs = ["image=px", "label=y", "subject=who", "where=split=train"]
    table = {"image": "px", "label": "y", "subject": "who", "where": {"split": "train"}}
    more = {"image_shape": [28, 28], "labels": ["cat", "dog"]}
    one = Mapping.parse([*pairs, "image_shape=28x28", "labels=cat, dog"])
    other = Mapping.from_dict({**table, **more})
    assert one == other
    assert one.digest == other.digest
    assert Mapping.from_dict(one.to_dict()) == one
    assert json.loads(json.dumps(one.to_dict())) == {**table, **more}


def test_every_target_reads_back() -> None:
    names = {t: t.upper() for t in TARGETS if t not in ("text", "where", "image_shape", "labels")}
    settings = {"where": {"A": "b"}, "image_shape": [2, 2], "labels": ["a", "b"]}
    assert Mapping.from_dict({**names, **settings}).to_dict() == {**names, **settings}


def test_another_mapping_has_another_digest() -> None:
    digests = {
        Mapping.parse(pairs).digest
        for pairs in (
            ["text=a"],
            ["text=b"],
            ["text=a", "label=b"],
            ["text=a", "subject=b"],
            ["text=a", "reference=b"],
            ["text=a", "where=b=c"],
            ["text=a", "label=b", "labels=c"],
        )
    }
    assert len(digests) == 7


def test_a_field_may_have_an_equals_sign_in_its_name() -> None:
    assert Mapping.parse(["text=a=b"]).content == {"text": "a=b"}
    assert Mapping.parse(["text=a", "where=b=c=d"]).where == ("b", "c=d")


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        ["text"],
        ["text="],
        ["=a"],
        ["text=a", "text=b"],
        ["text=a", "colour=b"],
        ["image=a"],
        ["label=a"],
        ["image=a", "text=b"],
        ["text=a", "residence=b"],
        ["text=a", "birth_year=b"],
        ["text=a", "where=b"],
        ["text=a", "where=b="],
        ["image=a", "label=b", "image_shape=28"],
        ["image=a", "label=b", "image_shape=28x0"],
        ["image=a", "label=b", "image_shape=28xa"],
        ["image=a", "label=b", "image_shape=99999x99999"],
        ["text=a", "label=b", "labels=x,x"],
        ["text=a", "label=b", "labels=x,,y"],
        ["text=\udcff"],
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(pairs: list[str]) -> None:
    with pytest.raises(InvalidInput):
        Mapping.parse(pairs)


@pytest.mark.parametrize(
    "table",
    [
        {"text": 3},
        {"text": ""},
        {"text": "a", "where": {"b": "c", "d": "e"}},
        {"text": "a", "where": 3},
        {"image": "a", "label": "b", "image_shape": 28},
        {"image": "a", "label": "b", "image_shape": [28, True]},
        {"text": "a", "label": "b", "labels": []},
        {"text": "a", "label": "b", "labels": [None]},
    ],
)
def test_a_table_that_makes_no_sense_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Mapping.from_dict(table)


def test_a_field_that_is_not_there_is_named_with_those_that_are() -> None:
    mapping = Mapping.parse(["text=body", "where=split=train"])
    mapping.check(["split", "body"])
    with pytest.raises(InvalidInput, match="no column 'body' for text; columns: split, t"):
        mapping.check(["split", "t"])
    with pytest.raises(InvalidInput, match="no column 'split' for where"):
        mapping.check(["body"])
    with pytest.raises(InvalidInput, match="and 60 more"):
        mapping.check([f"column{n}" for n in range(100)])


# Whose, and which


@pytest.mark.parametrize("value", [17, "17", " 17\t", np.int64(17), np.uint8(17)])
def test_a_number_and_its_digits_are_one_reference(value: object) -> None:
    row = _text_row(["subject=s", "reference=r"], {"s": value, "r": value})
    assert (row.subjects, row.reference) == (("17",), "17")


@pytest.mark.parametrize(
    "value",
    [["b", "a", "b"], ("a", "b"), np.array(["b", "a"]), '["b", "a"]', ["a ", "b"], [" a", "b"]],
)
def test_several_subjects_are_sorted_and_stand_once(value: object) -> None:
    assert _text_row(["subject=s"], {"s": value}).subjects == ("a", "b")


def test_composed_and_decomposed_letters_are_one_name() -> None:
    one, other = ({"s": name} for name in ("Zo\u00eb", "Zoe\u0308"))
    assert _text_row(["subject=s"], one) == _text_row(["subject=s"], other)


def test_without_a_reference_a_row_is_known_by_content_and_people() -> None:
    rows = [({"s": "a"}, "hello"), ({"s": "a"}, "hello"), ({"s": "b"}, "hello"), ({"s": "a"}, "x")]
    references = [_text_row(["subject=s"], {**who, "t": text}).reference for who, text in rows]
    assert references[0] == references[1]
    assert len(set(references)) == 3
    assert all(r.startswith("sha256:") and len(r) == 71 for r in references)


@pytest.mark.parametrize("value", [None, "", "  ", float("nan"), [], [None], ["a", ""], "[]", b""])
def test_a_row_must_say_whose_it_is(value: object) -> None:
    assert _refusal(["text=t", "subject=s"], {"t": "a", "s": value}) == Reason.NO_SUBJECT


@pytest.mark.parametrize("value", [1.5, True, {"a": 1}, b"ab", ["a", 1.5], "x" * 1001, "\ud800"])
def test_a_subject_is_text_or_a_whole_number(value: object) -> None:
    assert _refusal(["text=t", "subject=s"], {"t": "a", "s": value}) == Reason.SUBJECT


def test_a_reference_that_is_missing_or_odd_is_told() -> None:
    mapping = ["text=t", "reference=r"]
    assert _refusal(mapping, {"t": "a"}) == Reason.NO_REFERENCE
    assert _refusal(mapping, {"t": "a", "r": " "}) == Reason.NO_REFERENCE
    assert _refusal(mapping, {"t": "a", "r": [1]}) == Reason.REFERENCE


# Content


@pytest.mark.parametrize("value", [7, "7", " 7 ", np.uint8(7), "+7", "007"])
def test_a_label_is_a_whole_number_however_it_is_written(value: object) -> None:
    row = _text_row(["label=y"], {"y": value})
    assert content.decode(row.content) == {"text": "hello", "label": 7}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.NO_LABEL),
        ("", Reason.NO_LABEL),
        (1.0, Reason.LABEL),
        (True, Reason.LABEL),
        ("seven", Reason.LABEL),
        ("\u0667", Reason.LABEL),
        (-1, Reason.LABEL_RANGE),
        (2**31, Reason.LABEL_RANGE),
        ("9" * 18, Reason.LABEL_RANGE),
    ],
)
def test_what_is_no_label_is_told(value: object, reason: Reason) -> None:
    assert _refusal(["text=t", "label=y"], {"t": "a", "y": value}) == reason


def test_named_labels_get_the_number_of_their_place() -> None:
    mapping = ["text=t", "label=y", "labels=cat,dog,7"]
    for number, name in enumerate(["cat", " dog ", 7]):
        row = Mapping.parse(mapping).apply({"t": "a", "y": name})
        assert row is not None
        assert content.decode(row.content)["label"] == number
    assert _refusal(mapping, {"t": "a", "y": _SECRET}) == Reason.LABEL_NAME


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.NO_TEXT),
        (" \n", Reason.NO_TEXT),
        (5, Reason.TEXT),
        (b"bytes", Reason.TEXT),
        (_SECRET + "\ud800", Reason.TEXT),
    ],
)
def test_what_is_no_text_is_told(value: object, reason: Reason) -> None:
    assert _refusal(["text=t"], {"t": value}) == reason


def test_text_is_kept_as_it_is() -> None:
    text = "  Zoe\u0308\r\n"
    assert content.decode(_text_row([], {"t": text}).content) == {"text": text}


def _png(image: content.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind)
    return file.getvalue()


def test_one_picture_is_one_content_however_it_is_held() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    png, raw = _png(image), image.tobytes()
    as_files: list[Any] = [
        png,
        _png(image, "BMP"),
        base64.b64encode(png).decode(),
        "data:image/png;base64," + base64.b64encode(png).decode(),
        {"bytes": png, "path": None},
        image.tolist(),
        image,
        image.astype(np.int64),
    ]
    as_pixels: list[Any] = [
        raw,
        bytearray(raw),
        base64.b64encode(raw).decode(),
        image.ravel().tolist(),
        json.dumps(image.ravel().tolist()),
        json.dumps(image.tolist()),
        " ".join(str(n) for n in range(12)),
        ",".join(str(n) for n in range(12)),
        image,
    ]
    plain = Mapping.parse(["image=i", "label=y"])
    shaped = Mapping.parse(["image=i", "label=y", "image_shape=3x4"])
    one_channel = Mapping.parse(["image=i", "label=y", "image_shape=3x4x1"])
    rows = [plain.apply({"i": value, "y": 1}) for value in as_files]
    rows += [m.apply({"i": value, "y": 1}) for m in (shaped, one_channel) for value in as_pixels]
    assert {row and row.content for row in rows} == {content.encode({"image": image, "label": 1})}


@pytest.mark.parametrize(
    ("value", "shape", "reason"),
    [
        (None, "2x2", Reason.NO_IMAGE),
        (b"", "2x2", Reason.NO_IMAGE),
        (b"abc", "2x2", Reason.IMAGE_SIZE),
        ([[1, 2, 3]], "2x2", Reason.IMAGE_SIZE),
        ([1, 2, 3, 256], "2x2", Reason.IMAGE_NUMBERS),
        ([1, 2, 3, -1], "2x2", Reason.IMAGE_NUMBERS),
        ([0.5, 1, 2, 3], "2x2", Reason.IMAGE_NUMBERS),
        ([True, False, True, True], "2x2", Reason.IMAGE_NUMBERS),
        ([], "2x2", Reason.IMAGE_NUMBERS),
        (["a", "b"], "2x2", Reason.IMAGE_NUMBERS),
        ([[1, 2], [3]], "2x2", Reason.IMAGE_SHAPE),
        ([1, 2, 3, 4], None, Reason.IMAGE_SHAPE),
        ([[[[1]]]], None, Reason.IMAGE_SHAPE),
        (_SECRET, "2x2", Reason.IMAGE_TEXT),
        (7, "2x2", Reason.IMAGE_TEXT),
        ("[1, 2", "2x2", Reason.IMAGE_TEXT),
        ("data:image/png,abc", None, Reason.IMAGE_TEXT),
        ({"bytes": None, "path": _SECRET}, None, Reason.IMAGE_PATH),
        ({"bytes": None, "path": None}, None, Reason.NO_IMAGE),
        (b"GIF89a" + b"x" * 20, None, Reason.IMAGE_BROKEN),
        (b"no picture", None, Reason.IMAGE_BROKEN),
        (_png(np.eye(99, dtype=np.uint8) * 99)[:90], None, Reason.IMAGE_BROKEN),
    ],
)
def test_what_is_no_picture_is_told(value: object, shape: str | None, reason: Reason) -> None:
    mapping = ["image=i", "label=y"] + ([f"image_shape={shape}"] if shape else [])
    assert _refusal(mapping, {"i": value, "y": 1}) == reason


# Facts


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-02", "2026-01-02T00:00:00.000000Z"),
        ("2026-01-02T03:04:05+08:00", "2026-01-01T19:04:05.000000Z"),
        ("2026-01-02 00:00:00", "2026-01-02T00:00:00.000000Z"),
        (datetime.date(2026, 1, 2), "2026-01-02T00:00:00.000000Z"),
        (datetime.datetime(2026, 1, 2), "2026-01-02T00:00:00.000000Z"),  # noqa: DTZ001
        (datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC), "2026-01-02T03:00:00.000000Z"),
        (None, None),
        ("", None),
        (float("nan"), None),
    ],
)
def test_a_collection_date_becomes_a_moment(value: object, moment: str | None) -> None:
    assert _text_row(["collected=c"], {"c": value}).collected == moment


@pytest.mark.parametrize("value", ["soon", "2026-01-02T03:04:05", 2026, "02.01.2026", ["2026"]])
def test_a_date_that_is_none_is_told(value: object) -> None:
    assert _refusal(["text=t", "collected=c"], {"t": "a", "c": value}) == Reason.COLLECTED
    assert _refusal(["text=t", "retention=c"], {"t": "a", "c": value}) == Reason.RETENTION


def test_retention_is_a_day() -> None:
    assert _text_row(["retention=r"], {"r": "2030-01-02T23:00:00Z"}).retention == "2030-01-02"


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("EN", ("en",)),
        ("zh-hant-tw", ("zh-Hant-TW",)),
        (["en", "de", "EN"], ("de", "en")),
        ("en; de", ("de", "en")),
        ('["fr"]', ("fr",)),
        (None, None),
    ],
)
def test_languages_are_tags_in_their_usual_case(value: object, tags: object) -> None:
    assert _text_row(["languages=l"], {"l": value}).languages == tags


@pytest.mark.parametrize("value", ["english", "e", ["en", None], 3, "en_US"])
def test_a_language_that_is_no_tag_is_told(value: object) -> None:
    assert _refusal(["text=t", "languages=l"], {"t": "a", "l": value}) == Reason.LANGUAGE


@pytest.mark.parametrize(
    ("value", "known"),
    [
        *((yes, True) for yes in (True, "true", "Yes", 1, "1", np.int8(1))),
        *((no, False) for no in (False, "false", "NO", 0, "0")),
        *((nothing, None) for nothing in (None, "", float("nan"))),
    ],
)
def test_a_special_category_is_yes_no_or_not_known(value: object, known: bool | None) -> None:
    assert _text_row(["special_category=s"], {"s": value}).special_category is known


@pytest.mark.parametrize("value", ["maybe", 2, 1.0, ["yes"], _SECRET])
def test_what_is_neither_yes_nor_no_is_never_taken_for_one(value: object) -> None:
    assert _refusal(["text=t", "special_category=s"], {"t": "a", "s": value}) == Reason.SPECIAL


def test_facts_about_a_person_need_one_person() -> None:
    facts = {"land": "cn", "born": "1980"}
    pairs = ["subject=s", "residence=land", "birth_year=born"]
    row = _text_row(pairs, {"s": "a", **facts})
    assert (row.residence, row.birth_year) == ("CN", 1980)
    row = _text_row(pairs, {"s": ["a", "b"]})
    assert (row.residence, row.birth_year) == (None, None)
    several = {"t": "a", "s": ["a", "b"], **facts}
    assert _refusal(["text=t", *pairs], several) == Reason.WHOSE


@pytest.mark.parametrize("value", ["Germany", "D", "D1", "DEU", 49, "ÄÖ"])
def test_a_residence_that_is_no_country_is_told(value: object) -> None:
    row = {"t": "a", "s": "a", "l": value}
    assert _refusal(["text=t", "subject=s", "residence=l"], row) == Reason.RESIDENCE


@pytest.mark.parametrize("value", [1889, 9999, "80", 1980.0, True, "1980-01-01"])
def test_a_birth_year_that_can_not_be_is_told(value: object) -> None:
    row = {"t": "a", "s": "a", "b": value}
    assert _refusal(["text=t", "subject=s", "birth_year=b"], row) == Reason.BIRTH_YEAR


# Which rows


@pytest.mark.parametrize(
    ("wanted", "value", "taken"),
    [
        ("train", "train", True),
        ("train", " train ", True),
        ("train", "test", False),
        ("train", None, False),
        ("1", 1, True),
        ("1", 1.0, False),
        ("true", True, True),
        ("1", True, False),
    ],
)
def test_where_takes_rows_with_that_value(wanted: str, value: object, taken: bool) -> None:
    mapping = Mapping.parse(["text=t", f"where=split={wanted}"])
    assert (mapping.apply({"t": "a", "split": value}) is not None) == taken
    # A row that is left out is never bad.
    assert taken or mapping.apply({"split": value}) is None


def test_nothing_of_a_row_shows() -> None:
    row = _text_row(["subject=s", "reference=r"], {"t": _SECRET, "s": _SECRET, "r": _SECRET})
    assert _SECRET not in repr(row)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


@given(row=st.fixed_dictionaries(dict.fromkeys("tysrclxzp", _JSON)))
@settings(max_examples=150)
def test_any_row_becomes_a_record_or_is_refused_with_a_reason(row: dict[str, Any]) -> None:
    facts = ["reference=r", "collected=c", "languages=l", "special_category=x", "residence=z"]
    for kind in (["text=t"], ["image=t", "label=y"], ["image=t", "label=y", "image_shape=2x2"]):
        mapping = Mapping.parse([*kind, "subject=s", "birth_year=p", *facts])
        with contextlib.suppress(BadRow):  # any other exception fails
            applied = mapping.apply(row)
            assert applied is not None
            content.decode(applied.content)
