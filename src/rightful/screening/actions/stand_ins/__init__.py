"""Stand-ins: what a training set may hold in the place of a person's identifiers.

The same identifier, however it is written, has the same stand-in within a corpus, and another one
in every other corpus and under every other key. A stand-in has the form of what it stands for and
lies where nothing real is: domains under `.example`, numbers from ranges kept for fiction and
tests, areas and banks that do not exist. Where there is no such place, there is no stand-in, and
the value is redacted.

Some of those ranges are small, so that two people may get the same stand-in. And a number of a kind
that has no range of its own begins with two zeros, which some issuers give out: see the docs.
"""

import hashlib
import hmac
import re
from collections.abc import Callable

from rightful.keys import WorkspaceKey
from rightful.screening.actions.stand_ins import dates, network, numbers, people, phones
from rightful.screening.actions.stand_ins.draw import Draw
from rightful.screening.normal_form import kind_class, normalised

__all__ = ["Owner", "StandIns"]

#: Something lasting about the person whom an identifier belongs to, such as their lookup in the
#: registry, or None where nobody claimed it.
Owner = Callable[[str, str], bytes | None]

Maker = Callable[[str, Draw], str | None]

#: By class of kind. Each is given a text and returns another, or None where it can make none.
MAKERS: dict[str, Maker] = {
    "email": people.email,
    "name": people.name,
    "phone": phones.phone,
    "card": numbers.card,
    "iban": numbers.iban,
    "cn_id": numbers.cn_id,
    "us_ssn": numbers.us_ssn,
    "us_itin": numbers.us_ssn,
    "cn_plate": numbers.cn_plate,
    "ip": network.ip,
    "mac": network.mac,
    "date": dates.date,
    "birth_date": dates.date,
}

_USE = "stand-ins of identifiers"
#: One in thousands equals its original; so many in a row do only where there is no other.
_TRIES = 20
#: Numbers that offices and banks give out, with few letters and signs between.
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{2,38}[A-Za-z0-9]")


class StandIns:
    """The stand-ins of one corpus. Its `repr` shows neither key nor corpus.

    With `owner`, all identifiers of one kind that are a person's have one stand-in.
    """

    def __init__(
        self, workspace_key: WorkspaceKey, corpus: str, owner: Owner | None = None
    ) -> None:
        self._secret = workspace_key.keyed_hash(_USE, corpus.encode())
        self._owner = owner

    def of(self, kind: str, text: str) -> str | None:
        """What to write in the place of `text`, never `text` itself; None where nothing fits."""
        named = kind_class(kind)
        make = MAKERS.get(named) or (numbers.shaped if _is_number(text) else None)
        if make is None:
            return None
        form = normalised(kind, text)
        owner = self._owner(kind, text) if self._owner is not None else None
        for attempt in range(_TRIES):
            found = make(text, Draw(self._seed(named, form, owner, attempt)))
            if found is None:
                return None
            if normalised(kind, found) != form:
                return found
        return None

    def _seed(self, named: str, form: str, owner: bytes | None, attempt: int) -> bytes:
        who = b"value " + form.encode("utf-8", "surrogatepass")
        if owner is not None:
            who = b"owner " + owner
        parts = (named.encode(), attempt.to_bytes(1, "big"), who)
        data = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._secret, data, hashlib.sha256)


def _is_number(text: str) -> bool:
    signs = [character for character in text if character.isalnum()]
    digits = sum(character.isdigit() for character in signs)
    return _NUMBER.fullmatch(text) is not None and 2 * digits >= len(signs)
