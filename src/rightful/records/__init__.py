"""What is held, from where, about whom: sealed records, their sources and their subjects.

Files come in through `Importer`, as `open_reader` reads them and `Mapping` understands them.
"""

from rightful.records.importing import Imported, Importer
from rightful.records.mapping import Mapping
from rightful.records.marks import Mark, Marks
from rightful.records.names import NameCipher, record_key
from rightful.records.readers import open_reader
from rightful.records.sources import Source, Sources
from rightful.records.store import NewRecord, RecordStore
from rightful.records.subjects import Person, Subjects
from rightful.records.suppressions import Suppressions

__all__ = [
    "Imported",
    "Importer",
    "Mapping",
    "Mark",
    "Marks",
    "NameCipher",
    "NewRecord",
    "Person",
    "RecordStore",
    "Source",
    "Sources",
    "Subjects",
    "Suppressions",
    "open_reader",
    "record_key",
]
