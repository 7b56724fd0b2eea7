"""The texts that people were shown, version by version: what a consent was given on.

A published version never changes. A notice in two languages is one notice: its first translation
gets the number of the version that it translates.
"""

import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select

from rightful import moments
from rightful.errors import InvalidInput, NotFound
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import notices

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_NAMED = re.compile(r"(?P<name>[^@/]+)(@(?P<version>[1-9][0-9]{0,8}))?(/(?P<language>[^@/]+))?")


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of a notice in one language; `sha256` is that of its text in UTF-8."""

    number: int
    name: str
    version: int
    language: str
    sha256: str

    def __str__(self) -> str:
        """How a grant names it: `privacy@2/en`."""
        return f"{self.name}@{self.version}/{self.language}"


class Notices:
    """The notices of one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def publish(self, name: str, text: str, language: str) -> Notice:
        """Keep `text` as the newest version of a notice in a language.

        The newest text of that language once more changes nothing and is the same version.

        Raises:
            InvalidInput: the name or language is malformed, or the text is blank.
        """
        if not _NAME.fullmatch(name):
            raise InvalidInput(
                "a notice's name must be letters, digits, dots, hyphens and underscores, such as "
                "privacy; versions are counted by Rightful"
            )
        if not _LANGUAGE.fullmatch(language):
            raise InvalidInput("a notice's language must be a tag such as en or zh-CN")
        digest = hashlib.sha256(_bytes(text)).hexdigest()
        with self._registry.transaction() as connection:
            here = (notices.c.name == name) & (notices.c.language == language)
            query = select(notices).where(here).order_by(notices.c.version.desc()).limit(1)
            known = connection.execute(query).one_or_none()
            if known is not None and known.sha256 == digest:
                return _notice(known)
            newest = select(func.max(notices.c.version)).where(notices.c.name == name)
            version = connection.scalar(newest) or 1
            if known is not None and known.version == version:
                version += 1
            row = {"name": name, "version": version, "language": language, "sha256": digest}
            added = {**row, "text": text, "created_at": moments.text(moments.now())}
            done = connection.execute(insert(notices).values(**added))
            assert done.inserted_primary_key is not None
            self._ledger.append(connection, "notice_published", row)
            self._registry.bump(connection)
        return Notice(int(done.inserted_primary_key[0]), name, version, language, digest)

    def latest(self, name: str, language: str | None = None) -> Notice:
        """The newest version of a notice, in `language`, or in the one it was published in first.

        Raises:
            NotFound: there is no such notice; the sentence names those there are.
        """
        query = select(notices).where(notices.c.name == name)
        if language is not None:
            query = query.where(notices.c.language == language)
        with self._registry.reading() as connection:
            newest = query.order_by(notices.c.version.desc(), notices.c.id).limit(1)
            row = connection.execute(newest).one_or_none()
            if row is None:
                wanted = name if language is None else f"{name}/{language}"
                raise _not_found(connection, wanted)
        return _notice(row)

    def named(self, text: str) -> Notice:
        """The notice that `text` names: `privacy`, `privacy@2`, `privacy@2/en` or `privacy/en`.

        Without a version it is the newest.

        Raises:
            NotFound: there is no such notice; the sentence names those there are.
            InvalidInput: that version is there in several languages, and none is named.
        """
        with self._registry.reading() as connection:
            named = _NAMED.fullmatch(text)
            if named is None:
                raise _not_found(connection, text)
            query = select(notices).where(notices.c.name == named["name"])
            if named["version"]:
                query = query.where(notices.c.version == int(named["version"]))
            if named["language"]:
                query = query.where(notices.c.language == named["language"])
            rows = connection.execute(query.order_by(notices.c.version.desc(), notices.c.id)).all()
            if not rows:
                raise _not_found(connection, text)
        newest = [_notice(row) for row in rows if row.version == rows[0].version]
        if len(newest) > 1:
            told = " or ".join(str(notice) for notice in newest)
            raise InvalidInput(f"say in which language the notice was shown: {told}")
        return newest[0]

    def all(self) -> list[Notice]:
        """Every version of every notice, in the order of names and versions."""
        order = (notices.c.name, notices.c.version, notices.c.id)
        return [_notice(row) for row in self._registry.rows(select(notices).order_by(*order))]

    def text(self, number: int) -> str:
        """What a version says. Raises `NotFound` where there is none of that number."""
        rows = self._registry.rows(select(notices.c.text).where(notices.c.id == number))
        if not rows:
            raise NotFound(f"there is no notice {number}")
        return str(rows[0].text)


def _bytes(text: str) -> bytes:
    if not text.strip():
        raise InvalidInput("the text of a notice is blank; give what people were shown")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidInput("the text of a notice is not Unicode; save it as UTF-8") from None


def _notice(row: Row[tuple[object, ...]]) -> Notice:
    return Notice(row.id, row.name, row.version, row.language, row.sha256)


def _not_found(connection: Connection, wanted: str) -> NotFound:
    order = (notices.c.name, notices.c.version, notices.c.id)
    rows = connection.execute(select(notices).order_by(*order)).all()
    there = ", ".join(str(_notice(row)) for row in rows) or "none yet; publish one first"
    return NotFound(f"no notice is called {wanted!r}; there are: {there}")
