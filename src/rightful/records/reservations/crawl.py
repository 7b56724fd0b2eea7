"""What the sites of a crawl say of their use, heard from the answers that the crawl holds.

`robots.txt`, `tdmrep.json`, `ai.txt` and RSL terms are those in the crawl, headers and meta
elements those of its pages, and what pictures say stands in them. Nothing is fetched. What the
crawl does not hold is not known; a site that said there is no such file says nothing; any other
answer, or a part of one, could not be heard. Of several answers and pages of a site the strictest
counts.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from rightful.records.readers.capture import Capture
from rightful.records.readers.page import LARGEST as LARGEST_PAGE
from rightful.records.readers.reasons import Unreadable
from rightful.records.reservations import aipref, links, noai, pictures, robots, rsl, tdmrep
from rightful.records.reservations.headers import values
from rightful.records.reservations.protocols import FACTS, NONE, UNKNOWN, fact_of, nothing

#: What is heard of pages and of pictures, as forms.
PAGE_FORMS = (
    *(
        "robots",
        "aipref.robots",
        "aipref",
        "content_signal",
        "tdmrep.page",
        "rsl",
        "noai",
        "ai_txt",
    ),
    *("plus", "cawg_mining", "cawg_training", "cawg_generative"),
)
PICTURE_FORMS = PAGE_FORMS[-4:]

#: What the headers of a page can say; that of a manifest elsewhere included.
_IN_HEADERS = ("aipref", "tdmrep.header", "noai", "rsl", *PICTURE_FORMS[1:])

#: The longest file of a site, or RSL document, that is read, in bytes.
_LARGEST = 10**6
_HOPS = 5
_XML = ("application/rsl+xml", "application/xml", "text/xml")
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one form said at one place; `sha256` is that of the statement, where there was one."""

    form: str
    value: str
    place: str
    sha256: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """Pages of one place that do not all say the same."""

    place: str
    form: str
    pages: dict[str, int]
    """How many said what."""


#: A value, and the digest of the statement that says it.
_Said = tuple[str, str | None]


@dataclass(slots=True)
class _Page:
    path: str
    seen_at: datetime
    said: dict[str, _Said]
    terms: list[str]


@dataclass(slots=True)
class _Site:
    files: dict[str, list[Capture]] = field(default_factory=lambda: defaultdict(list))
    pages: list[_Page] = field(default_factory=list)


