"""The screener: findings of many texts, exact in characters, and nothing else kept."""

import dataclasses
from collections.abc import Sequence

import pytest

from rightful.errors import InvalidInput
from rightful.screening import reading
from rightful.screening.finding import Finding
from rightful.screening.screener import Screener

MAIL = "ann@mail.example"


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener()


@pytest.mark.parametrize(
    "before",
    [
        "",
        "你好，",
        "e\u0301\u0302 ",
        "שלום ",
        "\u202e",
        "🙂👩‍👩‍👧 ",
        "\ud800 ",
        "ﷺ\x00\n",
        "a" * 1000 + " ",
    ],
)
def test_offsets_are_in_characters_whatever_stands_before(screener: Screener, before: str) -> None:
    text = f"{before}{MAIL} {before}"
    (finding,) = screener.findings(text)
    assert text[finding.start : finding.end] == MAIL
    assert (finding.kind, finding.detector) == ("email", "email")


def test_a_scan_gives_what_each_text_gives_by_itself(screener: Screener) -> None:
    texts = ["", f"an {MAIL}", "nothing", f"你 {MAIL}, {MAIL}", "🙂", f"{MAIL}"]
    found = screener.scan(texts)
    assert len(found) == 4
    assert found.text.tolist() == [1, 3, 3, 5]
    for number, text in enumerate(texts):
        assert found.of(number) == screener.findings(text)


def test_no_text_and_no_detector_find_nothing(screener: Screener) -> None:
    assert len(screener.scan([])) == 0
    assert Screener([]).findings(MAIL) == []


class Names:
    name = "names"
    version = "1"

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        return [
            [
                Finding("person", 0, 3, 0.6, "names"),
                Finding("person", 4, 5, 0.3, "names"),
                Finding("person", len(text) - 3, len(text), 0.6, "names"),
            ]
            for text in texts
        ]


def test_what_a_recogniser_finds_stands_beside_and_yields_to_what_is_surer() -> None:
    found = Screener(recogniser=Names()).scan([f"Ann {MAIL}"])
    assert [(each.kind, each.start, each.end) for each in found.of(0)] == [
        ("person", 0, 3),
        ("email", 4, 20),
    ]


def test_the_version_changes_with_what_decides_findings_and_with_nothing_else(
    screener: Screener,
) -> None:
    first, *others = screener.detectors
    assert Screener().version == screener.version
    retitled = dataclasses.replace(first, examples=())
    assert Screener([retitled, *others]).version == screener.version
    surer = dataclasses.replace(first, confidence=0.41)
    assert Screener([surer, *others]).version != screener.version
    assert Screener(recogniser=Names()).version != screener.version


def test_an_id_that_is_there_twice_is_refused() -> None:
    first = reading.builtin()[0]
    with pytest.raises(InvalidInput, match="declared twice"):
        Screener([first, first])
