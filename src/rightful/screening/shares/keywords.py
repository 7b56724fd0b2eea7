"""Banks of keywords by risk: read from YAML, and looked for in texts in one pass.

The package's own are a start. What the standard asks for is counted, and what is lacking told: a
bank that is too small finds too little, and nobody should think otherwise. A workspace adds its own
in its folder `keywords`.
"""

import importlib.resources
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rightful import canonical
from rightful.errors import InvalidInput
from rightful.policy import yaml_file
from rightful.screening.shares.risks import KEYWORDS_IN_ALL, RISKS

#: The folder of a workspace in which its own banks lie.
FOLDER = "keywords"

_LONGEST = 100
_ID = re.compile("[a-z0-9][a-z0-9_-]{0,63}")
#: From this character on, scripts are written without gaps between words, for the most part.
_NO_GAPS = "\u0e00"

_Hits = Callable[[str], set[int]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A keyword that stands in a text, and the risk that it hints at."""

    risk: str
    word: str


class Bank:
    """Keywords, each with the risks that it stands under."""

    def __init__(self, words: Mapping[str, Sequence[str]], *, plain: bool = False) -> None:
        """`words` by the code of a risk; `plain`: without hyperscan, which finds the same."""
        found: dict[str, set[str]] = {}
        for risk, listed in words.items():
            for word in listed:
                found.setdefault(fold(word), set()).add(risk)
        self._words = tuple(sorted(found))
        self._risks = tuple(tuple(sorted(found[word])) for word in self._words)
        self._hits = _simple(self._words) if plain else _fastest(self._words)

    @property
    def version(self) -> str:
        """A digest of everything that decides what is found."""
        listed = [[word, list(risks)] for word, risks in zip(self._words, self._risks, strict=True)]
        return canonical.digest(listed)[:16]

    def __len__(self) -> int:
        return len(self._words)

    def hits(self, text: str) -> list[Hit]:
        """The keywords in a text, each once, by risk.

        Case and width make no difference. What begins or ends in a letter of a script with
        gaps between words, or in a digit, is found as a word and not within another.
        """
        found = [
            Hit(risk, self._words[each])
            for each in self._hits(fold(text))
            for risk in self._risks[each]
        ]
        return sorted(found, key=lambda hit: (hit.risk, hit.word))

    def counts(self) -> dict[str, int]:
        """How many keywords there are for each of the 31 risks."""
        counted = dict.fromkeys(RISKS, 0)
        for risks in self._risks:
            for risk in risks:
                counted[risk] += 1
        return counted

    def lacking(self) -> dict[str, int]:
        """How many more each risk needs, where it has too few; `all` for the bank as a whole."""
        wanting = {
            code: RISKS[code].keywords - count
            for code, count in self.counts().items()
            if count < RISKS[code].keywords
        }
        whole = KEYWORDS_IN_ALL - len(self)
        return {**wanting, **({"all": whole} if whole > 0 else {})}


def fold(text: str) -> str:
    """A text as it is compared: without differences of case, of width, and of white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def load(folder: Path | None = None) -> Bank:
    """The package's own banks, with those in a workspace's `folder`, which need not be there.

    Raises `InvalidInput` where a file can't be understood; the sentence names it.
    """
    own = importlib.resources.files(__package__) / "banks"
    texts = [(each.name, each.read_text(encoding="utf-8")) for each in own.iterdir()]
    if folder is not None and folder.is_dir():
        for path in sorted(folder.glob("*.y*ml")):
            texts.append((str(path), _text(path)))
    words: dict[str, list[str]] = {}
    ids: dict[str, str] = {}
    for name, text in sorted(texts):
        identifier, read = parse(text, name)
        if identifier in ids:
            raise InvalidInput(
                f"{name}: the bank {identifier} is {ids[identifier]} already; give it another id"
            )
        ids[identifier] = name
        for risk, listed in read.items():
            words.setdefault(risk, []).extend(listed)
    return Bank(words)


def parse(text: str, name: str) -> tuple[str, dict[str, list[str]]]:
    """The id of the bank in a YAML text, and its keywords by risk. Raises `InvalidInput`."""
    try:
        value: Any = yaml_file.parse(text)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None
    if not isinstance(value, dict) or set(value) != {"id", "version", "keywords"}:
        raise InvalidInput(f"{name}: a bank has id, version and keywords, and nothing else")
    identifier, words = value["id"], value["keywords"]
    if not isinstance(identifier, str) or not _ID.fullmatch(identifier):
        raise InvalidInput(f"{name}: id must be a short name of small letters, digits, - and _")
    if not isinstance(value["version"], int) or isinstance(value["version"], bool):
        raise InvalidInput(f"{name}: version must be a whole number")
    if not isinstance(words, dict):
        raise InvalidInput(f"{name}: keywords must be lists by the code of a risk, such as A.1.a")
    for risk, listed in words.items():
        if risk not in RISKS:
            raise InvalidInput(
                f"{name}: keywords: {risk} is no risk; they are A.1.a to A.5.b, see "
                "docs/screening-shares.md"
            )
        _check(listed, f"{name}: keywords: {risk}")
    return identifier, words


def _check(listed: object, where: str) -> None:
    if not isinstance(listed, list) or not listed:
        raise InvalidInput(f"{where} must be a list of words; give one, or leave the risk out")
    for place, word in enumerate(listed, 1):
        # A single letter or sign would be found everywhere.
        if not isinstance(word, str) or not 1 < len(fold(word)) <= _LONGEST:
            raise InvalidInput(
                f"{where}: entry {place} must be text of 2 to {_LONGEST} characters; put a number "
                "in quotes"
            )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"{path} can't be read as text in UTF-8; check it") from None


def _fastest(words: Sequence[str]) -> _Hits:
    try:
        import hyperscan
    except ImportError:
        return _simple(words)
    if not words:
        return _simple(words)
    # As plain literals: with word boundaries in them, ten thousand took 10 s to compile, not 0.1 s.
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[word.encode() for word in words],
        ids=list(range(len(words))),
        elements=len(words),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(words),
        literal=True,
    )

    def hits(text: str) -> set[int]:
        found: set[int] = set()

        def on_match(number: int, _from: int, _to: int, _flags: int, _context: object) -> None:
            found.add(number)

        database.scan(text.encode(errors="replace"), match_event_handler=on_match)
        return {number for number in found if _stands_alone(words[number], text)}

    return hits


def _simple(words: Sequence[str]) -> _Hits:
    def hits(text: str) -> set[int]:
        return {
            number
            for number, word in enumerate(words)
            if word in text and _stands_alone(word, text)
        }

    return hits


def _stands_alone(word: str, text: str) -> bool:
    """Whether a word stands somewhere in a text, and not only within another."""
    before, after = _joins(word[0]), _joins(word[-1])
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        within = before and start and _joins(text[start - 1])
        if not within and not (after and end < len(text) and _joins(text[end])):
            return True
        start = text.find(word, start + 1)
    return False


def _joins(character: str) -> bool:
    """Whether it makes one word with its neighbours."""
    return (character.isalnum() or character == "_") and character < _NO_GAPS
