"""A file is opened by its name or by what it is said to be, and what does not fit is told."""

from pathlib import Path

import pytest

from rightful.errors import InvalidInput
from rightful.records.readers import FORMATS, open_reader


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.jsonl", b'{"a": 1}', "jsonl"),
        ("a.NDJSON", b'{"a": 1}', "jsonl"),
        ("a.csv", b"a,b", "csv"),
        ("a.tsv", b"a\tb", "csv"),
    ],
)
def test_the_name_tells_the_format(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(data)
    reader = open_reader(tmp_path / name)
    assert reader.format == kind
    assert kind in FORMATS


def test_a_given_format_goes_before_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a,b\n1,2\n")
    assert open_reader(tmp_path / "a.txt", "csv").columns == ("a", "b")
    with pytest.raises(InvalidInput, match="does not tell its format"):
        open_reader(tmp_path / "a.txt")


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n")
    assert open_reader(tmp_path / "a.csv").file_digest == (
        "5be08c9684a1d25efcee09318204824278b08bbfb4aef973ffefd0b9d7478313"
    )


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n")
    with pytest.raises(InvalidInput, match="no file or folder"):
        open_reader(tmp_path / "b.csv")
    with pytest.raises(InvalidInput, match="'xml' is unknown"):
        open_reader(file, "xml")
    with pytest.raises(InvalidInput, match="is no folder"):
        open_reader(file, "image-folder")
    with pytest.raises(InvalidInput, match="is a folder"):
        open_reader(tmp_path, "csv")
    with pytest.raises(InvalidInput, match="format idx alone"):
        open_reader(file, labels=file)
    with pytest.raises(InvalidInput, match="image-folder alone"):
        open_reader(file, pattern="{a}/*")
