"""Screening the records of a workspace: each is looked at once by every version of the detectors.

The records of a fragment of the store are screened together, and what was found in them is kept
before the next begins. Who is stopped goes on there. What the policy changes in a text takes the
place of the record in one write, as a record of another number and the same key; the one before is
gone from the store when the screening ends.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

import numpy as np
from pyroaring import BitMap64
from sqlalchemy import select

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.keys import Keyring, WorkspaceKey
from rightful.ledger import Ledger
from rightful.records import content
from rightful.records.screened import Part, Screened, ScreenedRecords, Span
from rightful.records.sources import Sources
from rightful.records.store import Numbers, RecordStore
from rightful.registry import Registry
from rightful.registry.tables import runs
from rightful.screening import actions, reading
from rightful.screening.copies import Copies
from rightful.screening.finding import Finding
from rightful.screening.identifiers import SHARED, Identifiers, kind_class
from rightful.screening.linking import Linking
from rightful.screening.recognisers import GROUPS_OF, recogniser
from rightful.screening.scanning import Batch, Scanners
from rightful.screening.screener import Screener

#: The folder of a workspace for detectors of its own.
DETECTORS = "detectors"

#: Texts that are scanned at once.
_BATCH = 2048
#: Records whose findings are kept in one write: what memory holds, and what a crash loses.
_PIECE = 1 << 17

Progress = Callable[[int, int], None]


def _silent(done: int, of: int) -> None:
    """Progress for nobody."""


@dataclass(slots=True)
class Summary:
    """What a screening found. Records whose content is no text count as unreadable."""

    version: str
    records: int = 0
    """How many had to be screened."""
    screened: int = 0
    unreadable: int = 0
    changed: int = 0
    """In how many the policy put other characters in the place of what was found."""
    in_runs: int = 0
    """How many it could not change, since a model was trained on them: they are held."""
    linked: int = 0
    """How many turned out to be about somebody else, too."""
    clusters: int | None = None
    """How many groups of records hold the same, or nearly; None: nobody looked for copies."""
    copies: int | None = None
    """How many are out of use, since a copy stays in their place."""
    kinds: Counter[str] = field(default_factory=Counter)
    """In how many records each kind was found."""
    verdicts: Counter[str] = field(default_factory=Counter)

    def facts(self) -> dict[str, object]:
        """What the ledger says of it."""
        return {
            "version": self.version,
            "screened": self.screened,
            "unreadable": self.unreadable,
            "changed": self.changed,
            "copies": self.copies,
            "kinds": dict(sorted(self.kinds.items())),
            "verdicts": dict(sorted(self.verdicts.items())),
        }


def make(folder: Path, names: str) -> Screener:
    """The screener of the workspace in `folder`, with the recogniser of names that is called so.

    Raises:
        InvalidInput: a file of detectors can't be understood, or there is no such recogniser.
    """
    detectors = (*reading.builtin(), *reading.load(folder / DETECTORS))
    return Screener(detectors, recogniser(names))


class Screening:
    """Screens one workspace, whose folder is `folder`."""

    def __init__(
        self,
        registry: Registry,
        keyring: Keyring,
        store: RecordStore,
        sources: Sources,
        identifiers: Identifiers,
        copies: Copies,
        ledger: Ledger,
        workspace_key: WorkspaceKey,
        folder: Path,
    ) -> None:
        self._registry = registry
        self._keyring = keyring
        self._store = store
        self._sources = sources
        self._identifiers = identifiers
        self._copies = copies
        self._ledger = ledger
        self._workspace_key = workspace_key
        self._folder = folder
        self.records = ScreenedRecords(store)

    def run(
        self,
        *,
        source: str | None = None,
        again: bool = False,
        workers: int = 1,
        names: str = "none",
        copies: bool | None = None,
        on_progress: Progress = _silent,
    ) -> Summary:
        """Screen what this version of detectors and policy has not looked at; all, with `again`.

        Then look for copies among all records, if `copies`; None: if the policy does not keep all.

        Raises:
            InvalidInput: a file of detectors or the policy can't be understood.
            NotFound: no source is called so.
            Busy: another screening is going.
        """
        if workers < 1:
            raise InvalidInput("workers must be 1 or more")
        number = None if source is None else self._sources.number(source)
        prepare = partial(make, self._folder, names)
        screener = prepare()
        judge = self._judge(screener)
        with self._registry.lock("screening"):
            parts = self.records.pending(judge.version, number, again=again)
            summary = Summary(judge.version, sum(map(len, parts)))
            with Scanners(prepare, screener, workers) as scanners:
                done = 0
                for piece in _pieces(parts):
                    self._take(piece, scanners, judge, summary)
                    done += len(piece)
                    on_progress(done, summary.records)
            if summary.changed:
                with self._registry.lock("records"):
                    self._store.purge()
            linking = Linking(self._registry, self._store, self._identifiers, self._ledger)
            summary.linked = len(linking.link())
            duplicates = judge.policy.treatment(None, judge.groups).duplicates
            kept = {duplicates.exact, duplicates.near} == {actions.Keep.ALL}
            if copies or (copies is None and not kept):
                self._find_copies(duplicates, summary)
            if summary.records:
                with self._registry.transaction() as connection:
                    self._ledger.append(connection, "screening_finished", summary.facts())
        return summary

    def version(self, names: str = "none") -> str:
        """The version that a screening today would be of. Raises `InvalidInput`, as `run` does."""
        return self._judge(make(self._folder, names)).version

    def _find_copies(self, duplicates: actions.Duplicates, summary: Summary) -> None:
        with self._registry.lock("records"):
            found = self._copies.find(duplicates)
            with self._registry.transaction() as connection:
                self._registry.bump(connection)
        summary.clusters = found.exact + found.near
        summary.copies = len(found.duplicate)

    def _judge(self, screener: Screener) -> "_Judge":
        groups = {each.kind: each.group for each in screener.detectors} | GROUPS_OF
        policy = actions.load(self._folder, groups)
        sources = self._sources.names()
        if any(policy.treatment(name, groups).keep_original for name in (None, *policy.sources)):
            raise InvalidInput(
                f"{actions.FILE}: keep_original can't be true yet; keep the file that was imported "
                "where the policy of your house allows it"
            )
        version = canonical.digest([screener.version, policy.version])[:16]
        return _Judge(version, policy, groups, sources, self._workspace_key, self._identifiers)

    def _take(self, piece: Part, scanners: Scanners, judge: "_Judge", summary: Summary) -> None:
        """Screen some records, and keep what was found in them."""
        unreadable: list[int] = []
        found: list[Screened] = []
        changed: dict[int, str] = {}
        where = self._store.rows(BitMap64(piece.records.tolist()))
        source_of = dict(
            zip(where.column("record").to_pylist(), where.column("source").to_pylist(), strict=True)
        )
        held = np.array(sorted(source_of), np.int64)  # others went since they were listed
        for records, texts, findings in scanners.scan(self._batches(held, unreadable)):
            for record, text, own in zip(records, texts, findings, strict=True):
                screened, new = judge.screened(record, source_of[record], text, own)
                if new is not None:
                    changed[record] = new
                found.append(screened)
        self._keep(found, changed, unreadable, judge, summary)

    def _batches(self, records: Numbers, unreadable: list[int]) -> Iterator[Batch]:
        """The texts of records; those that have none are put down as unreadable."""
        opened = zip(records.tolist(), self._store.open_to_screen(records), strict=True)
        while some := list(islice(opened, _BATCH)):
            numbers, texts = [], []
            for record, data in some:
                text = content.decode(data).get("text")
                if text is None:
                    unreadable.append(record)
                else:
                    numbers.append(record)
                    texts.append(text)
            yield numbers, texts

    def _keep(
        self,
        found: Sequence[Screened],
        changed: Mapping[int, str],
        unreadable: Sequence[int],
        judge: "_Judge",
        summary: Summary,
    ) -> None:
        with self._registry.lock("records"):
            # Who was erased meanwhile has no key any more, and no record to be changed.
            self._keyring.drop_cache()
            trained = self._trained() if changed else BitMap64()
            held = self._store.rows(BitMap64(changed)).column("record").to_pylist()
            rewritten = {number: changed[number] for number in held if number not in trained}
            kept = [
                replace(each, verdict="hold") if each.record in changed.keys() & trained else each
                for each in found
                if each.record not in rewritten
            ]
            self.records.write(kept, judge.version, unreadable)
            self._rewrite([each for each in found if each.record in rewritten], rewritten, judge)
            with self._registry.transaction() as connection:
                self._registry.bump(connection)
        summary.screened += len(found)
        summary.unreadable += len(unreadable)
        summary.changed += len(rewritten)
        summary.in_runs += len(changed.keys() & trained)
        summary.kinds.update(kind for each in found for kind in {s.kind for s in each.spans})
        summary.verdicts.update(each.verdict for each in kept)
        summary.verdicts.update(each.verdict for each in found if each.record in rewritten)

    def _trained(self) -> BitMap64:
        """The records that a run was given: another content would not be what it learned."""
        rows = self._registry.rows(select(runs.c.records).where(runs.c.status != "superseded"))
        return BitMap64().union(*(BitMap64.deserialize(bytes(row.records)) for row in rows))

    def _rewrite(
        self, found: Sequence[Screened], texts: Mapping[int, str], judge: "_Judge"
    ) -> None:
        """Put other texts in the place of records', and what is left to find in those with them."""
        for start in range(0, len(found), _BATCH):
            some = found[start : start + _BATCH]
            with self._registry.transaction() as connection:
                first = self._registry.take(connection, "record", len(some))
            numbers = {each.record: first + place for place, each in enumerate(some)}
            fresh = [replace(each, record=numbers[each.record]) for each in some]
            said = self.records.table(fresh, judge.version)
            before = self._store.open_to_screen(np.array(list(numbers), np.int64))
            contents = {
                old: (new, content.encode({**content.decode(data), "text": texts[old]}))
                for (old, new), data in zip(numbers.items(), before, strict=True)
            }
            self._store.replace_contents(contents, said)


