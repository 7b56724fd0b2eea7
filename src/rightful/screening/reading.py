"""From YAML to detectors, with one clear sentence for whatever is wrong in a declaration.

A file holds `id`, `title`, `version`, `detectors` and, where lists of words are used more than
once, `words`: a mapping of names to lists, which `context: {words: NAME}` then refers to.
"""

import functools
import os
import re
import stat
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from rightful import canonical
from rightful.errors import InvalidInput, NotFound
from rightful.policy import values, yaml_file
from rightful.policy.countries import COUNTRIES
from rightful.policy.fields import Fields, within
from rightful.screening import patterns
from rightful.screening.automaton import automaton
from rightful.screening.detector import GROUPS, Context, Detector, DetectorFile, Example
from rightful.screening.validators import VALIDATORS

_BUILTIN = resources.files("rightful.screening") / "detectors"
#: In bytes.
_LARGEST = 4 * yaml_file.LARGEST
_MOST_DETECTORS = 500
_MOST_WORDS = 5_000
_MOST_EXAMPLES = 100
_FARTHEST = 500
_WITHIN = 60

_FILE = ("id", "title", "version", "words", "detectors")
_DETECTOR = (
    *("id", "kind", "group", "title", "country", "pattern", "ignore_case", "validator"),
    *("confidence", "context", "examples"),
)
_CONTEXT = ("words", "within", "required", "confidence")
_NAME = re.compile("[a-z][a-z0-9_]{0,59}")
_DECIMAL = re.compile(r"0(\.\d{1,4})?|1(\.0{1,4})?")

Lists = Mapping[str, tuple[str, ...]]


def read(path: Path) -> DetectorFile:
    """The detectors that a file declares.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is none; the sentence names the file, the detector and the field.
    """
    return parse(_text(path), path.name)


def parse(text: str, name: str, *, trusted: bool = False) -> DetectorFile:
    """As `read`, from a text; `name` is its file, for the sentence of an error.

    `trusted` leaves out whether hyperscan takes the patterns, which it says when it is built, too.

    Raises:
        InvalidInput: the text declares no detectors.
    """
    with within(name):
        value = yaml_file.parse(text)
        fields = Fields(value, _FILE)
        lists = fields.may("words", _lists) or {}
        found = DetectorFile(
            id=fields.take("id", _name),
            title=fields.take("title", values.text),
            version=fields.take("version", values.positive),
            detectors=fields.take("detectors", functools.partial(_detectors, lists=lists)),
            sha256=canonical.digest(value),
        )
        check_distinct(found.detectors)
        if not trusted:
            automaton(found.detectors)
        return found


@functools.cache
def builtin() -> tuple[Detector, ...]:
    """The detectors that come with Rightful, in the order of their files' names."""
    found: list[Detector] = []
    for file in sorted(_BUILTIN.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            found += parse(file.read_text("utf-8"), file.name, trusted=True).detectors
    check_distinct(found)
    return tuple(found)


def load(folder: Path) -> tuple[Detector, ...]:
    """The detectors of a folder of somebody's own, which may hold none; sorted by file.

    Raises:
        InvalidInput: a file declares no detectors, or an id is taken already.
    """
    found: list[Detector] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in (".yaml", ".yml"):
            found += read(path).detectors
    check_distinct([*builtin(), *found])
    return tuple(found)


def check_distinct(detectors: Sequence[Detector]) -> None:
    """Refuse detectors that share an id, or that put one kind into two groups.

    Raises:
        InvalidInput: two of them do.
    """
    ids: set[str] = set()
    groups: dict[str, str] = {}
    for each in detectors:
        if each.id in ids:
            raise InvalidInput(f"detector {each.id} is declared twice; rename one of them")
        ids.add(each.id)
        if groups.setdefault(each.kind, each.group) != each.group:
            raise InvalidInput(
                f"detector {each.id}: kind {each.kind} is in group {groups[each.kind]} already"
            )


def check(detectors: Sequence[Detector]) -> list[str]:
    """Run every example: a sentence for each that is not answered as its declaration says.

    Each detector is asked alone. What was found instead is not shown: a user's examples may hold
    what they would not have in a log.
    """
    from rightful.screening.screener import Screener

    wrong = []
    for detector in detectors:
        screener = Screener([detector])
        for number, example in enumerate(detector.examples, 1):
            found = screener.findings(example.text)
            if tuple(example.text[each.start : each.end] for each in found) != example.finds:
                wrong.append(
                    f"detector {detector.id}: example {number}: finds {len(found)}, "
                    f"not the {len(example.finds)} that it lists"
                    if len(found) != len(example.finds)
                    else f"detector {detector.id}: example {number}: finds other characters"
                )
    return wrong


def _text(path: Path) -> str:
    try:
        # Not to wait for whoever would write into a pipe: it is refused before it is read.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise InvalidInput(f"{path}: is no file; detectors are declared in one")
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise InvalidInput(f"{path}: the file is too large for detectors")
        return content.decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"no detectors at {path}") from None
    except OSError as error:
        raise InvalidInput(f"{path}: can't be read: {error.strerror}") from None
    except ValueError:
        raise InvalidInput(f"{path}: can't be read as UTF-8 text") from None


