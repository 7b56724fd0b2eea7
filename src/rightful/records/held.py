"""Which records are held already, by their key: what an import asks before it adds any."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from rightful.records.names import KEY_BYTES, NameCipher
from rightful.records.store import SCHEMA, NewRecord, RecordStore

_COLUMNS = ["key", "record", "subjects", "content_hash"]
_SCHEMA = pa.schema([SCHEMA.field(name) for name in _COLUMNS])


@dataclass(frozen=True, slots=True)
class Held:
    """What tells whether a row is the record that is held under its key, or another."""

    record: int
    subjects: frozenset[int]
    content_hash: bytes


class HeldRecords:
    """An index of the store. It reads the store anew only when somebody else has changed it.

    Its user holds the registry's lock "records", or does not mind an answer that is out of date.
    """

    def __init__(self, store: RecordStore, names: NameCipher) -> None:
        self._store = store
        self._names = names
        self._version: int | None = None
        self._table = _SCHEMA.empty_table()

    def find(self, keys: Sequence[bytes]) -> dict[bytes, Held]:
        """Those of the plain `keys` that are held."""
        if self._version != self._store.version:
            self._version = self._store.version
            self._table = self._store.metadata().select(_COLUMNS)
        plain = dict(zip(self._enciphered(keys), keys, strict=True))
        wanted = pa.array(list(plain), _SCHEMA.field("key").type)
        rows = self._table.filter(pc.is_in(self._table.column("key"), value_set=wanted))
        return {
            plain[row["key"]]: Held(row["record"], frozenset(row["subjects"]), row["content_hash"])
            for row in rows.to_pylist()
        }

    def append(self, new: Sequence[NewRecord]) -> None:
        """Store records, and remember them here."""
        untouched = self._version == self._store.version
        self._store.append(new)
        if untouched:
            stored = self._enciphered([record.key for record in new])
            rows = [
                {
                    "key": key,
                    "record": record.record,
                    "subjects": record.subjects,
                    "content_hash": self._names.content_hash(record.content),
                }
                for key, record in zip(stored, new, strict=True)
            ]
            self._table = pa.concat_tables([self._table, pa.Table.from_pylist(rows, _SCHEMA)])
            self._version = self._store.version

    def _enciphered(self, keys: Sequence[bytes]) -> list[bytes]:
        stored = self._names.encipher(b"".join(keys))
        return [stored[at : at + KEY_BYTES] for at in range(0, len(stored), KEY_BYTES)]
