"""Samplings: what is drawn, what comes back, and what of it counts."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

import rightful
from rightful.errors import InvalidInput, NotFound, Refused
from rightful.screening.shares import Draw, Shares, keywords, sheet, standings
from rightful.screening.shares.classifier import Classifier
from rightful.screening.shares.sheet import Sheet, Verdict
from rightful.screening.shares.technical import screen
from rightful.workspace import Workspace

BANK = keywords.load()


def answered(draw: Draw, verdicts: Sequence[bool | None]) -> Sheet:
    """The sheet of a draw, as people filled it in."""
    pairs = enumerate(zip(draw.codes, verdicts, strict=True), 8)
    return Sheet({"draw": draw.name}, [Verdict(line, code, fit) for line, (code, fit) in pairs])


def texts(shares: Shares, draw: Draw) -> list[str]:
    return [each.row.text for each in shares.shown(draw, BANK)]


class Nervous:
    """Finds a walk suspicious, and says nothing of the rest."""

    name = "nervous"
    version = "1"

    def judge(self, given: Sequence[str], /) -> Sequence[float]:
        if any("keygen" in text for text in given):
            raise RuntimeError("no")
        return [0.9 if "Post 100" in text else 0.0 for text in given]


def test_the_same_seed_draws_the_same_items_in_their_order(shares: Shares) -> None:
    first, second = shares.draw("posts", 50, 7), shares.draw("posts", 50, 7)
    assert (first.items, first.held) == (50, 240)
    assert texts(shares, first) == texts(shares, second)
    assert texts(shares, shares.draw("posts", 50, 8)) != texts(shares, first)
    assert first.name != second.name


def test_a_source_with_fewer_items_is_drawn_whole_and_an_empty_one_not_at_all(
    shares: Shares,
) -> None:
    assert shares.draw("notes", 4000).items == 30
    with pytest.raises(NotFound, match="nothing to draw from"):
        shares.draw("empty", 10)
    with pytest.raises(NotFound):
        shares.draw("nowhere", 10)
    assert shares.draw(None, 4000).items == 270


def test_the_ledger_says_that_content_was_shown_and_not_what(
    workspace: Workspace, shares: Shares
) -> None:
    drawn = shares.draw("posts", 5, 7)
    entry = workspace.ledger.entries()[-1]
    assert (entry.kind, entry.facts["draw"]) == ("content_shown", drawn.name)
    assert {**entry.facts, "items": 5, "held": 240, "seed": 7} == entry.facts
    assert all(text.encode() not in entry.data for text in texts(shares, drawn))


def test_keywords_and_a_classifier_hint_and_give_no_verdict(shares: Shares) -> None:
    classifier: Classifier = Nervous()
    shown = list(shares.shown(shares.draw("posts", 240, 1), BANK, classifier))
    assert sum(each.row.keywords == "A.3.a:keygen" for each in shown) == 12
    said = {each.row.text: each.row.classifier for each in shown}
    assert said["Post 100: a walk in the park."] == "0.900"
    assert said["Post 3: here is a keygen."] == "no answer"


def test_what_people_found_becomes_the_sampling_of_the_source(
    workspace: Workspace, shares: Shares
) -> None:
    drawn = shares.draw("posts", 120, 7)
    bad = ["keygen" in text for text in texts(shares, drawn)]
    reviewed = shares.review(answered(drawn, [not each for each in bad]))
    number = shares.record(reviewed)
    (found,) = workspace.assessments.all()
    assert (found.number, found.kind, found.source) == (number, "source_sampling", "posts")
    assert (found.sampled, found.failed, found.total) == (120, sum(bad), 240)
    assert found.outcome == ("passed" if sum(bad) <= 6 else "failed")
    assert drawn.name in str(found.reference)
    kept = dict(zip(drawn.records.tolist(), bad, strict=True))
    assert sorted(shares.unfit_records(reviewed)) == sorted(r for r, b in kept.items() if b)


def test_an_item_without_a_verdict_is_never_a_pass(workspace: Workspace, shares: Shares) -> None:
    drawn = shares.draw("posts", 110, 7)
    reviewed = shares.review(answered(drawn, [*[True] * 104, None, *[True] * 4, False]))
    assert (reviewed.blank, reviewed.counts and reviewed.counts.sampled) == (1, 104)
    with pytest.raises(InvalidInput, match="1 of 110 items have no verdict"):
        shares.record(reviewed)
    shares.record(reviewed, as_far_as_reviewed=True)
    (found,) = workspace.assessments.all()
    assert (found.sampled, found.failed) == (104, 0)
    nothing = shares.review(answered(drawn, [None] * 110))
    with pytest.raises(InvalidInput, match="nothing counts"):
        shares.record(nothing, as_far_as_reviewed=True)


def test_too_few_items_do_not_pass(workspace: Workspace, shares: Shares) -> None:
    shares.record(shares.review(answered(shares.draw("notes", 30, 1), [True] * 30)))
    (found,) = workspace.assessments.all()
    assert (found.outcome, found.sampled) == ("failed", 30)


def test_a_sheet_is_taken_whole_and_of_one_draw_of_this_workspace(
    shares: Shares, tmp_path: Path
) -> None:
    drawn, other = shares.draw("posts", 20, 1), shares.draw("posts", 20, 1)
    whole = answered(drawn, [True] * 20)

    def given(verdicts: Sequence[Verdict], name: str = drawn.name) -> Sheet:
        return Sheet({"draw": name}, verdicts)

    with pytest.raises(Refused, match="19 of the 20 items"):
        shares.review(given(whole.verdicts[1:]))
    twice = dataclasses.replace(whole.verdicts[0], line=9)
    with pytest.raises(InvalidInput, match="row 9: this item stands in row 8"):
        shares.review(given([whole.verdicts[0], twice, *whole.verdicts[2:]]))
    foreign = answered(other, [True] * 20).verdicts
    with pytest.raises(Refused, match="row 27: this is no item"):
        shares.review(given([*whole.verdicts[:-1], foreign[-1]]))
    for name in ("", "d0123456789abcdef", other.name):
        with pytest.raises(Refused):
            shares.review(given(whole.verdicts, name))
    made = rightful.init(tmp_path / "second", controller="Other", establishment="CN")
    with made as w:
        elsewhere = Shares(w.registry, w.records, w.sources, w.key, w.assessments, w.ledger)
        with pytest.raises(Refused, match="no draw of this workspace"):
            elsewhere.review(whole)


def test_a_sheet_in_another_order_says_the_same(shares: Shares) -> None:
    drawn = shares.draw("posts", 20, 1)
    whole = answered(drawn, [*[True] * 12, False, *[True] * 7])
    turned = Sheet(whole.head, list(reversed(whole.verdicts)))
    assert shares.review(turned) == shares.review(whole)


def test_an_erasure_after_the_draw_leaves_the_sheet_valid(
    workspace: Workspace, shares: Shares
) -> None:
    drawn = shares.draw("posts", 240, 1)
    whole = answered(drawn, [False] * 240)
    workspace.rights.erase(["person0@people.example"])
    reviewed = shares.review(whole)
    assert reviewed.counts is not None
    assert reviewed.counts.total == 240
    left = shares.unfit_records(reviewed)
    assert 0 < len(left) < 240


def test_a_restricted_persons_records_are_shown_to_nobody(
    workspace: Workspace, shares: Shares
) -> None:
    before = shares.draw("posts", 240, 1)
    whole = shares.review(answered(before, [False] * 240))
    workspace.marks.restrict("person0@people.example")
    own = workspace.records.about(workspace.subjects.find("person0@people.example"))
    drawn = shares.draw("posts", 240, 1)
    assert drawn.held == 240 - own.num_rows
    assert not set(drawn.records.tolist()) & set(own.column("record").to_pylist())
    assert screen(shares, workspace.assessments, BANK, items=270).counts.total == drawn.held + 30
    # What was found before is still told, so that it can be kept out.
    assert len(shares.unfit_records(whole)) == 240


def test_a_screening_counts_whatever_did_not_come_out_as_fit(
    workspace: Workspace, shares: Shares
) -> None:
    found = screen(shares, workspace.assessments, BANK, Nervous(), items=270, seed=1)
    assert (found.counts.sampled, found.counts.total) == (270, 270)
    assert (found.by_keywords, found.by_classifier, found.not_judged) == (12, 1, 12)
    assert found.counts.failed == 13
    assert found.by_risk == {"A.3.a": 12}
    (kept,) = workspace.assessments.all()
    assert (kept.kind, kept.outcome, kept.failed) == ("corpus_screening", "failed", 13)


def test_a_screening_looks_at_a_tenth_unless_told_otherwise(
    workspace: Workspace, shares: Shares
) -> None:
    assert screen(shares, workspace.assessments, BANK).counts.sampled == 27


def test_standings_tell_what_is_met_missed_or_not_known(
    workspace: Workspace, shares: Shares
) -> None:
    def seen() -> dict[str, str]:
        w = workspace
        lines = standings(w.records, w.sources, w.assessments, shares)
        return {str(each.source or each.of.kind): each.standing for each in lines}

    unknown = {"posts": "not_sampled", "notes": "not_sampled", "empty": "empty"}
    assert seen() == {
        **unknown,
        "corpus_sampling": "not_sampled",
        "corpus_screening": "not_sampled",
    }
    shares.record(
        shares.review(answered(shares.draw("posts", 100, 1), [*[False] * 5, *[True] * 95]))
    )
    shares.record(shares.review(answered(shares.draw("notes", 30, 1), [True] * 30)))
    shares.record(shares.review(answered(shares.draw(None, 100, 1), [True] * 100)))
    screen(shares, workspace.assessments, BANK, items=270)
    assert seen() == {
        **{"posts": "met", "notes": "too_few", "empty": "empty"},
        **{"corpus_sampling": "too_few", "corpus_screening": "missed"},
    }
    shares.record(
        shares.review(answered(shares.draw("posts", 100, 2), [*[False] * 6, *[True] * 94]))
    )
    assert seen()["posts"] == "missed"


def test_a_sheet_goes_out_and_comes_back(shares: Shares, tmp_path: Path) -> None:
    drawn = shares.draw("notes", 10, 1)
    path = tmp_path / "sheet.csv"
    sheet.write(path, {"draw": drawn.name}, [each.row for each in shares.shown(drawn, BANK)])
    assert shares.review(sheet.read(path)).blank == 10
