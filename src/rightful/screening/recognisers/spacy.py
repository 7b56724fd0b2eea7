"""Names and places by a model of spaCy that is installed; none comes with Rightful."""

import importlib
from collections.abc import Sequence
from typing import Any

from rightful.errors import InvalidInput
from rightful.screening.finding import Finding
from rightful.screening.recognisers.recogniser import NAME, PLACE

#: Of the labels of spaCy's models: OntoNotes and WikiNER.
_KINDS = {"PERSON": NAME, "PER": NAME, "GPE": PLACE, "LOC": PLACE, "FAC": PLACE}
#: spaCy states no confidence of its own.
_CONFIDENCE = 0.75


class Spacy:
    """Finds the entities that a model of spaCy finds, as far as they are people or places."""

    def __init__(self, model: str) -> None:
        """
        Raises:
            InvalidInput: spaCy or the model isn't installed, or the model finds no entities.
        """
        self._model = load(model)
        self.name = f"spacy:{model}"
        about = self._model.meta
        self.version = f"{about.get('version', '')}-{about.get('spacy_version', '')}"
        if "ner" not in self._model.pipe_names and "entity_ruler" not in self._model.pipe_names:
            raise InvalidInput(f"the spaCy model {model} finds no entities; name one with `ner`")

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text, by their start."""
        return [
            [
                Finding(kind, each.start_char, each.end_char, _CONFIDENCE, self.name)
                for each in document.ents
                if (kind := _KINDS.get(each.label_)) is not None
            ]
            for document in self._model.pipe(texts)
        ]


def load(model: str) -> Any:
    """A pipeline of spaCy, from a package that is installed or a folder.

    Raises:
        InvalidInput: there is none, or no spaCy.
    """
    try:
        spacy = importlib.import_module("spacy")
    except ImportError:
        raise InvalidInput(
            "this recogniser needs spaCy; install it with `pip install spacy`"
        ) from None
    try:
        return spacy.load(model)
    except (OSError, ValueError, ImportError):
        raise InvalidInput(
            f"the spaCy model {model} isn't installed; install its package first (nothing is "
            "downloaded by itself), or choose the recogniser `gazetteer`"
        ) from None
