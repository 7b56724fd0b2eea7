"""A folder of pictures is read by its paths or its metadata, and never from outside of it."""

import sys
from pathlib import Path

import pytest

from rightful.errors import InvalidInput
from rightful.records.readers import Reason, Unreadable, open_reader


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    for name in ("anna/cat/2.png", "anna/cat/1.PNG", "bert/dog/1.jpg", "loose.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    (folder / "anna" / "cat" / "notes.txt").write_text("no picture")
    (folder / "anna" / "cat" / "._1.png").write_text("hidden")
    (folder / ".thumbs").mkdir()
    (folder / ".thumbs" / "1.png").write_text("hidden")
    return folder


def _rows(folder: Path, pattern: str | None = None, start: int = 0) -> list[tuple[int, object]]:
    return [
        (number, row.reason if isinstance(row, Unreadable) else row)
        for number, row in open_reader(folder, pattern=pattern).rows(start)
    ]


def _row(path: str, **known: str) -> dict[str, object]:
    return {**known, "image": path.encode(), "path": path}


def test_paths_say_what_the_pattern_names(pictures: Path) -> None:
    expected = [
        (0, _row("anna/cat/1.PNG", subject="anna", label="cat")),
        (1, _row("anna/cat/2.png", subject="anna", label="cat")),
        (2, _row("bert/dog/1.jpg", subject="bert", label="dog")),
        (3, Reason.PATTERN),
    ]
    assert _rows(pictures, "{subject}/{label}/*") == expected
    assert _rows(pictures, "{subject}/{label}/*", 2) == expected[2:]
    reader = open_reader(pictures, pattern="{subject}/{label}/*")
    assert reader.columns == ("subject", "label", "image", "path")


def test_a_name_may_be_part_of_a_file_name(tmp_path: Path) -> None:
    (tmp_path / "w07_d3_0001.png").write_bytes(b"x")
    ((_, row),) = _rows(tmp_path, "w{writer}_d{label}_*.png")
    assert row == _row("w07_d3_0001.png", writer="07", label="3") | {"image": b"x"}


def test_without_a_pattern_the_folder_is_the_label(tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.png").write_bytes(b"x")
    labels = [row["label"] for _, row in _rows(tmp_path) if isinstance(row, dict)]
    assert labels == ["cat", "dog"]


@pytest.mark.parametrize(
    "pattern", ["{image}/*", "{path}/*", "{a}/{a}/*", "{a b}/*", "{}/*", "{é}/*", "nothing/*"]
)
def test_a_pattern_that_makes_no_sense_or_fits_nothing_is_refused(
    pictures: Path, pattern: str
) -> None:
    with pytest.raises(InvalidInput, match="pattern"):
        open_reader(pictures, pattern=pattern)


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl"])
def test_metadata_say_what_a_picture_is(pictures: Path, name: str) -> None:
    files = ["anna/cat/1.PNG", "missing.png", "../outside.png", "", "bert/dog/1.jpg"]
    (pictures.parent / "outside.png").write_bytes(b"secret")
    if name.endswith("csv"):
        text = "file_name,who\n" + "".join(f"{file},w{n}\n" for n, file in enumerate(files))
    else:
        text = "".join(f'{{"file_name": "{f}", "who": "w{n}"}}\n' for n, f in enumerate(files))
    (pictures / name).write_text(text)
    assert open_reader(pictures).columns == ("file_name", "who", "image", "path")
    assert _rows(pictures) == [
        (0, _row(files[0], who="w0", file_name=files[0])),
        (1, Reason.NO_FILE),
        (2, Reason.OUTSIDE),
        (3, Reason.NO_FILE),
        (4, _row(files[4], who="w4", file_name=files[4])),
    ]
    assert [number for number, _ in _rows(pictures, start=3)] == [3, 4]


def test_metadata_without_file_names_or_with_our_own_columns_are_refused(pictures: Path) -> None:
    (pictures / "metadata.csv").write_text("name,who\na,b\n")
    with pytest.raises(InvalidInput, match="no column file_name"):
        open_reader(pictures)
    (pictures / "metadata.csv").write_text("file_name,image\na,b\n")
    with pytest.raises(InvalidInput, match="rename the column image"):
        open_reader(pictures)
    (pictures / "metadata.jsonl").write_text('{"file_name": "a"}\n')
    with pytest.raises(InvalidInput, match="both"):
        open_reader(pictures)


def test_a_link_that_leads_outside_is_not_followed(pictures: Path) -> None:
    secret = pictures.parent / "secret.png"
    secret.write_bytes(b"secret")
    (pictures / "anna" / "cat" / "3.png").symlink_to(secret)
    (pictures / "anna" / "cat" / "4.png").symlink_to("4.png")
    reasons = [row for _, row in _rows(pictures, "{s}/{label}/*") if isinstance(row, Reason)]
    assert reasons == [Reason.OUTSIDE, Reason.NO_FILE, Reason.PATTERN]
    (pictures / "elsewhere").symlink_to(pictures.parent)
    with pytest.raises(InvalidInput, match="link to another folder"):
        open_reader(pictures, pattern="{s}/{label}/*")


def test_a_picture_file_that_is_too_large_is_told(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package has a function of the same name as the module.
    module = sys.modules["rightful.records.readers.image_folder"]
    monkeypatch.setattr(module, "MAX_FILE", 14)
    (pictures / "anna" / "cat" / "2.png").write_bytes(b"x" * 15)
    assert _rows(pictures, "{s}/{label}/*")[1] == (1, Reason.FILE_LARGE)


def test_the_digest_covers_pattern_paths_and_bytes(pictures: Path) -> None:
    def digest(pattern: str = "{s}/{label}/*") -> str:
        return open_reader(pictures, pattern=pattern).file_digest

    seen = [digest(), digest("{a}/{label}/*")]
    (pictures / "anna" / "cat" / "2.png").write_bytes(b"changed")
    seen.append(digest())
    (pictures / "anna" / "cat" / "2.png").rename(pictures / "anna" / "cat" / "3.png")
    seen.append(digest())
    (pictures / "metadata.csv").write_text("file_name,who\nanna/cat/3.png,a\n")
    seen.append(open_reader(pictures).file_digest)
    (pictures / "anna" / "cat" / "3.png").write_bytes(b"changed again")
    seen.append(open_reader(pictures).file_digest)
    assert len(set(seen)) == len(seen)
    assert open_reader(pictures).file_digest == seen[-1]
