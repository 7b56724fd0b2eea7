"""Some sixty invented people, and what each of them is invented to have allowed.

None of them exists. Their references end in `.example`, which nobody can own (RFC 2606).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from rightful import moments
from rightful.grants import NewGrant

ARCHIVE, APP, BOUGHT, KEPT_BACK = "archive", "app", "bought", "kept-back"

#: Where digits come from, and how many of the 5,000.
SHARES = {ARCHIVE: 2000, APP: 2000, BOUGHT: 300, KEPT_BACK: 700}

NOTICE = "how-we-learn-digits"

_ADULT, _CHILD = 1984, 2016
_PAST = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented contributor; `case` says what is invented about their consent."""

    reference: str
    residence: str
    born: int | None
    sources: tuple[str, ...]
    case: str = "source"


def _people() -> tuple[Person, ...]:
    found: list[Person] = []

    def add(
        count: int, residences: str, case: str, *sources: str, born: int | None = _ADULT
    ) -> None:
        for number in range(count):
            where = residences.split()
            found.append(
                Person(
                    f"person{len(found) + 1:02}@people.example",
                    where[number % len(where)],
                    born,
                    sources,
                    case,
                )
            )

    add(4, "DE FR", "consents", ARCHIVE, APP)
    add(14, "DE FR", "source", ARCHIVE)
    add(2, "CN", "source", ARCHIVE)
    add(9, "DE FR CN", "consents", APP)
    add(2, "DE FR", "contract", APP)
    add(1, "DE", "consents by guardian", APP, born=_CHILD)
    add(2, "DE CN", "consents as a child", APP, born=_CHILD)
    add(2, "FR CN", "withdrew", APP)
    add(2, "DE CN", "expired", APP)
    add(2, "DE FR", "no evidence", APP)
    add(2, "DE FR", "for another purpose", APP)
    add(1, "DE", "consents", APP, born=None)
    add(3, "US BR US", "consents", APP)
    add(5, "DE FR", "licence alone", BOUGHT)
    add(10, "DE FR", "consents", KEPT_BACK)
    return tuple(found)


PEOPLE = _people()

#: Who asks to be erased: somebody whose digits are in both runs.
ERASED = PEOPLE[0].reference
#: Who withdraws later, so that a debt is left to look at.
WITHDRAWN = PEOPLE[21].reference
#: Whose record is explained.
EXPLAINED = next(each.reference for each in PEOPLE if each.case == "consents as a child")


def of_source(source: str) -> list[Person]:
    """The people whose digits a source has."""
    return [each for each in PEOPLE if source in each.sources]


def grants(person: Person) -> list[NewGrant]:
    """The grounds that are recorded for one person."""
    case = person.case
    if case in ("source", "licence alone"):
        return []
    source = APP if APP in person.sources else person.sources[0]
    purpose = "fine-tuning" if source == APP else "model-evaluation"
    if case == "contract":
        return [NewGrant("contract", purpose, person.reference, source, notice=NOTICE)]
    return [
        NewGrant(
            "consent",
            "model-evaluation" if case == "for another purpose" else purpose,
            person.reference,
            source,
            valid_from=_PAST,
            valid_to=datetime(2026, 1, 1, tzinfo=UTC) if case == "expired" else None,
            withdrawn_at=moments.now() if case == "withdrew" else None,
            notice=None if case == "no evidence" else NOTICE,
            explicit=True,
            given_by="guardian" if case == "consents by guardian" else "self",
            evidence=None if case == "no evidence" else "forms/2025, invented",
        )
    ]


def source_grants(source: str) -> list[NewGrant]:
    """The grounds that are recorded for everyone in a source."""
    licence = NewGrant(
        "licence", "model-training", source=source, licence="LicenseRef-Example-Data-Licence"
    )
    if source == BOUGHT:
        return [licence]
    if source != ARCHIVE:
        return []
    assessed = NewGrant(
        "legitimate_interests",
        "pretraining",
        source=source,
        notice=NOTICE,
        evidence="assessments/2025-03, invented",
    )
    return [licence, assessed]
