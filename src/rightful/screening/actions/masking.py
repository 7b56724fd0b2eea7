"""What a mask leaves of a value: its separators, and at most a few characters, listed here.

Every other character becomes a star, so that the shape of the text stays. A value of few
characters is masked whole.
"""

from typing import NamedTuple

from rightful.screening.identifiers import kind_class

STAR = "*"

#: What separates the groups of a number or the parts of an address, and says nothing itself.
SEPARATORS = frozenset(" -./:@()+\u00a0\u3000")


class Kept(NamedTuple):
    """How many letters and digits stay, at either end."""

    first: int = 0
    last: int = 0


#: By class of kind; of every other kind nothing stays. Of an e-mail address, of the part before @.
KEPT: dict[str, Kept] = {
    "email": Kept(first=1),
    "name": Kept(first=1),
    "phone": Kept(last=2),
    "card": Kept(last=4),
    "iban": Kept(last=4),
    "bank_account": Kept(last=2),
}

#: A value must have so many times the letters and digits that would stay; else none does. A name
#: may be as short as two characters in Chinese, where the family name stays, as is usual there.
_TIMES = {"name": 2}
_TIMES_ELSE = 3


def mask(kind: str, text: str) -> str:
    """The value with stars, as many characters as it has."""
    named = kind_class(kind)
    kept = KEPT.get(named, Kept())
    if named == "email":
        person, at, domain = text.partition("@")
        return _masked(person, kept, _TIMES_ELSE) + at + _masked(domain, Kept(), 1)
    return _masked(text, kept, _TIMES.get(named, _TIMES_ELSE))


def _masked(text: str, kept: Kept, times: int) -> str:
    places = [place for place, character in enumerate(text) if character.isalnum()]
    stay: set[int] = set()
    if len(places) >= times * (kept.first + kept.last):
        stay.update(places[: kept.first])
        stay.update(places[len(places) - kept.last :])
    return "".join(
        character if place in stay or character in SEPARATORS else STAR
        for place, character in enumerate(text)
    )
