"""The technical screening of the corpus: keywords and a classifier look where people can't.

It draws as people's samplings do, and shows the content to nobody. An item counts as fit only where
everything that looked said nothing against it: a keyword in it, an answer that did not come, and a
picture, into which words can't look, all count against it.
"""

import secrets
from dataclasses import dataclass

from rightful.errors import NotFound
from rightful.grants import Assessments, NewAssessment
from rightful.screening.shares import classifier as judging
from rightful.screening.shares import drawing
from rightful.screening.shares.classifier import Classifier
from rightful.screening.shares.cutoffs import SCREENED, Counts
from rightful.screening.shares.keywords import Bank
from rightful.screening.shares.shares import Shares, said


@dataclass(frozen=True, slots=True)
class Screened:
    """What a screening counted. An item may count under several reasons."""

    assessment: int
    seed: int
    counts: Counts
    by_risk: dict[str, int]
    """How many items hold keywords of each risk that was found."""
    by_keywords: int
    by_classifier: int
    not_judged: int
    """How many the classifier gave no answer for, or are pictures."""


def screen(
    shares: Shares,
    assessments: Assessments,
    bank: Bank,
    classifier: Classifier | None = None,
    *,
    items: int | None = None,
    seed: int | None = None,
) -> Screened:
    """Look at so many items of everything held, or as many as are asked for, and record it.

    Raises:
        NotFound: nothing is held.
        InvalidInput: the seed or the number of items makes no sense.
    """
    records, keys = shares.population(None)
    if not len(records):
        raise NotFound("no record is held, so there is nothing to screen; import some first")
    seed = secrets.randbelow(10**9) if seed is None else seed
    items = SCREENED.items(len(records)) if items is None else items
    order = drawing.chosen(keys, seed, items)
    failed = by_keywords = by_classifier = not_judged = 0
    by_risk: dict[str, int] = {}
    for held in shares.opened(records[order]):
        texts = [each["text"] for each in held if "text" in each]
        pictures = len(held) - len(texts)
        failed, not_judged = failed + pictures, not_judged + pictures
        answers = judging.judge(classifier, texts) if classifier else [None] * len(texts)
        for text, answer in zip(texts, answers, strict=True):
            risks = {hit.risk for hit in bank.hits(text)}
            for risk in risks:
                by_risk[risk] = by_risk.get(risk, 0) + 1
            unfit, silent = bool(answer and answer.unfit), bool(answer and answer.unfit is None)
            by_keywords, by_classifier = by_keywords + bool(risks), by_classifier + unfit
            failed, not_judged = failed + bool(risks or unfit or silent), not_judged + silent
    counts = Counts(len(order), failed, len(records))
    tools = f"keywords {bank.version} ({len(bank):,})"
    if classifier:
        tools += f", {classifier.name} {classifier.version}"
    number = assessments.record(
        NewAssessment(
            SCREENED.kind,
            "passed" if counts.meets(SCREENED) == "met" else "failed",
            reference=f"seed {seed}; {tools}: {said(counts)}",
            sampled=counts.sampled,
            failed=counts.failed,
            total=counts.total,
        )
    )
    return Screened(
        number, seed, counts, dict(sorted(by_risk.items())), by_keywords, by_classifier, not_judged
    )
