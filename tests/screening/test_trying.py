"""A file of texts gets one answer a line, and a line that is none is named by its number."""

import json
from collections.abc import Iterator

import pytest

from rightful.errors import InvalidInput
from rightful.screening.screener import Screener
from rightful.screening.trying import answers


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener()


def test_each_line_gets_its_findings_in_characters(screener: Screener) -> None:
    text = "请联系 ann@mail.example 谢谢"
    lines = [json.dumps({"text": text}).encode(), b'{"text": "nothing", "id": 7}']
    (first, second) = map(json.loads, answers(lines, screener, "texts.jsonl"))
    (found,) = first["findings"]
    assert text[found["start"] : found["end"]] == "ann@mail.example"
    assert set(found) == {"kind", "start", "end", "confidence"}
    assert (found["kind"], second) == ("email", {"findings": []})


def test_many_lines_keep_their_order(screener: Screener) -> None:
    lines = [
        json.dumps({"text": "ann@mail.example" if n % 3 else "no"}).encode() for n in range(1200)
    ]
    found = [len(json.loads(answer)["findings"]) for answer in answers(lines, screener, "x")]
    assert found == [int(bool(n % 3)) for n in range(1200)]


@pytest.mark.parametrize(
    "line",
    [
        *(b"ann@mail.example", b'{"txt": "ann@mail.example"}', b'{"text": 7}', b"[]", b"\xff"),
        b'{"text": "ann@mail.example \\ud800"}',
        b"[" * 100_000,
    ],
)
def test_a_bad_line_is_named_by_its_number_and_not_quoted(screener: Screener, line: bytes) -> None:
    with pytest.raises(InvalidInput, match="line 2") as raised:
        list(answers([b'{"text": "fine"}', line], screener, "texts.jsonl"))
    assert "ann@" not in str(raised.value)


def test_empty_lines_are_let_be_at_the_end_alone(screener: Screener) -> None:
    line = b'{"text": "ann@mail.example"}\n'
    assert len(list(answers([line, b"\n", b" \n"], screener, "x"))) == 1
    assert list(answers([b""], screener, "x")) == []
    with pytest.raises(InvalidInput, match="line 2 is empty"):
        list(answers([line, b"\n", line], screener, "x"))


def test_answers_come_before_all_lines_are_read(screener: Screener) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b'{"text": "ann@mail.example"}'

    first = next(answers(endless(), screener, "x"))
    assert json.loads(first)["findings"][0]["end"] == 16
    assert taken < 5000
