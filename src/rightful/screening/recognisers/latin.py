"""Names and places in Latin letters: words that begin with a capital, and what stands before them.

In a run of such words, a name begins behind a title (Mr, Frau) or a cue (my name is, Dear), or with
a known given name. A given name that is a word, too, needs another name behind it.
"""

import functools
import re
from collections.abc import Iterator

from rightful.screening.recognisers import lists
from rightful.screening.recognisers.recogniser import NAME, PLACE

#: Kind, start, end, confidence.
Hit = tuple[str, int, int, float]
#: A word, and where it starts.
Word = tuple[str, int]

_UPPER = "A-ZÀ-ÖØ-Þ" + "".join(filter(str.isupper, map(chr, range(0x100, 0x180))))
_WORD = rf"[{_UPPER}](?:[^\W\d_]|['’-](?=[^\W\d_]))*"
_PARTICLES = (
    "van der|van den|van de|von der|de la|van|von|de|del|della|di|da|dos|du|la|le|bin|zu|ten|ter"
)
# A full stop is for titles and initials; behind another word it ends the run, see `_parts`.
_RUN = re.compile(rf"{_WORD}\.?(?:[ \t](?:(?:{_PARTICLES})[ \t])?{_WORD}\.?){{0,6}}")

_TITLES = frozenset(
    (
        "Mr",
        "Mrs",
        "Ms",
        "Miss",
        "Mister",
        "Dr",
        "Prof",
        "Professor",
        "Sir",
        "Lady",
        "Lord",
        "Madam",
        "Mme",
        "Mlle",
        "Herr",
        "Herrn",
        "Frau",
        "Fräulein",
        "Señor",
        "Señora",
        "Sr",
        "Sra",
        "Signor",
        "Signora",
        "Captain",
        "Sergeant",
        "Officer",
        "Judge",
        "Senator",
        "Rabbi",
        "Doctor",
    )
)
#: They stand in one run with the name.
_GREETINGS = frozenset(("Dear", "Hi", "Hello", "Hey", "Hallo", "Liebe", "Lieber", "Cher", "Chère"))
_LAST_OF_CUES = frozenset(
    (
        "is",
        "name",
        "named",
        "called",
        "am",
        "i'm",
        "dear",
        "hi",
        "hello",
        "hey",
        "bin",
        "heiße",
        "m'appelle",
        "llamo",
        "chiamo",
        "signed",
        "by",
        "author",
        "attn",
        "sincerely",
        "regards",
        "cheers",
        "thanks",
        "you",
        "best",
        "grüßen",
        "gruß",
        "cordialement",
    )
)
_CUE = re.compile(
    r"(?:\b(?:my name is|name is|named|called|i am|i'm|this is|dear|hi|hello|hey|ich bin|"
    r"ich heiße|je m'appelle|me llamo|mi chiamo|signed by|written by|author|attn)[,:]?[ \t]|"
    r"\b(?:signed|sincerely|yours|regards|cheers|thanks|thank you|best|grüßen|gruß|cordialement)"
    r"[,.!]?[ \t]?\r?\n[ \t]{0,4}|"
    r"\bname[\"']?[ \t]?:[ \t]{0,8}[\"']?)$",
    re.IGNORECASE,
)
_SAYS = (" said", " says", " told", " wrote", " replied", " asked")
_LOOKED_BACK = 24
#: Words of a name behind its first.
_MOST_FURTHER = 3
_MOST_WORDS_OF_A_PLACE = 4


def find(text: str) -> Iterator[Hit]:
    """The names and places in a text, by their start."""
    known = _known()
    for match in _RUN.finditer(text):
        run, start = match[0], match.start()
        if " " not in run and "\t" not in run:
            word = run.rstrip(".")
            if word not in known and _plain(word) not in known and not _is_cued(text, start):
                continue
        if start and (text[start - 1].isalnum() or text[start - 1] in "_@"):
            continue
        for words in _parts(run, start):
            cued = _is_cued(text, words[0][1])
            yield from _of_words(words, cued or _says(text, words[-1]))


@functools.cache
def _first_of_places() -> frozenset[str]:
    return frozenset(place[0] for place in lists.places())


@functools.cache
def _known() -> frozenset[str]:
    """Words that are worth a look where they stand alone."""
    return lists.words("given") | _TITLES | _first_of_places()


def _parts(run: str, start: int) -> Iterator[list[Word]]:
    """The words of a run, apart where a sentence ends between them."""
    words: list[Word] = []
    for match in re.finditer(r"\S+", run):
        word = match[0].rstrip(".")
        words.append((word, start + match.start()))
        if match[0] != word and word not in _TITLES and len(word) > 1:
            yield words
            words = []
    if words:
        yield words


def _is_cued(text: str, start: int) -> bool:
    before = text[max(0, start - _LOOKED_BACK) : start]
    last = before.rstrip(" ,:.!\t\r\n\"'").rpartition(" ")[2].rpartition("\n")[2]
    return last.lower() in _LAST_OF_CUES and _CUE.search(before) is not None


def _says(text: str, last: Word) -> bool:
    return text.startswith(_SAYS, last[1] + len(last[0]))


def _of_words(words: list[Word], cued: bool) -> Iterator[Hit]:
    given, doubtful = lists.words("given"), lists.words("given_also_words")
    at = 0
    while at < len(words):
        word = _plain(words[at][0])
        if word in _TITLES or word in _GREETINGS:
            end = _end_of_name(words, at + 1, at + 1)
            if end > at + 1:
                yield _hit(NAME, words, at + 1, end, 0.85)
            at = end
            continue
        if length := _place(words, at):
            yield _hit(PLACE, words, at, at + length, 0.6)
            at += length
            continue
        end = _end_of_name(words, at, at + 1)
        if at == 0 and cued and end > at:
            yield _hit(NAME, words, at, end, 0.75)
        elif word in doubtful and end > at + 1:
            yield _hit(NAME, words, at, end, 0.6)
        elif word in given and word not in doubtful:
            yield _hit(NAME, words, at, max(end, at + 1), 0.75 if end > at + 1 else 0.6)
        else:
            end = at + 1
        at = max(end, at + 1)


def _end_of_name(words: list[Word], start: int, at: int) -> int:
    """Where the name ends that begins at `start`; there, if no name can begin with that word."""
    if start >= len(words) or words[start][0] in lists.words("no_names"):
        return start
    at = max(at, start + 1)
    while (
        at < len(words)
        and at <= start + _MOST_FURTHER
        and words[at][0] not in lists.words("no_names")
        and words[at][0] not in _TITLES
    ):
        at += 1
    return at


def _place(words: list[Word], at: int) -> int:
    """How many words from there on are a place: the most that are."""
    if _plain(words[at][0]) not in _first_of_places():
        return 0
    named = tuple(_plain(word) for word, _ in words[at : at + _MOST_WORDS_OF_A_PLACE])
    for length in range(len(named), 0, -1):
        if named[:length] in lists.places():
            return length
    return 0


def _plain(word: str) -> str:
    return word.title() if len(word) > 3 and word.isupper() else word.removesuffix("'s")


def _hit(kind: str, words: list[Word], start: int, end: int, confidence: float) -> Hit:
    last, at = words[end - 1]
    stop = at + len(last.removesuffix("'s").removesuffix("’s"))
    return kind, words[start][1], stop, confidence
