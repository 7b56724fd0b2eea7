"""Recognisers of names and places, which have no pattern: chosen by name, each with its limits."""

from rightful.errors import InvalidInput
from rightful.screening.recognisers.recogniser import GROUPS_OF, Recogniser

__all__ = ["GROUPS_OF", "NAMES", "Recogniser", "recogniser"]

#: What `recogniser` takes; MODEL is a model of spaCy that is installed, such as de_core_news_sm.
NAMES = ("none", "gazetteer", "jieba", "spacy:MODEL", "presidio", "presidio:MODEL")


def recogniser(name: str) -> Recogniser | None:
    """The recogniser of that name, ready to use; None for `none`.

    Raises:
        InvalidInput: there is none of that name, or what it needs isn't installed.
    """
    which, _, model = name.partition(":")
    if name == "none":
        return None
    if name == "gazetteer":
        from rightful.screening.recognisers.gazetteer import Gazetteer

        return Gazetteer()
    if name == "jieba":
        from rightful.screening.recognisers.jieba import Jieba

        return Jieba()
    if which == "spacy" and model:
        from rightful.screening.recognisers.spacy import Spacy

        return Spacy(model)
    if name == "presidio" or (which == "presidio" and model):
        from rightful.screening.recognisers.presidio import Presidio

        return Presidio(model or "en_core_web_lg")
    raise InvalidInput(f"{name!r} is no recogniser; known: {', '.join(NAMES)}")