def _detectors(value: Any, lists: Lists) -> tuple[Detector, ...]:
    found = []
    for number, item in enumerate(values.items(value, most=_MOST_DETECTORS), 1):
        shown = item.get("id") if isinstance(item, dict) else None
        with within(f"detector {shown if isinstance(shown, str) else number}"):
            found.append(_detector(Fields(item, _DETECTOR), lists))
    return tuple(found)


def _detector(fields: Fields, lists: Lists) -> Detector:
    ignore_case = fields.may("ignore_case", values.boolean) or False
    confidence = fields.take("confidence", _share)
    pattern = fields.take("pattern", functools.partial(patterns.checked, ignore_case=ignore_case))
    return Detector(
        id=fields.take("id", _name),
        kind=fields.take("kind", _name),
        group=fields.take("group", values.one_of(GROUPS)),
        title=fields.take("title", values.text),
        country=fields.may("country", values.one_of(COUNTRIES)),
        pattern=pattern,
        longest=patterns.longest(pattern),
        ignore_case=ignore_case,
        validators=fields.may("validator", _validators) or (),
        confidence=confidence,
        context=fields.may("context", functools.partial(_context, lists=lists, other=confidence)),
        examples=fields.take("examples", _examples),
    )


def _context(value: Any, lists: Lists, other: float) -> Context:
    fields = Fields(value, _CONTEXT)
    sure = fields.may("confidence", _share)
    return Context(
        words=fields.take("words", functools.partial(_words, lists=lists)),
        within=fields.may("within", _distance) or _WITHIN,
        required=fields.may("required", values.boolean) or False,
        confidence=other if sure is None else sure,
    )


def _lists(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise InvalidInput("must be a mapping of names to lists of words")
    found = {}
    for name, listed in value.items():
        with within(name):
            found[_name(name)] = _words(listed, {})
    return found


def _words(value: Any, lists: Lists) -> tuple[str, ...]:
    if isinstance(value, str):
        if value not in lists:
            raise InvalidInput(f"{value} is no list under the file's `words`")
        return lists[value]
    return tuple(values.name(item) for item in values.items(value, most=_MOST_WORDS))


def _validators(value: Any) -> tuple[str, ...]:
    named = [value] if isinstance(value, str) else values.items(value)
    for each in named:
        try:
            VALIDATORS[values.name(each)]
        except KeyError:
            raise InvalidInput(f"{each} is no validator") from None
    return tuple(named)


def _examples(value: Any) -> tuple[Example, ...]:
    found = []
    for number, item in enumerate(values.items(value, most=_MOST_EXAMPLES), 1):
        with within(f"example {number}"):
            fields = Fields(item, ("text", "finds"))
            listed = fields.take("finds", _listed)
            found.append(Example(fields.take("text", values.string), listed))
    return tuple(found)


def _listed(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidInput("must be a list of what is found, which may be empty")
    return tuple(values.string(item) for item in value)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise InvalidInput("must be small letters, digits and underscores, a letter first")
    return value


def _share(value: Any) -> float:
    """From 0 to 1; the reader of YAML leaves decimals as text."""
    if isinstance(value, bool) or not _DECIMAL.fullmatch(str(value)):
        raise InvalidInput("must be a number from 0 to 1, with four decimals at most")
    return float(value)


def _distance(value: Any) -> int:
    if values.positive(value) > _FARTHEST:
        raise InvalidInput(f"must be {_FARTHEST} characters at most")
    return int(value)
