"""Plots are PNG files of what they are given, and differ where it does."""

import struct
from pathlib import Path

import pytest

from rightful.errors import InvalidInput
from rightful.training import Loss, plots


def curve(shift: float = 0.0, count: int = 40) -> list[Loss]:
    return [Loss(step, 2.0 / (1 + step) + 0.1 + shift, 64) for step in range(count)]


def size(path: Path) -> tuple[int, int]:
    """The width and height that a PNG's header tells; it fails on anything else."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data[12:16] == b"IHDR"
    assert data.rstrip(b"\n")[-8:-4] == b"IEND"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_losses_are_drawn_into_a_png(tmp_path: Path) -> None:
    plots.losses(tmp_path / "a.png", {"base": curve()})
    width, height = size(tmp_path / "a.png")
    assert width > height > 400


def test_other_losses_or_another_curve_make_another_picture(tmp_path: Path) -> None:
    given = [
        {"base": curve()},
        {"base": curve(0.3)},
        {"base": curve(), "tuned": curve(0.3)},
        {"tuned": curve()},
        {"base": curve(count=1)},
    ]
    for number, curves in enumerate(given):
        plots.losses(tmp_path / f"{number}.png", dict(curves))
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == len(given)


def test_no_losses_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there are no losses to draw"):
        plots.losses(tmp_path / "a.png", {"base": []})
    assert not (tmp_path / "a.png").exists()


def test_a_confusion_matrix_is_drawn_and_differs_for_others(tmp_path: Path) -> None:
    tables = ([[5, 0], [1, 4]], [[5, 0], [0, 5]], [[0, 0], [0, 0]], [[3]])
    for number, table in enumerate(tables):
        plots.confusion(tmp_path / f"{number}.png", table, "base")
        width, height = size(tmp_path / f"{number}.png")
        assert min(width, height) > 400
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == len(tables)


def test_the_mean_around_a_value_is_that_of_its_neighbours() -> None:
    smooth = plots._smooth([0.0, 0.0, 3.0, 0.0, 0.0], width=3)
    assert smooth.tolist() == [0.0, 1.0, 1.0, 1.0, 0.0]
    assert plots._smooth([2.0] * 100).tolist() == [2.0] * 100
