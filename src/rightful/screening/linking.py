"""Making records theirs in which an identifier of somebody was found.

"This e-mail address belongs to subject 17": then the record in which somebody else wrote it is
about subject 17, too. Their grants are asked for it from then on, they are shown it, and their
erasure takes it. Claims that were made after a record was screened count as well as those before.
"""

from collections import defaultdict

from pyroaring import BitMap64

from rightful.ledger import Ledger
from rightful.records.screened import ScreenedRecords, unpacked
from rightful.records.store import RecordStore
from rightful.registry import Registry
from rightful.screening.identifiers import Identifiers

#: Records that are sealed anew in one write.
_CHUNK = 4096


class Linking:
    """Links what was found in the records of a workspace to the people it belongs to."""

    def __init__(
        self, registry: Registry, store: RecordStore, identifiers: Identifiers, ledger: Ledger
    ) -> None:
        self._registry = registry
        self._store = store
        self._identifiers = identifiers
        self._ledger = ledger

    def link(self) -> BitMap64:
        """Make each record about everybody whose identifier was found in it; gives those changed.

        Raises `NotFound` where somebody was erased meanwhile; asking again goes on.
        """
        linked = BitMap64()
        with self._registry.lock("records"):
            about = self._wanted()
            wanted = sorted(about)
            for start in range(0, len(wanted), _CHUNK):
                some = {record: about[record] for record in wanted[start : start + _CHUNK]}
                linked |= self._store.link(some)
                with self._registry.transaction() as connection:
                    self._registry.bump(connection)
            if linked:
                self._store.purge()
                with self._registry.transaction() as connection:
                    self._ledger.append(connection, "records_linked", {"records": len(linked)})
        return linked

    def _wanted(self) -> dict[int, set[int]]:
        """Of each record in which somebody else's identifier was found, who that is."""
        about: dict[int, set[int]] = defaultdict(set)
        if not self._identifiers.any():
            return about
        for batch in ScreenedRecords(self._store).all():
            rows = [row for row in batch.to_pylist() if row["spans"] is not None]
            found = {row["record"]: _digests(row["spans"]) for row in rows}
            owners = self._identifiers.of(set().union(*found.values()))
            for row in rows:
                theirs = set().union(*(owners.get(each, ()) for each in found[row["record"]]))
                if not theirs <= set(row["subjects"]):
                    about[row["record"]] = theirs
        return about


def _digests(spans: bytes) -> set[bytes]:
    return {span.digest for span in unpacked(spans) if span.digest is not None}
