"""Commands given as a person types them, in a process of their own only where that matters."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rightful.cli import run

PEOPLE = tuple(f"person{n}@people.example" for n in range(5))

MAP = (
    *("--map", "image=pixels", "--map", "image_shape=28x28", "--map", "label=digit"),
    *("--map", "subject=who", "--map", "reference=number", "--map", "residence=country"),
    *("--map", "birth_year=born"),
)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        """What `--json` answered: one object on one line, and nothing else."""
        (line,) = self.out.splitlines()
        found = json.loads(line)
        assert isinstance(found, dict)
        return found


Give = Callable[..., Ended]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the workspace is, which commands find by the environment."""
    monkeypatch.setenv("RIGHTFUL_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "workspace"


@pytest.fixture
def give(capsys: pytest.CaptureFixture[str], place: Path) -> Give:
    """Gives a command, and expects it to end with `code`."""
    assert not place.exists()

    def giving(*words: str | Path, code: int = 0) -> Ended:
        capsys.readouterr()
        ended = run([str(word) for word in words])
        said = capsys.readouterr()
        assert ended == code, said
        return Ended(ended, said.out, said.err)

    return giving


@pytest.fixture
def made(give: Give) -> Give:
    """A workspace is there, with a notice and a source."""
    give("init", "workspace", "--controller", "Example Lab", "--establishment", "DE")
    give("notice", "publish", "told", "--language", "en", "--text", "We read digits.")
    give(
        *("source", "add", "form", "--kind", "user_data", "--method", "form", "--not-public"),
        *("--no-special-category", "--no-criminal-offence", "--notice", "told"),
        *("--retention-until", "2999-01-01"),
    )
    return give


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """Invented digits of five people."""
    generator = np.random.default_rng(1)
    rows = []
    for number in range(60):
        label = int(generator.integers(10))
        image = generator.integers(0, 90, (28, 28))
        image[2 + 2 * label : 5 + 2 * label, 4:24] += 150
        rows.append(
            {
                "pixels": image.astype(np.uint8).tobytes(),
                "digit": label,
                "who": PEOPLE[number % len(PEOPLE)],
                "number": number,
                "country": "DE",
                "born": 1980,
            }
        )
    path = tmp_path / "digits.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.fixture
def held(made: Give, digits: Path, tmp_path: Path) -> Give:
    """Digits are imported, and four of the five people consented."""
    made("import", digits, "--source", "form", *MAP)
    lines = ["subject,source,kind,purpose,notice,evidence,given_by"]
    for person in PEOPLE[:4]:
        for purpose in ("model-training", "model-evaluation"):
            lines.append(f"{person},form,consent,{purpose},told,file 12,self")
    (tmp_path / "grants.csv").write_text("\n".join(lines) + "\n")
    made("grant", "import", tmp_path / "grants.csv")
    return made


@pytest.fixture
def trained(held: Give) -> Give:
    """Two models are in force."""
    held("pretrain", "--model", "base", "--epochs", "1", "--bins", "4", "--seed", "1")
    held(
        *("finetune", "--model", "tuned", "--from", "base"),
        *("--epochs", "1", "--bins", "4", "--seed", "2"),
    )
    return held
