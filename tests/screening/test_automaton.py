"""The automaton leaves out no place: hyperscan and plain `re` give the same findings."""

import pickle
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.screening import automaton, reading
from rightful.screening.screener import Screener

pytest.importorskip("hyperscan")

PATTERNS = {
    "wide_before": r"\b[a-z0-9][a-z0-9._-]{0,63}@[a-z0-9-]{1,20}\b",
    "wide_behind": r"\bkey=([a-z0-9]{4,60})\b",
    "digits": r"\b\d{2,4}(?:[ -]\d{2,4}){0,3}\b",
    "any_edge": r"\B\+\d{2,6}\b",
    "not_a_letter": r"[^a-z\s]{3}k",
    "chinese": r"京[A-Z][·-]?[一-龥0-9]{2,5}",
    "many_ways": r"\b(?:ab[ck]d{0,3}|[ac]{2,5}(?:b|@)|k{1,3})\b",
    "large": r"\b(?:[a-c][0-9]{2}(?: ?[a-c0-9]{4}){2,7}|k[0-9]{3}(?: ?[k0-9]{4}){2,40})\b",
    "non_ascii": r"[éü你]{1,3}[^é]",
    "dot": "a.{1,30}k",
}
FILE = "id: own\ntitle: {en: Own, zh: 自有}\nversion: 1\ndetectors:\n" + "".join(
    f"  - {{id: {name}{suffix}, kind: {name}, group: other, title: {{en: Own, zh: 自有}}, "
    f"pattern: '{pattern}', ignore_case: {folded}, confidence: 0.{5 + turn}, "
    "examples: [{text: none, finds: []}]}\n"
    for turn, (suffix, folded) in enumerate((("", "false"), ("_folded", "true")))
    for name, pattern in PATTERNS.items()
)
ALPHABET = "abckK@.-+ 0123\n=·京你éüſK\u0301\u05d0🙂\ud800\x00"
words = st.sampled_from(["key=", "abc", "ab@c", "12 34", "京A·1234", "a12 b345 0ab1", "a\n", "+12"])
texts = st.lists(st.one_of(st.text(ALPHABET, max_size=12), words), max_size=8).map("".join)


@pytest.fixture(scope="module", params=list(PATTERNS))
def both(request: pytest.FixtureRequest) -> tuple[Screener, Screener]:
    detectors = [
        each for each in reading.parse(FILE, "own.yaml").detectors if each.kind == request.param
    ]
    return Screener(detectors[1:]), Screener(detectors[1:], plain=True)


@settings(max_examples=60, deadline=None)
@given(given_texts=st.lists(texts, max_size=5))
def test_every_pattern_is_found_by_both(
    both: tuple[Screener, Screener], given_texts: list[str]
) -> None:
    fast, plain = (each.scan(given_texts) for each in both)
    for number in range(len(given_texts)):
        assert fast.of(number) == plain.of(number)


def test_the_builtin_detectors_find_the_same_in_both() -> None:
    detectors = reading.builtin()
    listed = [example.text for each in detectors for example in each.examples]
    drawn = random.Random(4)
    mixed = [" ".join(drawn.sample(listed, 3)) for _ in range(200)]
    fast, plain = Screener().scan(listed + mixed), Screener(plain=True).scan(listed + mixed)
    assert len(fast) > 300
    for number in range(len(listed) + len(mixed)):
        assert fast.of(number) == plain.of(number)


def test_nothing_is_found_across_two_texts() -> None:
    found = Screener().scan(["ann@mail.", "example", "", "bob@post.example"])
    assert found.text.tolist() == [3]


def test_a_text_larger_than_a_batch_is_screened_whole() -> None:
    text = "é" * 4_500_000 + " ann@mail.example " + "x " * 1000
    (finding,) = Screener().scan(["", text, "none"]).of(1)
    assert text[finding.start : finding.end] == "ann@mail.example"


def test_what_another_process_compiled_is_not_compiled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    detectors = reading.parse(FILE, "own.yaml").detectors
    texts = ["ab@c key=abcde 京A·1234", "none"]
    first = Screener(detectors)
    compiled = pickle.loads(pickle.dumps(first.compiled()))
    automaton._built.cache_clear()
    monkeypatch.setattr(automaton, "_database", None)
    automaton.take(compiled)
    again = Screener(detectors)
    found = first.scan(texts)
    assert len(found) > 0
    assert again.scan(texts).of(0) == found.of(0)


def test_a_database_is_not_taken_for_other_detectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton, "_taken", {})
    one, other = reading.parse(FILE, "own.yaml").detectors[:2]
    compiled = Screener([one]).compiled()
    assert compiled is not None
    automaton.take(compiled)
    assert Screener([other]).compiled() != compiled


def test_without_hyperscan_there_is_nothing_to_take() -> None:
    assert Screener(plain=True).compiled() is None
