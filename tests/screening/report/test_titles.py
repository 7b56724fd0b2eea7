"""A kind is called after its only detector, or has a name of its own."""

from collections import Counter

from rightful.screening import reading
from rightful.screening.recognisers import GROUPS_OF
from rightful.screening.report.titles import SHARED, titles


def test_every_kind_that_several_detectors_share_has_a_name() -> None:
    counts = Counter(each.kind for each in reading.builtin())
    shared = {kind for kind, count in counts.items() if count > 1} | set(GROUPS_OF)
    assert shared <= set(SHARED) <= set(counts) | set(GROUPS_OF)


def test_every_kind_has_a_title_in_both_languages() -> None:
    found = titles(reading.builtin())
    assert set(found) >= {each.kind for each in reading.builtin()}
    assert all(each.en and each.zh for each in found.values())