class Crawl:
    """Hears what a crawl holds: `take` each capture, then ask for `heard`."""

    def __init__(self) -> None:
        self._sites: dict[str, _Site] = defaultdict(_Site)
        self._terms: dict[str, Capture] = {}
        self.licences: Counter[str] = Counter()
        """The addresses of licences that pages name as theirs, with the number of pages."""

    @classmethod
    def of(cls, captures: Iterable[tuple[int, Capture | Unreadable]]) -> "Crawl":
        """All that the captures of a reader say."""
        crawl = cls()
        for _, capture in captures:
            if not isinstance(capture, Unreadable):
                crawl.take(capture)
        return crawl

    def take(self, capture: Capture) -> None:
        """Hear one answer."""
        if capture.site_file is not None:
            self._sites[capture.place].files[capture.path].append(capture)
        elif capture.is_page:
            self._sites[capture.place].pages.append(self._page(capture))
        elif capture.is_image:
            said = {form: (value, _digest(capture)) for form, value in _picture(capture).items()}
            page = _Page(capture.path, capture.seen_at, {**_headers(capture), **said}, [])
            self._sites[capture.place].pages.append(page)
        elif capture.media_type in _XML and len(capture.body) <= _LARGEST:
            self._terms[capture.place + capture.path] = capture

    def heard(self) -> list[Heard]:
        """What each place says in each form, the strictest of it."""
        found = []
        for place, site in sorted(self._sites.items()):
            if site.pages:
                said: dict[str, list[Heard]] = defaultdict(list)
                for each in self._of(place, site):
                    said[each.form].append(each)
                found += [min(of_form, key=_strictness) for of_form in said.values()]
        return found

    def differences(self) -> list[Difference]:
        """Where pages of a place say different things."""
        found = []
        for place, site in sorted(self._sites.items()):
            forms = {form for page in site.pages for form in page.said}
            for form in sorted(forms):
                counts = Counter(
                    page.said.get(form, (nothing(form), None))[0] for page in site.pages
                )
                if len(counts) > 1:
                    found.append(Difference(place, form, dict(counts)))
        return found

    def _page(self, capture: Capture) -> _Page:
        text = capture.text() if len(capture.body) <= LARGEST_PAGE else ""
        said = _headers(capture)
        found = links.Links()
        if capture.media_type != "text/plain":
            found = links.read(text, capture.place + capture.path)
            said |= _meta(found.metas, capture)
        if not capture.whole or not text:
            # What would have stood in the rest is not known.
            for form in ("tdmrep.page", "noai", "rsl"):
                said.setdefault(form, (UNKNOWN, None))
        headers = links.header(capture.headers or "", capture.place + capture.path)
        self.licences.update({*found.licences, *headers.licences})
        if found.manifest or headers.manifest:
            said |= dict.fromkeys(PICTURE_FORMS[1:], (UNKNOWN, None))
        for terms in found.inline:
            said["rsl"] = (rsl.terms(terms, [capture.path]), _sha(terms))
        return _Page(capture.path, capture.seen_at, said, [*found.terms, *headers.terms])

    def _of(self, place: str, site: _Site) -> Iterator[Heard]:
        """All that one place says, each statement of its own."""
        paths = [page.path for page in site.pages]
        robots_txt = self._file(place, "/robots.txt")
        for text, seen_at in robots_txt.statements:
            sha = _sha(text)
            yield Heard("robots", robots.crawling(text, paths), place, sha, seen_at)
            yield Heard("aipref.robots", robots.usage(text, paths), place, sha, seen_at)
            yield Heard("content_signal", robots.signal(text, paths), place, sha, seen_at)
            for address in links.in_robots(text, place + "/"):
                yield self._rsl(place, address, paths, seen_at)
        yield from robots_txt.as_heard(place, "robots", failed="unreachable")
        for form in ("aipref.robots", "content_signal", "rsl"):
            yield from robots_txt.as_heard(place, form)
        ai_txt = self._file(place, "/ai.txt")
        for text, seen_at in ai_txt.statements:
            yield Heard("ai_txt", robots.media(text), place, _sha(text), seen_at)
        yield from ai_txt.as_heard(place, "ai_txt")
        yield from self._tdmrep(place, site)
        for page in site.pages:
            for form in ("aipref", "content_signal", "noai", "rsl", *PICTURE_FORMS):
                value, digest = page.said.get(form, (nothing(form), None))
                yield Heard(form, value, place, digest, page.seen_at)
            for address in page.terms:
                yield self._rsl(place, address, [page.path], page.seen_at)

    def _tdmrep(self, place: str, site: _Site) -> Iterator[Heard]:
        """For each page: what is more specific overrides, and else the file of the site counts."""
        file = self._file(place, "/.well-known/tdmrep.json")
        silence = [(each.value, None) for each in file.as_heard(place, "tdmrep")]
        for page in site.pages:
            said: list[_Said] = [*silence]
            said += [(tdmrep.file(text, [page.path]), _sha(text)) for text, _ in file.statements]
            together = min(said, key=lambda each: tdmrep.ORDER.index(each[0]))
            for form in ("tdmrep.header", "tdmrep.page"):
                here = page.said.get(form, (NONE, None))
                value = tdmrep.combined([together[0], here[0]])
                together = (value, together[1] if value == together[0] else here[1])
            yield Heard("tdmrep.page", together[0], place, together[1], page.seen_at)

    def _rsl(self, place: str, address: str, paths: list[str], seen_at: datetime) -> Heard:
        terms = self._terms.get(address)
        if terms is None or terms.status != 200 or not terms.whole:
            return Heard("rsl", UNKNOWN, place, None, seen_at)
        text = terms.text()
        return Heard("rsl", rsl.terms(text, paths), place, _sha(text), terms.seen_at)

    def _file(self, place: str, path: str) -> "_File":
        """What the crawl holds of a file of a site, redirections followed inside the crawl."""
        site = self._sites[place]
        found = _File([], [], [], min(page.seen_at for page in site.pages))
        for capture in site.files.get(path, []):
            for answer in self._followed(capture):
                if answer.status == 200 and answer.whole and len(answer.body) <= _LARGEST:
                    found.statements.append((answer.text(), answer.seen_at))
                elif answer.status in _GONE:
                    found.gone.append(answer.seen_at)
                else:
                    found.failed.append(answer.seen_at)
        return found

    def _followed(self, capture: Capture) -> list[Capture]:
        for _ in range(_HOPS):
            if not 300 <= capture.status < 400:
                break
            target = links.redirection(capture.headers or "", capture.place + capture.path)
            place, path = target or ("", "")
            known = self._sites[place].files.get(path) if place in self._sites else None
            if not known:
                break
            capture = known[-1]
        return [capture]


