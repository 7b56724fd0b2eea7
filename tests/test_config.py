"""`rightful.toml` is read as written, and what it can't mean is said with the place to mend."""

from pathlib import Path

import pytest

from rightful import config
from rightful.errors import Damaged, InvalidInput, NotFound

_GOOD = """\
[workspace]
format = 1
registry = "sqlite:///registry.sqlite"
records = "records.lance"

[controller]
name = "A clinic"
establishment = "DE"

[policy]
packs = ["eu.gdpr", "house.yaml"]
"""


def _write(folder: Path, text: str) -> Path:
    (folder / config.FILE).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["A clinic", 'The "best" one', "C:\\new", "株式会社", "{name}"])
def test_what_is_written_reads_back(tmp_path: Path, name: str) -> None:
    config.write(tmp_path, controller=name, establishment="de")
    read = config.load(tmp_path)
    assert (read.controller, read.establishment) == (name, "DE")
    assert read.packs == config.PACKS
    assert read.registry == f"sqlite:///{tmp_path.resolve()}/registry.sqlite"


def test_places_and_packs_that_are_given_are_written(tmp_path: Path) -> None:
    config.write(
        tmp_path,
        controller="A",
        establishment="CN",
        registry="postgresql+psycopg://me@host/db",
        records="s3://bucket/records.lance",
        packs=["cn.pipl"],
    )
    read = config.load(tmp_path)
    assert (read.registry, read.records, read.packs) == (
        "postgresql+psycopg://me@host/db",
        "s3://bucket/records.lance",
        ("cn.pipl",),
    )


@pytest.mark.parametrize(
    ("name", "establishment"),
    [("A", "Germany"), ("A", ""), ("A", "D1"), ("A", "ÄÖ"), ("", "DE"), (" ", "DE")],
)
def test_what_would_not_read_back_is_not_written(
    tmp_path: Path, name: str, establishment: str
) -> None:
    with pytest.raises(InvalidInput):
        config.write(tmp_path, controller=name, establishment=establishment)
    assert not list(tmp_path.iterdir())


def test_places_are_relative_to_the_workspace(tmp_path: Path) -> None:
    read = config.load(_write(tmp_path, _GOOD))
    assert read.registry == f"sqlite:///{tmp_path.resolve()}/registry.sqlite"
    assert read.records == str(tmp_path.resolve() / "records.lance")
    assert read.packs == ("eu.gdpr", str(tmp_path.resolve() / "house.yaml"))


def test_the_file_may_be_named_instead_of_its_folder(tmp_path: Path) -> None:
    folder = _write(tmp_path, _GOOD)
    assert config.load(folder / config.FILE) == config.load(folder)


def test_urls_and_storage_options_stay_as_they_are(tmp_path: Path) -> None:
    text = _GOOD.replace("records.lance", "s3://bucket/records.lance").replace(
        "sqlite:///registry.sqlite", "postgresql+psycopg://me@host/db"
    )
    read = config.load(_write(tmp_path, text + "[workspace.storage]\nregion = 'eu'\nport = 9000\n"))
    assert read.records == "s3://bucket/records.lance"
    assert read.registry == "postgresql+psycopg://me@host/db"
    assert read.storage == {"region": "eu", "port": "9000"}


def test_a_controller_without_an_establishment_has_none(tmp_path: Path) -> None:
    assert config.load(_write(tmp_path, _GOOD.replace('"DE"', '""'))).establishment is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "", "needs format"),
        ("format = 1", "format = true", "needs format"),
        ("format = 1", "format = 0", "needs format"),
        ("format = 1", "format =", "not valid TOML"),
        ('registry = "sqlite:///registry.sqlite"', "", "registry is missing"),
        ('name = "A clinic"', "name = 7", "name is missing, or is not text"),
        ('"DE"', "5", "establishment"),
        ('"DE"', '"Germany"', "establishment"),
        ('["eu.gdpr", "house.yaml"]', '"eu.gdpr"', "packs must be a list"),
        ("packs = ", "laws = ", r"\[policy\] laws is unknown; known: packs"),
        ("[policy]", "[politics]", r"\[politics\] is unknown"),
        ("format = 1", "format = 1\nstorage = 3", "storage must be a section"),
    ],
)
def test_what_can_not_be_understood_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert _GOOD.count(old) == 1
    with pytest.raises(InvalidInput, match=told) as caught:
        config.load(_write(tmp_path, _GOOD.replace(old, new)))
    assert config.FILE in str(caught.value)


def test_a_value_in_place_of_a_section_is_named(tmp_path: Path) -> None:
    sections = _GOOD.partition("[policy]")[0]
    with pytest.raises(InvalidInput, match=r"policy must be a section, written \[policy\]"):
        config.load(_write(tmp_path, "policy = 1\n" + sections))


def test_a_newer_format_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="newer version"):
        config.load(_write(tmp_path, _GOOD.replace("format = 1", "format = 2")))


def test_a_folder_without_a_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="rightful init"):
        config.load(tmp_path)
    with pytest.raises(NotFound, match="rightful init"):
        config.load(tmp_path / "nowhere")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="not valid TOML"):
        config.load(tmp_path)
    with pytest.raises(InvalidInput, match="can't be read"):
        config.load(tmp_path / config.FILE / "below")
