"""The page shows whole texts and pictures, and runs nothing."""

import io

import numpy as np
import pytest

from rightful.policy.text import LANGUAGES, Language
from rightful.screening.shares.page import page, png
from rightful.screening.shares.sheet import Row


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_shown_whole_and_never_as_markup(language: Language) -> None:
    row = Row("i000001-aa", "<script>x</script>" + "y" * 40_000, "A.1.a:word", "0.9")
    shown = page({"draw": "d1", "of": None}, [(row, None)], language)
    assert ("everything held" if language == "en" else "全部记录") in shown
    assert "<script>" not in shown
    assert "y" * 40_000 in shown
    assert "i000001-aa" in shown


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3), (3, 5, 2), (3, 5, 4)])
def test_a_picture_is_shown_as_it_is(shape: tuple[int, ...]) -> None:
    pillow = pytest.importorskip("PIL.Image")
    image = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    opened = np.asarray(pillow.open(io.BytesIO(png(image))))
    if len(shape) == 3:
        image = image[:, :, :3] if shape[2] >= 3 else image[:, :, 0]
    assert opened.tolist() == image.tolist()
    shown = page({}, [(Row("i", "", "", ""), image)], "en")
    assert "data:image/png;base64," in shown
