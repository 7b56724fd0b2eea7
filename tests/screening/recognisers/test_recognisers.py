import importlib.util
import tempfile
import warnings
from pathlib import Path

import pytest

from rightful.errors import InvalidInput
from rightful.screening.recognisers import recogniser
from rightful.screening.recognisers.recogniser import NAME, PLACE


def test_none_is_no_recogniser() -> None:
    assert recogniser("none") is None


@pytest.mark.parametrize("name", ["", "gazeteer", "spacy:", "jieba:x"])
def test_an_unknown_name_is_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(InvalidInput, match="is no recogniser; known: none, gazetteer, jieba"):
        recogniser(name)


@pytest.mark.skipif(not importlib.util.find_spec("spacy"), reason="needs spaCy")
def test_a_model_that_is_missing_is_named_and_nothing_is_downloaded() -> None:
    with pytest.raises(InvalidInput, match=r"model no_such_model isn't installed; install its"):
        recogniser("spacy:no_such_model")


@pytest.mark.skipif(not importlib.util.find_spec("presidio_analyzer"), reason="needs Presidio")
def test_presidio_without_its_model_says_so() -> None:
    with pytest.raises(InvalidInput, match=r"model no_such_model isn't installed; install its"):
        recogniser("presidio:no_such_model")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that knows one person and one place."""
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    rules = pipeline.add_pipe("entity_ruler")
    rules.add_patterns(
        [{"label": "PERSON", "pattern": "Quux"}, {"label": "GPE", "pattern": "Erewhon"}]
    )
    folder = tmp_path_factory.mktemp("model") / "pipeline"
    pipeline.to_disk(folder)
    return folder


def test_entities_of_a_spacy_model_are_names_and_places(model: Path) -> None:
    chosen = recogniser(f"spacy:{model}")
    assert chosen is not None
    text = "Then Quux went to Erewhon."
    assert [
        [(each.kind, text[each.start : each.end]) for each in findings]
        for findings in chosen.find([text, "Nobody."])
    ] == [[(NAME, "Quux"), (PLACE, "Erewhon")], []]


def test_a_spacy_model_without_entities_is_refused(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(InvalidInput, match="finds no entities"):
        recogniser(f"spacy:{tmp_path / 'blank'}")


def test_presidio_finds_what_its_model_finds(model: Path) -> None:
    pytest.importorskip("presidio_analyzer")
    chosen = recogniser(f"presidio:{model}")
    assert chosen is not None
    text = "Then Quux went to Erewhon."
    found = chosen.find([text])[0]
    assert [(each.kind, text[each.start : each.end]) for each in found] == [
        (NAME, "Quux"),
        (PLACE, "Erewhon"),
    ]


def test_jieba_finds_names_and_places_and_leaves_no_file_and_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("jieba")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chosen = recogniser("jieba")
    assert chosen is not None
    text = "联系人王小明住在北京市朝阳区。"
    found = chosen.find([text, "plain"])
    assert [(each.kind, text[each.start : each.end]) for each in found[0]] == [
        (NAME, "王小明"),
        (PLACE, "北京市"),
        (PLACE, "朝阳区"),
    ]
    assert found[1] == []
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
