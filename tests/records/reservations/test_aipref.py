"""Content-Usage as the drafts of August 2026 read it: y and n, and unknown for anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.records.reservations import aipref


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("train-ai=n", "n"),
        ("train-ai=y, search=n", "y"),
        ("Content-Usage: train-ai=n", "n"),
        ("HTTP/1.1 200 OK\nDate: Wed, 23 Apr 2025 04:48:02 GMT\nContent-Usage: train-ai=n", "n"),
        ("HTTP/1.1 200 OK\nContent-Type: text/plain", "none"),
        ("", "none"),
        ("search=n", "none"),
        ("ai-train=n", "none"),
        ("train-ai", "unknown"),
        ("train-ai=maybe", "unknown"),
        ('train-ai="n"', "unknown"),
        ("train-ai=N", "unknown"),
        ("train-ai=?0", "unknown"),
        ("train-ai=(n)", "unknown"),
        ("Train-AI=n", "unknown"),
        ("train-ai=n,", "unknown"),
        ("train-ai = n", "unknown"),
        ("train-ai=n; ;", "unknown"),
        ("train-ai=n, train-ai=y", "y"),
        ("train-ai=y, train-ai=n", "n"),
        ("train-ai=y, train-ai, search=n", "unknown"),
        ("train-ai;allow=n, train-ai=y", "y"),
        ('train-ai;has;parameters="?"', "unknown"),
        ('train-ai=n;why="because, of that"', "n"),
        ("train-ai=y\ntrain-ai=n", "n"),
        ("Content-Usage: train-ai=n\nContent-Usage: train-ai=y", "y"),
        ("x=" + "1" * 20_000 + ", train-ai=y", "unknown"),
    ],
)
def test_a_statement_says_what_the_draft_has_it_say(statement: str, said: str) -> None:
    assert aipref.header(statement) == said


@given(st.text(max_size=60))
def test_whatever_is_written_is_one_of_four_answers(statement: str) -> None:
    assert aipref.header(statement) in ("y", "n", "unknown", "none")


@given(st.sampled_from(["y", "n"]), st.text('abc;=",() \t?1', max_size=20))
def test_what_can_t_be_read_as_a_whole_says_nothing_in_part(said: str, rest: str) -> None:
    found = aipref.preference(f"train-ai={said}, ,{rest}")
    assert found == "unknown"
