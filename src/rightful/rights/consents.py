"""Giving consent records out: a disclosure, since each of them names a person.

It is written down before the file gets its name, so nothing leaves unrecorded. Should the process
die just then, one that did not happen is written down, which harms nobody.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap64

from rightful.grants import Controller, ExportedRecords, Grants, export_records
from rightful.records.store import RecordStore
from rightful.rights.disclosures import Disclosures


def give_consent_records(
    grants: Grants,
    store: RecordStore,
    disclosures: Disclosures,
    controller: Controller,
    path: Path,
    recipient: str,
    *,
    subject: str | None = None,
) -> ExportedRecords:
    """Write consent records to a new file for `recipient`: those of one person, or all.

    The disclosure is about the data records of these people, so that whoever is erased later can be
    told who knows of them. Raises as `rightful.grants.export_records`; `InvalidInput` where nobody
    is named.
    """

    def told(done: ExportedRecords) -> None:
        about = "all people" if subject is None else "one person"
        disclosures.record(recipient, f"consent records of {about}", _about(store, done.people))

    return export_records(grants, path, controller, subject=subject, before_naming=told)


def _about(store: RecordStore, people: frozenset[int]) -> BitMap64:
    """The records that any of these people are named in."""
    table = store.metadata()
    subjects = table.column("subjects").combine_chunks()
    named = pc.is_in(pc.list_flatten(subjects), pa.array(sorted(people), pa.int64()))
    places = pc.unique(pc.filter(pc.list_parent_indices(subjects), named))
    return BitMap64(table.column("record").take(places).to_pylist())
