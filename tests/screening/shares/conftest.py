"""A workspace with two sources of invented texts, and one that holds nothing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import rightful
from rightful.records import Mapping, Source
from rightful.records.readers import open_reader
from rightful.screening.shares import Shares
from rightful.workspace import Workspace

COLUMNS = ("text=words", "subject=who", "reference=number")

#: Of the texts of `posts`, the first so many hold a keyword.
BAD = 12
POSTS, NOTES = 240, 30


def posts() -> list[dict[str, str]]:
    return [
        {
            "words": f"Post {n}: {'here is a keygen' if n < BAD else 'a walk in the park'}.",
            "who": f"person{n % 7}@people.example",
            "number": str(n),
        }
        for n in range(POSTS)
    ]


def notes() -> list[dict[str, str]]:
    who = "anna@people.example"
    return [{"words": f"笔记 {n}", "who": who, "number": str(n)} for n in range(NOTES)]


def fill(workspace: Workspace, folder: Path) -> None:
    for name, rows in (("posts", posts()), ("notes", notes())):
        workspace.sources.declare(Source(name, kind="user_data"))
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        workspace.importer.run(open_reader(path), Mapping.parse(COLUMNS), name)
    workspace.sources.declare(Source("empty", kind="crawl"))


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that tests copy."""
    folder = tmp_path_factory.mktemp("filled")
    rightful.init(folder / "workspace", controller="Example Lab", establishment="CN").close()
    with rightful.open(folder / "workspace") as opened:
        fill(opened, folder)
    return folder / "workspace"


@pytest.fixture
def workspace(filled: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(filled, tmp_path / "workspace")
    with rightful.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def shares(workspace: Workspace) -> Shares:
    w = workspace
    return Shares(w.registry, w.records, w.sources, w.key, w.assessments, w.ledger)