@dataclass(frozen=True, slots=True)
class _File:
    """What came of asking for a file of a site."""

    statements: list[tuple[str, datetime]]
    gone: list[datetime]
    failed: list[datetime]
    pages_from: datetime

    def as_heard(self, place: str, form: str, failed: str = UNKNOWN) -> Iterator[Heard]:
        """What is known where there is no statement."""
        if self.failed:
            yield Heard(form, failed, place, None, min(self.failed))
        elif not self.statements:
            value, at = (NONE, min(self.gone)) if self.gone else (UNKNOWN, self.pages_from)
            yield Heard(form, value, place, None, at)


def of_pictures(place: str, files: Iterable[bytes], seen_at: datetime) -> list[Heard]:
    """What picture files say, the strictest of it."""
    found = {form: Heard(form, NONE, place, None, seen_at) for form in PICTURE_FORMS}
    for data in files:
        digest = hashlib.sha256(data).hexdigest()
        for form, value in pictures.says(data).items():
            if value != NONE:
                heard = Heard(form, value, place, digest, seen_at)
                found[form] = min(found[form], heard, key=_strictness)
    return list(found.values())


def _headers(capture: Capture) -> dict[str, _Said]:
    """What the headers of a page or picture say; unknown where they were not kept."""
    if capture.headers is None:
        return dict.fromkeys(_IN_HEADERS, (UNKNOWN, None))
    said = {
        "aipref": aipref.header(_named(capture.headers, "content-usage")),
        "tdmrep.header": tdmrep.header(_named(capture.headers, "tdm-reservation", "tdm-policy")),
        "noai": noai.directives(_named(capture.headers, "x-robots-tag").replace("<", " ")),
    }
    signals = values(_named(capture.headers, "content-signal"), "content-signal")
    said["content_signal"] = robots.signals(",".join(signals))
    digest = _sha(capture.headers)
    return {form: (value, digest) for form, value in said.items() if value != nothing(form)}


def _named(headers: str, *names: str) -> str:
    """The lines of headers that have one of these names, and none at all where no line has."""
    lines = [line for line in headers.splitlines() if line.partition(":")[0].casefold() in names]
    return "\n".join([*lines, "x-none: "])


def _meta(metas: str, capture: Capture) -> dict[str, _Said]:
    """What the meta elements of a page say."""
    digest = _digest(capture)
    said: dict[str, _Said] = {}
    if (value := tdmrep.page(metas)) != NONE:
        said["tdmrep.page"] = (value, digest)
    if noai.directives(metas) == "yes":
        said["noai"] = ("yes", digest)
    return said


def _picture(capture: Capture) -> dict[str, str]:
    if not capture.whole:
        return dict.fromkeys(PICTURE_FORMS, UNKNOWN)
    return {form: value for form, value in pictures.says(capture.body).items() if value != NONE}


def _strictness(heard: Heard) -> tuple[int, datetime]:
    return FACTS[fact_of(heard.form)].index(heard.value), heard.seen_at


def _digest(capture: Capture) -> str:
    return hashlib.sha256(capture.body).hexdigest()


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


__all__ = ["PAGE_FORMS", "PICTURE_FORMS", "Crawl", "Difference", "Heard", "of_pictures"]
