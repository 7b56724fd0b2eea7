"""Whoever else judges texts: a classifier of the user's own, behind one small interface.

None ships with Rightful: a good one is large, and another for every language. What it fails at, or
answers in a way that can't be read, is held as not judged, which is never the same as fit.
"""

import importlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from rightful.errors import InvalidInput
from rightful.screening.shares.risks import RISKS

#: From this score on, a text counts as unfit.
THRESHOLD = 0.5

#: What a classifier says of one text: how likely it is unfit, from 0 to 1; or the risks in it.
Said = float | Sequence[str]


@runtime_checkable
class Classifier(Protocol):
    """Judges texts; for each, in order, one answer."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def judge(self, texts: Sequence[str], /) -> Sequence[Said]: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one text. `unfit` is None where the classifier did not say."""

    unfit: bool | None
    said: str
    """A score, codes of risks, or that there was no answer."""


@dataclass(frozen=True, slots=True)
class _Function:
    """A plain function as a classifier."""

    name: str
    call: Callable[[Sequence[str]], Sequence[Said]]
    version: str = "unknown"

    def judge(self, texts: Sequence[str], /) -> Sequence[Said]:
        return self.call(texts)


def load(path: str) -> Classifier:
    """The classifier at `module:name`: an object, a class that needs no arguments, or a function.

    Raises `InvalidInput` where there is none.
    """
    module, colon, name = path.partition(":")
    try:
        found: Any = importlib.import_module(module) if colon and module else None
        for part in name.split("."):
            found = getattr(found, part)
    except Exception:  # a module may raise whatever it likes when it is imported
        raise InvalidInput(
            f"classifier: there is no {path}; write it as module:name, and check its spelling and "
            "that it is installed"
        ) from None
    if inspect.isclass(found):
        try:
            found = found()
        except Exception:  # whatever it raises may quote what it was made from
            raise InvalidInput(f"classifier: {path} can't be made without arguments") from None
    if isinstance(found, Classifier):
        return found
    if callable(found):
        return _Function(path, found)
    raise InvalidInput(f"classifier: {path} has no judge(texts), and can't be called; see the docs")


def judge(classifier: Classifier, texts: Sequence[str]) -> list[Judged]:
    """What a classifier says of each text. Where a batch fails, each text is asked alone."""
    answers = _asked(classifier, texts)
    if answers is not None:
        return [_read(each) for each in answers]
    if len(texts) == 1:
        return [_read(None)]
    return [each for text in texts for each in judge(classifier, [text])]


def _asked(classifier: Classifier, texts: Sequence[str]) -> Sequence[Said] | None:
    if not texts:
        return []
    try:
        answers = list(classifier.judge(texts))
    except Exception:  # it is somebody else's program, and its message may quote a text
        return None
    return answers if len(answers) == len(texts) else None


def _read(said: object) -> Judged:
    if isinstance(said, Sequence) and not isinstance(said, str | bytes):
        risks = [each for each in said if isinstance(each, str) and each in RISKS]
        if len(risks) == len(said):
            return Judged(bool(risks), " ".join(sorted(risks)) or "none")
    elif said is not None and not isinstance(said, bool | str | bytes):
        try:
            score = float(said)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            score = -1.0
        if 0 <= score <= 1:
            return Judged(score >= THRESHOLD, f"{score:.3f}")
    return Judged(None, "no answer")
