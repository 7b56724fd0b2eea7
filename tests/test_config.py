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


# Markets, and rules that are turned on


def _with(section: str, line: str) -> str:
    return _GOOD.replace(f"[{section}]\n", f"[{section}]\n{line}\n")


def test_markets_and_what_is_turned_on_need_not_be_stated(tmp_path: Path) -> None:
    read = config.load(_write(tmp_path, _GOOD))
    assert read.markets is None
    assert read.turned_on == ()


@pytest.mark.parametrize("markets", [[], ["EEA"], ["CN", "US", "US-CA", "EEA"]])
def test_markets_are_read_as_they_are_written(tmp_path: Path, markets: list[str]) -> None:
    config.write(tmp_path, controller="A", establishment="DE", markets=markets)
    assert config.load(tmp_path).markets == tuple(markets)


def test_a_controller_that_does_not_say_where_it_turns_to_people_says_nothing(
    tmp_path: Path,
) -> None:
    config.write(tmp_path, controller="A", establishment="DE")
    assert config.load(tmp_path).markets is None
    assert "# markets = " in (tmp_path / config.FILE).read_text()


@pytest.mark.parametrize("market", ["de", "Germany", "US-", "US-CAL", "DE-BY", "", "EEA "])
def test_a_market_that_is_no_place_by_its_form_is_refused(tmp_path: Path, market: str) -> None:
    with pytest.raises(InvalidInput, match=r"markets: .*US-CA"):
        config.write(tmp_path, controller="A", establishment="DE", markets=["CN", market])
    assert not list(tmp_path.iterdir())
    _write(tmp_path, _with("controller", f"markets = [{market!r}]"))
    with pytest.raises(InvalidInput, match=r"markets must be a list.*US-CA"):
        config.load(tmp_path)


@pytest.mark.parametrize("value", ['"EEA"', "[1]", "true", '[["EEA"]]'])
def test_markets_that_are_no_list_of_places_are_refused(tmp_path: Path, value: str) -> None:
    _write(tmp_path, _with("controller", f"markets = {value}"))
    with pytest.raises(InvalidInput, match="markets must be a list"):
        config.load(tmp_path)


def test_packs_and_rules_can_be_turned_on(tmp_path: Path) -> None:
    _write(tmp_path, _with("policy", 'turned_on = ["eu.gdpr", "CN.PIPL.19", "EU.GDPR.6.1-a"]'))
    assert config.load(tmp_path).turned_on == ("eu.gdpr", "CN.PIPL.19", "EU.GDPR.6.1-a")


@pytest.mark.parametrize("value", ['"eu.gdpr"', "[1]", '[""]', '["eu gdpr"]', '["a..b"]'])
def test_what_is_no_list_of_ids_can_not_be_turned_on(tmp_path: Path, value: str) -> None:
    _write(tmp_path, _with("policy", f"turned_on = {value}"))
    with pytest.raises(InvalidInput, match="turned_on must be a list of ids"):
        config.load(tmp_path)


# Licences


def _of_licence(header: str) -> str:
    return _GOOD + f'\n[{header}]\ntraining = "permitted"\nattribution = false\n'


def test_what_a_workspace_says_of_licences_is_read_as_it_is_written(tmp_path: Path) -> None:
    assert config.load(_write(tmp_path, _GOOD)).licences == {}
    _write(tmp_path, _of_licence('licences."LicenseRef-our-contract"'))
    said = {"training": "permitted", "attribution": False}
    assert config.load(tmp_path).licences == {"LicenseRef-our-contract": said}


@pytest.mark.parametrize("header", ["licences.CC-BY-4.0", "licences.Apache-2.0"])
def test_a_licence_that_its_dots_split_is_told_to_be_put_in_quotes(
    tmp_path: Path, header: str
) -> None:
    _write(tmp_path, _of_licence(header))
    with pytest.raises(InvalidInput, match=r'identifier in quotes.*\[licences."CC-BY-4.0"\]'):
        config.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[licences]\nMIT = "permitted"\n', "licences: MIT must be a section of its own"),
        ('[[licences]]\ntraining = "permitted"\n', "licences must be a section"),
        ('[license.MIT]\ntraining = "permitted"\n', r"\[license\] is unknown; .*licences"),
    ],
)
def test_licences_that_are_written_otherwise_are_refused(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        config.load(_write(tmp_path, _GOOD + text))
