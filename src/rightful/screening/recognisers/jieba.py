"""Chinese names and places by the dictionary and the tags of jieba."""

import functools
import logging
import warnings
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from rightful.screening.finding import Finding
from rightful.screening.recognisers.recogniser import NAME, PLACE
from rightful.screening.validators import missing

#: Of jieba's tags; nrt and nrfg are foreign names and full ones.
_KINDS = {"nr": NAME, "nrfg": NAME, "nrt": NAME, "ns": PLACE}
_CONFIDENCES = {NAME: 0.6, PLACE: 0.6}
#: Of a name; of one character it is a family name at most.
_LEAST = 2


class Jieba:
    """Finds what jieba tags as a name of somebody or a place."""

    name = "jieba"

    def __init__(self) -> None:
        """
        Raises:
            InvalidInput: jieba isn't installed.
        """
        self._tagger = _tagger()
        self.version = metadata.version("jieba")

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text, by their start."""
        return [[] if text.isascii() else self._of(text) for text in texts]

    def _of(self, text: str) -> list[Finding]:
        found = []
        at = 0
        for word, tag in self._tagger.cut(text):
            start, at = at, at + len(word)
            kind = _KINDS.get(tag)
            if kind is not None and len(word) >= _LEAST and not word.isascii():
                found.append(Finding(kind, start, at, _CONFIDENCES[kind], self.name))
        return found


@functools.cache
def _tagger() -> Any:
    """A tagger of this process, read from jieba's own dictionary.

    jieba would otherwise leave a file in the folder for temporary ones, where another user of the
    machine can put one of theirs, and write to the log.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jieba
            from jieba import posseg
    except ImportError:
        raise missing("jieba") from None
    jieba.setLogLevel(logging.ERROR)
    words = jieba.Tokenizer()
    words.FREQ, words.total = words.gen_pfdict(words.get_dict_file())
    words.initialized = True
    return posseg.POSTokenizer(words)
