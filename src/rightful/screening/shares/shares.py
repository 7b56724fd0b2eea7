"""How much of a source is unfit: items are drawn, people look at them, and what they found counts.

A draw is an entry of the ledger: its seed, and a digest of its items. So nobody needs to keep more
than the sheet, and a sheet that comes back can be held against what was drawn: with all of its
items, none of another draw's, and each with a verdict.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select

from rightful import canonical, moments
from rightful.errors import InvalidInput, NotFound, Refused
from rightful.grants import Assessments, NewAssessment
from rightful.keys import WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import content
from rightful.records.sources import Sources
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.registry.tables import subjects
from rightful.screening.shares import classifier as judging
from rightful.screening.shares import drawing
from rightful.screening.shares.classifier import Classifier
from rightful.screening.shares.cutoffs import CORPUS, SOURCE, Counts
from rightful.screening.shares.drawing import Draw, Numbers
from rightful.screening.shares.keywords import Bank
from rightful.screening.shares.sheet import Row, Sheet, Verdict

#: The ledger's entry of a draw.
SHOWN = "content_shown"

#: A seed that nobody chose has few enough digits for a spreadsheet to keep all of them.
_CHOSEN_BELOW = 10**9

_BATCH = 256


@dataclass(frozen=True, slots=True)
class Shown:
    """One item with what hints at it; `picture` where it is one and no text."""

    row: Row
    picture: content.Image | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a sheet says, held against its draw."""

    draw: str
    source: str | None
    seed: int
    items: int
    """How many were drawn."""
    blank: int
    """How many of them have no verdict."""
    counts: Counts | None
    """Of the items before the first that has none; None: the very first has none."""
    unfit: tuple[str, ...] = field(repr=False)
    """The names of all items that people found unfit."""


