"""What can be looked at, how each of it is read, and how several looks are put together.

A *form* is one way to say something: `aipref` is the header Content-Usage, `aipref.robots` the
lines of that name in robots.txt. Its name up to the dot is the *fact* that rules ask about. One
statement can hold several forms, as a robots.txt does.

>>> read("robots", "User-agent: *\\nContent-Signal: ai-train=no")
{'robots': 'none', 'aipref.robots': 'none', 'content_signal': 'no'}
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rightful.errors import InvalidInput
from rightful.records.reservations import aipref, cawg, noai, plus, robots, rsl, tdmrep
from rightful.records.reservations.robots import Paths

#: What was seen and can't be told; for rules, as if nobody had looked.
UNKNOWN = "unknown"
#: Somebody looked, and nothing was said.
NONE = "none"

_CAWG = ("cawg_mining", "cawg_training", "cawg_generative")

#: The facts with what each can be, from the strictest on.
FACTS: dict[str, tuple[str, ...]] = {
    "aipref": ("n", UNKNOWN, "y", NONE),
    "tdmrep": tdmrep.ORDER,
    "robots": ("disallowed", "unreachable", UNKNOWN, "allowed", NONE),
    **dict.fromkeys(_CAWG, cawg.ORDER),
    "plus": plus.ORDER,
    "rsl": rsl.ORDER,
    "content_signal": ("no", UNKNOWN, "yes", NONE),
    "noai": ("yes", UNKNOWN, "no"),
    "ai_txt": ("disallowed", UNKNOWN, "allowed", NONE),
    "terms_reservation": ("reserved", "unclear", UNKNOWN, NONE),
}

_Reader = Callable[[str, Paths], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Protocol:
    """Something that can be looked at, as the user names it."""

    what: str
    forms: tuple[str, ...]
    reader: _Reader | None = None
    """None: only a person can read it."""


def _one(form: str, reader: Callable[[str], str]) -> _Reader:
    return lambda text, _: {form: reader(text)}


def _with_paths(form: str, reader: Callable[[str, Paths], str]) -> _Reader:
    return lambda text, paths: {form: reader(text, paths)}


def _robots(text: str, paths: Paths) -> dict[str, str]:
    return {
        "robots": robots.crawling(text, paths),
        "aipref.robots": robots.usage(text, paths),
        "content_signal": robots.signal(text, paths),
    }


PROTOCOLS: dict[str, Protocol] = {
    "robots": Protocol("robots.txt", ("robots", "aipref.robots", "content_signal"), _robots),
    "aipref": Protocol("the header Content-Usage", ("aipref",), _one("aipref", aipref.header)),
    "tdmrep": Protocol("/.well-known/tdmrep.json", ("tdmrep",), _with_paths("tdmrep", tdmrep.file)),
    "tdmrep.header": Protocol(
        "the header tdm-reservation", ("tdmrep.header",), _one("tdmrep.header", tdmrep.header)
    ),
    "tdmrep.page": Protocol(
        "a page's meta element tdm-reservation",
        ("tdmrep.page",),
        _one("tdmrep.page", tdmrep.page),
    ),
    "tdmrep.document": Protocol(
        "an EPUB's package file or a PDF's XMP metadata",
        ("tdmrep.document",),
        _one("tdmrep.document", tdmrep.document),
    ),
    "cawg": Protocol(
        "the training and data mining assertion of a C2PA manifest, in JSON",
        _CAWG,
        lambda text, _: cawg.assertion(text),
    ),
    "plus": Protocol("the PLUS Data Mining property", ("plus",), _one("plus", plus.data_mining)),
    "rsl": Protocol("an RSL document", ("rsl",), _with_paths("rsl", rsl.terms)),
    "noai": Protocol(
        "X-Robots-Tag or a page's meta elements", ("noai",), _one("noai", noai.directives)
    ),
    "ai_txt": Protocol("ai.txt", ("ai_txt",), _one("ai_txt", robots.media)),
    "terms_reservation": Protocol("the terms of use", ("terms_reservation",)),
}

#: For the value `none` alone: somebody looked everywhere.
EVERYTHING = "all"


def read(protocol: str, statement: str, paths: Paths = None) -> dict[str, str]:
    """What a statement says, by form. Malformed ones say `unknown`, and never that use is free.

    Raises:
        InvalidInput: there is no such protocol, or only a person can read it.
    """
    found = _protocol(protocol)
    if found.reader is None:
        raise InvalidInput(
            f"{found.what} can't be read by a machine; say what they say: "
            f"{', '.join(possible(protocol))}"
        )
    return dict(found.reader(statement, paths))


def state(protocol: str, value: str) -> dict[str, str]:
    """What somebody saw, by form, where no statement is at hand.

    Raises:
        InvalidInput: there is no such protocol, or it can't say that.
    """
    if protocol == EVERYTHING:
        if value != NONE:
            raise InvalidInput(f"of everything at once it can only be said that there is {NONE}")
        return {form: _as_stored(form, NONE) for each in PROTOCOLS.values() for form in each.forms}
    forms = PROTOCOLS[protocol].forms if protocol in PROTOCOLS else (protocol,)
    if protocol == "robots" and value != NONE:
        forms = ("robots",)  # what its lines say of use is another matter
    if value not in possible(protocol):
        raise InvalidInput(
            f"{protocol} can't say {value!r}; it can say {', '.join(possible(protocol))}"
        )
    return {form: _as_stored(form, value) for form in forms}


def possible(protocol: str) -> tuple[str, ...]:
    """The values that a protocol can have."""
    if protocol == EVERYTHING:
        return (NONE,)
    fact = protocol if protocol in FACTS else fact_of(_protocol(protocol).forms[0])
    return tuple(dict.fromkeys((*FACTS[fact], NONE)))


def fact_of(form: str) -> str:
    """The fact that a form speaks of."""
    return form.partition(".")[0]


def together(fact: str, looks: Iterable[tuple[str, str | None, str]]) -> str:
    """What the newest look at each form and location says together, as form, location and value.

    The strictest counts. Of the forms of TDMRep at one location, the most specific one does. A look
    without a location is one at everything; while there is none, it is not known what is said
    elsewhere.
    """
    found = list(looks)
    places = {location for _, location, _ in found}
    if fact == "tdmrep":
        said = [_tdmrep_at(place, found) for place in places]
    else:
        said = [value for _, _, value in found]
    return min([*said, *([] if None in places else [UNKNOWN])], key=FACTS[fact].index)


def _tdmrep_at(place: str | None, looks: list[tuple[str, str | None, str]]) -> str:
    forms = ("tdmrep", *(f"tdmrep.{form}" for form in tdmrep.FORMS[1:]))
    here = [(form, value) for form, location, value in looks if location in (place, None)]
    return tdmrep.combined(
        tdmrep.strictest(value for found, value in here if found == form) for form in forms
    )


def _protocol(name: str) -> Protocol:
    if name not in PROTOCOLS:
        raise InvalidInput(f"{name!r} is no protocol; there are {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]


def nothing(form: str) -> str:
    """The word of a form for that nothing was said: of noai there is only yes and no."""
    return NONE if NONE in FACTS[fact_of(form)] else "no"


def _as_stored(form: str, value: str) -> str:
    return nothing(form) if value == NONE else value
