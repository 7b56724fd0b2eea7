"""What is there is found, and what only looks like it isn't: at small size; bench has all."""

import random
import sys
from pathlib import Path

import pytest

from rightful.screening.screener import Screener

# The generators of texts are the bench's own, so that both measure the same.
sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))

import _chinese_texts
import _screening_quality

#: Of many countries; groups as people there write them.
_SHAPES = (
    *("(0##) 5## ####", "0## 5### ####", "0#### 5#####", "0# ## ## ## ##", "0###-5######"),
    *("+4# (0)## 5## ## ##", "+3# 6## 5## ###", "001-2##-555-01##x####", "2## 555 01##"),
    *("2##-555-01##", "2##.555.01##x###", "(2##)555-01##", "5## 01##", "5### 01##", "6## 5## ###"),
    *("## 555 ###", "## ## 5# ##", "0### ## 5# ##", "+44 7### 5#####", "1 (2##) 555-01##"),
)
_SENTENCES = (
    "Can someone call me on {}? I have questions.",
    "They're not answering at {} today",
    "Phone: {}\nCity: Lyon",
    "The fax is {}, the door is blue.",
    "{} office",
    "Please text {} when done.",
    "Mobil: {}",
    "Mon téléphone est le {}.",
    "请拨打{}联系我。",
)
_NO_PHONES = (
    "Call the meeting on 2021-03-04 or 04.05.2021.",
    "The office opened in 1999 2000 and 2001.",
    "Row 450 0199 of the table, sum 78 555 010.",
    "ISBN 978-3-16-148410-0, built 20210304 101530",
    "Text size 12 14 16, build 1700000000000",
)


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener()


def test_phones_of_many_countries_are_found_next_to_words_for_them(screener: Screener) -> None:
    draw = random.Random(20261125)
    texts, spans = [], []
    for shape in _SHAPES:
        for sentence in _SENTENCES:
            number = "".join(str(draw.randrange(1, 10)) if c == "#" else c for c in shape)
            texts.append(sentence.format(number))
            spans.append((sentence.index("{"), sentence.index("{") + len(number)))
    found = screener.scan(texts)

    missed = [
        text
        for place, (text, (start, end)) in enumerate(zip(texts, spans, strict=True))
        if not any(
            each.kind == "phone" and each.start < end and start < each.end
            for each in found.of(place)
        )
    ]

    assert len(missed) <= len(texts) // 33, missed[:10]


@pytest.mark.parametrize("text", _NO_PHONES)
def test_dates_numbers_and_books_are_no_phones(screener: Screener, text: str) -> None:
    assert [each for each in screener.findings(text) if each.kind == "phone"] == []


def test_chinese_numbers_plates_and_addresses_are_found_in_prose(screener: Screener) -> None:
    texts = _chinese_texts.sentences(7, 300)

    quality = _screening_quality.measure(screener, texts, _chinese_texts.KINDS)

    assert quality.f1 >= 0.97


def test_every_identity_number_with_a_wrong_check_digit_is_refused(screener: Screener) -> None:
    found = screener.scan(_chinese_texts.wrong(8, 300))

    assert "cn_id" not in {found.kinds[kind] for kind in found.kind.tolist()}


def test_the_shared_sentences_are_met_kind_by_kind(screener: Screener) -> None:
    if not (_screening_quality.SHARED / "pii_spans.json").exists():
        pytest.skip("the shared data isn't on this machine")
    kinds = tuple(_screening_quality.KINDS.values())

    quality = _screening_quality.measure(screener, _screening_quality.sentences(), kinds)

    assert quality.f1 >= 0.95
    assert min(min(quality.precision(kind), quality.recall(kind)) for kind in kinds) >= 0.85


@pytest.mark.parametrize(
    "text",
    [
        "sha256 4f5a0c2e9b1d8e7f60718293a4b5c6d7e8f9a0b1c2d3e4f5061728394a5b6c7d",
        "version 10.0.19041.1288, OID 1.3.6.1.4.1.311",
        "ISBN 978-0-306-40615-7 and 0-306-40615-2",
        "at 1700000000000 ms, id 1234567890123456789",
        "uuid 12345678-1234-4234-8234-123456789012",
        "pi = 3.14159265358979, e = 2.718281828459045",
    ],
)
def test_versions_hashes_books_and_times_are_no_identifiers(screener: Screener, text: str) -> None:
    assert screener.findings(text) == []