class Shares:
    """The samplings of one workspace."""

    def __init__(
        self,
        registry: Registry,
        store: RecordStore,
        sources: Sources,
        key: WorkspaceKey,
        assessments: Assessments,
        ledger: Ledger,
    ) -> None:
        self._registry = registry
        self._store = store
        self._sources = sources
        self._key = key
        self._assessments = assessments
        self._ledger = ledger

    # Drawing

    def draw(self, source: str | None, items: int, seed: int | None = None) -> Draw:
        """Draw so many records of a source, or of everything held where it is None.

        All of them, if there are no more. The ledger says from now on that they are shown.

        Raises:
            NotFound: there is no such source, or there is nothing to draw from.
            InvalidInput: the seed or the number of items makes no sense.
        """
        records, keys = self.population(source)
        seed = secrets.randbelow(_CHOSEN_BELOW) if seed is None else seed
        order = drawing.chosen(keys, seed, items)
        if not len(order):
            what = "no record is held" if source is None else f"the source {source!r} has no record"
            raise NotFound(f"{what}, so there is nothing to draw from; import some first")
        number = None if source is None else self._sources.number(source)
        facts = {"items": len(order), "held": len(records), "seed": seed}
        named = {**facts, "source": number, "at": moments.text(moments.now())}
        # A letter first: a spreadsheet would make a number of digits alone.
        name = "d" + canonical.digest({**named, "salt": secrets.token_hex(8)})[:16]
        codes = drawing.codes(self._key, name, keys[order])
        entry: dict[str, Any] = {"draw": name, **facts, "items_sha256": canonical.digest(codes)}
        if number is not None:
            entry["source"] = number
        with self._registry.transaction() as connection:
            self._ledger.append(connection, SHOWN, entry)
        return Draw(name, source, seed, len(records), records[order], codes)

    def population(self, source: str | None) -> tuple[Numbers, drawing.Keys]:
        """The records of a source, or all, that may be drawn, with their keys.

        Those about a restricted person are only kept, and looked at by nobody (GDPR Art. 18).
        Raises `NotFound` for a source that is not there.
        """
        table = self._held(source)
        marked = select(subjects.c.id).where(subjects.c.restricted_at.is_not(None))
        restricted = [row.id for row in self._registry.rows(marked)]
        if restricted and table.num_rows:
            column = table.column("subjects").combine_chunks()
            those = pc.is_in(column.flatten(), pa.array(restricted, pa.int64()))
            kept_back = pc.list_parent_indices(column).filter(those).to_numpy()
            table = table.filter(pa.array(~np.isin(np.arange(table.num_rows), kept_back)))
        return self._named(table)

    def _held(self, source: str | None) -> pa.Table:
        table = self._store.metadata().select(["record", "source", "subjects", "key"])
        if source is None:
            return table
        return table.filter(pc.equal(table.column("source"), self._sources.number(source)))

    def _named(self, table: pa.Table) -> tuple[Numbers, drawing.Keys]:
        return table.column("record").to_numpy().astype(np.int64), self._store.keys(table)

    def shown(
        self, draw: Draw, bank: Bank, classifier: Classifier | None = None
    ) -> Iterator[Shown]:
        """The items of a draw, opened one after the other in its order, with what hints at them."""
        codes = iter(draw.codes)
        for held in self.opened(draw.records):
            texts = [each["text"] for each in held if "text" in each]
            said = iter(judging.judge(classifier, texts)) if classifier else None
            for each in held:
                if "text" not in each:
                    yield Shown(
                        Row(next(codes), "(a picture: see the page)", "", ""), each["image"]
                    )
                    continue
                hits = " ".join(f"{hit.risk}:{hit.word}" for hit in bank.hits(each["text"]))
                judged = next(said).said if said else ""
                yield Shown(Row(next(codes), each["text"], hits, judged))

    def opened(self, records: Numbers) -> Iterator[list[dict[str, Any]]]:
        """The content of records in their order, some at a time."""
        for start in range(0, len(records), _BATCH):
            chosen = records[start : start + _BATCH]
            yield [content.decode(each) for each in self._store.open_to_screen(chosen)]

    # Recording

    def review(self, sheet: Sheet) -> Reviewed:
        """What a sheet says so far, held against the draw that the ledger names.

        Raises:
            Refused: it is of no draw of this workspace, or has items of another draw, or lacks
                some of its own.
            InvalidInput: an item is there twice.
        """
        facts = self._drawn(sheet.head.get("draw", ""))
        placed = self._placed(facts["draw"], sheet.verdicts)
        codes = [placed[place].item for place in sorted(placed)]
        if canonical.digest(codes) != facts["items_sha256"]:
            raise Refused(
                f"the sheet has {len(codes):,} of the {facts['items']:,} items of its draw; take "
                "the sheet as it was written, and delete no row"
            )
        verdicts = [placed[place].fit for place in range(1, facts["items"] + 1)]
        done = verdicts.index(None) if None in verdicts else len(verdicts)
        counts = Counts(done, verdicts[:done].count(False), facts["held"]) if done else None
        return Reviewed(
            draw=facts["draw"],
            source=self._sources.names()[facts["source"]] if "source" in facts else None,
            seed=facts["seed"],
            items=facts["items"],
            blank=verdicts.count(None),
            counts=counts,
            unfit=tuple(each.item for each in placed.values() if each.fit is False),
        )

    def record(self, reviewed: Reviewed, *, as_far_as_reviewed: bool = False) -> int:
        """Keep what people found as an assessment; returns its number.

        Raises `InvalidInput` where an item has no verdict. With `as_far_as_reviewed`, those before
        the first such item count, for they were drawn by lot as well, and none after it does.
        """
        if reviewed.blank and not as_far_as_reviewed:
            raise InvalidInput(
                f"{reviewed.blank:,} of {reviewed.items:,} items have no verdict; finish the "
                "sheet, or let those before the first of them count with --as-far-as-reviewed"
            )
        if reviewed.counts is None:
            raise InvalidInput("the first item has no verdict, so nothing counts; begin there")
        counts = reviewed.counts
        cutoff = CORPUS if reviewed.source is None else SOURCE
        return self._assessments.record(
            NewAssessment(
                cutoff.kind,
                "passed" if counts.meets(cutoff) == "met" else "failed",
                source=reviewed.source,
                reference=f"draw {reviewed.draw}, seed {reviewed.seed}: {said(counts)}",
                sampled=counts.sampled,
                failed=counts.failed,
                total=counts.total,
            )
        )

    def unfit_records(self, reviewed: Reviewed) -> list[int]:
        """The numbers of the records that people found unfit, as far as they are still held."""
        if not reviewed.unfit:
            return []
        records, keys = self._named(self._held(reviewed.source))
        wanted = {drawing.mark_of(code) for code in reviewed.unfit}
        found = drawing.marks(self._key, reviewed.draw, keys)
        pairs = zip(records.tolist(), found, strict=True)
        return [record for record, mark in pairs if mark in wanted]

    def draws(self) -> list[dict[str, Any]]:
        """What the ledger says of every draw, the oldest first."""
        return [each.facts for each in self._ledger.entries() if each.kind == SHOWN]

    def _drawn(self, name: str) -> dict[str, Any]:
        for facts in self.draws():
            if facts.get("draw") == name:
                return facts
        raise Refused(
            "the sheet is of no draw of this workspace; record it where it was drawn, and leave "
            "its first rows as they are"
        )

    def _placed(self, draw: str, verdicts: Sequence[Verdict]) -> dict[int, Verdict]:
        """The verdicts by the place of their item."""
        placed: dict[int, Verdict] = {}
        for each in verdicts:
            place = drawing.place_of(self._key, draw, each.item)
            if place is None:
                raise Refused(
                    f"row {each.line}: this is no item of the sheet's draw; take each sheet as it "
                    "was written, and don't put two together"
                )
            if place in placed:
                raise InvalidInput(
                    f"row {each.line}: this item stands in row {placed[place].line} already; "
                    "leave one of them"
                )
            placed[place] = each
        return placed


def said(counts: Counts) -> str:
    """What was counted, and its bounds, in words."""
    found = counts.bounds
    return (
        f"{counts.failed} of {counts.sampled} unfit, {100 * found.seen:.2f} %; with 95 % "
        f"confidence {100 * found.lower:.2f} to {100 * found.upper:.2f} %"
    )