@dataclass(frozen=True)
class _Judge:
    """What the findings in a record mean by the policy of its source."""

    version: str
    """A digest of detectors and policy: what was screened with another one is out of date."""
    policy: actions.ScreeningPolicy
    groups: Mapping[str, str]
    sources: Mapping[int, str]
    workspace_key: WorkspaceKey = field(repr=False)
    identifiers: Identifiers = field(repr=False)

    def screened(
        self, record: int, source: int, text: str, findings: Sequence[Finding]
    ) -> tuple[Screened, str | None]:
        """What to keep about a record, and its new text where the policy changes that."""
        treatment, stand_ins = self._of(source)
        applied = actions.apply(text, findings, treatment, stand_ins)
        spans = tuple(
            Span(
                *(each.kind, each.start, each.end, each.confidence, each.detector),
                self._digest(applied.text, each),
            )
            for each in applied.findings
        )
        found = Screened(
            record, spans, frozenset(self.groups[each.kind] for each in spans), applied.verdict
        )
        return found, applied.text if applied.changed else None

    def _digest(self, text: str, finding: Finding) -> bytes | None:
        if kind_class(finding.kind) in SHARED:
            return None
        return self.identifiers.digest(finding.kind, text[finding.start : finding.end])

    def _of(self, source: int) -> tuple[actions.Treatment, actions.StandIns]:
        if source not in self._treatments:
            name = self.sources.get(source)
            self._treatments[source] = (
                self.policy.treatment(name, self.groups),
                actions.StandIns(self.workspace_key, name or ""),
            )
        return self._treatments[source]

    @cached_property
    def _treatments(self) -> dict[int, tuple[actions.Treatment, actions.StandIns]]:
        return {}


def _pieces(parts: Iterable[Part]) -> Iterator[Part]:
    """Parts of a size that fits memory."""
    for part in parts:
        for start in range(0, len(part), _PIECE):
            yield Part(part.fragment, part.records[start : start + _PIECE])
