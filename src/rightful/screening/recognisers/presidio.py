"""Names and places by Presidio, with a model of spaCy that is installed."""

from collections.abc import Sequence
from importlib import metadata
from typing import Any

from rightful.errors import InvalidInput
from rightful.screening.finding import Finding
from rightful.screening.recognisers import spacy
from rightful.screening.recognisers.recogniser import NAME, PLACE

_KINDS = {"PERSON": NAME, "LOCATION": PLACE}


class Presidio:
    """Finds what Presidio finds of people and places; its patterns are left to our own."""

    def __init__(self, model: str) -> None:
        """
        Raises:
            InvalidInput: Presidio, spaCy or the model isn't installed.
        """
        self.name = f"presidio:{model}"
        try:
            import presidio_analyzer
        except ImportError:
            raise InvalidInput(
                "this recogniser needs Presidio; install it with `pip install presidio-analyzer`"
            ) from None
        # Presidio would download a model that is not there.
        pipeline = spacy.load(model)
        self._language = pipeline.lang
        self._engine = _engine(presidio_analyzer, model, pipeline)
        self.version = f"{metadata.version('presidio-analyzer')}-{pipeline.meta.get('version', '')}"

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text, by their start."""
        return [
            sorted(
                (
                    Finding(_KINDS[each.entity_type], each.start, each.end, each.score, self.name)
                    for each in self._engine.analyze(
                        text, language=self._language, entities=list(_KINDS)
                    )
                ),
                key=lambda each: (each.start, each.end),
            )
            for text in texts
        ]


def _engine(analyzer: Any, model: str, pipeline: Any) -> Any:
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import SpacyRecognizer

    engine: Any = SpacyNlpEngine(models=[{"lang_code": pipeline.lang, "model_name": model}])
    engine.nlp = {pipeline.lang: pipeline}
    registry = analyzer.RecognizerRegistry(
        recognizers=[SpacyRecognizer(supported_language=pipeline.lang)],
        supported_languages=[pipeline.lang],
    )
    return analyzer.AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=[pipeline.lang]
    )
